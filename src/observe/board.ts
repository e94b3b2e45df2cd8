/** bull-board, a web page that shows the queue job by job. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { getRequestListener } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono, type MiddlewareHandler } from 'hono';
import { denialReason } from '../auth/authorize.ts';
import type { QueueConnection } from '../queue/redis/connection.ts';
import { KINDS } from '../queue/topology.ts';
import { type Listening, listen } from './listen.ts';

/**
 * Serves the page; port 0 uses a free one. Without `allowChanges` it is read-only: a step that is removed by hand takes
 * its chapter with it. With a `token`, the browser asks for it as the password. Fails with `port-unavailable`.
 */
export async function serveBoard(
  queue: QueueConnection,
  { host, port, token, allowChanges }: { host: string; port: number; token?: string; allowChanges: boolean },
): Promise<Listening> {
  const adapter = new HonoAdapter(serveStatic);
  createBullBoard({
    queues: KINDS.map(
      (kind) =>
        new BullMQAdapter(queue.queue(kind) as never, { readOnlyMode: !allowChanges, allowRetries: allowChanges }),
    ),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Narration pipeline' } },
  });
  const app = new Hono();
  app.use(askNobodyElse);
  app.route('/', adapter.registerPlugin());
  const listener = getRequestListener(app.fetch);
  const server = createServer((request, response) => {
    if (request.url === '/healthz') response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    else if (isAllowed(request, response, token)) void listener(request, response);
  });
  return listen(server, { host, port, flag: '--port' });
}

/** The page runs its own scripts, and asks this server alone. */
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "base-uri 'self'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join('; ');

/** bull-board takes its fonts from Google's servers, which would learn who looks at the queue. It has others without them. */
const FOREIGN_LINK = /<link\b[^>]*\bhref="(?:https?:)?\/\/[^>]*>\s*/g;

const askNobodyElse: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers, status } = context.res;
  headers.set('content-security-policy', POLICY);
  if (!headers.get('content-type')?.startsWith('text/html')) return;
  const html = (await context.res.text()).replaceAll(FOREIGN_LINK, '');
  headers.delete('content-length');
  context.res = new Response(html, { status, headers });
};

/** Whether the request is authorized; a denied one gets its response here. */
function isAllowed(request: IncomingMessage, response: ServerResponse, token: string | undefined): boolean {
  const denial = denialReason(request.headers, token);
  if (denial === undefined) return true;
  if (denial === 'no-token')
    response.setHeader('www-authenticate', 'Basic realm="Narration pipeline", charset="UTF-8"');
  const message =
    denial === 'no-token'
      ? 'Sign in with any name; the password is the token.'
      : 'Requests from pages of other sites are not allowed.';
  response.writeHead(denial === 'no-token' ? 401 : 403, { 'content-type': 'text/plain' }).end(`${message}\n`);
  return false;
}
