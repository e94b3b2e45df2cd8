/** The answers of the HTTP variant: one body with an address, or a stream of events. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { TaskUsage } from '../../speech/dashscope-inference/protocol.ts';
import { errorBody } from '../refusal.ts';
import type { TaskError } from './parameters.ts';
import type { InferenceSettings } from './settings.ts';

/** Where a task's messages go. After `finished`, `failed` or `broken` nothing comes. */
export interface AnswerOfCall {
  /** The payload of a result, and its frame. */
  result(payload: Payload, frame: Uint8Array | undefined): void;
  finished(payload: Payload): void;
  failed(error: TaskError): void;
  /** The connection ends without a word; 1006 resets it. */
  broken(code: number): void;
}

interface Payload {
  output?: object | null;
  usage?: TaskUsage;
}

/** Keeps the whole sound, and gives its address. */
export type KeepSound = (sound: Buffer) => { id: string; url: string; expiresAtSeconds: number };

/** One body at the end. */
export function wholeAnswer(response: ServerResponse, keep: KeepSound): AnswerOfCall {
  const frames: Uint8Array[] = [];
  const requestId = randomUUID();
  return {
    result(_payload, frame) {
      if (frame !== undefined) frames.push(frame);
    },
    finished({ usage }) {
      const output = stopOutput(keep(Buffer.concat(frames)));
      send(response, 200, { request_id: requestId, output, ...(usage && { usage }) });
    },
    failed: (error) => send(response, statusOf(error), errorBody(error)),
    broken: (code) => breakOff(response, code),
  };
}

/** Events. The last one has the address of the whole sound, which the others have already brought in pieces. */
export function eventAnswer(
  response: ServerResponse,
  { keep, inference }: { keep: KeepSound; inference: Pick<InferenceSettings, 'sseLines' | 'sseStop'> },
): AnswerOfCall {
  const frames: Uint8Array[] = [];
  const requestId = randomUUID();
  let count = 0;

  function event(kind: 'result' | 'error', status: number, data: object): void {
    if (count === 0) response.writeHead(200, { 'content-type': 'text/event-stream;charset=UTF-8' });
    count += 1;
    const text = JSON.stringify(data, null, inference.sseLines === 'many' ? 1 : undefined);
    const lines = text.split('\n').map((line) => `data:${line}\n`);
    response.write(`id:${count}\nevent:${kind}\n:HTTP_STATUS/${status}\n${lines.join('')}\n`);
  }

  return {
    result({ output, usage }, frame) {
      if (frame !== undefined) frames.push(frame);
      const audio = frame === undefined ? {} : { audio: { data: Buffer.from(frame).toString('base64') } };
      // The documents say null, and print the word.
      const said = { ...output, ...audio, finish_reason: 'null' };
      event('result', 200, { request_id: requestId, output: said, ...(usage && { usage }) });
    },
    finished({ usage }) {
      const output = stopOutput(keep(Buffer.concat(frames)));
      if (inference.sseStop) event('result', 200, { request_id: requestId, output, ...(usage && { usage }) });
      response.end();
    },
    failed(error) {
      if (count === 0) send(response, statusOf(error), errorBody(error));
      else {
        event('error', statusOf(error), { request_id: requestId, ...error });
        response.end();
      }
    },
    broken: (code) => breakOff(response, code),
  };
}

function stopOutput({ id, url, expiresAtSeconds }: ReturnType<KeepSound>): object {
  return { finish_reason: 'stop', audio: { url, id, expires_at: expiresAtSeconds } };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A body that ends early but cleanly, or a connection that is reset. */
function breakOff(response: ServerResponse, code: number): void {
  if (code === 1006 || !response.headersSent) response.destroy();
  else response.end();
}

function statusOf({ code }: TaskError): number {
  if (code === 'ModelNotFound') return 404;
  if (code === 'Endpoint.AccessDenied') return 403;
  if (/^Throttling/.test(code)) return 429;
  return /^Internal/.test(code) ? 500 : 400;
}
