/** A status of 2xx takes a message, whatever the body of the response does. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { postWebhook } from '../../src/web/post-webhook.ts';

it.each<[string, (response: ServerResponse) => void]>([
  ['is gzip that is broken', (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip')],
  [
    'is cut off',
    (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('part');
      setImmediate(() => response.destroy());
    },
  ],
  ['never ends', (response) => void response.writeHead(202).write('a')],
])('also when the body %s', async (_name, answer) => {
  const server = createServer((request, response) => request.resume().on('end', () => answer(response)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expect(await postWebhook({ url, id: 'x', body: '{}', secrets: [] })).toMatchObject({ ok: true });
  server.closeAllConnections();
  server.close();
});
