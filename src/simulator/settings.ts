/**
 * The simulator's knobs. What protocol.ts's sources leave open or dispute is a knob here, with the likeliest value as
 * its default; what they fix is in the code that obeys it.
 */

import { ENROLMENT_CALLS_PER_SECOND } from '../models.ts';
import type { FaultRule } from './faults.ts';
import type { DecodeSample } from './sample.ts';

/** How fast speech comes. The service's own figures are unknown: about 700 ms to first audio was seen on a sibling model. */
export interface Speed {
  /** Milliseconds from the start of a response to its first audio. Default 0. */
  firstAudioMs: number;
  /** Audio seconds sent in one second of wall time; 0 sends as fast as the client reads. Default 0. */
  timesRealtime: number;
  /** Milliseconds of audio in one delta. Default 320, which is 15,360 bytes at 24 kHz. */
  chunkMs: number;
  /** Milliseconds of audio after which speech pauses. Default 2000; counts only where there is a pause. */
  burstMs: number;
  /** Length of that pause. One client saw gaps of 1 to 2 s between bursts. Default 0. */
  burstPauseMs: number;
  /** Milliseconds that the making of a voice takes. A client of the service reckons with ten seconds. Default 0. */
  cloneMs: number;
}

/** The account's limits. Where the service publishes no figure the default is no limit. */
export interface Limits {
  /** Enrolment calls (create, list and delete together) in any second. Default 10 (voice-replica page, 2025-08). */
  enrollPerSecond: number;
  /** Open sessions at once; one more is refused with 429. No published figure. Default no limit. */
  sessionsAtOnce: number;
  /** Realtime calls in any minute. Published as 180 for qwen3-tts-vc-realtime. Default no limit. */
  callsPerMinute: number;
  /** What counts as a realtime call; the sources do not say, so the default counts both. */
  callIs: 'session' | 'response' | 'both';
  /** How a response over the limit is answered; no source shows the form. A session over it always gets 429. */
  throttleForm: 'event' | 'close';
  /** Voices of the account. Default 1000 (voice-replica page, 2025-08). */
  voices: number;
}

/** Behaviour that the sources dispute or leave open. */
export interface Behaviour {
  /** Commit mode, text appended while a response runs. A client reports `ignore`, the default. */
  appendWhileSpeaking: 'ignore' | 'buffer';
  /**
   * Commit mode, milliseconds after `response.done` in which appended text is ignored as well. The same client needed about
   * 100 before its next text; the official sample waits for nothing. Default 0.
   */
  deafAfterDoneMs: number;
  /** In server_commit, whether `input_text_buffer.committed` precedes a response that the server opened. Default true. */
  committedBeforeAutomatic: boolean;
  /** Close code after an error that ends the session. Default 1007, as siblings on the same gateway do. */
  errorCloseCode: number;
  /** Milliseconds between client messages after which an idle session ends. Default 23,000 (CosyVoice); 0 never. */
  idleTimeoutMs: number;
  /**
   * Speak with voices of the service's form that were never enrolled here, as for a manifest that names an enrolled
   * voice. Default false: refused, as the service refuses them.
   */
  adoptVoices: boolean;
}

/** What speaks: `auto` prefers speech and falls back to tones when the espeak-ng package is not installed. */
export type EngineChoice = 'auto' | 'speech' | 'tones';

/** Options of `startSimulator`; every one may be left out. */
export interface SimulatorOptions extends Partial<Pick<Behaviour, 'idleTimeoutMs'>> {
  /** 0, the default, takes any free port. */
  port?: number;
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Keys that are accepted. Left out: any key that is not empty. */
  apiKeys?: readonly string[];
  /** Decides by which calls the faults with a rate strike, and the tail of voice ids. Default 1. */
  seed?: number;
  /** Folder in which voices survive a restart. Left out: voices live as long as the simulator. */
  stateDir?: string;
  speed?: Partial<Speed>;
  limits?: Partial<Limits>;
  behaviour?: Partial<Behaviour>;
  voiceEngine?: EngineChoice;
  faults?: readonly FaultRule[];
  /** Decodes samples that are not WAV. Left out: MP3 and M4A are accepted unheard, with a voice made from their bytes. */
  decodeSample?: DecodeSample;
  /** Clock of voice dates and temporary keys, in milliseconds since 1970. Default `Date.now`. */
  now?: () => number;
}

/** The options with every default filled in. */
export interface Settings {
  speed: Speed;
  limits: Limits;
  behaviour: Behaviour;
  seed: number;
  apiKeys: readonly string[] | undefined;
  decodeSample: DecodeSample | undefined;
  now: () => number;
}

/** Fills in the defaults. */
export function resolveSettings(options: SimulatorOptions): Settings {
  return {
    speed: {
      firstAudioMs: 0,
      timesRealtime: 0,
      chunkMs: 320,
      burstMs: 2000,
      burstPauseMs: 0,
      cloneMs: 0,
      ...options.speed,
    },
    limits: {
      enrollPerSecond: ENROLMENT_CALLS_PER_SECOND,
      sessionsAtOnce: Number.POSITIVE_INFINITY,
      callsPerMinute: Number.POSITIVE_INFINITY,
      callIs: 'both',
      throttleForm: 'event',
      voices: 1000,
      ...options.limits,
    },
    behaviour: {
      appendWhileSpeaking: 'ignore',
      deafAfterDoneMs: 0,
      committedBeforeAutomatic: true,
      errorCloseCode: 1007,
      idleTimeoutMs: options.idleTimeoutMs ?? 23_000,
      adoptVoices: false,
      ...options.behaviour,
    },
    seed: options.seed ?? 1,
    apiKeys: options.apiKeys,
    decodeSample: options.decodeSample,
    now: options.now ?? Date.now,
  };
}
