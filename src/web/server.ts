/** The HTTP server around the API: how long anybody may take, and how many may come. */
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type ApiOptions, createApi } from './api.ts';

/** Longest time for the head of a request, in milliseconds. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Longest time for a whole request: an archive of a gigabyte over a slow line. */
const REQUEST_TIMEOUT_MS = 60 * 60_000;
/** A connection on which nothing moves is ended after this; listeners get a sign of life more often. */
const IDLE_TIMEOUT_MS = 60_000;
const MAX_CONNECTIONS = 256;

/** A server that is not yet listening. */
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
