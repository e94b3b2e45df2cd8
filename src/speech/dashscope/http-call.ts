/** One HTTP request with a key: sent once, never redirected, with a size limit on the response. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { PipelineError } from '../../errors.ts';
import { bodyText } from './body-text.ts';
import { openRequest } from './open-request.ts';
import { protocolViolation } from './protocol-violation.ts';
import { authorizationHeader } from './redact.ts';
import { type Refusal, readRefusal, retryAfterMs } from './refusal.ts';

/** A list of 1000 voices is about 150 kB. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** A response with any status. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** The request, and callbacks for its progress. */
export interface HttpCall {
  key: string;
  /** JSON; omitted for an empty body. */
  body?: string;
  /** Further headers. */
  headers?: Readonly<Record<string, string>>;
  signal: AbortSignal;
  /**
   * Awaited before anything is sent; when it rejects, nothing is. `connect` resolves when there is a connection, and rejects when
   * there is none or no more.
   */
  onReady?: ((connect: () => Promise<void>) => Promise<void>) | undefined;
  /** What a network error means here. Default: itself. */
  failure?: (error: unknown) => unknown;
  /** The whole request has left this process. Not called when the response or a failure came first. */
  onSent?: () => void;
  /** The response has begun to arrive, with this status. */
  onAnswer?: (status: number) => void;
}

/**
 * Sends one POST. It uses Node's own client and not `fetch`, which does not report when a request has left. It follows
 * no redirect, which would send the key to an unknown host. Rejects as `onReady` does, with what `failure` makes of
 * a network error or an abort, or with `protocol-violation` for a response over the size limit.
 */
export async function postOnce(
  url: URL,
  { key, body = '', headers, signal, onReady, failure = (error) => error, onSent, onAnswer }: HttpCall,
): Promise<HttpAnswer> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const whole = {
    method: 'POST',
    headers: {
      ...headers,
      authorization: authorizationHeader(key),
      'content-length': Buffer.byteLength(body),
      ...(body === '' ? {} : { 'content-type': 'application/json' }),
    },
    signal,
  };
  const { connect, request, answer, drop } = openRequest(() => send(url, whole));
  const meant = <T>(result: Promise<T>): Promise<T> =>
    result.catch((error: unknown) => {
      throw error instanceof PipelineError ? error : failure(error);
    });
  await onReady?.(() => meant(connect())).catch((error: unknown) => {
    drop();
    throw error;
  });
  request().once('finish', () => onSent?.());
  request().end(body);
  const response = await meant(answer());
  const status = response.statusCode ?? 0;
  onAnswer?.(status);
  return { status, headers: response.headers, text: textOf(await meant(readBounded(response)), response.headers) };
}

/** Whether a status reports success. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The error response of a refused call. */
export function errorResponseOf({ status, headers, text }: HttpAnswer): Refusal {
  const waitMs = retryAfterMs(headers['retry-after']);
  const refusal = readRefusal(status, text);
  return waitMs === undefined ? refusal : { ...refusal, retryAfterMs: waitMs };
}

async function readBounded(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let byteLength = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    byteLength += chunk.length;
    // Leaving the loop discards the rest of the body.
    if (byteLength > MAX_ANSWER_BYTES) throw protocolViolation(`a response of more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function textOf(bytes: Buffer, headers: IncomingHttpHeaders): string {
  try {
    return bodyText(bytes, headers, MAX_ANSWER_BYTES);
  } catch {
    throw protocolViolation('a response that cannot be unpacked');
  }
}
