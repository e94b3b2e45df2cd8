/** Regular expressions of letters that are quick to compile for a text of Latin letters. Pure. */

/** A regular expression with the flag `u`, without any state. */
export interface LettersPattern {
  exec: (text: string) => RegExpExecArray | null;
  test: (text: string) => boolean;
}

/**
 * The regular expression with this source and the flag `u`. The engine writes each `\p{L}` out as some 600 ranges, and a pattern
 * for names has fifty of them: compiling those of one language took a second. So a text without letters above `LAST_LATIN`, which
 * is nearly every English one, is matched by the same pattern with only the ranges up to there: with the same result.
 */
export function lettersPattern(source: string): LettersPattern {
  let latin: RegExp | undefined;
  let full: RegExp | undefined;
  const of = (text: string): RegExp => {
    if (!BEYOND.test(text)) {
      latin ??= new RegExp(latinOnly(source), 'u');
      return latin;
    }
    full ??= new RegExp(source, 'u');
    return full;
  };
  return { exec: (text) => of(text).exec(text), test: (text) => of(text).test(text) };
}

const LAST_LATIN = 0x24f;
/** Any character that may be a letter or a number beyond; U+2000 to U+206F are spaces, dashes, quotation marks. */
const BEYOND = /[^\0-\u024f\u2000-\u206f]/;

/** The source with the properties of characters as ranges up to `LAST_LATIN`. */
function latinOnly(source: string): string {
  let out = '';
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const sign = source[at]!;
    const property = sign === '\\' ? PROPERTY.exec(source.slice(at, at + 24))?.[0] : undefined;
    if (property !== undefined) {
      const ranges = rangesOf(property);
      out += inClass ? ranges : `[${ranges}]`;
      at += property.length - 1;
      continue;
    }
    if (sign === '\\') {
      out += sign + source[++at]!;
      continue;
    }
    if (sign === '[') inClass = true;
    else if (sign === ']') inClass = false;
    out += sign;
  }
  return out;
}

const PROPERTY = /^\\p\{[A-Za-z=_]+\}/;

function rangesOf(property: string): string {
  const known = RANGES[property];
  if (known === undefined) throw new Error(`pattern of letters without ranges for ${property}`);
  return known;
}

const RANGES: Readonly<Record<string, string>> = Object.fromEntries(
  ['\\p{L}', '\\p{Lu}', '\\p{Ll}', '\\p{N}'].map((property) => [property, rangesUpTo(new RegExp(property, 'u'))]),
);

function rangesUpTo(property: RegExp): string {
  let ranges = '';
  let from = -1;
  for (let code = 0; code <= LAST_LATIN + 1; code++) {
    const isIn = code <= LAST_LATIN && property.test(String.fromCharCode(code));
    if (isIn && from < 0) from = code;
    if (isIn || from < 0) continue;
    ranges += code - 1 > from ? `${escaped(from)}-${escaped(code - 1)}` : escaped(from);
    from = -1;
  }
  return ranges;
}

function escaped(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
