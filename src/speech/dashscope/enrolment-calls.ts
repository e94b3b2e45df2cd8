/** Calls to an enrolment service of the account: key, limit and throttle are the same whatever the call says. */
import { PipelineError } from '../../errors.ts';
import type { RateLimiter } from '../../limits.ts';
import type { CallOptions, EnrolmentCounts } from '../engine.ts';
import { type CallKey, permanentKey } from './api-key.ts';
import { failureOf } from './failures.ts';
import { announceAndLeave } from './leave.ts';
import { type RefusalContext, refusalIn } from './refusal.ts';
import { type Answer, enrolmentUrl, postEnrolment } from './request.ts';
import { type TrackedRequest, trackRequests } from './request-tracker.ts';

/** Where the service is, and within which limits it may be called. */
export interface EnrolmentCallOptions {
  /** `https://…/api/v1`. */
  httpBaseUrl: string;
  apiKey: string;
  /** The key of each call. Default: `apiKey`. Otherwise `apiKey` is only masked in messages. */
  callKey?: CallKey;
  /** Ten calls in any one second for the whole account; every call passes it first. */
  limiter: RateLimiter;
  /** Longest wait for one response. Default 90,000: a clone takes up to ten seconds. */
  timeoutMs?: number;
}

/** Sends one request; the body becomes JSON. `kind` groups requests that the service treats the same. */
export type EnrolmentCall<Kind extends string> = (
  kind: Kind,
  request: object,
  options: Pick<RefusalContext, 'model'> & CallOptions,
) => Promise<Answer>;

/**
 * Prepares calls. Sends nothing yet. `counts` has every call from the moment before it is sent. Throws `key-missing` or
 * `key-refused` for a key that cannot be sent, and `service-unreachable` for a base that is not a URL.
 *
 * Every call rejects with a PipelineError as described in failures.ts. After a throttle the limiter pauses the account.
 */
export function createEnrolmentCalls<Kind extends string>(
  { httpBaseUrl, apiKey, callKey = permanentKey(apiKey), limiter: gate, timeoutMs = 90_000 }: EnrolmentCallOptions,
  {
    countedAs,
    counts,
  }: {
    /** Every kind of request, and what it counts as. */
    countedAs: Readonly<Record<Kind, keyof EnrolmentCounts>>;
    /** Where calls are counted. */
    counts: EnrolmentCounts;
  },
): EnrolmentCall<Kind> {
  const url = enrolmentUrl(httpBaseUrl);
  const trackers = new Map((Object.keys(countedAs) as Kind[]).map((kind) => [kind, trackRequests()]));

  async function call(
    kind: Kind,
    request: object,
    { signal, onCall, onCreate, ...context }: Parameters<EnrolmentCall<Kind>>[2],
    isRepeat = false,
  ): Promise<Answer> {
    const tracker = trackers.get(kind);
    if (tracker === undefined) throw new Error(`Internal error: no enrollment calls of the kind "${kind}".`);
    const key = await callKey.current(signal);
    // Serialized before the limiter: everything done after it holds one of the account's tokens.
    const body = JSON.stringify(request);
    const counted = await gate.acquire(signal);
    const within: RefusalContext = { doing: 'enrol', apiKey, ...context };
    let departed: TrackedRequest | undefined;
    const onReady = async (connect: () => Promise<void>): Promise<void> => {
      const announced = countedAs[kind] === 'enroll' ? onCreate : undefined;
      await announceAndLeave(announced, { counted, prepare: connect, signal });
      counts[countedAs[kind]] += 1;
      onCall?.(countedAs[kind]);
      departed = tracker.start(counted);
    };
    const departure: TrackedRequest = {
      sent: () => departed?.sent(),
      answered: (isGood) => departed?.answered(isGood),
      ended: () => departed?.ended(),
    };
    try {
      const answer = await postEnrolment(body, { url, timeoutMs, signal, key, onReady, departure, context: within });
      const refusal = refusalIn(answer.body);
      if (refusal !== undefined) throw failureOf(refusal, within);
      return answer;
    } catch (error) {
      if (departed === undefined) counted('not-sent');
      // A temporary key can expire early. A refused call has had no effect, so one retry is safe.
      if (error instanceof PipelineError && error.code === 'key-refused' && callKey.invalidate(key) && !isRepeat) {
        return call(kind, request, { signal, onCall, onCreate, ...context }, true);
      }
      if (error instanceof PipelineError && error.code === 'throttled' && typeof error.retry === 'object') {
        for (const each of trackers.values()) each.throttled();
        // If the pause cannot be shared with the account, the caller still gets the throttle error.
        await gate.pauseFor(error.retry.afterMs).catch(() => undefined);
      }
      throw error;
    }
  }

  return (kind, request, options) => call(kind, request, options);
}
