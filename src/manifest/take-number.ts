/** Highest number of a take, as in [take 2]. */
export const MOST_TAKES = 99;

/** Whether a line can have a take of this number. */
export function isTakeNumber(number: unknown): number is number {
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= MOST_TAKES;
}

/** What to say of any other number. */
export const BAD_TAKE_NUMBER = {
  message: `A take has a number from 1 to ${MOST_TAKES}.`,
  fix: 'Write a plain 2 to have the line spoken once more.',
};
