/** The judge of the storms: which lines a killed machine takes with it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { linesHeld } from './fault.ts';
import type { Machine } from './machine.ts';
import { openWire, type Wire } from './proxy.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** A service that takes sockets and calls, and never answers. */
async function service(): Promise<number> {
  const server = createServer((request) => request.resume());
  const sockets = new WebSocketServer({ server });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = (): void => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    server.close();
  };
  opened.push({ close });
  return (server.address() as AddressInfo).port;
}

const lineOf = (line: number): string => `Line ${line} of chapter 1 in storm 3 of the year.`;

async function machineAt(port: number): Promise<Machine & { wire: Wire }> {
  const wire = await openWire({ host: '127.0.0.1', port });
  opened.push(wire);
  return { service: wire, wire } as Machine & { wire: Wire };
}

async function session({ wire }: { wire: Wire }): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${wire.port}/api-ws/v1/realtime`, { perMessageDeflate: false });
  socket.on('error', () => undefined);
  opened.push({ close: () => socket.terminate() });
  await once(socket, 'open');
  return socket;
}

const storeOf = (...lines: number[]) => ({
  address: '',
  texts: async (): Promise<[string, string][]> =>
    lines.map((line) => [`${line}`, JSON.stringify({ value: { key: `${line}`, text: lineOf(line) } })]),
});

it('takes with it what it speaks, and what was spoken and waits for the store, however many sessions are open', async () => {
  const port = await service();
  const [runner, worker] = [await machineAt(port), await machineAt(port)];
  const [first, second] = [await session(worker), await session(worker)];
  const say = (socket: WebSocket, line: number): void => {
    socket.send(JSON.stringify({ type: 'input_text_buffer.append', text: lineOf(line) }));
  };
  for (const line of [1, 2, 3]) say(first, line);
  // In a frame that is longer than one packet.
  second.send(JSON.stringify({ padding: 'x'.repeat(200_000), input: { text: lineOf(4) } }));
  const over = new AbortController();
  opened.push({ close: () => over.abort() });
  fetch(`http://127.0.0.1:${worker.wire.port}/v1/audio/speech`, {
    method: 'POST',
    body: JSON.stringify({ input: lineOf(5) }),
    signal: over.signal,
  }).catch(() => undefined);
  say(await session(runner), 6);
  await expect.poll(() => [worker.wire.sentLines.size, runner.wire.sentLines.size]).toEqual([5, 1]);
  // Its session failed, and another machine speaks the line: it is that one's.
  say(await session(runner), 2);
  await expect.poll(() => runner.wire.sentLines.size).toBe(2);
  first.terminate();
  // The other session, and the call.
  await expect.poll(() => worker.wire.openSessions()).toBe(2);
  const world = { runner, workers: [worker], store: storeOf(1) };
  expect(await linesHeld(world, worker)).toBe(3);
  // They are lost once.
  expect(await linesHeld(world, worker)).toBe(0);
  expect(await linesHeld({ ...world, store: storeOf(1, 2) }, runner)).toBe(1);
});
