import { decode } from './decode.ts';
import { lettersOf } from './letters.ts';
import type { SourcePart } from './source-part.ts';
import { readTokens } from './tokens.ts';
import type { Unpacked } from './unzip.ts';

/** Kinds of parts that hold words of the author, by the end of their relationship's type. */
const KINDS = ['footnotes', 'endnotes', 'comments', 'header', 'footer'];

/** The letters of a Word document: its main part, then notes, comments, headers and footers as its relationships list them. Pure. */
export function wordLetters(archive: Unpacked): SourcePart[] {
  const main =
    targetsIn(archive, '', '_rels/.rels').find(({ kind }) => kind === 'officedocument')?.name ?? 'word/document.xml';
  const folder = main.slice(0, main.lastIndexOf('/') + 1);
  const others = targetsIn(archive, folder, `${folder}_rels/${main.slice(folder.length)}.rels`);
  const parts = KINDS.flatMap((kind) => {
    const named = others.filter((target) => target.kind === kind && archive.has(target.name)).map(({ name }) => name);
    // Notes that no relationship lists have the name that Word gives them.
    return named.length === 0 && kind.endsWith('notes') ? [`word/${kind}.xml`] : named;
  });
  return [...new Set([main, ...parts])].flatMap((name) => {
    const bytes = archive.get(name);
    return bytes === undefined ? [] : [{ name, letters: runLetters(decode(bytes)) }];
  });
}

function targetsIn(archive: Unpacked, folder: string, list: string): { kind: string; name: string }[] {
  const bytes = archive.get(list);
  const targets: { kind: string; name: string }[] = [];
  readTokens(bytes === undefined ? '' : decode(bytes), {
    open(tag, attributes) {
      if (!/(?:^|:)relationship$/.test(tag)) return;
      const kind = (attributes.get('type') ?? '').split('/').at(-1)!.toLowerCase();
      const target = attributes.get('target') ?? '';
      targets.push({ kind, name: target.startsWith('/') ? target.slice(1) : folder + target });
    },
    close() {},
    text() {},
  });
  return targets;
}

/** Texts of runs, also deleted ones (`w:t`, `w:delText`), of formulas (`m:t`) and of drawings (`a:t`). */
function runLetters(xml: string): string {
  const parts: string[] = [];
  let inText = false;
  readTokens(xml, {
    open(name, attributes, closed) {
      if (name === 'w:sym') parts.push(signLetters(attributes.get('w:font') ?? '', attributes.get('w:char') ?? ''));
      if (/(?:^|:)(?:t|deltext)$/.test(name) && !closed) inText = true;
    },
    close(name) {
      if (/(?:^|:)(?:t|deltext)$/.test(name)) inText = false;
    },
    text(text) {
      if (inText) parts.push(lettersOf(text));
    },
  });
  return parts.join('');
}

const GREEK = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const AS_GREEK = 'ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ';

/** The letter of a sign (`w:sym`): of the font Symbol a Greek one, of a font of pictures none. */
function signLetters(font: string, code: string): string {
  const value = Number.parseInt(code, 16);
  if (!/^[0-9a-f]{1,6}$/i.test(code) || value > 0x10ffff || /dings|dingbats|marlett/i.test(font)) return '';
  const isSymbol = /^symbol\b/i.test(font);
  if (isSymbol && (value & 0xff00) === 0xf000) return greek(value & 0xff);
  if (isSymbol && value < 0x100) return greek(value);
  return value >= 0xd800 && value <= 0xf8ff ? '' : lettersOf(String.fromCodePoint(value));
}

function greek(place: number): string {
  const sign = String.fromCharCode(place);
  const at = GREEK.indexOf(sign);
  return at >= 0 ? AS_GREEK[at]! : /[0-9]/.test(sign) ? sign : '';
}
