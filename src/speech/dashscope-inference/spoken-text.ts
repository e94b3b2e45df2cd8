/**
 * Compares what the service says that it has spoken with what was sent: a sentence that is left out without a word must
 * not become a take. Pure.
 *
 * Only letters and digits are compared, and only where it is certain what is missing: a text that the service tells
 * differently, or not at all, is no proof.
 */

/** Fewer letters than this in one place are no proof: they may be a mark that the service reads in its own way. */
const LEAST_MISSING = 2;
/** In a text that the service tells in other words, less than this share of the letters is clearly too few. */
const LEAST_SHARE = 0.75;

/**
 * How many letters were certainly left out. `sentences` are the texts in the order in which they were spoken; the last
 * one may be unknown.
 */
export function missingLetters(sent: string, sentences: readonly (string | undefined)[]): number {
  const known = sentences.slice(0, -1).concat(sentences.at(-1) === undefined ? [] : [sentences.at(-1)]);
  const endsUnknown = known.length < sentences.length;
  if (known.length === 0 || known.includes(undefined)) return 0;
  const wanted = lettersOf(sent);
  const spoken = known.map((sentence) => lettersOf(sentence ?? ''));
  return aligned(wanted, spoken, endsUnknown) ?? byCount(wanted, spoken, endsUnknown);
}

/** Counts what lies between the sentences; undefined when one of them is not a part of the text as it stands. */
function aligned(wanted: string, spoken: readonly string[], endsUnknown: boolean): number | undefined {
  let at = 0;
  let missing = 0;
  const leaveOut = (letters: number) => {
    if (letters >= LEAST_MISSING) missing += letters;
  };
  for (const sentence of spoken) {
    const start = wanted.indexOf(sentence, at);
    if (start === -1) return undefined;
    leaveOut(lengthOf(wanted.slice(at, start)));
    at = start + sentence.length;
  }
  // What follows the last known sentence is the unknown one.
  if (!endsUnknown) leaveOut(lengthOf(wanted.slice(at)));
  return missing;
}

function byCount(wanted: string, spoken: readonly string[], endsUnknown: boolean): number {
  if (endsUnknown) return 0;
  const missing = lengthOf(wanted) - lengthOf(spoken.join(''));
  return missing > lengthOf(wanted) * (1 - LEAST_SHARE) ? missing : 0;
}

/** A Chinese character is a word, and too much to lose. */
function lengthOf(letters: string): number {
  let length = 0;
  for (const letter of letters) length += /\p{Script=Han}/u.test(letter) ? LEAST_MISSING : 1;
  return length;
}

/** Letters and digits without case; marks such as `[laughs]` and `<break/>`, which a service may read as orders, without. */
function lettersOf(text: string): string {
  return text
    .replace(/\[[^\]]{0,40}\]|<[^>]{0,200}>/g, ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}
