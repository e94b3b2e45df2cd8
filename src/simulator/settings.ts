/**
 * The simulator's settings. Where the sources of protocol.ts are silent or disagree, there is a setting with the
 * likeliest value as its default; what they document is fixed in the code.
 */

import { enrolmentCallsPerSecond } from '../models.ts';
import type { FaultRule } from './faults.ts';
import { HEARING_PRESETS, type HearingSettings } from './hearing/settings.ts';
import { INFERENCE_PRESETS, type InferenceSettings } from './inference/settings.ts';
import { OPENAI_SPEECH_PRESETS, type OpenaiSpeechSettings } from './openai-speech/settings.ts';
import type { DecodeSample } from './sample.ts';

/**
 * The speed of speech. The service's own figures are unknown: about 700 ms to first audio was observed on a sibling
 * model.
 */
export interface Speed {
  /** Milliseconds from the start of a response to its first audio. Default 0. */
  firstAudioMs: number;
  /** Audio seconds sent in one second of wall time; 0 sends as fast as the client reads. Default 0. */
  timesRealtime: number;
  /** Milliseconds of audio in one delta. Default 320, which is 15,360 bytes at 24 kHz. */
  chunkMs: number;
  /** Milliseconds of audio after which speech pauses. Default 2000; only matters with `burstPauseMs`. */
  burstMs: number;
  /** Milliseconds of that pause. One client observed gaps of 1 to 2 s between bursts. Default 0. */
  burstPauseMs: number;
  /** Milliseconds to make a voice. One client of the service expects ten seconds. Default 0. */
  cloneMs: number;
}

/** The account's limits. Where the service publishes no figure the default is no limit. */
export interface Limits {
  /** Enrolment calls (create, list and delete together) in any one second. Default 10 (voice-replica page, 2025-08). */
  enrollPerSecond: number;
  /** Open sessions at once; one more is refused with 429. No published figure. Default no limit. */
  sessionsAtOnce: number;
  /** Realtime calls in any minute. Published as 180 for qwen3-tts-vc-realtime. Default no limit. */
  callsPerMinute: number;
  /** What counts as a realtime call; the sources do not say, so the default counts both. */
  callIs: 'session' | 'response' | 'both';
  /** The form of a throttled response; no source shows it. A session over the limit always gets 429. */
  throttleForm: 'event' | 'close';
  /**
   * Creations of voices that are free, within 90 days of the start; each later one is billed. Nothing on the wire tells
   * the difference; the metrics do. A small number begins near the end. Default 1000 (voice-replica page, 2025-08).
   */
  freeVoices: number;
  /** An account that is set to take only free use: what would be billed is refused. Default false. */
  freeOnly: boolean;
  /** Voices of the account. Default 1000 (voice-replica page, 2025-08). */
  voices: number;
  /** Most voices in one page of the list, whatever is asked for. Default no limit; the page documents none. */
  voicesPerPage: number;
  /** Most characters of one commit; one more is refused. Not documented; siblings take 600. Default no limit. */
  commitCharacters: number;
}

/** Behavior on which the sources are silent or disagree. */
export interface Behaviour {
  /** Commit mode: text that is appended while a response runs. A client reports `ignore`, the default. */
  appendWhileSpeaking: 'ignore' | 'buffer';
  /**
   * Commit mode: milliseconds after `response.done` in which appended text is ignored, too. The same client needed
   * about 100 before its next text; the official sample does not wait. Default 0.
   */
  deafAfterDoneMs: number;
  /**
   * In server_commit, whether `input_text_buffer.committed` precedes a response that the server starts. Default true.
   */
  committedBeforeAutomatic: boolean;
  /** Close code after an error that ends the session. Default 1007, as siblings on the same gateway use. */
  errorCloseCode: number;
  /** Milliseconds between client messages after which an idle session ends. Default 23,000 (CosyVoice); 0 never. */
  idleTimeoutMs: number;
  /**
   * Accept voices of the service's form that were never enrolled here, as for a manifest that names an enrolled voice.
   * Default false: refused, like by the service.
   */
  adoptVoices: boolean;
  /** Commit mode: each sentence of a commit is a response of its own. Default false: one response. */
  splitCommits: boolean;
  /** Milliseconds before each response. Default 0. */
  responsePauseMs: number;
  /** Every piece of audio is cut in the middle of a sample, which the protocol does not forbid. Default false. */
  oddDeltas: boolean;
}

