/** Problem responses: why a request failed and what to do. */
import { shortEchoes } from '../errors.ts';

/** Titles of the status codes (RFC 9110). */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
};

/** Machine codes of the status codes, for problems that have none of their own. */
const CODES: Readonly<Record<number, string>> = {
  400: 'invalid-parameter',
  401: 'token-required',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  408: 'too-slow',
  409: 'conflict',
  412: 'changed-meanwhile',
  413: 'too-large',
  415: 'unsupported-body',
  416: 'range-not-satisfiable',
  422: 'invalid-content',
  500: 'internal',
  503: 'busy',
  507: 'storage-full',
};

/** Thrown by handlers; becomes a problem+json response (RFC 9457). */
export class ProblemError extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** Stable and kebab-case; what a program decides by. */
  readonly code: string;

  /** `detail` is for people and must not contain secrets. `code`: default, that of the status. */
  constructor(status: number, detail: string, headers: Record<string, string> = {}, code?: string) {
    super(shortEchoes(detail));
    this.status = status;
    this.headers = headers;
    this.code = code ?? CODES[status] ?? 'error';
  }

  /** The response. */
  response(): Response {
    const { status, code, message: detail } = this;
    const title = TITLES[status] ?? 'Error';
    return new Response(JSON.stringify({ type: 'about:blank', title, status, code, detail }), {
      status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...this.headers },
    });
  }
}
