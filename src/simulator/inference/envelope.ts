/** Reads the client's messages: envelope first, then what each action must have. Pure. */
import { TASK_ERRORS } from '../../speech/dashscope-inference/protocol.ts';
import { badParameter, type TaskError } from './parameters.ts';

/** A message with a correct envelope. */
export type TaskMessage = { taskId: string } & (
  | { action: 'run-task'; model: string; parameters: Record<string, unknown> }
  | { action: 'continue-task'; text: string }
  | { action: 'continue-task'; flush: true }
  | { action: 'finish-task'; isCancel: boolean }
);

/** What is wrong with a message, and the task ID as far as it had one. */
export interface BadMessage {
  taskId: string;
  error: TaskError;
}

/** A UUID with dashes, or 32 hex digits as the SDK for Python sends. */
const TASK_ID = /^[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}$/i;

/** Reads one message; undefined stands for a binary frame, which a client must not send. */
export function readMessage(message: string | undefined): TaskMessage | BadMessage {
  const envelope = parse(message);
  const header = envelope?.['header'];
  if (!isObject(header)) return { taskId: '', error: { ...TASK_ERRORS.badPayload } };
  const given = header['task_id'];
  const taskId = typeof given === 'string' ? given : '';
  const bad = (error: TaskError): BadMessage => ({ taskId, error: { ...error } });
  if (!TASK_ID.test(taskId)) return bad(badParameter('task_id must be a UUID.'));
  if (header['streaming'] !== 'duplex') return bad(badParameter('streaming must be duplex.'));
  const payload = envelope?.['payload'];
  if (!isObject(payload)) return bad(TASK_ERRORS.badPayload);
  const { input } = payload;
  if (input === undefined || input === null) return bad(TASK_ERRORS.noInput);
  if (!isObject(input)) return bad(TASK_ERRORS.badPayload);
  switch (header['action']) {
    case 'run-task':
      return readRun(taskId, payload);
    case 'continue-task':
      return readContinue(taskId, input);
    case 'finish-task': {
      const { directive } = input;
      if (directive !== undefined && directive !== 'cancel') return bad(badParameter('directive must be cancel.'));
      return { taskId, action: 'finish-task', isCancel: directive === 'cancel' };
    }
    default:
      return bad(badParameter('action must be one of run-task, continue-task, finish-task.'));
  }
}

function readRun(taskId: string, payload: Record<string, unknown>): TaskMessage | BadMessage {
  const { model, parameters } = payload;
  if (typeof model !== 'string' || model === '') return { taskId, error: { ...TASK_ERRORS.noModel } };
  const isSpeech =
    payload['task_group'] === 'audio' && payload['task'] === 'tts' && payload['function'] === 'SpeechSynthesizer';
  if (!isSpeech || !isObject(parameters)) return { taskId, error: { ...TASK_ERRORS.badPayload } };
  return { taskId, action: 'run-task', model, parameters };
}

function readContinue(taskId: string, input: Record<string, unknown>): TaskMessage | BadMessage {
  const { text, flush } = input;
  if (text === undefined && flush === true) return { taskId, action: 'continue-task', flush };
  if (typeof text !== 'string' || text === '') return { taskId, error: { ...TASK_ERRORS.emptyText } };
  return { taskId, action: 'continue-task', text };
}

function parse(message: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(message ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
