/**
 * Parses the service's frames: bytes in, one small message out. All code behind it can rely on the shape.
 *
 * Results are read from `output` and from the top of `payload`, because hosts are reported to differ. Events that we do
 * not need come out as `ignored`, including future ones.
 */
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { Refusal } from '../dashscope/refusal.ts';
import { usageCount } from '../usage-count.ts';

/** What the client needs to know of one frame. Binary frames have no task. */
export type TaskMessage =
  | { type: 'audio'; audio: Buffer }
  | ({ taskId: string | undefined } & (
      | { type: 'started' }
      | ({ type: 'result' } & SentenceResult)
      | { type: 'finished'; usage: TaskCounts | undefined }
      | { type: 'failed'; refusal: Refusal }
      | { type: 'ignored' }
    ));

/** A part of a result. Each field is undefined when the message does not have it. */
export interface SentenceResult {
  stage: 'begin' | 'synthesis' | 'end' | undefined;
  index: number | undefined;
  text: string | undefined;
  /** Never empty. */
  words: readonly TimedWord[] | undefined;
  usage: TaskCounts | undefined;
}

/** A word; milliseconds from an origin that the service does not name. */
export interface TimedWord {
  text: string;
  beginMs: number;
  endMs: number;
}

/** What a task has used so far; a service may count one thing or the other, or both. */
export interface TaskCounts {
  characters: number | undefined;
  tokens: { input: number; output: number; total: number } | undefined;
}

type Fields = Record<string, unknown>;

const STAGES: Readonly<Record<string, SentenceResult['stage']>> = {
  'sentence-begin': 'begin',
  'sentence-synthesis': 'synthesis',
  'sentence-end': 'end',
};

/**
 * Parses one frame. Throws `protocol-violation` (a new connection may help) for a text frame that is not JSON or has no
 * event; the message never repeats the frame.
 */
export function parseFrame(frame: Buffer, isBinary: boolean): TaskMessage {
  if (isBinary) return { type: 'audio', audio: frame };
  const message = parseJson(frame);
  const header = fieldsOf(message, 'header');
  const event = header === undefined ? undefined : textOf(header, 'event');
  if (header === undefined || event === undefined) throw protocolViolation('a message without an event');
  const taskId = textOf(header, 'task_id');
  const payload = fieldsOf(message, 'payload') ?? {};
  switch (event) {
    case 'task-started':
      return { type: 'started', taskId };
    case 'result-generated':
      return { type: 'result', taskId, ...resultOf(payload) };
    case 'task-finished':
      return { type: 'finished', taskId, usage: countsOf(payload) };
    case 'task-failed':
      return { type: 'failed', taskId, refusal: refusalOf(header) };
    default:
      return { type: 'ignored', taskId };
  }
}

function parseJson(frame: Buffer): Fields {
  let message: unknown;
  try {
    message = JSON.parse(frame.toString());
  } catch {
    // The engine's error message quotes the text, and the text may contain the key.
    throw protocolViolation(`a frame of ${frame.length} bytes that is not JSON`);
  }
  if (!isFields(message)) throw protocolViolation('a message that is not a JSON object');
  return message;
}

function resultOf(payload: Fields): SentenceResult {
  const places = [fieldsOf(payload, 'output'), payload].filter((place) => place !== undefined);
  const first = <Value>(read: (place: Fields) => Value | undefined): Value | undefined =>
    places.map(read).find((value) => value !== undefined);
  return {
    stage: STAGES[first((place) => textOf(place, 'type')) ?? ''],
    index: first((place) => indexOf(fieldsOf(place, 'sentence'))),
    text: first((place) => textOf(place, 'original_text')),
    words: first((place) => wordsOf(fieldsOf(place, 'sentence'))),
    usage: countsOf(payload),
  };
}

function indexOf(sentence: Fields | undefined): number | undefined {
  const index = sentence?.['index'];
  return Number.isInteger(index) ? Number(index) : undefined;
}

function wordsOf(sentence: Fields | undefined): TimedWord[] | undefined {
  const list = sentence?.['words'];
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const words = list.flatMap((word: unknown) => {
    if (!isFields(word)) return [];
    const { text, begin_time: beginMs, end_time: endMs } = word;
    return typeof text === 'string' && isCount(beginMs) && isCount(endMs) ? [{ text, beginMs, endMs }] : [];
  });
  // A list of which only a part can be read would have holes.
  return words.length === list.length ? words : undefined;
}

function countsOf(payload: Fields): TaskCounts | undefined {
  const usage = fieldsOf(payload, 'usage') ?? fieldsOf(fieldsOf(payload, 'output') ?? {}, 'usage');
  if (usage === undefined) return undefined;
  const [characters, input, output] = [usage.characters, usage.input_tokens, usage.output_tokens].map(usageCount);
  const counts = {
    characters,
    tokens:
      input !== undefined && output !== undefined
        ? { input, output, total: usageCount(usage.total_tokens) ?? input + output }
        : undefined,
  };
  return counts.characters === undefined && counts.tokens === undefined ? undefined : counts;
}

function refusalOf(header: Fields): Refusal {
  const code = textOf(header, 'error_code');
  const message = textOf(header, 'error_message');
  return { ...(code && { code }), ...(message && { message }) };
}

function fieldsOf(of: Fields, name: string): Fields | undefined {
  const value = of[name];
  return isFields(value) ? value : undefined;
}

function textOf(of: Fields, name: string): string | undefined {
  const value = of[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
