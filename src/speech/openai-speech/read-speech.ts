/** Reads the sound of an answer, and accepts it only when every sign says that it is whole. */
import type { IncomingMessage } from 'node:http';
import { PipelineError } from '../../errors.ts';
import { patientTimeout } from '../../signals.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { AudioSink } from '../engine.ts';
import { incomplete, unfit } from './failures.ts';
import { NATIVE_RATE_HZ } from './protocol.ts';
import { createWavReader, type WavFormat } from './wav-reader.ts';

/** An hour of speech is larger than any answer to one text. */
const MAX_BYTES = 64 * 1024 * 1024;

/** How to read it. */
export interface ReadingOptions {
  /** What was asked for; PCM has no header, so its rate is the documented one. */
  format: 'wav' | 'pcm';
  sampleRateHz: number;
  onAudio: AudioSink;
  /** Longest silence within the answer. */
  idleTimeoutMs: number;
  signal: AbortSignal;
}

/**
 * Hands the sound on in whole samples and resolves with its bytes. Rejects with `take-incomplete`; with `service-refused` for
 * another rate, more than one channel or another depth; or with the signal's reason.
 *
 * The signs: the connection ended as HTTP says it must (length, or last chunk), the sizes in the header, whole samples.
 */
export async function readSpeech(response: IncomingMessage, options: ReadingOptions): Promise<number> {
  const { format, sampleRateHz, onAudio, signal } = options;
  const wav = format === 'wav' ? createWavReader() : undefined;
  if (wav === undefined && sampleRateHz !== NATIVE_RATE_HZ) throw otherRate(NATIVE_RATE_HZ, sampleRateHz);
  let received = 0;
  let byteLength = 0;
  let half = Buffer.alloc(0);
  let isChecked = false;
  for await (const chunk of chunksOf(response, options)) {
    received += chunk.length;
    if (received > MAX_BYTES) throw protocolViolation(`an answer of more than ${MAX_BYTES} bytes`);
    const sound = wav === undefined ? chunk : wav.push(chunk);
    const header = wav?.format();
    if (header !== undefined && !isChecked) {
      checkFormat(header, sampleRateHz);
      isChecked = true;
    }
    const joined = half.length === 0 ? sound : Buffer.concat([half, sound]);
    const whole = joined.length - (joined.length % 2);
    half = Buffer.from(joined.subarray(whole));
    if (whole === 0) continue;
    byteLength += whole;
    await onAudio(joined.subarray(0, whole));
    if (signal.aborted) throw signal.reason;
  }
  if (received === 0) throw incomplete('the answer is empty');
  const problem = wav?.problem();
  if (problem !== undefined) throw incomplete(problem);
  if (half.length > 0) throw incomplete('it ends in the middle of a sample');
  const isFramed = 'content-length' in response.headers || 'transfer-encoding' in response.headers;
  if (!isFramed && wav?.knowsSize() !== true)
    throw incomplete('nothing in the answer says where it ends, so a lost connection would look like its end');
  return byteLength;
}

/** The pieces of the body. A connection that breaks, or is silent for too long, is an incomplete take. */
async function* chunksOf(
  response: IncomingMessage,
  { idleTimeoutMs, signal }: ReadingOptions,
): AsyncGenerator<Buffer, void> {
  const pieces = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let isSilent = false;
  try {
    for (;;) {
      // Only the wait for the server counts, not the time that the receiver takes.
      const stop = patientTimeout(idleTimeoutMs, () => {
        isSilent = true;
        response.destroy();
      });
      const next = await pieces.next().finally(stop);
      if (isSilent) throw incomplete(`the server sent nothing for ${idleTimeoutMs / 1_000} s in the middle of it`);
      if (next.done === true) break;
      yield next.value;
    }
    if (!response.complete) throw incomplete('the connection ended before it');
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof PipelineError) throw error;
    if (isSilent) throw incomplete(`the server sent nothing for ${idleTimeoutMs / 1_000} s in the middle of it`);
    throw incomplete('the connection broke');
  } finally {
    if (!response.complete) response.destroy();
  }
}

function checkFormat({ sampleRateHz, channels, bits }: WavFormat, wanted: number): void {
  if (sampleRateHz !== wanted) throw otherRate(sampleRateHz, wanted);
  if (channels !== 1 || bits !== 16)
    throw unfit(`The server speaks with ${channels} channels of ${bits} bits; the pipeline needs one of 16 bits.`);
}

function otherRate(spoken: number, wanted: number): PipelineError {
  return unfit(
    `The server speaks at ${spoken} Hz; the pipeline needs ${wanted} Hz and does not resample a voice. Use a model that speaks at ${wanted} Hz, as Qwen3-TTS does.`,
  );
}
