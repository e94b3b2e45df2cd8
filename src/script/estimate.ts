/** How long a text will last, before it was spoken. */

/** How fast narrators speak: Chinese, Japanese and Korean signs a second, and other characters. */
const SIGNS_PER_SECOND = 4.5;
const LETTERS_PER_SECOND = 15;

/** Seconds that texts will last together, within a quarter or so for common prose. Pure. */
export function estimatedSeconds(texts: readonly { text: string }[]): number {
  let signs = 0;
  let letters = 0;
  for (const { text } of texts) {
    const found = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
    signs += found;
    letters += text.length - found;
  }
  return signs / SIGNS_PER_SECOND + letters / LETTERS_PER_SECOND;
}
