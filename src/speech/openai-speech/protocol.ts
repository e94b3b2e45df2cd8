/**
 * Names and shapes of `POST /v1/audio/speech` and its neighbors on the wire, for servers that clone voices.
 *
 * The only file of this protocol that client and simulator share, so it has shapes and no behavior. Sources, read
 * 2026-11: vLLM-Omni's page on its speech API and its `OpenAICreateSpeechRequest`, CrispASR's page on its server, and
 * OpenAI's own client (openai-node).
 */

/** Which server's rules apply. `openai-strict` has only what OpenAI itself documents, for unknown servers. */
export type OpenaiSpeechProfile = 'vllm-omni' | 'openai-strict' | 'crispasr';
/** Every profile. */
export const OPENAI_SPEECH_PROFILES = ['vllm-omni', 'openai-strict', 'crispasr'] as const;

/** Path of speech below the server's root. */
export const SPEECH_PATH = '/v1/audio/speech';
/** Path of many texts in one call (vLLM-Omni). */
export const SPEECH_BATCH_PATH = '/v1/audio/speech/batch';
/** Path of the voices: list, upload, and `/{name}` to delete. */
export const VOICES_PATH = '/v1/audio/voices';
/** CrispASR's own path of the voices; it lists them at `VOICES_PATH`, too. */
export const CRISP_VOICES_PATH = '/v1/voices';
/** Path of the models. */
export const MODELS_PATH = '/v1/models';
/** Path of the health check; needs no key. */
export const HEALTH_PATH = '/health';
/** Path of the description of the interface; tells whether the server knows `seed`. */
export const OPENAPI_PATH = '/openapi.json';

/** Rate of the speech unless another one is asked for, in hertz. */
export const NATIVE_RATE_HZ = 24_000;
/** Codec frames, that is output tokens, in one second of speech. Guessed from the model's name (12Hz). */
export const TOKENS_PER_SECOND = 12.5;
/** Output tokens after which vLLM-Omni stops unless `max_new_tokens` says otherwise: about 164 s. */
export const MAX_NEW_TOKENS_DEFAULT = 2048;
/** Most that `max_new_tokens` may be. */
export const MAX_NEW_TOKENS_LIMIT = 4096;
/** Least and most length of `ref_audio`, in seconds (vLLM-Omni). */
export const REF_AUDIO_SECONDS = { least: 1, most: 30 } as const;
/** Most characters of `instructions` (vLLM-Omni). */
export const MAX_INSTRUCTIONS_CHARACTERS = 500;
/** Least and most `speed`. */
export const SPEED_RANGE = { least: 0.25, most: 4 } as const;
/** Most characters of `input` for CrispASR and OpenAI; vLLM-Omni documents no limit. */
export const MAX_INPUT_CHARACTERS = 4096;
/** Most bytes of an uploaded sample (vLLM-Omni). */
export const MAX_UPLOAD_BYTES = 10 * 1024 * 1024;
/** Sizes in a WAV header of a server that cannot know them yet: treat this and 0 as unknown. */
export const WAV_SIZE_UNKNOWN = 0xffff_ffff;

/** `language` of vLLM-Omni: names, not codes. */
export const VLLM_LANGUAGES = [
  ...['Auto', 'Chinese', 'English', 'Japanese', 'Korean', 'German'],
  ...['French', 'Russian', 'Portuguese', 'Spanish', 'Italian'],
] as const;

/** vLLM-Omni's counts of a call, as response headers. */
export const USAGE_HEADERS = {
  inputTokens: 'x-vllm-omni-input-tokens',
  outputTokens: 'x-vllm-omni-output-tokens',
  totalTokens: 'x-vllm-omni-total-tokens',
  inputTextTokens: 'x-vllm-omni-input-text-tokens',
  /** Above 0 only if the server cloned from `ref_audio` with `ref_text`: proof that it did not drop the fields. */
  inputAudioTokens: 'x-vllm-omni-input-audio-tokens',
} as const;
/** Response header with a JSON list of `WordTimestamp`, with escapes instead of characters beyond ASCII. */
export const WORD_TIMESTAMPS_HEADER = 'x-word-timestamps';
/** Response header instead of it when the list is longer than `WORD_TIMESTAMPS_MAX_BYTES`. */
export const WORD_TIMESTAMPS_OMITTED_HEADER = 'x-word-timestamps-omitted';
/** Longest word list in a header. */
export const WORD_TIMESTAMPS_MAX_BYTES = 4096;
/** CrispASR: `applied` when the audio begins with a spoken notice that it is artificial, otherwise `skipped`. */
export const SPOKEN_DISCLAIMER_HEADER = 'x-crispasr-spoken-disclaimer';
/** CrispASR: why a wish to leave the notice out was denied. */
export const MARKING_WARNING_HEADER = 'x-crispasr-marking-warning';
/** CrispASR: name of the call. */
export const CRISP_REQUEST_ID_HEADER = 'x-crispasr-request-id';

