/** A recogniser of one's own: any server with OpenAI's `POST /v1/audio/transcriptions`. */
import { wavHeader } from '../audio/pcm.ts';
import { interrupted, PipelineError } from '../errors.ts';
import { patientTimeout, withJoinedSignal } from '../signals.ts';
import { SIMULATOR_HEADER } from '../speech/dashscope/protocol.ts';
import { authorizationHeader, quoteUntrusted, sanitizedCause } from '../speech/dashscope/redact.ts';
import { retryAfterMs } from '../speech/dashscope/refusal.ts';
import { TRANSCRIPTIONS_PATH } from './protocol.ts';
import type { Hearing, HearOptions, Recogniser, SoundToHear } from './recogniser.ts';

/** Where the server is, and how patient we are. */
export interface OwnRecogniserOptions {
  /** `http://host:8000/v1`, or without `/v1`. */
  url: string;
  /** Undefined: the server wants none. */
  apiKey?: string | undefined;
  model: string;
  /** Longest wait for an answer. Default 120,000: many servers hear one take at a time. */
  timeoutMs?: number | undefined;
}

interface Answer {
  status: number;
  text: string;
  /** Media type without parameters; empty: none. */
  type: string;
  simulated: boolean;
  /** What the server asks for, in milliseconds. */
  waitMs: number | undefined;
}

/** The longest take that is sent: servers have no limit that is the same everywhere. */
const MOST_SECONDS = 600;
const MOST_ANSWER_BYTES = 4 * 1024 * 1024;
/** A server that throttles without saying how long. */
const THROTTLED_MS = 2_000;

