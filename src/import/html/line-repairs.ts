/** What is repaired in the lines of a page once marks, numbers and styles are gone. Pure. */
import type { Block } from '../imported.ts';
import type { Tape } from '../tape.ts';

/** Without the gap of "went ." where a mark stood between. `from`: letters of the tape before the text. */
export function withoutGaps(text: string, { tape, from }: { tape: Tape; from: number }): string {
  for (let at = tape.omissions.length - 1; (tape.omissions[at]?.start ?? -1) >= from; at--)
    if (tape.omissions[at]!.reason === 'note mark') return text.replace(/(?<=[\p{L}\p{N}]) (?=[.,](?:\s|$))/gu, '');
  return text;
}

/** A number and a title that only their styles part. */
export function withNumberApart(heading: string): string {
  return heading.replace(/^((?:\p{L}+ )?\d{1,3})(?=\p{Lu}\p{Ll})/u, '$1 ');
}

/** A note without the number that begins it. */
export function withoutNumber<B extends Block>(blocks: B[], tape: Tape): B[] {
  const first = blocks.find(({ kind }) => kind !== 'scene');
  const number = /^[[({]?(\d{1,4})[\])}.:]?\s+(?=\S)/.exec(first?.text ?? '');
  const span = first?.source?.[0];
  if (first === undefined || number === null || span === undefined) return blocks;
  first.text = first.text.slice(number[0].length);
  const end = span.start + number[1]!.length;
  const left = tape.omissions.some((one) => one.start < end && one.end > span.start);
  if (left) return blocks;
  tape.omissions.push({ ...span, end, reason: 'note mark', where: span.part, sample: number[1]! });
  return blocks;
}
