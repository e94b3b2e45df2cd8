/** One text over `POST /v1/audio/speech`: sent, read to its end, and sent again where the protocol says so. */
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted, PipelineError } from '../../errors.ts';
import { patientTimeout } from '../../signals.ts';
import { quoteUntrusted } from '../dashscope/redact.ts';
import type { AudioSink, Usage, WordTime } from '../engine.ts';
import { SilentResponse } from '../engine.ts';
import { failureOf, incomplete, otherThanPlanned, readServerRefusal, type ServerRefusal, unfit } from './failures.ts';
import { hostOf, isSimulated, send, textOf } from './http.ts';
import { type OpenAiSpeechOptions, type OwnServer, ownServer } from './options.ts';
import { CRISP_REQUEST_ID_HEADER, SPEECH_PATH, SPOKEN_DISCLAIMER_HEADER } from './protocol.ts';
import { readSpeech } from './read-speech.ts';
import { bodyOf, formatOf, type SpeechOrder, tokenLimitOf } from './request-body.ts';
import { readUsage, readWords } from './response-headers.ts';

/** Callbacks of one call. */
export interface SpeechListener {
  onAudio: AudioSink;
  /**
   * Awaited before each request; when it rejects, nothing is sent. `connect` resolves when there is a connection, and rejects
   * when there is none or no more.
   */
  onSend?: ((connect: () => Promise<void>) => Promise<void>) | undefined;
  signal: AbortSignal | undefined;
}

/** Whole speech. */
export interface Speech {
  byteLength: number;
  requestId: string;
  usage: Usage | undefined;
  /** Tokens of the sample; undefined when the server does not count. */
  sampleTokens: number | undefined;
  words: readonly WordTime[] | undefined;
  simulated: boolean;
}

/** Speaks single texts. */
export interface SpeechCaller {
  readonly server: OwnServer;
  /** Rejects with the meaning of the refusal (failures.ts); discard the sound received until then. */
  speak(order: Omit<SpeechOrder, 'words'>, of: { sampleRateHz: number } & SpeechListener): Promise<Speech>;
}

const WAITING = 'waiting for speech';

