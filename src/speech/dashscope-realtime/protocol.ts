/**
 * Names and shapes of Qwen-TTS-Realtime (WebSocket) and qwen-voice-enrollment (HTTP) on the wire.
 *
 * The only file that client and simulator share, so it has shapes and no behavior. Sources: the public pages
 * "Qwen-TTS-Realtime client events / server events" and "voice replica" (help.aliyun.com/zh/model-studio), read
 * 2026-11.
 */
import type { Usage } from '../engine.ts';

/** The `model` of every enrolment request. */
export const ENROLMENT_MODEL = 'qwen-voice-enrollment';
/** `preferred_name` at enrolment: digits, letters, underscore, at most 16. */
export const PREFERRED_NAME = /^[A-Za-z0-9_]{1,16}$/;

/** How committed text is divided into responses: by the client's commits, or by the server's own rule. */
export type CommitMode = 'commit' | 'server_commit';

/** What a client may set once at the start of a session. */
export interface SessionSettings {
  voice: string;
  mode: CommitMode;
  /** `Auto`, `Chinese`, `English`, … */
  language_type?: string;
  response_format?: 'pcm' | 'wav' | 'mp3' | 'opus';
  sample_rate?: number;
  speech_rate?: number;
  volume?: number;
  pitch_rate?: number;
  bit_rate?: number;
  enable_tn?: boolean;
  instructions?: string;
  optimize_instructions?: boolean;
}

/**
 * The ID of a client's event: its number in the connection, and for the commit of another take of a line (from 2) the number
 * of the take. The service only asks that IDs differ; the simulator speaks another take in another way.
 */
export function clientEventId(number: number, take?: number): string {
  const id = `event_${number}`;
  return take === undefined ? id : `${id}_take_${take}`;
}

/** The number of the take in such an ID; 1 where it has none. */
export function takeOfEventId(id: unknown): number {
  return Number(/_take_(\d{1,6})$/.exec(typeof id === 'string' ? id : '')?.[1] ?? 1);
}

/** Every message that a client sends. `event_id` is unique within the connection. */
export type ClientEvent = { event_id: string } & (
  | { type: 'session.update'; session: SessionSettings }
  | { type: 'input_text_buffer.append'; text: string }
  | { type: 'input_text_buffer.commit' }
  | { type: 'input_text_buffer.clear' }
  | { type: 'response.cancel' }
  | { type: 'session.finish' }
);

/** The session as the server echoes it. */
export interface SessionEcho extends Partial<SessionSettings> {
  id: string;
  object: 'realtime.session';
  model: string;
}

/** The state of a response; only a `completed` one is a take. */
export type ResponseStatus = 'in_progress' | 'completed' | 'failed' | 'incomplete' | 'cancelled';

/** The content of a response: one message of audio. */
export interface Item {
  id: string;
  object: 'realtime.item';
  type: 'message';
  status: ResponseStatus;
  role: 'assistant';
  content: { type: 'audio'; text?: string; transcript?: string }[];
}

/** A response as the server describes it, at its start and end. */
export interface ResponseEcho {
  id: string;
  object: 'realtime.response';
  conversation_id: string;
  status: ResponseStatus;
  voice: string;
  modalities?: string[];
  output: Item[];
  usage?: Usage;
}

/** The body of an `error` event: `{code,message}` today; with `type`, `param`, `event_id` in the 2025 version. */
export interface WireError {
  code?: string;
  message?: string;
  type?: string;
  param?: string | null;
  event_id?: string;
}

interface InItem {
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
}

/** Every message that the server is documented to send. */
export type ServerEvent = { event_id: string } & (
  | { type: 'session.created'; session: SessionEcho }
  | { type: 'session.updated'; session: SessionEcho }
  | { type: 'input_text_buffer.committed'; item_id: string }
  | { type: 'input_text_buffer.cleared' }
  | { type: 'response.created'; response: ResponseEcho }
  | { type: 'response.output_item.added'; response_id: string; output_index: number; item: Item }
  | ({ type: 'response.content_part.added'; part: { type: 'audio'; text: string } } & InItem)
  | ({ type: 'response.audio.delta'; delta: string } & InItem)
  | ({ type: 'response.audio.done' } & InItem)
  | ({ type: 'response.content_part.done'; part: { type: 'audio'; text: string } } & InItem)
  | { type: 'response.output_item.done'; response_id: string; output_index: number; item: Item }
  | { type: 'response.done'; response: ResponseEcho }
  | { type: 'session.finished' }
  | { type: 'error'; error: WireError }
);

/** Body of every enrolment request. */
export interface EnrolmentRequest {
  model: typeof ENROLMENT_MODEL;
  input:
    | {
        action: 'create';
        target_model: string;
        preferred_name: string;
        audio: { data: string };
        text?: string;
        language?: string;
      }
    | { action: 'list'; page_size?: number; page_index?: number }
    | { action: 'delete'; voice: string };
}

/** One row of a voice list; `gmt_create` is `yyyy-MM-dd HH:mm:ss` without a time zone. */
export interface ListedVoice {
  voice: string;
  gmt_create: string;
  target_model: string;
}
