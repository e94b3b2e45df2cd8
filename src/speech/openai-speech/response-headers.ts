/** What vLLM-Omni tells in the headers of an answer: counts of tokens, and the times of the words. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Usage, WordTime } from '../engine.ts';
import { usageCount } from '../usage-count.ts';
import { USAGE_HEADERS, WORD_TIMESTAMPS_HEADER } from './protocol.ts';

/** The counts; a header that is no count is as good as absent. */
export function readUsage(headers: IncomingHttpHeaders): {
  usage: Usage | undefined;
  sampleTokens: number | undefined;
} {
  const input = countIn(headers, USAGE_HEADERS.inputTokens);
  const output = countIn(headers, USAGE_HEADERS.outputTokens);
  const total = countIn(headers, USAGE_HEADERS.totalTokens);
  const sampleTokens = countIn(headers, USAGE_HEADERS.inputAudioTokens);
  if (input === undefined || output === undefined) return { usage: undefined, sampleTokens };
  return {
    usage: { input_tokens: input, output_tokens: output, total_tokens: total ?? input + output },
    sampleTokens,
  };
}

/** The words in order; undefined when there are none or the list makes no sense: captions then come from the sound. */
export function readWords(headers: IncomingHttpHeaders): WordTime[] | undefined {
  const text = headers[WORD_TIMESTAMPS_HEADER];
  if (typeof text !== 'string') return undefined;
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const words: WordTime[] = [];
  let lastMs = 0;
  for (const entry of list as unknown[]) {
    if (typeof entry !== 'object' || entry === null) return undefined;
    const { word, start_ms: start, end_ms: end } = entry as Record<string, unknown>;
    if (typeof word !== 'string' || typeof start !== 'number' || typeof end !== 'number') return undefined;
    if (!(start >= lastMs && end >= start)) return undefined;
    lastMs = start;
    words.push({ text: word, startSeconds: start / 1_000, endSeconds: end / 1_000 });
  }
  return words;
}

function countIn(headers: IncomingHttpHeaders, name: string): number | undefined {
  return usageCount(headers[name]);
}