/** Makes a caller. Sends nothing. */
export function createSpeechCaller(options: OpenAiSpeechOptions): SpeechCaller {
  const server = ownServer(options);
  const { profile } = server;
  /** A server without an aligner refuses to tell times; it is asked once. */
  let tellsWords = profile === 'vllm-omni';
  /** A page instead of speech is a wrong address, unless there was speech before: then it passes. */
  let hasSpoken = false;

  async function speak(
    order: Omit<SpeechOrder, 'words'>,
    listener: { sampleRateHz: number } & SpeechListener,
  ): Promise<Speech> {
    const startedMs = performance.now();
    let failedOnce = false;
    for (;;) {
      const words = tellsWords;
      const result = await sendOnce({ ...order, words }, listener);
      if (!('refusal' in result)) return result;
      const { refusal } = result;
      const error = failureOf(refusal, { server, model: order.model, voice: nameOf(order) });
      if (words && refusal.status < 500 && /word_timestamps|aligner/i.test(`${refusal.message} ${refusal.param}`)) {
        tellsWords = false;
      } else if (refusal.status === 503) {
        const waitMs = refusal.retryAfterMs ?? options.loadingPollMs ?? 5_000;
        const limitMs = options.loadingLimitMs ?? 600_000;
        if (performance.now() - startedMs + waitMs > limitMs) throw stillLoading(error, limitMs);
        await pause(waitMs, listener.signal);
      } else if (refusal.code === 'synthesis_failed' && !failedOnce) {
        failedOnce = true;
      } else throw error;
    }
  }

  async function sendOnce(
    order: SpeechOrder,
    { sampleRateHz, onAudio, onSend, signal: outer }: { sampleRateHz: number } & SpeechListener,
  ): Promise<Speech | { refusal: ServerRefusal }> {
    if (outer?.aborted) throw interrupted(WAITING);
    const body = { pieces: bodyOf(order, profile, options), type: 'application/json' };
    const timeoutMs = options.answerTimeoutMs ?? 600_000;
    const ending = new AbortController();
    const { signal } = ending;
    const onAbort = () => ending.abort(interrupted(WAITING));
    outer?.addEventListener('abort', onAbort, { once: true });
    const wait = () => patientTimeout(timeoutMs, () => ending.abort(tooLate(server, timeoutMs)));
    let stop: () => void = () => undefined;
    const timed = async (connect: () => Promise<void>): Promise<void> => {
      stop = wait();
      await connect().finally(() => stop());
    };
    const onReady = async (connect: () => Promise<void>): Promise<void> => {
      await onSend?.(() => timed(connect));
      stop = wait();
    };
    try {
      const response = await send(server, { path: SPEECH_PATH, body, signal, onReady });
      stop();
      if (response.statusCode !== 200) return { refusal: await refusalOf(response) };
      checkKind(response);
      await checkType(response);
      const idleTimeoutMs = options.idleTimeoutMs ?? 60_000;
      const reading = { format: formatOf(profile), sampleRateHz, onAudio, idleTimeoutMs, signal };
      return speechOf(response, order, await readSpeech(response, reading));
    } finally {
      stop();
      outer?.removeEventListener('abort', onAbort);
      // Frees the connection of an answer that is not read to its end.
      ending.abort();
    }
  }

  /** Before the sound: what no book may get. */
  function checkKind(response: IncomingMessage): void {
    const { simulated: wanted } = options;
    if (wanted !== undefined && isSimulated(response) !== wanted) throw otherKind(server, wanted);
    if (response.headers[SPOKEN_DISCLAIMER_HEADER] !== 'applied') return;
    throw unfit(
      'The server begins each text with a spoken notice that the voice is artificial, so its speech cannot go into a book. ' +
        'Set PIPELINE_SPEECH_MARKING to how listeners learn it instead, or start the server with --accept-marking-responsibility.',
    );
  }

  /** An error in JSON, an error page, or a compressed format is no speech, whatever the status. */
  async function checkType(response: IncomingMessage): Promise<void> {
    const type = (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (TYPES[formatOf(profile)].test(type)) return;
    const { apiKey = '' } = server;
    if (!/json|text|html/.test(type))
      throw incomplete(`the server sent "${quoteUntrusted(type, apiKey)}" where speech was due`);
    const { message } = readServerRefusal(200, response.headers, await textOf(response).catch(() => ''));
    if (!hasSpoken && /html/.test(type)) throw noSpeechServer(server);
    const said = message === '' ? '' : `: "${quoteUntrusted(message, apiKey)}"`;
    throw incomplete(`the server sent an error as if it were speech${said}`);
  }

  function speechOf(response: IncomingMessage, order: SpeechOrder, byteLength: number): Speech {
    const { usage, sampleTokens } = readUsage(response.headers);
    hasSpoken ||= byteLength > 0;
    if (byteLength === 0) throw new SilentResponse(usage);
    const limit = tokenLimitOf(profile, order);
    if (limit !== undefined && usage !== undefined && 'output_tokens' in usage && usage.output_tokens >= limit)
      throw incomplete(
        `the server stopped at its limit of ${limit} tokens before the text ended. Split the sentence if that happens again`,
      );
    const id = response.headers[CRISP_REQUEST_ID_HEADER] ?? response.headers['x-request-id'];
    return {
      byteLength,
      requestId: typeof id === 'string' ? quoteUntrusted(id, server.apiKey ?? '') : '',
      usage,
      sampleTokens,
      words: readWords(response.headers),
      simulated: isSimulated(response),
    };
  }

  return { server, speak };
}

/** Media types of each format; servers also write none, or that of any bytes. */
const TYPES = {
  wav: /^(audio\/(x-)?wave?|audio\/vnd\.wave|application\/octet-stream|)$/,
  pcm: /^(audio\/(x-)?pcm|audio\/l16|audio\/raw|application\/octet-stream|)$/,
} as const;

/** The failure of a server that is not what the run counts on. */
export function otherKind(server: OwnServer, wanted: boolean): PipelineError {
  const was = wanted ? 'was our simulator' : 'was not our simulator';
  return otherThanPlanned(
    'service-unreachable',
    `The server at ${hostOf(server)} ${was} when the run was planned; another one answers now. What it sent was discarded. Run again.`,
  );
}

function noSpeechServer(server: OwnServer): PipelineError {
  return otherThanPlanned(
    'service-unreachable',
    `At ${hostOf(server)} a web page answers, and no speech server. Check PIPELINE_SPEECH_URL, such as http://host:8000/v1.`,
  );
}

async function refusalOf(response: IncomingMessage): Promise<ServerRefusal> {
  // A body that breaks off is worth no more than the status.
  const text = await textOf(response).catch(() => '');
  return readServerRefusal(response.statusCode ?? 0, response.headers, text);
}

function nameOf({ voice }: Pick<SpeechOrder, 'voice'>): string | undefined {
  return 'name' in voice ? voice.name : undefined;
}

function tooLate(server: OwnServer, timeoutMs: number): PipelineError {
  return new PipelineError({
    code: 'service-unreachable',
    message: `The server at ${hostOf(server)} did not begin to answer within ${timeoutMs / 1_000} s.`,
    retry: 'backoff',
  });
}

function stillLoading({ message }: PipelineError, limitMs: number): PipelineError {
  return new PipelineError({
    code: 'service-failed',
    message: `The server was not ready within ${limitMs / 1_000} s. ${message}`,
    retry: 'backoff',
  });
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, { ...(signal && { signal }) }).catch(() => {
    throw interrupted('waiting for a server that loads its model');
  });
}
