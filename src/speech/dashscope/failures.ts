/** From the service's error responses, closed sockets and network errors to `PipelineError`s that say what to do. */
import { PipelineError, type Retry } from '../../errors.ts';
import { findRule, unknownModel } from './failure-rules.ts';
import { quoteUntrusted, sanitizedCause } from './redact.ts';
import type { Refusal, RefusalContext } from './refusal.ts';

/** Longest wait that a `Retry-After` header can request. */
const MAX_RETRY_AFTER_MS = 300_000;

/** The error for an error response. A response without any reason (`{}`) is worth a retry: these are transient. */
export function failureOf(refusal: Refusal, context: RefusalContext): PipelineError {
  const rule = findRule(refusal, context);
  if (rule !== undefined) {
    const say = typeof rule.say === 'string' ? rule.say : rule.say(context);
    const retry = rule.is === 'throttled' ? longerOf(rule.retry, refusal.retryAfterMs) : rule.retry;
    return new PipelineError({ code: rule.is, message: say + serviceDetails(refusal, context), retry });
  }
  const isEmpty = !refusal.code && !refusal.message;
  return new PipelineError({
    code: 'service-refused',
    message:
      (isEmpty
        ? 'The service refused the request and gave no reason. Workspace hosts sometimes do this; dashscope.aliyuncs.com names the reason.'
        : 'The service refused the request.') + serviceDetails(refusal, context),
    // Without a status it came over a socket, where it may be about the session; or in the body of a success, where it is about
    // the request.
    retry: isEmpty || (refusal.status === undefined && context.doing === 'speak') ? 'backoff' : 'never',
  });
}

/**
 * The error for a socket that closed although more was expected. A close reason that we know decides. Otherwise a new
 * session is worth a try, even after 1007, which means that the service rejects the input: sessions that had begun to
 * speak were closed with 1007 and no reason, too.
 */
export function closeFailure(code: number, reason: string, context: RefusalContext): PipelineError {
  // A reason is one text: "InvalidApiKey", "Throttling.RateQuota: Requests rate limit exceeded", or only the words.
  const byReason = failureOf({ ...codeIn(reason), message: reason }, context);
  if (reason !== '' && byReason.code !== 'service-refused') return byReason;
  const quoted = quoteUntrusted(reason, context.apiKey);
  const details = ` (close ${code}${quoted === '' ? '' : `: "${quoted}"`})`;
  if (code === 1007 && quoted !== '') {
    return new PipelineError({
      code: 'service-refused',
      message: `The service rejected what the session sent.${details}`,
      retry: 'backoff',
    });
  }
  return new PipelineError({
    code: 'session-lost',
    message: `The connection to the service closed before the speech was complete.${details}`,
    retry: 'backoff',
  });
}

/** The code at the beginning of a close reason: a word followed by nothing or by punctuation. */
function codeIn(reason: string): Pick<Refusal, 'code'> {
  const code = /^([A-Za-z][\w.]*)(?:$|[:,;])/.exec(reason)?.[1];
  return code === undefined ? {} : { code };
}

/** The error for a host that is unreachable or broke the connection. Names the host, never the whole URL. */
export function networkFailure(error: unknown, { url, apiKey }: { url: URL; apiKey: string }): PipelineError {
  const cause = sanitizedCause(error, apiKey);
  return new PipelineError({
    code: 'service-unreachable',
    message: `Could not reach the service at ${quoteUntrusted(url.host, apiKey)}: ${cause.message}. Check the network and the base URLs.`,
    retry: 'backoff',
    cause,
  });
}

/**
 * The error for a model that the service does not have (any more); lists the models that we know. Never worth a retry.
 */
export function modelUnknown(context: RefusalContext): PipelineError {
  return new PipelineError({ code: 'model-unknown', message: unknownModel(context), retry: 'never' });
}

function longerOf(retry: Retry, requestedMs: number | undefined): Retry {
  if (typeof retry !== 'object' || requestedMs === undefined) return retry;
  return { afterMs: Math.min(Math.max(retry.afterMs, requestedMs), MAX_RETRY_AFTER_MS) };
}

function serviceDetails({ status, code, message, requestId }: Refusal, { apiKey }: RefusalContext): string {
  const response = [code, message].filter((part) => part).join(': ');
  const parts: string[] = [];
  if (status !== undefined) parts.push(`HTTP ${status}`);
  if (response !== '') parts.push(`"${quoteUntrusted(response, apiKey)}"`);
  if (requestId) parts.push(`request ${quoteUntrusted(requestId, apiKey)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
