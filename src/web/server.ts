/** The HTTP server of the API with its timeouts and limits. */
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type ApiOptions, createApi } from './api.ts';

/** Timeout for the headers of a request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Timeout for a complete request, in milliseconds: an archive of a gigabyte over a slow connection. */
const REQUEST_TIMEOUT_MS = 60 * 60_000;
/** Idle connections are closed after this, in milliseconds; event streams send heartbeats more often. */
const IDLE_TIMEOUT_MS = 60_000;
const MAX_CONNECTIONS = 256;

/** Creates the server; it is not yet listening. */
export function createApiServer(options: ApiOptions): Server {
  const listener = getRequestListener(createApi(options).fetch, { overrideGlobalObjects: false });
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 4,
    },
    (request, response) => void listener(request, response),
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(IDLE_TIMEOUT_MS);
  return server;
}
