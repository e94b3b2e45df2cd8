/**
 * Names and shapes of Qwen-Audio-TTS and CosyVoice (WebSocket `/api-ws/v1/inference`) and of `voice-enrollment` (HTTP)
 * on the wire.
 *
 * The only file that client and simulator of this protocol share, so it is pure: shapes and constants, no behavior.
 * Sources: the public pages "Qwen-Audio-TTS client events / server events", "CosyVoice WebSocket API", "voice cloning
 * user guide" and "error codes" (help.aliyun.com/zh/model-studio), 2026-02 to 2026-11; the official SDKs for Python
 * 1.26.2 and Java 2.22.29.
 */

/** Path of the WebSocket; samples write it with and without a slash at the end. */
export const INFERENCE_PATH = '/api-ws/v1/inference';
/** Path of one text over HTTP, below the HTTP base URL. This program speaks over the socket, which tells the times of words as they come. */
export const SPEECH_HTTP_PATH = '/services/audio/tts/SpeechSynthesizer';
/** Path of the enrolment resource below the HTTP base URL; the first family has the same. */
export const VOICE_ENROLLMENT_PATH = '/services/audio/tts/customization';
/** The `model` of every enrolment request. */
export const VOICE_ENROLLMENT_MODEL = 'voice-enrollment';
/** Paths of the catalogue below the HTTP base URL. */
export const MODELS_PATH = '/models';
/** Path of the account's limits below the HTTP base URL. */
export const MODEL_LIMITS_PATH = '/models/limits';

/**
 * `prefix` at enrolment. The pages disagree (letters, underscores, 9 or 10 characters); every page accepts this.
 */
export const VOICE_PREFIX = /^[a-z0-9]{1,9}$/;

/** Most characters in one continue-task. */
export const MOST_TEXT_CHARACTERS = 20_000;
/** Most characters in all texts of a task. */
export const MOST_TASK_CHARACTERS = 200_000;
/** Silence of the client within a task after which the server fails it. */
export const TEXT_GAP_MS = 23_000;
/** Time without a task after which the server closes the connection. */
export const IDLE_CLOSE_MS = 60_000;
/** Largest `seed`; the smallest is 0. */
export const MOST_SEED = 65_535;
/** Sample rates of pcm, wav and mp3. */
export const SAMPLE_RATES_HZ: readonly number[] = [8_000, 16_000, 22_050, 24_000, 44_100, 48_000];
/** Sample rates of opus. */
export const OPUS_RATES_HZ: readonly number[] = [8_000, 12_000, 16_000, 24_000, 48_000];
/** Lowest sample rate of a recording to clone from. */
export const LEAST_PROMPT_RATE_HZ = 16_000;
/** Seconds of the recording that shape the voice: least, default and most `max_prompt_audio_length`. */
export const PROMPT_SECONDS = { least: 3, preset: 10, most: 30 } as const;

/** Formats of the audio. */
export type AudioFormat = 'pcm' | 'wav' | 'mp3' | 'opus';

/** What a task is told once, in run-task. */
export interface TaskParameters {
  text_type: 'PlainText';
  voice: string;
  /** The SDK for Python sends `Default`, which is the server's own: mp3. */
  format?: AudioFormat | 'Default';
  /** Default, and the meaning of 0: 22,050. */
  sample_rate?: number;
  /** 0 to 100; default 50. */
  volume?: number;
  /** 0.5 to 2; default 1. */
  rate?: number;
  /** 0.5 to 2; default 1. */
  pitch?: number;
  /** Kilobits a second, 6 to 510; default 32. */
  bit_rate?: number;
  enable_ssml?: boolean;
  word_timestamp_enabled?: boolean;
  phoneme_timestamp_enabled?: boolean;
  /** 0 to 65,535; default 0. */
  seed?: number;
  /** Only the first element counts. */
  language_hints?: readonly string[];
  instruction?: string;
  enable_aigc_tag?: boolean;
  aigc_propagator?: string;
  aigc_propagate_id?: string;
  hot_fix?: {
    pronunciation?: readonly Readonly<Record<string, string>>[];
    replace?: readonly Readonly<Record<string, string>>[];
  };
  enable_markdown_filter?: boolean;
  /** Sent by SDKs, without a documented meaning. */
  type?: number;
  /** Sent by SDKs, without a documented meaning. */
  style?: string;
}

