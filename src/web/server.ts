/** The HTTP server around the API: how long anybody may take, and how many may come. */
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type ApiOptions, createApi } from './api.ts';

/** Longest time for the head of a request, in milliseconds. */
const HEAD_MS = 10_000;
/** Longest time for a whole request: an archive of a gigabyte over a slow line. */
const REQUEST_MS = 60 * 60_000;
/** A connection on which nothing moves is ended after this; listeners get a sign of life more often. */
const SILENT_MS = 60_000;
const MOST_CONNECTIONS = 256;

/** A server that is not yet listening. */
export function createApiServer(parts: ApiOptions): Server {
  const listener = getRequestListener(createApi(parts).fetch, { overrideGlobalObjects: false });
  const server = createServer(
    { headersTimeout: HEAD_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: HEAD_MS / 4 },
    (request, response) => void listener(request, response),
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(SILENT_MS);
  return server;
}
