/** One HTTP call to the enrolment resource: bounded in time and size, its refusals turned into errors. */
import { PipelineError } from '../../errors.ts';
import { withDeadline } from './deadline.ts';
import { failureOf, networkFailure } from './failures.ts';
import { isSuccess, postOnce, refusalOf } from './http-call.ts';
import { protocolViolation } from './parse-events.ts';
import { ENROLMENT_PATH, SIMULATOR_HEADER } from './protocol.ts';
import type { RefusalContext } from './refusal.ts';
import type { TrackedRequest } from './request-tracker.ts';

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
export async function postEnrolment(
  body: string,
  {
    url,
    timeoutMs,
    signal,
    key,
    departure: request,
    context,
  }: {
    url: URL;
    timeoutMs: number;
    signal: AbortSignal | undefined;
    /** What is sent; `context.apiKey` is only masked. */
    key: string;
    /** Hears of its way, whatever becomes of it. */
    departure: TrackedRequest;
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
      const { sent: onSent, answered } = request;
      const answer = await postOnce(url, {
        key,
        body,
        signal: within,
        onSent,
        onAnswer: (status) => answered(isSuccess(status)),
      });
      if (!isSuccess(answer.status)) throw failureOf(refusalOf(answer), context);
      return { body: parseAnswer(answer.text), simulated: SIMULATOR_HEADER in answer.headers };
    } catch (error) {
      if (within.aborted) throw within.reason;
      if (error instanceof PipelineError) throw error;
      throw networkFailure(error, { url, apiKey: context.apiKey });
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
    throw protocolViolation(`an answer of ${text.length} characters that is not JSON`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw protocolViolation('an answer that is no object');
  return { ...body };
}
