/** One attempt to deliver a message to an endpoint. */

import { patientTimeout, withJoinedSignal } from '../signals.ts';
import type { NoteFormat } from './note-format.ts';
import { signedHeaders } from './webhook-signature.ts';

/** Timeout of a request, in milliseconds; the specification recommends 15 to 30 seconds. */
export const TIMEOUT_MS = 15_000;
/** How much of a response is read, in bytes; `pipeline webhook test` prints it. */
const MAX_RESPONSE_BYTES = 2_048;
/** Longest wait for the body of a response, in milliseconds. */
const BODY_TIMEOUT_MS = 2_000;
/** Longest `Retry-After` that is respected, in milliseconds. */
const MAX_RETRY_AFTER_MS = 6 * 60 * 60_000;

/** The result of an attempt. */
export interface PostResult {
  ok: boolean;
  /** Undefined when there was no response. */
  status: number | undefined;
  /** For people; undefined on success. */
  problem: string | undefined;
  /** The delay in `Retry-After`. */
  retryAfterMs: number | undefined;
  /** The endpoint is gone for good (410). */
  gone: boolean;
  /** The beginning of the response body. */
  answer: string;
  tookMs: number;
}

/** Posts a body, signed unless a person gets it. Never rejects. Redirects are not followed, because the message is meant for the given URL only. */
export async function postWebhook(of: {
  url: string;
  id: string;
  body: string;
  secrets: readonly Buffer[];
  /** It goes to a person: no signature, but this content type. */
  note?: Pick<NoteFormat, 'contentType' | 'authorization'>;
  signal?: AbortSignal;
  timeoutMs?: number;
}): Promise<PostResult> {
  const from = performance.now();
  const { timeoutMs = TIMEOUT_MS } = of;
  const end = (rest: Partial<PostResult>): PostResult => ({
    ok: false,
    status: undefined,
    problem: undefined,
    retryAfterMs: undefined,
    gone: false,
    answer: '',
    tookMs: Math.round(performance.now() - from),
    ...rest,
  });
  const deadline = new AbortController();
  const stop = patientTimeout(timeoutMs, () => deadline.abort());
  const post = async (signal: AbortSignal): Promise<PostResult> => {
    const response = await fetch(of.url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'user-agent': 'narration-pipeline',
        ...headersOf(of),
      },
      body: of.body,
      signal,
    });
    const { status } = response;
    // The status alone says that the message has arrived: its body may drip, be cut off, or be packed wrongly.
    const answer = await readBeginning(response);
    if (response.ok) return end({ ok: true, status, answer });
    const redirected = status >= 300 && status < 400;
    return end({
      status,
      answer,
      problem: redirected
        ? `the endpoint answered ${status}, a redirect, which is not followed`
        : `the endpoint answered ${status}`,
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
      gone: status === 410,
    });
  };
  try {
    return await withJoinedSignal([deadline.signal, of.signal], post);
  } catch (error) {
    if (deadline.signal.aborted) return end({ problem: `no response within ${timeoutMs / 1_000} seconds` });
    return end({ problem: describeFailure(error) });
  } finally {
    stop();
  }
}

function headersOf(of: Parameters<typeof postWebhook>[0]): Record<string, string> {
  const { note } = of;
  if (note === undefined)
    return {
      'content-type': 'application/json',
      ...signedHeaders({ ...of, seconds: Math.floor(Date.now() / 1_000) }),
    };
  const { contentType, authorization } = note;
  return { 'content-type': contentType, ...(authorization !== undefined && { authorization }) };
}

/** The beginning of a body, as much as arrives in time. Never rejects. */
async function readBeginning(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  const reader = response.body?.getReader();
  const timer = setTimeout(() => void reader?.cancel().catch(() => undefined), BODY_TIMEOUT_MS);
  try {
    let length = 0;
    while (reader !== undefined && length < MAX_RESPONSE_BYTES) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      length += value.length;
    }
  } catch {
    // What has arrived is enough to print.
  } finally {
    clearTimeout(timer);
    void reader?.cancel().catch(() => undefined);
  }
  return Buffer.concat(parts).subarray(0, MAX_RESPONSE_BYTES).toString('utf8');
}

function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

/** The system's code is clearer than `fetch failed`. URLs in a message are removed. */
function describeFailure(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return `the endpoint cannot be reached (${code ?? (cause instanceof Error ? cause.message.replace(/\w+:\/\/\S+/g, '…') : 'unknown reason')})`;
}
