/** The service's recogniser: one HTTP call with the sound in it, the words and their times in the answer. */
import { wavHeader } from '../audio/pcm.ts';
import { PipelineError } from '../errors.ts';
import type { RateLimiter } from '../limits.ts';
import { SERVICE_RECOGNISER } from '../models/recognisers.ts';
import { type CallKey, permanentKey } from '../speech/dashscope/api-key.ts';
import { withDeadline } from '../speech/dashscope/deadline.ts';
import { failureOf, networkFailure } from '../speech/dashscope/failures.ts';
import { errorResponseOf, type HttpAnswer, isSuccess, postOnce } from '../speech/dashscope/http-call.ts';
import { announceAndLeave } from '../speech/dashscope/leave.ts';
import { SIMULATOR_HEADER } from '../speech/dashscope/protocol.ts';
import { protocolViolation } from '../speech/dashscope/protocol-violation.ts';
import { GENERATION_PATH, type GenerationRequest, MOST_URI_BYTES, NO_WORDS } from './protocol.ts';
import type { Hearing, HearOptions, Recogniser, SoundToHear } from './recogniser.ts';

/** Where the service is, and how patient we are. */
export interface ServiceRecogniserOptions {
  /** `https://…/api/v1`. */
  httpBaseUrl: string;
  apiKey: string;
  /** Temporary keys, if they are wanted. */
  callKey?: CallKey | undefined;
  /** Default: the model that we know. */
  model?: string | undefined;
  limiter?: RateLimiter | undefined;
  /** Longest wait for an answer. Default 60,000: a clip of three minutes took seven seconds. */
  timeoutMs?: number | undefined;
}

/** Makes the recogniser. Sends nothing. Throws `key-missing` or `key-refused` for a key that cannot be sent. */
export function createServiceRecogniser(options: ServiceRecogniserOptions): Recogniser {
  const { httpBaseUrl, apiKey, limiter, model = SERVICE_RECOGNISER.id, timeoutMs = 60_000 } = options;
  const callKey = options.callKey ?? permanentKey(apiKey);
  const url = new URL(httpBaseUrl.replace(/\/+$/, '') + GENERATION_PATH);

  async function post(body: string, { signal, onSend }: HearOptions): Promise<HttpAnswer> {
    const release = await limiter?.acquire(signal);
    const onTimeout = () =>
      new PipelineError({
        code: 'service-unreachable',
        message: `The recogniser did not answer within ${timeoutMs / 1_000} s.`,
        retry: 'backoff',
      });
    try {
      return await withDeadline({ limitMs: timeoutMs, signal, what: 'hearing a take', onTimeout }, async (within) => {
        const key = await callKey.current(within);
        const onReady = (prepare: () => Promise<void>): Promise<void> =>
          announceAndLeave(onSend, { counted: release, prepare, signal: within });
        const failure = (error: unknown): unknown =>
          within.aborted ? within.reason : networkFailure(error, { url, apiKey });
        const headers = { 'x-dashscope-sse': 'disable' };
        return postOnce(url, { key, body, signal: within, headers, onReady, failure });
      });
    } finally {
      release?.();
    }
  }

  return {
    model,
    maxSeconds: SERVICE_RECOGNISER.maxSeconds,
    async hear(sound, hearOptions = {}) {
      const answer = await post(JSON.stringify(requestOf(sound, model)), hearOptions).catch(askNoMore);
      const simulated = SIMULATOR_HEADER in answer.headers;
      if (isSuccess(answer.status)) return { ...readPaid(answer.text), simulated };
      if (answer.text.includes(NO_WORDS)) return { text: '', simulated };
      const failure = failureOf(errorResponseOf(answer), { doing: 'hear', apiKey, model });
      if (typeof failure.retry === 'object') await limiter?.pauseFor(failure.retry.afterMs);
      throw failure;
    },
  };
}

