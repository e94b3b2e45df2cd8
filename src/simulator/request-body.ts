/** Reads request bodies, bounded. */
import type { IncomingMessage } from 'node:http';
import { invalidParameter } from './refusal.ts';

/** A body is read to its end so that its sender hears the refusal, unless it is so many times too large. */
const MAX_OVERRUN = 4;

/** The body as text. Throws a Refusal when it is longer than `mostBytes`; what is far longer is cut off. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= mostBytes) parts.push(part);
    else if (length > MAX_OVERRUN * mostBytes) break;
  }
  if (length > mostBytes) throw invalidParameter('The request body is too large.');
  return Buffer.concat(parts).toString('utf8');
}
