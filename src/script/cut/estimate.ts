/** Estimates the duration of a text before it is spoken. */

/** Narrators' speed, for Chinese, Japanese and Korean characters and for all others. */
const CJK_CHARACTERS_PER_SECOND = 4.5;
const OTHER_CHARACTERS_PER_SECOND = 15;

/** Total duration of texts, in seconds, to within about 25 % for ordinary prose. Pure. */
export function estimatedSeconds(texts: readonly { text: string }[]): number {
  let cjk = 0;
  let other = 0;
  for (const { text } of texts) {
    const found = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
    cjk += found;
    other += text.length - found;
  }
  return cjk / CJK_CHARACTERS_PER_SECOND + other / OTHER_CHARACTERS_PER_SECOND;
}
