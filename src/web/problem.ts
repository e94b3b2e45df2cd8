/** Problem responses: why a request failed and what to do. */

/** Titles of the status codes (RFC 9110). */
const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
};

/** Thrown by handlers; becomes a problem+json response (RFC 9457). */
export class ProblemError extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  /** `detail` is for people and must not contain secrets. */
  constructor(status: number, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
  }

  /** The response. */
  response(): Response {
    const { status, message: detail } = this;
    const title = TITLES[status] ?? 'Error';
    return new Response(JSON.stringify({ type: 'about:blank', title, status, detail }), {
      status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...this.headers },
    });
  }
}
