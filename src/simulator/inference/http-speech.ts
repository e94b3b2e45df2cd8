/**
 * The HTTP variant of the protocol: one text, answered with the address of the sound or, with `X-DashScope-SSE: enable`, as
 * events. Each call is a task on a connection of its own, so both variants have the same rules, faults and counters.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SPEECH_HTTP_PATH } from '../../speech/dashscope-inference/protocol.ts';
import { errorBody, invalidParameter, Refusal } from '../refusal.ts';
import { readBody } from '../request-body.ts';
import { openCallSocket } from './call-socket.ts';
import { connectTasks } from './connection.ts';
import type { InferenceContext } from './context.ts';
import { passInferenceHandshake } from './handshake.ts';
import { type AnswerOfCall, eventAnswer, wholeAnswer } from './http-answers.ts';

const MOST_BODY_BYTES = 4 * 1024 * 1024;
const PATH = `/api/v1${SPEECH_HTTP_PATH}`;

/** Whether a request is for this variant, or for a sound that it has made. */
export function isHttpSpeech(request: IncomingMessage, path: string): boolean {
  return (request.method === 'POST' && path === PATH) || path.startsWith(RESULT_PATH);
}

const RESULT_PATH = '/dashscope-result/';
const KEPT_SECONDS = 24 * 60 * 60;

/** Answers one request. Must not throw. `checkKey` throws a Refusal for a bad key. */
export async function answerHttpSpeech(
  request: IncomingMessage,
  response: ServerResponse,
  of: { path: string; context: InferenceContext; checkKey(): void; signal: AbortSignal },
): Promise<void> {
  if (of.path.startsWith(RESULT_PATH)) {
    sendResult(response, of.path.slice(RESULT_PATH.length), of.context);
    return;
  }
  try {
    of.checkKey();
    const call = readCall(await readBody(request, MOST_BODY_BYTES));
    await passInferenceHandshake(of.context, of.signal);
    const keep = (sound: Buffer) => {
      const id = of.context.results.keep(sound);
      const expiresAtSeconds = Math.round(of.context.speech.settings.now() / 1000) + KEPT_SECONDS;
      return { id, url: `http://${request.headers.host}${RESULT_PATH}${id}`, expiresAtSeconds };
    };
    const isStream = request.headers['x-dashscope-sse'] === 'enable';
    const { inference } = of.context.speech.settings;
    speak(call, of.context, {
      response,
      answer: isStream ? eventAnswer(response, { keep, inference }) : wholeAnswer(response, keep),
    });
  } catch (error) {
    if (of.signal.aborted || response.destroyed) return;
    const refusal = error instanceof Refusal ? error : new Refusal(500, 'InternalError', String(error));
    response.writeHead(refusal.status, { 'content-type': 'application/json' }).end(JSON.stringify(errorBody(refusal)));
  }
}

interface Call {
  model: unknown;
  text: string;
  options: Record<string, unknown>;
}

/** All options are in `input`. Throws a Refusal. */
function readCall(body: string): Call {
  let read: unknown;
  try {
    read = JSON.parse(body);
  } catch {
    throw new Refusal(400, 'BadRequest.IllegalInput', 'The input parameter requires json format.');
  }
  const { model, input } = (typeof read === 'object' && read !== null ? read : {}) as Record<string, unknown>;
  if (typeof input !== 'object' || input === null) throw invalidParameter("Missing required parameter 'input'!");
  const { text, ...options } = input as Record<string, unknown>;
  if (typeof text !== 'string' || text === '') throw invalidParameter('Please ensure input text is valid.');
  return { model, text, options };
}

/** Sends what a client of the socket would send. */
function speak(
  { model, text, options }: Call,
  context: InferenceContext,
  { response, answer }: { response: ServerResponse; answer: AnswerOfCall },
): void {
  const socket = openCallSocket(answer);
  response.on('close', () => socket.end());
  const connection = connectTasks(socket, context);
  const taskId = randomUUID();
  const send = (action: string, payload: object) =>
    connection.receive(JSON.stringify({ header: { action, task_id: taskId, streaming: 'duplex' }, payload }));
  const parameters = { text_type: 'PlainText', ...options };
  send('run-task', { task_group: 'audio', task: 'tts', function: 'SpeechSynthesizer', model, parameters, input: {} });
  send('continue-task', { input: { text } });
  send('finish-task', { input: {} });
}

/** A sound at its address, or what the storage says when there is none. */
function sendResult(response: ServerResponse, id: string, { results, speech }: InferenceContext): void {
  const { resultUrl } = speech.settings.inference;
  const result = resultUrl === 'ok' ? results.find(id) : undefined;
  if (result !== undefined) {
    response
      .writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': result.length })
      .end(result);
    return;
  }
  const isExpired = resultUrl === 'expired';
  const [code, message] = isExpired
    ? ['AccessDenied', 'Request has expired.']
    : ['NoSuchKey', 'The specified key does not exist.'];
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.writeHead(isExpired ? 403 : 404, { 'content-type': 'application/xml' }).end(body);
}
