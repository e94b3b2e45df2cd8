/** `/metrics`, `/healthz` and `/readyz` of a worker, for Prometheus, Docker and whatever restarts processes. */
import { createServer, type ServerResponse } from 'node:http';
import { type Listening, listen } from './listen.ts';

/** What is asked of the process. */
export interface Observed {
  /** Prometheus' text. */
  metrics(): Promise<string>;
  metricsType: string;
  /** Why no work can be done just now, by what is missing; empty when all is well. */
  missing(): Promise<string[]>;
}

/** Longest that one request may take, in milliseconds. */
const PATIENCE_MS = 5_000;

/** Starts the server; port 0 takes a free one. Fails with `port-unavailable`. */
export async function serveObserved(
  observed: Observed,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const server = createServer((request, response) => {
    void answer(observed, request.url ?? '/', response).catch(() => response.destroy());
  });
  server.requestTimeout = PATIENCE_MS;
  server.headersTimeout = PATIENCE_MS;
  return listen(server, { host, port, flag: '--http-port' });
}

async function answer(observed: Observed, url: string, response: ServerResponse): Promise<void> {
  switch (url.replace(/\?.*$/s, '')) {
    case '/metrics':
      return send(response, 200, await observed.metrics(), observed.metricsType);
    case '/healthz':
      // That this code runs is the answer: the process lives and its event loop turns.
      return send(response, 200, JSON.stringify({ ok: true }), 'application/json');
    case '/readyz': {
      const missing = await observed.missing();
      const body = JSON.stringify({ ok: missing.length === 0, missing });
      return send(response, missing.length === 0 ? 200 : 503, body, 'application/json');
    }
    default:
      return send(response, 404, 'Here are /metrics, /healthz and /readyz.\n', 'text/plain');
  }
}

function send(response: ServerResponse, status: number, body: string, type: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}
