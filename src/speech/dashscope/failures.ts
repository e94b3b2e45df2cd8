/**
 * What the service's refusals mean: one table from (status, code, message) to an error that says what to do.
 *
 * The code alone is not enough: `Throttling.AllocationQuota` is a full voice quota in one text and a passing throttle in
 * another. Sources: help.aliyun.com/zh/model-studio/error-code, the voice-replica page and the realtime server events,
 * read 2026-11. The service documents no `Retry-After`; the waits are ours.
 */
import { type ErrorCode, PipelineError, type Retry } from '../../errors.ts';
import { MODELS } from '../../models.ts';
import { outsideCause, quoteOutside } from './redact.ts';

/** What the service said: in an HTTP answer, a refused handshake, an `error` event or the reason of a close. */
export interface Refusal {
  /** HTTP status; absent for events on an open socket. */
  status?: number;
  /** Its `code`, or the older `type` where there is no code. */
  code?: string;
  message?: string;
  requestId?: string;
  /** From a `Retry-After` header, in case one is ever sent. */
  retryAfterMs?: number;
}

/** Whom and what a refusal concerns. */
export interface RefusalContext {
  doing: 'enrol' | 'speak';
  /** Only to mask it. */
  apiKey: string;
  /** The model asked for, for messages. */
  model?: string;
}

interface Rule {
  code?: RegExp;
  message?: RegExp;
  status?: (status: number) => boolean;
  doing?: RefusalContext['doing'];
  is: ErrorCode;
  retry: Retry;
  /** What happened and what a person can do about it. */
  say: string | ((context: RefusalContext) => string);
}

/** Longest wait that a `Retry-After` header can ask for. */
const MAX_RETRY_AFTER_MS = 300_000;

const KEY =
  'The service refused the API key. Check DASHSCOPE_API_KEY, and that the key belongs to the region of the host: ' +
  'a Beijing key fails in Singapore and the other way round.';
const MONEY = 'The account is blocked for its bill. Top up or settle it in the console, then run again.';
const NOT_ENABLED = 'The account may not use this. Enable the model, or the workspace of the key, in the console.';
const WAIT = 'The service is limiting the calls of this account. The program waits and goes on by itself.';
const BUSY = 'The service is short of capacity. The program waits and goes on by itself.';
const FAILED = 'The service failed. Trying again usually helps.';
const LOST = 'The service ended the session. A new session is needed.';
const RECORD_AGAIN =
  'Record the sample again: 10 to 20 seconds of one clear voice without music or long silences, and a transcript that ' +
  'says exactly what is heard.';

