/** A service for people on a real socket: records what it gets, and answers as the test decides. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedNote {
  headers: IncomingHttpHeaders;
  text: string;
}

export interface NoteReceiver {
  url: string;
  received: ReceivedNote[];
  close(): Promise<void>;
}

export async function startReceiver(
  answer: (response: ServerResponse) => void = (response) => response.writeHead(200).end('ok'),
): Promise<NoteReceiver> {
  const received: ReceivedNote[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    received.push({ headers: request.headers, text: Buffer.concat(parts).toString('utf8') });
    answer(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/geheim`,
    received,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
