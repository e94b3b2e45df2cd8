/** Highest take number, as in [take 2]. */
export const MOST_TAKES = 99;

/** Whether a value is a valid take number. */
export function isTakeNumber(number: unknown): number is number {
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= MOST_TAKES;
}

/** The message for any other value. */
export const BAD_TAKE_NUMBER = {
  message: `A take number must be from 1 to ${MOST_TAKES}.`,
  fix: 'Write a plain 2 for another take of the line.',
};
