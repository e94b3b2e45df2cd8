/** Writes speech as the answer of a call: all at once, as it is made, or as server-sent events; and breaks it off. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import * as wire from '../../speech/openai-speech/protocol.ts';
import type { FaultRule } from '../faults.ts';
import type { Settings, Speed } from '../settings.ts';
import type { SpeechOrder } from './order.ts';
import { SpeechRefusal } from './refusal.ts';
import type { OpenaiSpeechSettings } from './settings.ts';
import type { Spoken } from './speak-order.ts';
import { rawBytes, wavHeader } from './wav-file.ts';
import { asciiJson, wordTimes } from './word-times.ts';

/** An answer to write. */
export interface Answer {
  order: SpeechOrder;
  spoken: Spoken;
  fault: FaultRule | undefined;
  settings: Settings;
  /** Waits until so many samples may have been sent. */
  clock: (samples: number) => Promise<void>;
  signal: AbortSignal;
}

/** Waits from now on: for the first sound `firstAudioMs`, then as long as speech of that speed takes. */
export function startClock({ firstAudioMs, timesRealtime }: Speed, sampleRateHz: number, signal: AbortSignal) {
  const startMs = performance.now();
  return async (samples: number): Promise<void> => {
    const audioMs = timesRealtime > 0 ? (samples / sampleRateHz / timesRealtime) * 1000 : 0;
    const waitMs = startMs + firstAudioMs + audioMs - performance.now();
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal }).catch(() => undefined);
  };
}

/** Writes the answer; a fault may break it off. Resolves when it is written or the client is gone. */
export async function writeSpeech(response: ServerResponse, answer: Answer): Promise<void> {
  const { order, spoken, fault, clock } = answer;
  const isWhole = order.delivery === 'body';
  if (isWhole && fault?.kind === 'error-event') throw new SpeechRefusal(500, 'Internal server error.');
  await clock(isWhole ? spoken.samples.length : 0);
  if (order.delivery === 'events') await writeEvents(response, answer);
  else await writeBody(response, answer);
}

async function writeBody(response: ServerResponse, answer: Answer): Promise<void> {
  const { order, fault, settings, signal } = answer;
  const chunks = soundChunks(answer, order.delivery === 'stream' ? 'unknown' : settings.openaiSpeech.wavSizes);
  const length = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const breakAt = breakOf(fault);
  // A body that ends early without an error cannot have announced its length.
  const isChunked = settings.openaiSpeech.chunked || order.delivery === 'stream' || fault?.kind === 'close';
  response.writeHead(200, {
    ...headersOf(answer),
    'content-type': fault?.kind === 'speech-wrong-type' ? 'text/plain' : CONTENT_TYPES[order.format],
    ...(isChunked ? {} : { 'content-length': length }),
  });
  for (const [index, { bytes, samplesBefore }] of chunks.entries()) {
    if (index >= breakAt || signal.aborted) break;
    if (order.delivery === 'stream') await answer.clock(samplesBefore);
    // A shorter answer breaks off in its last piece.
    const isHalf = Number.isFinite(breakAt) && index === chunks.length - 1;
    await write(response, isHalf ? bytes.subarray(0, (bytes.length >> 2) << 1) : bytes, signal);
  }
  await end(response, fault, signal);
}