/** Header of every client message. `task_id` is the client's, a UUID or 32 hex digits, and new for every task. */
export interface ClientHeader<Action extends string> {
  action: Action;
  task_id: string;
  streaming: 'duplex';
}

/** Names the kind of task; run-task must have it, the SDK for Python repeats it in every continue-task. */
export interface TaskKind {
  task_group: 'audio';
  task: 'tts';
  function: 'SpeechSynthesizer';
  model: string;
}

/** Begins a task. */
export interface RunTask {
  header: ClientHeader<'run-task'>;
  payload: TaskKind & { parameters: TaskParameters; input: Record<string, never> };
}

/** Adds text to a task, or has it speak what it holds. */
export interface ContinueTask {
  header: ClientHeader<'continue-task'>;
  payload: Partial<TaskKind> & { input: { text: string } | { flush: true } };
}

/** Ends a task: the rest is spoken, or with `cancel` dropped. */
export interface FinishTask {
  header: ClientHeader<'finish-task'>;
  payload: Partial<TaskKind> & { input: { directive?: 'cancel' } };
}

/** Every message that a client sends. */
export type ClientMessage = RunTask | ContinueTask | FinishTask;

/** Header of every server message of a task that runs. */
export interface ServerHeader<Event extends string> {
  task_id: string;
  event: Event;
  attributes: { request_uuid?: string };
}

/**
 * A word and when it is said. The indices count characters within `original_text`, the end is exclusive. Times are
 * milliseconds; whether from the start of the sentence or of the task is not documented.
 */
export interface Word {
  text: string;
  begin_index: number;
  end_index: number;
  begin_time: number;
  end_time: number;
}

/** A sentence, numbered from 0 in its task. */
export interface Sentence {
  index: number;
  words: Word[];
}

/** What a task has used so far; the last one counts. 3.1 counts tokens, the others characters. */
export interface TaskUsage {
  characters?: number;
  input_tokens?: number;
  output_tokens?: number;
  total_tokens?: number;
}

/** Content of a result-generated; each `sentence-synthesis` is followed by one binary frame of audio. */
export interface TaskOutput {
  sentence: Sentence;
  type: 'sentence-begin' | 'sentence-synthesis' | 'sentence-end';
  /** In begin and end only, and the last sentence may lack it. */
  original_text?: string;
}

/** The task was accepted. */
export interface TaskStarted {
  header: ServerHeader<'task-started'>;
  payload: Record<string, unknown>;
}

/** A part of the result. One host may send the fields of `output` at the top level of `payload` as well. */
export interface ResultGenerated {
  header: ServerHeader<'result-generated'>;
  payload: { output: TaskOutput; usage?: TaskUsage } & Partial<TaskOutput>;
}

/** The task is complete; nothing else says so. */
export interface TaskFinished {
  header: ServerHeader<'task-finished'>;
  payload: { output?: { sentence?: { words: Word[] } } | null; usage?: TaskUsage };
}

/** The task failed; the server then closes the connection. */
export interface TaskFailed {
  header: ServerHeader<'task-failed'> & { error_code: string; error_message: string };
  payload: Record<string, unknown>;
}

/** Every message that the server is documented to send as text. */
export type ServerMessage = TaskStarted | ResultGenerated | TaskFinished | TaskFailed;

