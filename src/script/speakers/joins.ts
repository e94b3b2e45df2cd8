/** Whether a sentence goes on across the border between two speakers. Pure. */

const ENDS_SENTENCE = /[.!?…。！？]["”’'»«›‹」』）)\]—–\s-]*$/u;

/**
 * Whether a sentence goes on after a text: “A gentleman,” · said Mrs. Medley, · “with a powerful voice.” After a question or
 * an exclamation the voice pauses anyway.
 */
export function goesOnAfter(text: string): boolean {
  return !ENDS_SENTENCE.test(text);
}
