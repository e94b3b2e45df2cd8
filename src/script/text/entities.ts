/** HTML entities (`&mdash;`, `&#8217;`), which web pages and word processors leave in texts. Pure. */
import type { Exclusion } from '../lines/line.ts';
import { MASK } from './markdown.ts';

/** From U+00A0 on, in order. */
const LATIN =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest ' +
  'Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig ' +
  'agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';

const OTHERS: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", OElig: 'Œ', oelig: 'œ', Scaron: 'Š', scaron: 'š', Yuml: 'Ÿ' },
  ...{ ndash: '–', mdash: '—', horbar: '―', hellip: '…', bull: '•', prime: '′', Prime: '″', dagger: '†', Dagger: '‡' },
  ...{ lsquo: '‘', rsquo: '’', sbquo: '‚', ldquo: '“', rdquo: '”', bdquo: '„', lsaquo: '‹', rsaquo: '›' },
  ...{
    ensp: ' ',
    emsp: ' ',
    thinsp: ' ',
    numsp: ' ',
    hairsp: ' ',
    zwnj: '\u200c',
    zwj: '\u200d',
    lrm: '\u200e',
    rlm: '\u200f',
  },
  ...{
    euro: '€',
    trade: '™',
    minus: '−',
    permil: '‰',
    deg: '°',
    rarr: '→',
    larr: '←',
    infin: '∞',
    ne: '≠',
    le: '≤',
    ge: '≥',
  },
};

const NAMED: ReadonlyMap<string, string> = new Map([
  ...LATIN.split(' ').map((name, at) => [name, String.fromCharCode(0xa0 + at)] as const),
  ...Object.entries(OTHERS),
]);

/** Web pages use the control codes 128 to 159 for the characters of Windows-1252. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

const ENTITY = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z][A-Za-z\d]{1,9}));/g;

/** Longest match of `ENTITY`, in characters. */
const LONGEST_ENTITY = 12;

/** A text with its entities decoded, of unchanged length: the rest of an entity after its character is masked and excluded. */
export interface Decoded {
  text: string;
  exclusions: Exclusion[];
}

/**
 * Decodes clear entities: a name that HTML knows or a number, with `&` and `;`. Spaces become white space; invisible
 * characters are left out. Brackets are not decoded, since they would be read as tags. Linear.
 *
 * @param masked the source with its markup masked, or the source itself
 */
export function decodeEntities(source: string, masked: string): Decoded {
  const exclusions: Exclusion[] = [];
  const parts: string[] = [];
  let from = 0;
  for (const match of source.matchAll(ENTITY)) {
    const { index: start, 0: whole } = match;
    const end = start + whole.length;
    const character = characterOf(match);
    // Not an entity in a link's address or after a backslash.
    if (
      character === undefined ||
      !masked.startsWith(whole, start) ||
      (source[start - 1] === '\\' && masked[start - 1] === MASK)
    )
      continue;
    const spoken = /^\s*$/.test(character) ? '' : character;
    const rest = whole.length - spoken.length;
    parts.push(masked.slice(from, start), spoken, (character !== '' && spoken === '' ? ' ' : MASK).repeat(rest));
    exclusions.push({ kind: 'entity', start: end - rest, end });
    from = end;
  }
  return exclusions.length === 0
    ? { text: masked, exclusions }
    : { text: parts.join('') + masked.slice(from), exclusions };
}

/**
 * For an excluded range of kind `entity`: the character that is spoken for the entity, and how many characters of the
 * entity are before the range; undefined when there is no entity.
 */
export function entityBefore(text: string, start: number): { character: string; length: number } | undefined {
  const at = text.lastIndexOf('&', start);
  if (at < 0) return undefined;
  const found = new RegExp(`^${ENTITY.source}`).exec(text.slice(at, at + LONGEST_ENTITY));
  const character = found === null ? undefined : characterOf(found);
  return character === undefined ? undefined : { character: start === at ? '' : character, length: start - at };
}

/** An empty string for a silent character, such as a soft hyphen. */
function characterOf([, decimal, hex, name]: RegExpMatchArray): string | undefined {
  const character = name === undefined ? characterOfCode(Number(decimal ?? `0x${hex}`)) : NAMED.get(name);
  if (character === undefined || /[[\]【】\\]/.test(character)) return undefined;
  if (/^[\u00ad\u200b-\u200f\u2060\ufeff]$/.test(character)) return '';
  return character;
}

function characterOfCode(code: number): string | undefined {
  if (code >= 128 && code < 160) return WINDOWS[code - 128];
  const isControl = code < 32 && code !== 9 && code !== 10 && code !== 13;
  if (isControl || code === 127 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
  return String.fromCodePoint(code);
}