/** Codes and texts of task-failed that are documented or were seen. */
export const TASK_ERRORS = {
  gap: { code: 'CLIENT_ERROR', message: 'request timeout after 23 seconds.' },
  voiceMismatch: { code: 'InvalidParameter', message: '[tts:]Engine return error code: 418' },
  noVoice: { code: 'InvalidParameter', message: 'Request voice is invalid!' },
  emptyText: { code: 'InvalidParameter', message: 'Please ensure input text is valid.' },
  noModel: {
    code: 'InvalidParameter',
    message: "Missing required parameter 'payload.model'! Please follow the protocol!",
  },
  noInput: { code: 'InvalidParameter', message: 'task can not be null' },
  badPayload: { code: 'InvalidParameter', message: 'Invalid payload data' },
  ssmlOnce: { code: 'InvalidParameter', message: 'Text request limit violated, expected 1.' },
  ssmlUnsupported: { code: 'InvalidParameter', message: 'SSML text is not supported at the moment!' },
} as const;

/** State of a voice; only an `OK` one speaks, `UNDEPLOYED` is final. */
export type VoiceStatus = 'DEPLOYING' | 'OK' | 'UNDEPLOYED';

/** Input of an enrolment request. */
export type VoiceEnrollmentInput =
  | {
      action: 'create_voice';
      target_model: string;
      prefix: string;
      /** A public URL, a base64 data URI of audio, or `oss://` with the header `X-DashScope-OssResourceResolve`. */
      url: string;
      /** Language of the recording; only the first element counts, and a wrong one is ignored. */
      language_hints?: readonly string[];
      /** Seconds of the recording that shape the voice, 3 to 30; default 10. */
      max_prompt_audio_length?: number;
      enable_preprocess?: boolean;
    }
  | { action: 'list_voice'; prefix?: string; page_index?: number; page_size?: number }
  | { action: 'query_voice'; voice_id: string }
  | { action: 'update_voice'; voice_id: string; url: string }
  | { action: 'delete_voice'; voice_id: string };

/** Body of every enrolment request. */
export interface VoiceEnrollmentRequest {
  model: typeof VOICE_ENROLLMENT_MODEL;
  input: VoiceEnrollmentInput;
}

/** One row of a list; it has no model. Times are `yyyy-MM-dd HH:mm:ss` without a time zone. */
export interface ListedInferenceVoice {
  voice_id: string;
  gmt_create: string;
  gmt_modified: string;
  status: VoiceStatus;
}

/** A voice as a query describes it; it has no ID. */
export interface QueriedVoice {
  gmt_create: string;
  gmt_modified: string;
  target_model: string;
  status: VoiceStatus;
  resource_link?: string;
}

/** Body of a successful response to an enrolment request; `Output` differs by action. */
export interface VoiceEnrollmentAnswer<Output> {
  output: Output;
  usage: { count: number };
  request_id: string;
}

/** `output` of a successful response, by action. */
export interface VoiceEnrollmentOutputs {
  create_voice: { voice_id: string };
  list_voice: { voice_list: ListedInferenceVoice[] };
  query_voice: QueriedVoice;
  update_voice: Record<string, never>;
  delete_voice: Record<string, never>;
}

/** A limit as `GET /models/limits` shows it. Periods are in seconds. */
export interface QuotaLimit {
  request_limit: number;
  request_limit_period: number;
  usage_limit: number | null;
  usage_limit_field: string | null;
  usage_limit_period: number | null;
  async_user_queue_limit: number | null;
  async_user_concurrency_limit: number | null;
}

/** A row of `output.quotas`. */
export interface ModelQuota {
  model: string;
  workspace_id: string;
  model_limit: QuotaLimit;
  workspace_limit: QuotaLimit;
}

/** A row of `output.models`, as far as we read it. */
export interface CatalogModel {
  model: string;
  name: string;
  published_time?: string;
  prices?: {
    range_name: string;
    prices: { type: string; price: string; price_unit: string; time_band?: string }[];
  }[];
  equivalent_snapshot?: string;
}
