/** One HTTP call to the enrolment resource: limited in time and size, its error responses turned into errors. */
import { PipelineError } from '../../errors.ts';
import { withDeadline } from './deadline.ts';
import { failureOf, networkFailure } from './failures.ts';
import { errorResponseOf, type HttpCall, isSuccess, postOnce } from './http-call.ts';
import { ENROLMENT_PATH, SIMULATOR_HEADER } from './protocol.ts';
import { protocolViolation } from './protocol-violation.ts';
import type { RefusalContext } from './refusal.ts';
import type { TrackedRequest } from './request-tracker.ts';

/** A successful response. */
export interface Answer {
  /** The parsed JSON object; its fields are not checked yet. */
  body: Record<string, unknown>;
  simulated: boolean;
}

/** The URL of the enrolment resource. Throws `service-unreachable` when the base is not an http or https URL. */
export function enrolmentUrl(httpBaseUrl: string): URL {
  const text = httpBaseUrl.replace(/\/+$/, '') + ENROLMENT_PATH;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new PipelineError({
    code: 'service-unreachable',
    message: 'DASHSCOPE_HTTP_BASE_URL is not an HTTP URL. Set it to a URL that begins with https:// or http://.',
    retry: 'never',
  });
}

/**
 * Sends one request; the body is an `EnrolmentRequest` as JSON. Rejects with the meaning of the refusal (failures.ts),
 * `service-unreachable` for a broken connection or a host that does not respond in time, `protocol-violation` for a
 * response that is not JSON or too large, or `interrupted`. After any of these except a plain refusal the service may
 * have carried out the request.
 */
export async function postEnrolment(
  body: string,
  {
    url,
    timeoutMs,
    signal,
    key,
    onReady,
    departure: request,
    context,
  }: {
    url: URL;
    timeoutMs: number;
    signal: AbortSignal | undefined;
    /** The key that is sent; `context.apiKey` is only masked. */
    key: string;
    /** As of `postOnce`. */
    onReady?: HttpCall['onReady'] | undefined;
    /** Receives the progress of the request, whatever its result. */
    departure: TrackedRequest;
    context: RefusalContext;
  },
): Promise<Answer> {
  const onTimeout = () =>
    new PipelineError({
      code: 'service-unreachable',
      message: `The service did not respond within ${timeoutMs / 1_000} s.`,
      retry: 'backoff',
    });
  return withDeadline({ limitMs: timeoutMs, signal, what: 'waiting for the service', onTimeout }, async (within) => {
    try {
      const { sent: onSent, answered } = request;
      const answer = await postOnce(url, {
        key,
        body,
        signal: within,
        onReady,
        failure: (error) => (within.aborted ? within.reason : networkFailure(error, { url, apiKey: context.apiKey })),
        onSent,
        onAnswer: (status) => answered(isSuccess(status)),
      });
      if (!isSuccess(answer.status)) throw failureOf(errorResponseOf(answer), context);
      return { body: parseAnswer(answer.text), simulated: SIMULATOR_HEADER in answer.headers };
    } finally {
      request.ended();
    }
  });
}

function parseAnswer(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The engine's message would quote the text.
    throw protocolViolation(`a response of ${text.length} characters that is not JSON`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw protocolViolation('a response that is not a JSON object');
  return { ...body };
}
