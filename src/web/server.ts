/** Our HTTP servers with their timeouts and limits. */
import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { type ApiOptions, createApi } from './api.ts';

/** Timeout for the headers of a request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Timeout for a complete request, in milliseconds: an archive of a gigabyte over a slow connection. */
const REQUEST_TIMEOUT_MS = 60 * 60_000;
/** Idle connections are closed after this, in milliseconds; event streams send heartbeats more often. */
const IDLE_TIMEOUT_MS = 60_000;
const MAX_CONNECTIONS = 256;
/** Connections that have not sent the headers of a request; one more closes the oldest of them. */
const MAX_SILENT = 64;

/** Creates the server of the API; it is not yet listening. */
export function createApiServer(options: ApiOptions): Server {
  return createHttpServer(createApi(options).fetch);
}

/** Creates a server for a handler of requests; it is not yet listening. */
export function createHttpServer(fetch: (request: Request) => Response | Promise<Response>): Server {
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false });
  const silent = new Set<Socket>();
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 4,
    },
    (request, response) => {
      silent.delete(request.socket);
      void listener(request, response);
    },
  );
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
    if (silent.size > MAX_SILENT) silent.values().next().value?.destroy();
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(IDLE_TIMEOUT_MS);
  return server;
}
