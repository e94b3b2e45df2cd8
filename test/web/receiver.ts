/** A receiver of webhooks on a real socket: what came, checked as the specification says, and answers that the test decides. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  id: string;
  body: { type: string; timestamp: string; data: Record<string, unknown> };
  /** Signed by the secret that the receiver knows. */
  isSigned: boolean;
  atMs: number;
}

export interface Receiver {
  url: string;
  received: Received[];
  close(): Promise<void>;
}

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export async function startReceiver(
  answer: (response: ServerResponse, received: Received) => void = (response) => response.writeHead(204).end(),
  secret = SECRET,
): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString('utf8');
    const { headers, url = '' } = request;
    const id = String(headers['webhook-id']);
    const seconds = Number(headers['webhook-timestamp']);
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const wanted = createHmac('sha256', key).update(`${id}.${seconds}.${text}`).digest();
    const isSigned =
      Math.abs(Date.now() / 1_000 - seconds) < 300 &&
      String(headers['webhook-signature'])
        .split(' ')
        .some((one) => {
          const given = Buffer.from(one.replace(/^v1,/, ''), 'base64');
          return one.startsWith('v1,') && given.length === wanted.length && timingSafeEqual(given, wanted);
        });
    const one = { path: url, headers, id, body: JSON.parse(text), isSigned, atMs: performance.now() };
    received.push(one);
    answer(response, one);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
