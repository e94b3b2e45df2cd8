/** The endpoints of webhooks. A webhook URL may be a secret, so only its origin is ever shown. */
import { createHash } from 'node:crypto';
import type { NoteFormat } from './note-format.ts';

/** An endpoint. */
export interface Endpoint {
  url: string;
  /** Names the endpoint in files without revealing its URL. */
  id: string;
  /** Scheme and host, for people. */
  origin: string;
  /** It belongs to a person, who gets notes in this format; absent: a program, which gets signed events. */
  note?: NoteFormat;
}

/** Limit for the number of endpoints. */
const MAX_ENDPOINTS = 16;

/**
 * Parses webhook URLs and removes duplicates. The problem never repeats more of a URL than its host.
 *
 * @param note the format of the notes that they get, if they are of people
 */
export function readEndpoints(
  urls: readonly string[],
  { note, what = 'Webhook' }: { note?: NoteFormat; what?: string } = {},
): { endpoints: Endpoint[] } | { problem: string } {
  const endpoints = new Map<string, Endpoint>();
  for (const [index, text] of urls.entries()) {
    if (!URL.canParse(text))
      return { problem: `${what} ${index + 1} is not a URL. Give one like https://example.com/hook.` };
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      return { problem: `${what} ${index + 1} must begin with https:// or http://.` };
    if (url.username !== '' || url.password !== '')
      return {
        problem: `${what} ${index + 1} (${url.host}) must not contain a password. ${note === undefined ? 'Remove it: messages are signed instead.' : 'Set PIPELINE_NOTIFY_AUTHORIZATION instead.'}`,
      };
    // The same address may be of a program and of a person.
    const id = createHash('sha256')
      .update(note === undefined ? url.href : `note ${url.href}`)
      .digest('hex')
      .slice(0, 16);
    endpoints.set(id, { url: url.href, id, origin: url.origin, ...(note && { note }) });
  }
  if (endpoints.size > MAX_ENDPOINTS)
    return { problem: `There are too many addresses. Give at most ${MAX_ENDPOINTS}.` };
  return { endpoints: [...endpoints.values()] };
}