async function writeEvents(response: ServerResponse, answer: Answer): Promise<void> {
  const { order, spoken, fault, signal } = answer;
  const send = (event: wire.SpeechStreamEvent) =>
    write(response, Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`), signal);
  const isVllm = answer.settings.openaiSpeech.profile === 'vllm-omni';
  const breakAt = breakOf(fault);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for (const [index, { bytes, samplesBefore }] of soundChunks(answer, 'unknown').entries()) {
    if (index >= breakAt || signal.aborted) break;
    await answer.clock(samplesBefore);
    const audio = bytes.toString('base64');
    const format = isVllm ? { response_format: order.format } : {};
    await send({ type: 'speech.audio.delta', audio, ...format });
  }
  if (fault?.kind === 'error-event') {
    const error = { message: 'Internal server error.', type: 'server_error', param: null, code: 500 };
    await send({ type: 'speech.audio.error', error });
  } else if (!BREAKS.has(fault?.kind ?? '')) {
    await answer.clock(spoken.samples.length);
    const { input_token_details: details, ...usage } = spoken.usage;
    await send({
      type: 'speech.audio.done',
      usage: isVllm && details !== undefined ? { ...usage, input_token_details: details } : usage,
    });
  }
  await end(response, fault, signal);
}

const CONTENT_TYPES = { wav: 'audio/wav', pcm: 'audio/pcm', f32: 'application/octet-stream' } as const;

/** Faults that end an answer before its end. */
const BREAKS: ReadonlySet<string> = new Set(['drop', 'close', 'stall', 'error-event', 'speech-no-done']);

/** The chunk before which a fault breaks off; the sound of a stream without its last event is complete. */
function breakOf(fault: FaultRule | undefined): number {
  const breaksOff = fault !== undefined && BREAKS.has(fault.kind) && fault.kind !== 'speech-no-done';
  return breaksOff ? (fault.frame ?? 1) : Number.POSITIVE_INFINITY;
}

async function end(response: ServerResponse, fault: FaultRule | undefined, signal: AbortSignal): Promise<void> {
  if (fault?.kind === 'stall' && !signal.aborted) await once(signal, 'abort');
  if (fault?.kind === 'drop' || fault?.kind === 'stall') response.destroy();
  else response.end();
}

/** The body in pieces of `chunkMs`; a WAV header is part of the first one. */
function soundChunks(
  { order, spoken, fault, settings }: Answer,
  sizes: Parameters<typeof wavHeader>[2],
): { bytes: Buffer; samplesBefore: number }[] {
  const { samples } = spoken;
  const step = Math.max(1, Math.round((settings.speed.chunkMs / 1000) * order.sampleRateHz));
  const chunks: { bytes: Buffer; samplesBefore: number }[] = [];
  for (let from = 0; from < samples.length; from += step) {
    chunks.push({ bytes: rawBytes(samples.subarray(from, from + step), order.format), samplesBefore: from });
  }
  const last = chunks.at(-1);
  // Half of the last sample is missing, in the middle of a stream as well as at the end of a body.
  if (fault?.kind === 'odd-delta' && last !== undefined) last.bytes = last.bytes.subarray(0, -1);
  if (order.format !== 'wav') return chunks;
  const dataBytes = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const [first = { bytes: Buffer.alloc(0), samplesBefore: 0 }, ...others] = chunks;
  const header = wavHeader(dataBytes, order.sampleRateHz, sizes);
  return [{ ...first, bytes: Buffer.concat([header, first.bytes]) }, ...others];
}

/** Headers about the speech; a stream has none, because it is not made yet. */
function headersOf({ order, spoken, settings }: Answer): Record<string, string> {
  const { profile, usageHeaders, wordListBytes } = settings.openaiSpeech;
  if (profile === 'crispasr') {
    const warning = 'spoken_disclaimer=false denied: marking_attestation is missing';
    return {
      [wire.CRISP_REQUEST_ID_HEADER]: randomUUID(),
      [wire.SPOKEN_DISCLAIMER_HEADER]: spoken.hasNotice ? 'applied' : 'skipped',
      ...(order.notice === 'denied' ? { [wire.MARKING_WARNING_HEADER]: warning } : {}),
    };
  }
  if (profile === 'openai-strict') return { 'x-request-id': `req_${randomUUID().replaceAll('-', '')}` };
  if (order.delivery !== 'body') return {};
  const { usage } = spoken;
  const { inputTokens, outputTokens, totalTokens, inputTextTokens, inputAudioTokens } = wire.USAGE_HEADERS;
  const counts = {
    [inputTokens]: `${usage.input_tokens}`,
    [outputTokens]: `${usage.output_tokens}`,
    [totalTokens]: `${usage.total_tokens}`,
    [inputTextTokens]: `${order.textTokens}`,
    [inputAudioTokens]: `${order.audioTokens}`,
  };
  return { ...(usageHeaders ? counts : {}), ...wordHeader(order, { seconds: spoken.seconds, wordListBytes }) };
}

function wordHeader(
  { wantsWordTimes, text }: SpeechOrder,
  { seconds, wordListBytes }: Pick<Spoken, 'seconds'> & Pick<OpenaiSpeechSettings, 'wordListBytes'>,
): Record<string, string> {
  if (!wantsWordTimes) return {};
  const list = asciiJson(wordTimes(text, seconds));
  if (list.length <= wordListBytes) return { [wire.WORD_TIMESTAMPS_HEADER]: list };
  return { [wire.WORD_TIMESTAMPS_OMITTED_HEADER]: 'too-large' };
}

/** Resolves when the bytes are with the system, so that a connection that is dropped next has carried them. */
async function write(response: ServerResponse, bytes: Buffer, signal: AbortSignal): Promise<void> {
  if (signal.aborted || response.destroyed) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done, { once: true });
    response.write(bytes, done);
  });
}
