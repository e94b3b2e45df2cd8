/** A webhook endpoint on a real socket: records messages, verifies their signatures, and responds as the test decides. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  id: string;
  body: { type: string; timestamp: string; data: Record<string, unknown> };
  /** Signed by the secret that the endpoint knows. */
  isSigned: boolean;
  atMs: number;
}

export interface TestEndpoint {
  url: string;
  received: Received[];
  close(): Promise<void>;
}

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export async function startEndpoint(
  answer: (response: ServerResponse, received: Received) => void = (response) => response.writeHead(204).end(),
  secret = SECRET,
): Promise<TestEndpoint> {
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
