/** One try to hand a message to a receiver. */
import { signedHeaders } from './webhook-signature.ts';

/** Longest that a receiver may take, in milliseconds; the specification asks for 15 to 30 seconds. */
export const TIMEOUT_MS = 15_000;
/** So much of an answer is read, in bytes; who tests wants to see it. */
const MAX_RESPONSE_BYTES = 2_048;
/** Longest pause that a receiver may ask for, in milliseconds. */
const MAX_RETRY_AFTER_MS = 6 * 60 * 60_000;

/** What came of it. */
export interface PostResult {
  ok: boolean;
  /** Undefined when there was no answer at all. */
  status: number | undefined;
  /** For a person; undefined when all is well. */
  problem: string | undefined;
  /** The receiver asks not to be asked before so many milliseconds. */
  retryAfterMs: number | undefined;
  /** The receiver never wants to hear of it again. */
  gone: boolean;
  /** The beginning of the answer. */
  answer: string;
  tookMs: number;
}

/** Posts a body, signed. Never rejects. A redirect is not followed: the message is meant for the address that was given. */
export async function postWebhook(of: {
  url: string;
  id: string;
  body: string;
  secrets: readonly Buffer[];
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
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(of.url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'narration-pipeline',
        ...signedHeaders({ ...of, seconds: Math.floor(Date.now() / 1_000) }),
      },
      body: of.body,
      signal: of.signal === undefined ? deadline : AbortSignal.any([deadline, of.signal]),
    });
    const { status } = response;
    const answer = await readBeginning(response);
    if (response.ok) return end({ ok: true, status, answer });
    const redirected = status >= 300 && status < 400;
    return end({
      status,
      answer,
      problem: redirected ? `it answered ${status}, a redirect, which is not followed` : `it answered ${status}`,
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
      gone: status === 410,
    });
  } catch (error) {
    if (deadline.aborted) return end({ problem: `no answer within ${timeoutMs / 1_000} seconds` });
    return end({ problem: describeFailure(error) });
  }
}

async function readBeginning(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    length += part.length;
    if (length >= MAX_RESPONSE_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, MAX_RESPONSE_BYTES).toString('utf8');
}

function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

/** The system's code says more than `fetch failed`; the address, which a message may hold, is left out. */
function describeFailure(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return `it can not be reached (${code ?? (cause instanceof Error ? cause.message.replace(/\w+:\/\/\S+/g, '…') : 'unknown reason')})`;
}
