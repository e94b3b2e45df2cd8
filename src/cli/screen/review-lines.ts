/** What comes from the review file, for people. */

import type { BookReview } from '../../book/decided-lines.ts';
import type { AppliedDecision } from '../../review/apply.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { counted, plain } from './format.ts';
import { shorten } from './text-width.ts';

/** Decisions that are listed; the others are only counted. */
const MOST_LISTED = 5;
/** Longest words of a decision, in columns. */
const QUOTE_COLUMNS = 50;

/** One line for the file, and one for each of its first decisions. Nothing for a book without one. `all`: list every one. */
export function reviewLines(review: BookReview | undefined, { all = false }: { all?: boolean } = {}): string[] {
  if (review === undefined) return [];
  const { file, decisions, orphans } = review;
  const listed = all ? decisions : decisions.slice(0, MOST_LISTED);
  const left = decisions.length - listed.length;
  const lost = orphans === 0 ? '' : `; ${counted(orphans, 'other line is', 'other lines are')} gone`;
  return [
    `  from ${plain(file)}: ${counted(decisions.length, 'line')} as decided${lost}`,
    ...listed.map((decision) => `    ${decision.at} ${decidedText(decision)}`),
    ...(left > 0 ? [`    and ${counted(left, 'more line')}`] : []),
  ];
}

function decidedText({ take, say, pause, recording, direction, speaker }: AppliedDecision): string {
  const quoted = (text: string): string => `“${shorten(wordsInQuotes(plain(text)), QUOTE_COLUMNS)}”`;
  return [
    ...(take === undefined ? [] : [`take ${take}`]),
    ...(say === undefined ? [] : [`spoken as ${quoted(say)}`]),
    ...(pause === undefined ? [] : [`pause ${pause} s`]),
    ...(recording === undefined ? [] : [`recording ${plain(recording)}`]),
    ...(direction === undefined ? [] : [`direction ${quoted(direction)}`]),
    ...(speaker === undefined ? [] : [`speaker ${plain(speaker)}`]),
  ].join(', ');
}
