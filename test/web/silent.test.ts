/** Connections that send half a request must not keep others out. */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { EventLog } from '../../src/web/event-log.ts';
import { createApiServer } from '../../src/web/server.ts';

it('answers /healthz beside 300 half-open requests', async () => {
  const server = createApiServer({ view: () => undefined, log: new EventLog(), token: undefined, onFault: () => 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  try {
    for (let index = 0; index < 300; index++) {
      const socket = connect(port, '127.0.0.1', () => socket.write('GET /healthz HTTP/1.1\r\nHost: '));
      socket.on('error', () => undefined);
      sockets.push(socket);
    }
    await Promise.all(sockets.map((socket) => (socket.connecting ? once(socket, 'connect') : undefined)));
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(5_000) });
    expect(await answer.json()).toEqual({ ok: true });
  } finally {
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});