/** Formats of the audio; OpenAI's default is mp3, that of the others wav. */
export type SpeechFormat = 'wav' | 'pcm' | 'flac' | 'mp3' | 'opus' | 'aac' | 'f32';

/** What every profile understands. Strict servers refuse other fields. */
export interface StrictSpeechRequest {
  input: string;
  model?: string;
  voice?: string | { id: string };
  response_format?: SpeechFormat;
  instructions?: string;
  speed?: number;
  stream_format?: 'sse' | 'audio';
}

/** Body of vLLM-Omni. It drops unknown fields in silence: a misspelt `ref_text` gives 200 and another voice. */
export interface VllmSpeechRequest extends StrictSpeechRequest {
  task_type?: 'CustomVoice' | 'VoiceDesign' | 'Base';
  /** One of `VLLM_LANGUAGES`. */
  language?: string;
  /** A data URI of audio of 1 to 30 s, or a URL. */
  ref_audio?: string;
  /** What the sample says; with it, the likeness is better. */
  ref_text?: string;
  /** True uses only the speaker's vector and ignores `ref_text`. */
  x_vector_only_mode?: boolean;
  speaker_embedding?: number[];
  /** Same seed and same text give the same sound, at servers new enough to know the field. */
  seed?: number;
  sample_rate?: number;
  max_new_tokens?: number;
  /** True without `stream_format` streams events. */
  stream?: boolean;
  word_timestamps?: boolean;
  /** Another way to write `ref_audio` and `ref_text`; one entry only. */
  references?: { audio_path: string; text: string }[];
}

/** Body of CrispASR. */
export interface CrispSpeechRequest extends StrictSpeechRequest {
  /** 0 is random. */
  seed?: number;
  /** ISO code or English name. */
  language?: string;
  max_new_tokens?: number;
  ref_text?: string;
  /** Free text; needed for every voice made from a recording. */
  consent_attestation?: string;
  speaker_identity?: 'real_person' | 'synthetic' | 'unknown';
  /** False leaves the spoken notice out, if `marking_attestation` is given, too. Default true. */
  spoken_disclaimer?: boolean;
  marking_attestation?: string;
}

/** One entry of `WORD_TIMESTAMPS_HEADER`. */
export interface WordTimestamp {
  word: string;
  start_ms: number;
  end_ms: number;
}

/** Counts of one call in the last event of a stream. */
export interface SpeechUsage {
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
  input_token_details?: { text_tokens: number; audio_tokens: number };
}

/** Every event of a stream; the SSE `event:` line repeats `type`. The audio is complete only after `done`. */
export type SpeechStreamEvent =
  | { type: 'speech.audio.delta'; audio: string; response_format?: SpeechFormat }
  | { type: 'speech.audio.done'; usage?: SpeechUsage }
  | { type: 'speech.audio.error'; error: { message: string; type: string; param: string | null; code: number } };

/** Body of a refused call. `code` is a number for vLLM-Omni and a word for the others. */
export interface SpeechErrorBody {
  error: { message: string; type: string; param: string | null; code: number | string | null };
}

/** Body of a refused call on a voice (vLLM-Omni). */
export interface VoiceErrorBody {
  success: false;
  error: string;
}

/** An uploaded voice (vLLM-Omni). */
export interface UploadedVoice {
  name: string;
  consent: string;
  /** Seconds since 1970. */
  created_at: number;
  file_size: number;
  mime_type: string;
  ref_text?: string;
  speaker_description?: string;
}

/** vLLM-Omni's list of voices: `voices` has all names, also the uploaded ones. */
export interface VllmVoiceList {
  voices: string[];
  uploaded_voices: UploadedVoice[];
}

/** CrispASR's list of voices: the files of its folder. */
export interface CrispVoiceList {
  voices: { name: string; format: 'wav' | 'gguf' }[];
}

/** Answer to an upload to vLLM-Omni. A name that exists is overwritten in silence. */
export interface VllmUploadAnswer {
  success: true;
  voice: UploadedVoice;
}

/** Answer to an upload to CrispASR, with status 201. A name that exists needs `?force=true`. */
export interface CrispUploadAnswer {
  name: string;
  format: 'wav';
  size_bytes: number;
}

/** The models of a server. */
export interface ModelList {
  object: 'list';
  data: { id: string; object: 'model'; owned_by?: string; backend?: string }[];
}

/** CrispASR's health; another `backend` than before means that somebody loaded another model. */
export interface CrispHealth {
  status: string;
  backend: string;
}

/** Body of many texts in one call (vLLM-Omni): 1 to 32 items; other fields are the defaults of every item. */
export interface SpeechBatchRequest extends Omit<VllmSpeechRequest, 'input'> {
  items: VllmSpeechRequest[];
}

/** Answer to it, 200 even with failed items. */
export interface SpeechBatchAnswer {
  id: string;
  results: SpeechBatchResult[];
  total: number;
  succeeded: number;
  failed: number;
}

/** One text of a batch. */
export type SpeechBatchResult =
  | { index: number; status: 'success'; audio_data: string; media_type: string; usage?: SpeechUsage }
  | { index: number; status: 'error'; error: string };
