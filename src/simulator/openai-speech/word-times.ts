/** Word times for a text: spread evenly over its speech by the length of the words. Pure. */
import type { WordTimestamp } from '../../speech/openai-speech/protocol.ts';

/** The words of a text; a Han or kana character is a word. */
export function wordTimes(text: string, seconds: number): WordTimestamp[] {
  const words = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}'’-]+/gu) ?? [];
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  let spoken = 0;
  return words.map((word) => {
    const start = spoken;
    spoken += word.length;
    return { word, start_ms: at(start), end_ms: at(spoken) };
  });

  function at(letter: number): number {
    return Math.round((letter / letters) * seconds * 1000);
  }
}

/** A list as the value of a header: ASCII, with escapes. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