/** The voice engine: `auto` prefers speech and falls back to tones when no espeak-ng is installed. */
export type EngineChoice = 'auto' | 'speech' | 'tones';

/** Options of `startSimulator`; all are optional. */
export interface SimulatorOptions extends Partial<Pick<Behaviour, 'idleTimeoutMs'>> {
  /** 0, the default, uses any free port. */
  port?: number;
  /** Address to listen on. Default 127.0.0.1. */
  host?: string;
  /** Valid keys. Default: any key that is not empty. */
  apiKeys?: readonly string[];
  /** Decides in which calls the faults with a rate occur, and the suffix of voice IDs. Default 1. */
  seed?: number;
  /** Folder in which voices survive a restart. Default: voices live as long as the simulator. */
  stateDir?: string;
  /** Folder that keeps spoken sound, to speak it again without work. Default: none. */
  speechCacheDir?: string;
  /** Search path for the program `espeak-ng`, where its npm package is not installed. Default: it is not looked for. */
  pathEnv?: string;
  speed?: Partial<Speed>;
  limits?: Partial<Limits>;
  behaviour?: Partial<Behaviour>;
  /** Settings of the inference protocol. */
  inference?: Partial<InferenceSettings>;
  /** Of `POST /v1/audio/speech`. */
  openaiSpeech?: Partial<OpenaiSpeechSettings>;
  /** Of the recognisers. */
  hearing?: Partial<HearingSettings>;
  voiceEngine?: EngineChoice;
  faults?: readonly FaultRule[];
  /** Decodes samples that are not WAV. Default: MP3 and M4A pass unchecked, with a voice derived from their bytes. */
  decodeSample?: DecodeSample;
  /** Clock of voice dates and temporary keys, in milliseconds since 1970. Default `Date.now`. */
  now?: () => number;
}

/** The options with every default filled in. */
export interface Settings {
  speed: Speed;
  limits: Limits;
  behaviour: Behaviour;
  inference: InferenceSettings;
  openaiSpeech: OpenaiSpeechSettings;
  hearing: HearingSettings;
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
      enrollPerSecond: enrolmentCallsPerSecond('qwen-voice-enrollment'),
      sessionsAtOnce: Number.POSITIVE_INFINITY,
      callsPerMinute: Number.POSITIVE_INFINITY,
      callIs: 'both',
      throttleForm: 'event',
      freeVoices: 1000,
      freeOnly: false,
      voices: 1000,
      voicesPerPage: Number.POSITIVE_INFINITY,
      commitCharacters: Number.POSITIVE_INFINITY,
      ...options.limits,
    },
    behaviour: {
      appendWhileSpeaking: 'ignore',
      deafAfterDoneMs: 0,
      committedBeforeAutomatic: true,
      errorCloseCode: 1007,
      idleTimeoutMs: options.idleTimeoutMs ?? 23_000,
      adoptVoices: false,
      splitCommits: false,
      responsePauseMs: 0,
      oddDeltas: false,
      ...options.behaviour,
    },
    inference: { ...INFERENCE_PRESETS, ...options.inference },
    openaiSpeech: { ...OPENAI_SPEECH_PRESETS, ...options.openaiSpeech },
    hearing: { ...HEARING_PRESETS, ...options.hearing },
    seed: options.seed ?? 1,
    apiKeys: options.apiKeys,
    decodeSample: options.decodeSample,
    now: options.now ?? Date.now,
  };
}