/** An answer that cannot be read is paid for, and so would the next one be. */
function askNoMore(error: unknown): never {
  if (!(error instanceof PipelineError) || error.code !== 'protocol-violation') throw error;
  throw new PipelineError({ code: error.code, message: error.message, retry: 'never' });
}

function readPaid(text: string): Omit<Hearing, 'simulated'> {
  try {
    return readAnswer(text);
  } catch (error) {
    return askNoMore(error);
  }
}

function requestOf({ pcm, sampleRateHz, language }: SoundToHear, model: string): GenerationRequest {
  const wav = Buffer.concat([wavHeader({ sampleRateHz, dataBytes: pcm.length }), pcm]);
  const data = `data:audio/wav;base64,${wav.toString('base64')}`;
  if (data.length >= MOST_URI_BYTES) {
    const message = 'The take is too long for the recogniser. Nothing was sent.';
    throw new PipelineError({ code: 'service-refused', message, retry: 'never' });
  }
  return {
    model,
    input: { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data } }] }] },
    parameters: {
      format: 'wav',
      sample_rate: String(sampleRateHz),
      ...(language !== undefined && { language_hints: [language] }),
    },
  };
}

/** The two hosts wrap the same answer differently: `{text, sentence, …}`, or that in `output`. */
function readAnswer(text: string): Omit<Hearing, 'simulated'> {
  const body = objectOf(parsed(text));
  const output = objectOf(body['output']);
  const heard = body['text'] ?? output['text'];
  const sentence = objectOf(body['sentence'] ?? output['sentence']);
  const sentences = body['sentences'] ?? output['sentences'];
  // One sentence for all of it; if it is one of several, the text has them all.
  const said = longest([sentence['text'], heard]);
  if (said === undefined) throw protocolViolation('an answer of the recogniser without a text');
  const isAll = said === sentence['text'] || !Array.isArray(sentences);
  const told = isAll ? sentence['words'] : sentences.flatMap((one) => objectOf(one)['words'] ?? []);
  const words = wordsIn(told, said);
  const usage = objectOf(body['usage'] ?? output['usage']);
  const { input_tokens: input, output_tokens: produced } = usage;
  return {
    text: said,
    ...(words.length > 0 && { words }),
    ...(isCount(input) &&
      isCount(produced) && { usage: { input_tokens: input, output_tokens: produced, total_tokens: input + produced } }),
  };
}

/**
 * The times of the words of a text. The service splits words (`gl`, `enn`) and joins them, so its pieces are laid over the
 * letters of the text, which says where words begin.
 */
function wordsIn(value: unknown, text: string): NonNullable<Hearing['words']> {
  const pieces = (Array.isArray(value) ? value : []).map(objectOf).flatMap((piece) => {
    const { text: letters, begin_time: begin, end_time: end } = piece;
    return typeof letters === 'string' && isCount(begin) && isCount(end) && end >= begin
      ? [{ letters: plain(letters), begin, end }]
      : [];
  });
  const words: NonNullable<Hearing['words']> = [];
  let piece = 0;
  let used = 0;
  for (const [word] of text.matchAll(/[\p{L}\p{M}\p{N}'’]+/gu)) {
    const first = pieces[piece];
    let last = first;
    for (let left = plain(word).length; left > 0 && piece < pieces.length; ) {
      last = pieces[piece]!;
      const taken = Math.min(left, last.letters.length - used);
      left -= taken;
      used += taken;
      if (used >= last.letters.length) [piece, used] = [piece + 1, 0];
    }
    if (first === undefined || last === undefined) break;
    words.push({ text: word, startSeconds: first.begin / 1_000, endSeconds: last.end / 1_000 });
  }
  return words;
}

function longest(texts: readonly unknown[]): string | undefined {
  const all = texts.filter((text) => typeof text === 'string');
  return all.length === 0 ? undefined : all.reduce((best, text) => (text.length > best.length ? text : best));
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw protocolViolation('an answer of the recogniser that is not JSON');
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