/** Makes the recogniser. Sends nothing. Throws `key-refused` for a key that no header can carry. */
export function createOwnRecogniser({ url, apiKey, model, timeoutMs = 120_000 }: OwnRecogniserOptions): Recogniser {
  const address = new URL(url.replace(/\/+$/, '').replace(/\/v1$/, '') + TRANSCRIPTIONS_PATH);
  const headers: Record<string, string> = apiKey ? { authorization: headerOf(apiKey) } : {};
  // Some models answer plain JSON only, without times; they are asked once.
  let isPlain = false;

  async function post(sound: SoundToHear, { signal, onSend }: HearOptions): Promise<Answer> {
    await onSend?.();
    const timeout = new AbortController();
    const stop = patientTimeout(timeoutMs, () => timeout.abort());
    const ask = async (within: AbortSignal): Promise<Answer> => {
      const response = await fetch(address, {
        method: 'POST',
        body: formOf(sound, model, isPlain),
        headers,
        // The key must go to the configured address only.
        redirect: 'manual',
        signal: within,
      });
      return {
        status: response.status,
        type: (response.headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase(),
        simulated: response.headers.has(SIMULATOR_HEADER),
        waitMs: retryAfterMs(response.headers.get('retry-after')),
        text: await readBounded(response),
      };
    };
    try {
      return await withJoinedSignal([timeout.signal, signal], ask);
    } catch (cause) {
      if (signal?.aborted) throw interrupted('hearing a take');
      if (cause instanceof PipelineError) throw cause;
      const why = timeout.signal.aborted ? `did not answer within ${timeoutMs / 1_000} s` : 'could not be reached';
      const message = `The recogniser at ${address.host} ${why}. Check PIPELINE_HEARING_URL.`;
      throw new PipelineError({
        code: 'service-unreachable',
        message,
        retry: 'backoff',
        cause: sanitizedCause(cause, apiKey ?? ''),
      });
    } finally {
      stop();
    }
  }

  return {
    model,
    maxSeconds: MOST_SECONDS,
    async hear(sound, options = {}) {
      let response = await post(sound, options);
      if (response.status === 400 && !isPlain && /response_format|granularit/i.test(response.text)) {
        isPlain = true;
        response = await post(sound, options);
      }
      if (response.status < 200 || response.status >= 300)
        throw refusalOf(response, { host: address.host, apiKey: apiKey ?? '' });
      return { ...readAnswer(response), simulated: response.simulated };
    },
  };
}

function headerOf(apiKey: string): string {
  try {
    return authorizationHeader(apiKey);
  } catch {
    const message =
      'PIPELINE_HEARING_KEY contains a space, a line break or another character that no key has. Copy it again.';
    throw new PipelineError({ code: 'key-refused', message, retry: 'never' });
  }
}

function formOf({ pcm, sampleRateHz, language, names = [] }: SoundToHear, model: string, isPlain: boolean): FormData {
  const form = new FormData();
  form.set(
    'file',
    new Blob([wavHeader({ sampleRateHz, dataBytes: pcm.length }), new Uint8Array(pcm)], { type: 'audio/wav' }),
    'take.wav',
  );
  form.set('model', model);
  form.set('temperature', '0');
  if (language !== undefined) form.set('language', language);
  if (names.length > 0) form.set('prompt', names.join(', '));
  form.set('response_format', isPlain ? 'json' : 'verbose_json');
  if (!isPlain) form.append('timestamp_granularities[]', 'word');
  return form;
}

function refusalOf(
  { status, text, waitMs }: Answer,
  { host, apiKey }: { host: string; apiKey: string },
): PipelineError {
  // A server may echo the key.
  const said = quoteUntrusted(text.replace(/\s+/g, ' '), apiKey);
  const details = ` (HTTP ${status}${said === '' ? '' : `: "${said}"`})`;
  const of = (code: PipelineError['code'], message: string, retry: PipelineError['retry']) =>
    new PipelineError({ code, message: message + details, retry });
  if (status === 401 || status === 403)
    return of('key-refused', `The recogniser at ${host} refused the key. Check PIPELINE_HEARING_KEY.`, 'never');
  if (status === 404 || (status >= 300 && status < 400))
    return of(
      'service-unreachable',
      `There is no recogniser at ${host}. Check PIPELINE_HEARING_URL and _MODEL.`,
      'never',
    );
  if (status === 429)
    return of('throttled', `The recogniser at ${host} is throttling.`, { afterMs: waitMs ?? THROTTLED_MS });
  if (status === 503 && waitMs !== undefined)
    return of('service-failed', `The recogniser at ${host} is busy.`, { afterMs: waitMs });
  if (status >= 500 || status === 408 || status === 425)
    return of('service-failed', `The recogniser at ${host} failed.`, 'backoff');
  return of('service-refused', `The recogniser at ${host} refused the take.`, 'never');
}

/** Rejects with `protocol-violation` for more than a transcript can be, and reads no further. */
async function readBounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of body ?? []) {
    byteLength += chunk.length;
    if (byteLength > MOST_ANSWER_BYTES) throw unreadable(`answered with more than ${MOST_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What a bare text may call itself. */
const BARE_TYPES: ReadonlySet<string> = new Set(['', 'text/plain']);

/**
 * JSON of several shapes, or the text alone. A page, half of an answer or an error are no words: taken for some, they would be
 * stored as what is heard in the take.
 */
function readAnswer({ text: told, type }: Pick<Answer, 'text' | 'type'>): Omit<Hearing, 'simulated'> {
  const body = told.replace(/^\uFEFF/, '');
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    const text = body.trim();
    if (!BARE_TYPES.has(type) || /^\s*(?:[<{[\]]|data:|event:)/.test(text)) throw unreadable('answered without a text');
    return { text, isBare: true };
  }
  if (typeof answer === 'string') return { text: answer };
  const fields = objectOf(answer);
  const { error } = fields;
  if (error !== undefined && error !== null && error !== '' && error !== false)
    throw unreadable('answered with an error');
  if (typeof fields['text'] !== 'string') throw unreadable('answered without a text');
  const segments = Array.isArray(fields['segments']) ? fields['segments'] : [];
  const words = [fields['words'], segments.flatMap((one) => objectOf(one)['words'] ?? [])]
    .map((list) => (Array.isArray(list) ? list.map(objectOf).flatMap(timed) : []))
    .find((list) => list.length > 0);
  return { text: fields['text'].trim(), ...(words && { words }) };
}

function timed(word: Record<string, unknown>): NonNullable<Hearing['words']> {
  const { start, end } = word;
  const text = word['word'] ?? word['text'];
  const isTime = isSeconds(start) && isSeconds(end) && end >= start;
  return typeof text === 'string' && text.trim() !== '' && isTime
    ? [{ text: text.trim(), startSeconds: start, endSeconds: end }]
    : [];
}

/** JSON has numbers that are infinite when they are read. */
function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function unreadable(how: string): PipelineError {
  return new PipelineError({ code: 'protocol-violation', message: `The recogniser ${how}.`, retry: 'never' });
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
