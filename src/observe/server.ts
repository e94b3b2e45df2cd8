/** `/metrics`, `/healthz` and `/readyz` of a worker, for Prometheus, Docker and process supervisors. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { denialReason } from '../auth/authorize.ts';
import { type Listening, listen } from './listen.ts';

/** The state of a worker process. */
export interface WorkerStatus {
  /** Metrics in Prometheus's text format. */
  metrics(): Promise<string>;
  metricsType: string;
  /** What is missing for work right now; empty when the worker is ready. */
  missing(): Promise<string[]>;
}

/** Longest duration of one request, in milliseconds. */
const TIMEOUT_MS = 5_000;

/**
 * Starts the server; port 0 uses a free one. With a token, or for a request under a host name that is not this
 * machine's, `/metrics` requires authorization; `/healthz` and `/readyz` are open. Fails with `port-unavailable`.
 */
export async function serveWorkerStatus(
  observed: WorkerStatus,
  { host, port, token }: { host: string; port: number; token: string | undefined },
): Promise<Listening> {
  const server = createServer((request, response) => {
    void answer(observed, { request, token, response }).catch(() => response.destroy());
  });
  server.requestTimeout = TIMEOUT_MS;
  server.headersTimeout = TIMEOUT_MS;
  return listen(server, { host, port, flag: '--http-port' });
}

async function answer(
  observed: WorkerStatus,
  { request, token, response }: { request: IncomingMessage; token: string | undefined; response: ServerResponse },
): Promise<void> {
  switch (request.url?.replace(/\?.*$/s, '')) {
    case '/metrics':
      if (denialReason(request.headers, token) !== undefined) {
        response.setHeader('www-authenticate', 'Bearer');
        return send(response, 401, 'Send the token in PIPELINE_API_TOKEN as a bearer token.\n', 'text/plain');
      }
      return send(response, 200, await observed.metrics(), observed.metricsType);
    case '/healthz':
      // A response is enough: the process lives and its event loop runs.
      return send(response, 200, JSON.stringify({ ok: true }), 'application/json');
    case '/readyz': {
      const missing = await observed.missing();
      const body = JSON.stringify({ ok: missing.length === 0, missing });
      return send(response, missing.length === 0 ? 200 : 503, body, 'application/json');
    }
    default:
      return send(response, 404, 'Available: /metrics, /healthz and /readyz.\n', 'text/plain');
  }
}

function send(response: ServerResponse, status: number, body: string, type: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}
