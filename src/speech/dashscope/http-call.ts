/** One HTTP request with a key: sent once, never redirected, its answer bounded in size. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { protocolViolation } from './parse-events.ts';
import { authorizationHeader } from './redact.ts';
import { type Refusal, readRefusal, retryAfterMs } from './refusal.ts';

/** A list of 1000 voices is some 150 kB. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** What came back, whatever its status. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** What to send, and who hears of its way. */
export interface HttpCall {
  key: string;
  /** JSON; none for an empty body. */
  body?: string;
  signal: AbortSignal;
  /** The whole request has left this process. Not called when the answer or a failure came first. */
  onSent?: () => void;
  /** The answer has begun to arrive, with this status. */
  onAnswer?: (status: number) => void;
}

/**
 * POSTs once. Node's own client is used instead of `fetch`, as that does not say when a request has left. It follows no
 * redirect, which would carry the key to a host that nobody named. Rejects with the network's error, with the signal's
 * reason, or with `protocol-violation` for an answer that is longer than any honest one.
 */
export async function postOnce(url: URL, { key, body = '', signal, onSent, onAnswer }: HttpCall): Promise<HttpAnswer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = send(url, {
      method: 'POST',
      headers: {
        authorization: authorizationHeader(key),
        'content-length': Buffer.byteLength(body),
        ...(body === '' ? {} : { 'content-type': 'application/json' }),
      },
      signal,
    });
    request.once('finish', () => onSent?.());
    request.once('response', resolve);
    // Stays: a line that breaks after the answer has begun reports here too, and an unheard 'error' would end the process.
    request.on('error', reject);
    request.end(body);
  });
  const status = response.statusCode ?? 0;
  onAnswer?.(status);
  return { status, headers: response.headers, text: await readBounded(response) };
}

/** A status that says yes. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** What a refused call says. */
export function refusalOf({ status, headers, text }: HttpAnswer): Refusal {
  const waitMs = retryAfterMs(headers['retry-after']);
  const refusal = readRefusal(status, text);
  return waitMs === undefined ? refusal : { ...refusal, retryAfterMs: waitMs };
}

async function readBounded(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let byteLength = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    byteLength += chunk.length;
    // Leaving the loop cuts the rest of the body.
    if (byteLength > MAX_ANSWER_BYTES) throw protocolViolation(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
