/** English numbers as digits, however they are written or read out, so that a text and what was heard of it compare. Pure. */

const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';
const SMALL_ORDINALS =
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth';
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety';
const TENS_ORDINALS = 'twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth';
const DECADES = 'twenties thirties forties fifties sixties seventies eighties nineties';

const VALUES = new Map<string, number>([
  ...[SMALL, SMALL_ORDINALS].flatMap((words) => words.split(' ').map((word, at): [string, number] => [word, at])),
  ...[TENS, TENS_ORDINALS, DECADES].flatMap((words) =>
    words.split(' ').map((word, at): [string, number] => [word, (at + 2) * 10]),
  ),
]);
const SCALES = new Map<string, number>(
  Object.entries({ hundred: 100, thousand: 1e3, million: 1e6, billion: 1e9 }).flatMap(([word, value]) =>
    [word, `${word}s`, `${word}th`].map((form): [string, number] => [form, value]),
  ),
);
const ROMAN = /^(?=[IVX]{2})X{0,3}(?:IX|IV|V?I{0,3})$/;
const ROMAN_VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10 };

/** A run of numbers, from the word at `at`; undefined when that word is none. */
export function numberAt(words: readonly string[], at: number): { digits: string; end: number } | undefined {
  const clock = clockAt(words, at);
  let digits = clock?.digits ?? '';
  let end = clock?.end ?? at;
  while (end < words.length) {
    const group = groupAt(words, isLink(words, end, digits) ? end + 1 : end);
    if (group === undefined) break;
    digits += group.digits;
    end = group.end;
  }
  return digits === '' ? undefined : { digits, end };
}

/** `half past ten`, as `10:30` is written; undefined for anything else. */
function clockAt(words: readonly string[], at: number): { digits: string; end: number } | undefined {
  const [share, link, hourWord] = words.slice(at, at + 3).map((word) => word.toLowerCase());
  const hour = VALUES.get(hourWord ?? '') ?? Number(writtenDigits(hourWord));
  if (!(hour >= 1 && hour <= 12)) return undefined;
  const end = at + 3;
  if (share === 'half' && link === 'past') return { digits: `${hour}30`, end };
  if (share === 'quarter' && link === 'past') return { digits: `${hour}15`, end };
  if (share === 'quarter' && link === 'to') return { digits: `${hour === 1 ? 12 : hour - 1}45`, end };
  return undefined;
}

/** `and`, `point` and `oh` within a number. */
function isLink(words: readonly string[], at: number, before: string): boolean {
  return before !== '' && ['point', 'oh', 'o'].includes(words[at]!.toLowerCase()) && isNumber(words[at + 1]);
}

/** The largest number that the words at a place read as one: `one hundred and five`, `sixty two`, `1990s`, `IV`. */
function groupAt(words: readonly string[], at: number): { digits: string; end: number } | undefined {
  const written = writtenDigits(words[at]);
  if (written !== undefined && !SCALES.has(words[at + 1]?.toLowerCase() ?? '')) return { digits: written, end: at + 1 };
  let total = 0;
  let part = 0;
  let end = at;
  for (; end < words.length; end++) {
    const word = words[end]!.toLowerCase();
    const scale = SCALES.get(word);
    const value = VALUES.get(word) ?? (end === at && written !== undefined ? Number(written) : undefined);
    if (scale !== undefined) {
      part = Math.max(1, part) * scale;
      if (scale > 100) [total, part] = [total + part, 0];
    } else if (value !== undefined) {
      // Another number begins: `nineteen eighty four`, `five five`.
      if (end > at && !fits(part, value) && !SCALES.has(words[end - 1]!.toLowerCase()) && words[end - 1] !== 'and')
        break;
      part += value;
    } else if (!(word === 'and' && end > at && SCALES.has(words[end - 1]!.toLowerCase()) && isNumber(words[end + 1])))
      break;
  }
  return end === at ? undefined : { digits: String(total + part), end };
}

/** Whether a number goes on with these: `sixty` with `two`. */
function fits(part: number, value: number): boolean {
  return value > 0 && value < 10 && part >= 20 && part % 10 === 0 && part % 100 !== 0;
}

function isNumber(word: string | undefined): boolean {
  return word !== undefined && (VALUES.has(word.toLowerCase()) || writtenDigits(word) !== undefined);
}

/** `1,234`, `3rd`, `1990s`, `IV`. */
function writtenDigits(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (/^\d[\d,]*(?:st|nd|rd|th|s)?$/i.test(word)) return word.replace(/\D/g, '');
  if (!ROMAN.test(word)) return undefined;
  let sum = 0;
  for (let at = 0; at < word.length; at++) {
    const value = ROMAN_VALUES[word[at]!]!;
    sum += value < (ROMAN_VALUES[word[at + 1] ?? ''] ?? 0) ? -value : value;
  }
  return String(sum);
}
