/** One HTTP call to the enrolment resource: bounded in time and size, its refusals turned into errors. */
import { PipelineError } from '../../errors.ts';
import { withDeadline } from './deadline.ts';
import { failureOf, networkFailure, type RefusalContext } from './failures.ts';
import { violation } from './parse.ts';
import { ENROLMENT_PATH, SIMULATOR_HEADER } from './protocol.ts';
import { readRefusal, retryAfterMs } from './refusal.ts';
import { authorization } from './secret.ts';

/** A list of 1000 voices is some 150 kB. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** A good answer. */
export interface Answer {
  /** The parsed JSON object; its fields are not checked yet. */
  body: Record<string, unknown>;
  simulated: boolean;
}

/** The address of the enrolment resource. Throws `service-unreachable` when the base is not an http or https URL. */
export function enrolmentUrl(httpBaseUrl: string): URL {
  const text = httpBaseUrl.replace(/\/+$/, '') + ENROLMENT_PATH;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new PipelineError({
    code: 'service-unreachable',
    message: 'DASHSCOPE_HTTP_BASE_URL is not a URL that begins with https:// or http://.',
    retry: 'never',
  });
}

/**
 * Sends one request, whose body is an `EnrolmentRequest` as JSON. Rejects with the refusal's meaning (failures.ts), `service-unreachable` for a line that broke or a
 * host that does not answer in time, `protocol-violation` for an answer that is not JSON or too big, or `interrupted`.
 * After any of these but a plain refusal the service may have done what was asked.
 */
export async function post(
  body: string,
  {
    url,
    timeoutMs,
    signal,
    key,
    context,
  }: {
    url: URL;
    timeoutMs: number;
    signal: AbortSignal | undefined;
    /** What is sent; `context.apiKey` is only masked. */
    key: string;
    context: RefusalContext;
  },
): Promise<Answer> {
  const onTimeout = () =>
    new PipelineError({
      code: 'service-unreachable',
      message: `The service did not answer within ${timeoutMs / 1_000} s.`,
      retry: 'backoff',
    });
  return withDeadline({ limitMs: timeoutMs, signal, what: 'waiting for the service', onTimeout }, async (within) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: authorization(key), 'content-type': 'application/json' },
        body,
        // A redirect would carry the key to a host that nobody named.
        redirect: 'manual',
        signal: within,
      });
      const text = await readBounded(response);
      if (!response.ok) throw failureOf(refusalOf(response, text), context);
      return { body: parseAnswer(text), simulated: response.headers.has(SIMULATOR_HEADER) };
    } catch (error) {
      if (within.aborted) throw within.reason;
      if (error instanceof PipelineError) throw error;
      throw networkFailure(error, { url, apiKey: context.apiKey });
    }
  });
}

/** The body as text. Rejects with `protocol-violation` when it is longer than any honest answer. */
export async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of response.body ?? []) {
    byteLength += chunk.length;
    // Leaving the loop cancels the rest of the body.
    if (byteLength > MAX_ANSWER_BYTES) throw violation(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function refusalOf(response: Response, text: string) {
  const waitMs = retryAfterMs(response.headers.get('retry-after'));
  const refusal = readRefusal(response.status, text);
  return waitMs === undefined ? refusal : { ...refusal, retryAfterMs: waitMs };
}

function parseAnswer(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The engine's message would quote the text.
    throw violation(`an answer of ${text.length} characters that is not JSON`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw violation('an answer that is no object');
  return { ...body };
}
