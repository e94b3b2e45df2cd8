/**
 * Parses the service's events: bytes in, one small message out. All code behind it can rely on the shape.
 *
 * Written by hand because nearly every event is a piece of audio: that case comes first and costs one JSON.parse and
 * one base64 decode. Events that we do not need come out as `ignored`, including future ones.
 */

import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { Refusal } from '../dashscope/refusal.ts';
import type { Usage } from '../engine.ts';
import { usageCount } from '../usage-count.ts';
import type { ResponseStatus } from './protocol.ts';

/** What the client needs to know of one server event. */
export type ServerMessage =
  | { type: 'audio'; responseId: string | undefined; audio: Buffer }
  | { type: 'session.created'; sessionId: string }
  | { type: 'session.updated'; echo: SettingsEcho }
  | { type: 'committed' }
  | { type: 'cleared' }
  | { type: 'response.created'; responseId: string }
  | {
      type: 'response.done';
      responseId: string | undefined;
      /** Undefined when the service does not say how the response ended. */
      status: ResponseStatus | undefined;
      usage: Usage | undefined;
    }
  | { type: 'session.finished' }
  | { type: 'error'; refusal: Refusal }
  | { type: 'ignored' };

/** The settings as the service accepted them; undefined for a field that it does not echo. */
export interface SettingsEcho {
  voice: string | undefined;
  responseFormat: string | undefined;
  sampleRateHz: number | undefined;
}

type Fields = Record<string, unknown>;

const STATUSES: readonly string[] = ['in_progress', 'completed', 'failed', 'incomplete', 'cancelled'];
const IGNORED: ServerMessage = { type: 'ignored' };

/**
 * Parses one text frame. Throws `protocol-violation` (a new session may help) for a frame that is not JSON, has no
 * type, or lacks a field that we rely on; the message never repeats the frame.
 */
export function parseServerEvent(frame: Buffer): ServerMessage {
  const event = parseJson(frame);
  if (event.type === 'response.audio.delta') {
    return { type: 'audio', responseId: text(event.response_id), audio: decodeAudio(event.delta) };
  }
  switch (event.type) {
    case 'session.created':
      return { type: 'session.created', sessionId: idOf(event, 'session') };
    case 'session.updated':
      return { type: 'session.updated', echo: echoOf(fields(event, 'session')) };
    case 'input_text_buffer.committed':
      return { type: 'committed' };
    case 'input_text_buffer.cleared':
      return { type: 'cleared' };
    case 'response.created':
      return { type: 'response.created', responseId: idOf(event, 'response') };
    case 'response.done':
      return doneOf(event);
    case 'session.finished':
      return { type: 'session.finished' };
    case 'error':
      return errorOf(event);
    default:
      if (typeof event.type !== 'string') throw protocolViolation('an event without a type');
      return IGNORED;
  }
}

/** The usage in `response.done`, as the service reports it; undefined when it reports nothing readable. */
export function usageOf(value: unknown): Usage | undefined {
  if (!isFields(value)) return undefined;
  const characters = usageCount(value.characters);
  if (characters !== undefined) return { characters };
  const [input, output] = [usageCount(value.input_tokens), usageCount(value.output_tokens)];
  if (input === undefined || output === undefined) return undefined;
  return { total_tokens: usageCount(value.total_tokens) ?? input + output, input_tokens: input, output_tokens: output };
}

function parseJson(frame: Buffer): Fields {
  let event: unknown;
  try {
    event = JSON.parse(frame.toString());
  } catch {
    // The engine's error message quotes the text, and the text may contain the key.
    throw protocolViolation(`a frame of ${frame.length} bytes that is not JSON`);
  }
  if (!isFields(event)) throw protocolViolation('an event that is not a JSON object');
  return event;
}

function decodeAudio(delta: unknown): Buffer {
  if (typeof delta !== 'string') throw protocolViolation('a piece of audio without data');
  const audio = Buffer.from(delta, 'base64');
  // Node's decoder silently drops characters that are not base64; then fewer bytes come out than the length implies.
  if (audio.length !== Buffer.byteLength(delta, 'base64'))
    throw protocolViolation('a piece of audio that is not base64');
  return audio;
}

/** The status of an item counts where the response has none; a status that we do not know is no end. */
function doneOf(event: Fields): ServerMessage {
  const response = isFields(event.response) ? event.response : {};
  const items = Array.isArray(response.output) ? response.output.filter(isFields) : [];
  const told = [response.status, ...items.map(({ status }) => status)].find((each) => each != null);
  if (told != null && !isStatus(told)) throw protocolViolation('a response.done without a known status');
  const responseId = text(response.id) ?? text(event.response_id);
  return { type: 'response.done', responseId, status: told ?? undefined, usage: usageOf(response.usage) };
}

/**
 * Both shapes: the current `{code, message}` and the `{type, code, message, param, event_id}` of 2025; any field may be
 * missing.
 */
function errorOf(event: Fields): ServerMessage {
  const error = isFields(event.error) ? event.error : event;
  const code = text(error.code) ?? (error === event ? undefined : text(error.type));
  const message = text(error.message) ?? text(event.error);
  return { type: 'error', refusal: { ...(code && { code }), ...(message && { message }) } };
}

function echoOf(session: Fields): SettingsEcho {
  return {
    voice: text(session.voice),
    responseFormat: text(session.response_format),
    sampleRateHz: typeof session.sample_rate === 'number' ? session.sample_rate : undefined,
  };
}

function idOf(event: Fields, name: string): string {
  const id = text(fields(event, name).id);
  if (id === undefined) throw protocolViolation(`a ${event.type} without an id`);
  return id;
}

function fields(event: Fields, name: string): Fields {
  const value = event[name];
  if (!isFields(value)) throw protocolViolation(`a ${event.type} without "${name}"`);
  return value;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStatus(value: unknown): value is ResponseStatus {
  return typeof value === 'string' && STATUSES.includes(value);
}
