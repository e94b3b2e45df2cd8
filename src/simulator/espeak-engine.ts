/**
 * Intelligible speech by espeak-ng: its npm package (WebAssembly), in a worker thread so that sockets stay responsive, or the
 * program (espeak-program.ts).
 *
 * Each voice is an espeak-ng variant made from its traits: the pitch is set in hertz and the formants are moved, so two
 * samples become two different speakers. espeak-ng is GPL-3 and only a dev dependency; no part of it is in this
 * package.
 */

import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { SPEECH_WORKER, type SpeechAnswer, type SpeechRequest } from './espeak-worker.ts';
import { espeakVoice } from './language.ts';
import { createResampler, type Resampler } from './resample.ts';
import type { SpeechCache } from './speech-cache.ts';
import type { Utterance, VoiceEngine } from './voice-engine.ts';
import { PITCH_RANGE_HZ } from './voice-traits.ts';

/** espeak-ng's own output rate. */
const ENGINE_RATE_HZ = 22_050;
/** Words a minute of a normal reader; espeak-ng's range is 80 to 450. */
const NORMAL_WORDS_PER_MINUTE = 165;
/** espeak-ng peaks near full scale; this leaves headroom for the resampler and is about as loud as the service. */
const GAIN = 0.6;
/** Shortest response: text without a word (`…`) produces nothing, and no audio would look like a failure. */
const LEAST_SECONDS = 0.3;

/** Speaks one request at a time; one that is aborted while it waits costs nothing. */
export interface Synthesizer {
  /** Mono samples at 22,050 Hz. */
  ask(request: SpeechRequest, signal: AbortSignal): Promise<Int16Array>;
  close(): Promise<void>;
}

/** The engine; it asks the synthesizer for what `cache` does not have. */
export function speechEngine(synthesizer: Synthesizer, cache?: SpeechCache): VoiceEngine {
  const spoken = async (request: SpeechRequest, signal: AbortSignal): Promise<Int16Array> => {
    const known = await cache?.find(request);
    if (known !== undefined) return known;
    const pcm = await synthesizer.ask(request, signal);
    if (!signal.aborted) await cache?.keep(request, pcm);
    return pcm;
  };
  const resamplers = new Map<number, Resampler>();
  const resamplerTo = (toHz: number): Resampler => {
    const known = resamplers.get(toHz) ?? createResampler(ENGINE_RATE_HZ, toHz);
    resamplers.set(toHz, known);
    return known;
  };

  return {
    name: 'speech',
    async *speak(utterance, signal) {
      const pcm = atLeast(LEAST_SECONDS, await spoken(speechRequest(utterance), signal));
      const resampler = resamplerTo(utterance.sampleRateHz);
      const gain = GAIN * (utterance.volume / 50);
      const total = resampler.outputLength(pcm.length);
      for (let start = 0; start < total && !signal.aborted; start += utterance.chunkSamples) {
        yield resampler.range(pcm, start, utterance.chunkSamples, gain);
      }
    },
    close: synthesizer.close,
  };
}

/** The espeak-ng request for an utterance. */
export function speechRequest({ text, traits, languageType, speechRate, pitchRate }: Utterance): SpeechRequest {
  const voice = espeakVoice(languageType, text);
  const pitchHz = Math.min(PITCH_RANGE_HZ.high, Math.max(PITCH_RANGE_HZ.low, traits.pitchHz * pitchRate));
  const variant = variantFile(voice, pitchHz, traits.formantPercent);
  const words = Math.round(NORMAL_WORDS_PER_MINUTE * traits.pace * speechRate);
  return {
    voice,
    variantName: `sim${createHash('sha256').update(variant).digest('hex').slice(0, 12)}`,
    variant,
    wordsPerMinute: Math.min(450, Math.max(80, words)),
    // "[[" would switch to phoneme codes, and a NUL would end the text.
    text: text.replaceAll('[[', '[ [').replaceAll('\0', ' '),
  };
}

/**
 * An espeak-ng variant file. Measured over ten languages and 60 to 350 Hz: with `pitch 0.78f 1.10f` the median of the
 * spoken pitch is within 6 % of f; the tones of Mandarin make it 12 % lower. Without flutter the pitch stays constant.
 */
function variantFile(voice: string, pitchHz: number, formantPercent: number): string {
  const aimHz = voice === 'cmn' ? pitchHz * 1.12 : pitchHz;
  return [
    'language variant',
    `pitch ${Math.round(aimHz * 0.78)} ${Math.round(aimHz * 1.1)}`,
    'flutter 0',
    ...[1, 2, 3, 4, 5].map((formant) => `formant ${formant} ${formantPercent} 100 100`),
    '',
  ].join('\n');
}

function atLeast(seconds: number, pcm: Int16Array): Int16Array {
  const samples = Math.round(seconds * ENGINE_RATE_HZ);
  if (pcm.length >= samples) return pcm;
  const padded = new Int16Array(samples);
  padded.set(pcm);
  return padded;
}

/** One worker, which starts with the first request. `moduleUrl` is the file URL of the espeak-ng package. */
export function packageSynthesizer(moduleUrl: string): Synthesizer {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  const synthesize = async (request: SpeechRequest, signal: AbortSignal): Promise<Int16Array> => {
    const result = last.then(async () => {
      // A request that still waits when the engine closes must not start a worker that nothing would end.
      if (signal.aborted || closed) return new Int16Array(0);
      worker ??= new Worker(SPEECH_WORKER, { eval: true, workerData: { moduleUrl } });
      try {
        return await exchange(worker, request);
      } catch (error) {
        await worker?.terminate();
        worker = undefined;
        throw error;
      }
    });
    last = result.catch(() => undefined);
    return result;
  };

  const close = async () => {
    closed = true;
    await worker?.terminate();
    worker = undefined;
  };
  return { ask: synthesize, close };
}

/** Sends one request and waits for its response, or for the end of the worker. */
function exchange(worker: Worker, request: SpeechRequest): Promise<Int16Array> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      act();
    };
    const onMessage = (answer: SpeechAnswer) =>
      settle(() => ('pcm' in answer ? resolve(answer.pcm) : reject(new Error(answer.failure))));
    const onError = (error: unknown) => settle(() => reject(error));
    const onExit = () => settle(() => reject(new Error('The speech worker ended.')));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(request);
  });
}