/** First match wins; all conditions of a rule must hold. */
const RULES: readonly Rule[] = [
  {
    message: /maximum voice/i,
    is: 'voice-quota-full',
    retry: 'never',
    say: 'The account has as many voices as it may keep (1000). Delete voices that are no longer used, then run again.',
  },
  {
    code: /FreeTierOnly|CommodityNotPurchased|BillOverdue|^Arrearage/i,
    is: 'account-blocked',
    retry: 'never',
    say: MONEY,
  },
  { message: /free allocated quota|good standing|overdue/i, is: 'account-blocked', retry: 'never', say: MONEY },
  { code: /^invalid_?api_?key$|^not authorized$/i, is: 'key-refused', retry: 'never', say: KEY },
  {
    message: /(invalid|no|incorrect) api.?key|invalid access token|token expired/i,
    is: 'key-refused',
    retry: 'never',
    say: KEY,
  },
  { code: /^model_?not_?found$|^Endpoint\.AccessDenied$/i, is: 'model-unknown', retry: 'never', say: unknownModel },
  { message: /model not (found|exist)/i, is: 'model-unknown', retry: 'never', say: unknownModel },
  { code: /AccessDenied|WorkSpaceNotFound/i, is: 'account-blocked', retry: 'never', say: NOT_ENABLED },
  { message: /not activated/i, is: 'account-blocked', retry: 'never', say: NOT_ENABLED },
  { message: /system capacity/i, is: 'throttled', retry: { afterMs: 15_000 }, say: BUSY },
  { code: /BurstRate|burst_rate/i, is: 'throttled', retry: { afterMs: 10_000 }, say: WAIT },
  // Enrolment is limited by the second, speech by the minute.
  {
    code: /^Throttling|limit_?requests|insufficient_quota/i,
    doing: 'enrol',
    is: 'throttled',
    retry: { afterMs: 1_500 },
    say: WAIT,
  },
  { code: /^Throttling|limit_?requests|insufficient_quota/i, is: 'throttled', retry: { afterMs: 5_000 }, say: WAIT },
  { message: /rate limit|too many requests|throttl/i, is: 'throttled', retry: { afterMs: 5_000 }, say: WAIT },
  {
    code: /^Audio\.Decoder/i,
    is: 'sample-refused',
    retry: 'never',
    say: 'The service can not decode the sample. Save it again as WAV (16 bit), MP3 or M4A.',
  },
  {
    code: /^Audio\.AudioRate/i,
    is: 'sample-refused',
    retry: 'never',
    say: 'The sample rate of the sample is too low for this model. Record or export it at 24 kHz or more.',
  },
  {
    code: /^Audio\.DurationLimit/i,
    is: 'sample-refused',
    retry: 'never',
    say: 'The sample is too long. Cut it to 10 to 20 seconds; 60 is the limit.',
  },
  { code: /^Audio\./i, is: 'sample-refused', retry: 'never', say: RECORD_AGAIN },
  {
    code: /InputDownloadFailed/i,
    is: 'sample-refused',
    retry: 'never',
    say: 'The service could not fetch the sample. Its URL must be public, and the file smaller than 10 MB.',
  },
  {
    code: /data_?inspection_?failed/i,
    doing: 'enrol',
    is: 'sample-refused',
    retry: 'never',
    say: 'The content filter refused the sample or its transcript. Record another text.',
  },
  {
    code: /data_?inspection_?failed/i,
    is: 'text-refused',
    retry: 'never',
    say: 'The content filter refused this text. Reword the sentence.',
  },
  // The same without a code, as in the reason of a close.
  {
    message: /inappropriate content/i,
    doing: 'speak',
    is: 'text-refused',
    retry: 'never',
    say: 'The content filter refused this text. Reword the sentence.',
  },
  { code: /VoiceNotFound/i, is: 'voice-not-found', retry: 'never', say: unknownVoice },
  {
    // 411 and 418 are the engine's numbers for a voice of another model.
    message: /voice .*(not supported|not found)|engine (return )?error( code)?:? ?\[?(411|418)/i,
    is: 'voice-not-found',
    retry: 'never',
    say: unknownVoice,
  },
  { code: /session_expired|ClientDisconnect/i, is: 'session-lost', retry: 'backoff', say: LOST },
  {
    message: /session already started|session.?expired|request timeout|client disconnected/i,
    is: 'session-lost',
    retry: 'backoff',
    say: LOST,
  },
  // We never commit without text: the service dropped our append, as it does while a response is still running.
  {
    message: /committing .*buffer|buffer .*(empty|no text)|empty .*buffer/i,
    is: 'session-lost',
    retry: 'backoff',
    say: 'The service lost the text that it was sent. A new session is needed.',
  },
  { code: /ModelServingError|ModelUnavailable/i, is: 'service-failed', retry: { afterMs: 10_000 }, say: BUSY },
  {
    code: /^InternalError|SystemError|ModelServiceFailed|Request_?Time_?Out|ResponseTimeout|server_error|Unavailable/i,
    is: 'service-failed',
    retry: 'backoff',
    say: FAILED,
  },
  { message: /internal (service |server )?error|timed? ?out/i, is: 'service-failed', retry: 'backoff', say: FAILED },
  {
    code: /^invalid|^BadRequest|^CLIENT_ERROR$/i,
    is: 'service-refused',
    retry: 'never',
    say: 'The service refused the request as malformed.',
  },
  // No code that we know: the status is all there is.
  { status: (status) => status === 429, is: 'throttled', retry: { afterMs: 5_000 }, say: WAIT },
  { status: (status) => status === 401 || status === 403, is: 'key-refused', retry: 'never', say: KEY },
  { status: (status) => status === 408 || status >= 500, is: 'service-failed', retry: 'backoff', say: FAILED },
  {
    status: (status) => status >= 300 && status < 400,
    is: 'service-refused',
    retry: 'never',
    say: 'The host answered with a redirect, which is not followed: the key stays with the host it was meant for. Check the base URL.',
  },
  {
    status: (status) => status === 404 || status === 405 || status === 200,
    is: 'service-refused',
    retry: 'never',
    say: 'There is no such service at this address. Check DASHSCOPE_HTTP_BASE_URL and DASHSCOPE_REALTIME_URL.',
  },
];

/** The error for a refusal. An answer that gives no reason at all (`{}`) is worth another try: it happens in passing. */
export function failureOf(refusal: Refusal, context: RefusalContext): PipelineError {
  const rule = RULES.find((candidate) => matches(candidate, refusal, context));
  if (rule !== undefined) {
    const say = typeof rule.say === 'string' ? rule.say : rule.say(context);
    const retry = rule.is === 'throttled' ? longerOf(rule.retry, refusal.retryAfterMs) : rule.retry;
    return new PipelineError({ code: rule.is, message: say + theirWords(refusal, context), retry });
  }
  const mute = !refusal.code && !refusal.message;
  return new PipelineError({
    code: 'service-refused',
    message:
      (mute
        ? 'The service refused the request and gave no reason. Workspace hosts do this at times; dashscope.aliyuncs.com names the reason.'
        : 'The service refused the request.') + theirWords(refusal, context),
    retry: mute || refusal.status === undefined ? 'backoff' : 'never',
  });
}

/**
 * The error for a socket that closed although more was expected. The reason decides where it says something that we
 * know; otherwise a new session is worth a try, even after 1007, by which the service rejects what it was sent: one that
 * had begun to speak has been closed so without a reason, too.
 */
export function closeFailure(code: number, reason: string, context: RefusalContext): PipelineError {
  // A reason is one text: "InvalidApiKey", "Throttling.RateQuota: Requests rate limit exceeded", or only the words.
  const byReason = failureOf({ ...codeIn(reason), message: reason }, context);
  if (reason !== '' && byReason.code !== 'service-refused') return byReason;
  const theirs = quoteOutside(reason, context.apiKey);
  const words = ` (close ${code}${theirs === '' ? '' : `: "${theirs}"`})`;
  if (code === 1007 && theirs !== '') {
    return new PipelineError({
      code: 'service-refused',
      message: `The service rejected what the session sent.${words}`,
      retry: 'backoff',
    });
  }
  return new PipelineError({
    code: 'session-lost',
    message: `The connection to the service closed before the speech was complete.${words}`,
    retry: 'backoff',
  });
}

/** The code at the beginning of a close's reason, where there is one: a word that is followed by nothing or by a mark. */
function codeIn(reason: string): Pick<Refusal, 'code'> {
  const code = /^([A-Za-z][\w.]*)(?:$|[:,;])/.exec(reason)?.[1];
  return code === undefined ? {} : { code };
}

/** The error for a host that could not be reached or broke off. Names the host, never the whole URL. */
export function networkFailure(error: unknown, { url, apiKey }: { url: URL; apiKey: string }): PipelineError {
  const cause = outsideCause(error, apiKey);
  return new PipelineError({
    code: 'service-unreachable',
    message: `Could not reach the service at ${quoteOutside(url.host, apiKey)}: ${cause.message}. Check the network and the base URLs.`,
    retry: 'backoff',
    cause,
  });
}

/** The error for a model that the service does not have (any more); lists the ones that we know. Never worth a retry. */
export function modelUnknown(context: RefusalContext): PipelineError {
  return new PipelineError({ code: 'model-unknown', message: unknownModel(context), retry: 'never' });
}

function matches(rule: Rule, refusal: Refusal, context: RefusalContext): boolean {
  if (rule.doing !== undefined && rule.doing !== context.doing) return false;
  if (rule.code !== undefined && !rule.code.test(refusal.code ?? '')) return false;
  if (rule.message !== undefined && !rule.message.test(refusal.message ?? '')) return false;
  return rule.status === undefined || (refusal.status !== undefined && rule.status(refusal.status));
}

function longerOf(retry: Retry, askedMs: number | undefined): Retry {
  if (typeof retry !== 'object' || askedMs === undefined) return retry;
  return { afterMs: Math.min(Math.max(retry.afterMs, askedMs), MAX_RETRY_AFTER_MS) };
}

function theirWords({ status, code, message, requestId }: Refusal, { apiKey }: RefusalContext): string {
  const said = [code, message].filter((part) => part).join(': ');
  const parts: string[] = [];
  if (status !== undefined) parts.push(`HTTP ${status}`);
  if (said !== '') parts.push(`"${quoteOutside(said, apiKey)}"`);
  if (requestId) parts.push(`request ${quoteOutside(requestId, apiKey)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function unknownModel({ model, apiKey }: RefusalContext): string {
  const named = model === undefined ? 'this model' : `the model "${quoteOutside(model, apiKey)}"`;
  const others = Object.keys(MODELS).filter((id) => id !== model);
  return (
    `The service does not know ${named}, or has retired it. Current models: ${others.join(', ')}. ` +
    'A voice works only with the model it was enrolled for: with another one the voices are enrolled anew.'
  );
}

function unknownVoice({ model, apiKey }: RefusalContext): string {
  const named = model === undefined ? 'its model' : `"${quoteOutside(model, apiKey)}"`;
  return (
    `The service has no such voice for ${named}: it was deleted, ran out, or was enrolled for another model. ` +
    'A voice works only with the exact dated model it was enrolled for; enrol it again.'
  );
}
