import { BAD_TAKE_NUMBER, isTakeNumber } from '../../manifest/fields/take-number.ts';
import type { Paragraph } from '../text/paragraphs.ts';
import type { TextProblem } from '../text/text-problems.ts';

/** The tag `[take 2]` before a line, which asks for another take of it. */
export interface RetakeTag {
  /** 1 is the same as no tag; `unclear` for an invalid number. */
  number: number | 'unclear';
  start: number;
  /** Just after the tag. */
  end: number;
}

// "take2" may be a name.
const RETAKE = /^[[【［]\s*(?:take(?=[\s:：])|重录|重錄)\s*[:：]?\s*([\d０-９]{1,9})\s*[\]】］]/iu;
/** Longest tag, in UTF-16 code units. */
const LONGEST_TAG = 40;

/** The tag `[take 2]` at the start of a range, if there is one. */
export function retakeTagOf(text: string, { start, end }: Paragraph): RetakeTag | undefined {
  const match = RETAKE.exec(text.slice(start, Math.min(end, start + LONGEST_TAG)));
  if (!match) return undefined;
  const number = Number(match[1]?.normalize('NFKC'));
  return { number: isTakeNumber(number) ? number : 'unclear', start, end: start + match[0].length };
}

/** Whether text in brackets is such a tag. */
export function isRetakeName(content: string): boolean {
  return RETAKE.test(`[${content}]`);
}

/** The error for an invalid take number. */
export function invalidTakeNumber({ start, end }: RetakeTag): TextProblem {
  return { code: 'bad-take', severity: 'error', start, end, ...BAD_TAKE_NUMBER };
}

/** The error for a take of a line that is not spoken: a recording, or no words. */
export function misplacedRetake({ start, end }: RetakeTag, why: 'recorded' | 'no-words'): TextProblem {
  const message =
    why === 'recorded' ? 'This line uses a recording, so it has no other take.' : 'No spoken line follows this tag.';
  const fix =
    why === 'recorded'
      ? 'Remove [take …], or remove [audio: …] to have the line spoken.'
      : 'Write the words after the tag, in the same paragraph; in a heading "# [take 2] …".';
  return { code: 'take-without-line', severity: 'error', start, end, message, fix };
}
