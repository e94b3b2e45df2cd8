/** Tells of brackets that a manuscript prints: they are written with a backslash, so `check` takes them for the author's wish. Pure. */
import type { ChapterFile } from './chapter-files.ts';

/** Longest quotation of a bracket. */
const LONGEST_QUOTE = 40;

/** A note with count, first place and ways on; undefined when no chapter has brackets. */
export function noteOfBrackets(files: readonly Pick<ChapterFile, 'file' | 'text'>[]): string | undefined {
  let count = 0;
  let first: string | undefined;
  for (const { file, text } of files) {
    for (const { 0: bracket, index } of text.matchAll(/\\[[【［][^\]】］\n]{0,200}[\]】］]?/gu)) {
      count += 1;
      first ??= `“${shortened(bracket.slice(1))}” (${file}:${text.slice(0, index).split('\n').length})`;
    }
  }
  if (first === undefined) return undefined;
  const [what, pronoun] = count === 1 ? ['1 bracket is', 'it'] : [`${count} brackets are`, 'them'];
  return (
    `${what} text of the manuscript, and would be spoken; first ${first}. Remove ${pronoun}, or write a direction ` +
    '([name: laughing]) or a pause ([pause 1s]), without the backslash.'
  );
}

function shortened(quote: string): string {
  const letters = [...quote.replace(/\\/g, '')];
  return letters.length > LONGEST_QUOTE ? `${letters.slice(0, LONGEST_QUOTE).join('')}…` : letters.join('');
}
