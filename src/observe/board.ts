/** bull-board, a page that shows the queue job by job. */
import { createServer } from 'node:http';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { HonoAdapter } from '@bull-board/hono';
import { getRequestListener } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { QueueConnection } from '../queue/connection.ts';
import { KINDS } from '../queue/topology.ts';
import { type Listening, listen } from './listen.ts';

/**
 * Serves the page; port 0 takes a free one. Without `allowChanges` it only looks: a step that is removed by hand takes its
 * chapter with it. Fails with `port-unavailable`.
 */
export async function serveBoard(
  queue: QueueConnection,
  { host, port, allowChanges }: { host: string; port: number; allowChanges: boolean },
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
  app.route('/', adapter.registerPlugin());
  const listener = getRequestListener(app.fetch);
  const server = createServer((request, response) => void listener(request, response));
  return listen(server, { host, port, flag: '--port' });
}
