/** Reads request bodies with a size limit. */
import type { IncomingMessage } from 'node:http';
import { invalidParameter } from './refusal.ts';

/**
 * A body over the limit is read to its end so that the client gets the refusal, unless it is this many times too large.
 */
const MAX_OVERRUN = 4;

/** The body as text. Throws a Refusal when it is longer than `mostBytes`; a much longer body is not read to its end. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<string> {
  return (await readBytes(request, mostBytes)).toString('utf8');
}

/** The same, as bytes. */
export async function readBytes(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= mostBytes) parts.push(part);
    else if (length > MAX_OVERRUN * mostBytes) break;
  }
  if (length > mostBytes) throw invalidParameter('The request body is too large.');
  return Buffer.concat(parts);
}
