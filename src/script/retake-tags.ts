import { BAD_TAKE_NUMBER, isTakeNumber } from '../manifest/take-number.ts';
import type { Paragraph } from './paragraphs.ts';
import type { Trouble } from './troubles.ts';

/** Which take of a line is to be heard: `[take 2]` before it, when the first one did not please. */
export interface RetakeTag {
  /** 1 is what is heard without a tag; `unclear` when no take can have it. */
  number: number | 'unclear';
  start: number;
  /** Just behind the tag. */
  end: number;
}

// "take2" may be somebody's name.
const RETAKE = /^[[【［]\s*(?:take(?=[\s:：])|重录|重錄)\s*[:：]?\s*([\d０-９]{1,9})\s*[\]】］]/iu;
/** Furthest that the end of the tag is looked for. */
const LONGEST_TAG = 40;

/** The tag `[take 2]` at the start of a stretch of text, if there is one. */
export function retakeTagOf(text: string, { start, end }: Paragraph): RetakeTag | undefined {
  const match = RETAKE.exec(text.slice(start, Math.min(end, start + LONGEST_TAG)));
  if (!match) return undefined;
  const number = Number(match[1]?.normalize('NFKC'));
  return { number: isTakeNumber(number) ? number : 'unclear', start, end: start + match[0].length };
}

/** Whether what stands between two brackets makes them such a tag. */
export function isRetakeName(content: string): boolean {
  return RETAKE.test(`[${content}]`);
}

/** A number that no take can have. */
export function badRetake({ start, end }: RetakeTag): Trouble {
  return { code: 'bad-take', severity: 'error', start, end, ...BAD_TAKE_NUMBER };
}

/** A take of a line that is not spoken: it is a recording, or there are no words. */
export function unfitRetake({ start, end }: RetakeTag, why: 'recorded' | 'no-words'): Trouble {
  const message =
    why === 'recorded'
      ? 'This line is heard as it was recorded; there is no other take of it.'
      : 'This tag stands before no line that is spoken.';
  const fix =
    why === 'recorded'
      ? 'Remove [take …], or [audio: …] to have the line spoken.'
      : 'Write the words behind the tag, in one paragraph with it; in a heading "# [take 2] …".';
  return { code: 'take-without-line', severity: 'error', start, end, message, fix };
}
