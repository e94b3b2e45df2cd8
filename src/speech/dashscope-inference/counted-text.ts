/**
 * Compares what the service counted with what was sent, for a service that tells neither the text nor the words of a
 * sentence. Pure.
 *
 * How the service counts is documented for some models only, so the count must be less than any way of counting gives.
 */
import type { TaskCounts } from './parse-messages.ts';

/** Share of the letters that are counted at least; numbers and signs may be read in other words. */
const LEAST_SHARE = 0.9;
/** No tokenizer merges words that spaces separate, and none more Chinese characters than this. */
const HAN_IN_A_TOKEN = 4;

/** Whether the count is that of a shorter text. A service that counts nothing, or the text that was sent, proves nothing. */
export function countsLess(sent: string, counts: TaskCounts | undefined): boolean {
  // Marks such as `[laughs]` and `<break/>`, which a service may read as orders.
  const text = sent.replace(/\[[^\]]{0,40}\]|<[^>]{0,200}>/g, ' ');
  const { characters, tokens } = counts ?? {};
  // Some models count a Chinese character as two; one is the least.
  if (characters !== undefined && characters > 0) return characters < countOf(text, /\p{L}/gu) * LEAST_SHARE;
  if (tokens === undefined || tokens.input === 0) return false;
  const words = countOf(text, /[\p{Script=Latin}\p{Script=Cyrillic}]+/gu);
  return tokens.input < words + countOf(text, /\p{Script=Han}/gu) / HAN_IN_A_TOKEN;
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
