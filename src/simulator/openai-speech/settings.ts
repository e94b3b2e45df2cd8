/**
 * The settings of the simulated servers with `POST /v1/audio/speech`. Where the sources are silent or disagree, the
 * default is the likeliest answer; the others are what such servers do by mistake.
 */
import { type OpenaiSpeechProfile, WORD_TIMESTAMPS_MAX_BYTES } from '../../speech/openai-speech/protocol.ts';

/** What can be set; the group `openaiSpeech` of the simulator's settings. */
export interface OpenaiSpeechSettings {
  /** Whose rules apply. Default `vllm-omni`. */
  profile: OpenaiSpeechProfile;
  /** The model that is loaded; `CustomVoice` or `VoiceDesign` in its name makes it one. Default the Base model, 1.7B. */
  model: string;
  /** What `/health` of CrispASR calls it. Default `qwen3-tts-1.7b-base`. */
  backend: string;
  /** Whether answers have the header that names the simulator; false is another server at the same address. Default true. */
  namesItself: boolean;
  /** Speaks with a stock voice whatever `ref_audio` is, and counts no tokens of it. Default false. */
  ignoresRefAudio: boolean;
  /** Answers at 24 kHz whatever `sample_rate` is. Default false. */
  ignoresSampleRate: boolean;
  /** Whether the server is new enough for `seed`, as its `/openapi.json` says. Default true. */
  knowsSeed: boolean;
  /** Whether equal seeds give equal speech, which batching may prevent. Default true. */
  honorsSeed: boolean;
  /** Fields that a profile does not know; `profile` refuses them for `openai-strict` only. Default `profile`. */
  unknownFields: 'profile' | 'drop' | 'refuse';
  /** The sizes in the header of a WAV file. Default `right`. */
  wavSizes: 'right' | 'unknown' | 'zero' | 'too-big';
  /** Whether bodies come without their length. Default false. */
  chunked: boolean;
  /** Calls spoken at once, others wait; 0 is the profile's: 1 for CrispASR, no limit for the others. Default 0. */
  workers: number;
  /** `Retry-After` of a 429; infinite leaves the header out. Default 1. */
  retryAfterSeconds: number;
  /** Output tokens of a call that does not say `max_new_tokens`. Default 2048, which is 164 s. */
  maxNewTokens: number;
  /** Most characters of `input`; 0 is the profile's: 4096, no limit for vLLM-Omni. Default 0. */
  maxInputCharacters: number;
  /** Whether `word_timestamps` works, which needs a flag of the server. Default false. */
  forcedAligner: boolean;
  /** Longest list of word times in bytes; a longer one is left out. Default 4096. */
  wordListBytes: number;
  /** Whether answers of vLLM-Omni have the counts of tokens. Default true. */
  usageHeaders: boolean;
  /** CrispASR: what happens to a clone whose notice is to be left out without an attestation. Default `notice`. */
  unattested: 'notice' | 'refuse';
  /** CrispASR: whether the operator has accepted the marking for every call. Default false. */
  acceptsMarking: boolean;
  /** The form of the voice list. Default `profile`: names for vLLM-Omni, objects for CrispASR. */
  voiceList: 'profile' | 'names' | 'objects';
  /** An upload whose name exists. Default `profile`: overwritten by vLLM-Omni, refused by CrispASR without `force`. */
  existingVoice: 'profile' | 'overwrite' | 'refuse';
}

/** Every default. */
export const OPENAI_SPEECH_PRESETS: Readonly<OpenaiSpeechSettings> = {
  profile: 'vllm-omni',
  model: 'Qwen/Qwen3-TTS-12Hz-1.7B-Base',
  backend: 'qwen3-tts-1.7b-base',
  namesItself: true,
  ignoresRefAudio: false,
  ignoresSampleRate: false,
  knowsSeed: true,
  honorsSeed: true,
  unknownFields: 'profile',
  wavSizes: 'right',
  chunked: false,
  workers: 0,
  retryAfterSeconds: 1,
  maxNewTokens: 2048,
  maxInputCharacters: 0,
  forcedAligner: false,
  wordListBytes: WORD_TIMESTAMPS_MAX_BYTES,
  usageHeaders: true,
  unattested: 'notice',
  acceptsMarking: false,
  voiceList: 'profile',
  existingVoice: 'profile',
};
