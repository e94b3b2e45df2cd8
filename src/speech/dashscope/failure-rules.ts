/**
 * What the service's error responses mean: one table from (status, code, message) to a failure and its way out.
 *
 * The code alone is not enough: `Throttling.AllocationQuota` is a full voice quota in one text and a passing throttle in
 * another. Sources: help.aliyun.com/zh/model-studio/error-code and rate-limit, the voice-replica page and the server
 * events of both protocols, read 2026-11. The service documents no `Retry-After`; the waits are ours.
 */
import type { ErrorCode, Retry } from '../../errors.ts';
import { dayOf, endOfModel } from '../../models/life.ts';
import { lastingModels, MODELS } from '../../models.ts';
import { quoteUntrusted } from './redact.ts';
import type { Refusal, RefusalContext } from './refusal.ts';

/** One row: the conditions that must all hold, and what the response then means. */
export interface Rule {
  code?: RegExp;
  message?: RegExp;
  status?: (status: number) => boolean;
  doing?: RefusalContext['doing'];
  /** Only for a model whose end has passed. */
  ended?: true;
  is: ErrorCode;
  retry: Retry;
  /** What happened, and what a person can do about it. */
  say: string | ((context: RefusalContext) => string);
}

const NO_SERVICE =
  'There is no such service at this address. Check DASHSCOPE_HTTP_BASE_URL and DASHSCOPE_REALTIME_URL, and ' +
  'DASHSCOPE_INFERENCE_URL if it is set.';
const MONEY = 'The account is blocked because of its balance. Top up the account in the console, then run again.';
const NOT_ENABLED = 'The account has no access. Enable the model, or the workspace of the key, in the console.';
const WAIT = 'The service is throttling this account. The program waits and continues automatically.';
const BUSY = 'The service has no free capacity. The program waits and continues automatically.';
const FAILED = 'The service failed. A retry usually helps.';
const LOST = 'The service ended the session. A new session is needed.';
const MALFORMED = 'The service refused the request as malformed.';
const NO_SUCH_PLACE =
  'The service calls the request an error of its address, as it does for a model that it does not have. ' +
  '"pipeline doctor" asks which models this key may use; write one of them after "model:".';
const RECORD_AGAIN =
  'Record the sample again: 10 to 20 seconds of one clear voice without music or long silences, and a transcript with ' +
  'exactly the words that are heard.';

/** Words of gateways and other services for it, also in Chinese. */
const BUSY_WORDS =
  /too many (\w+ )?(requests|connections|sessions|tasks|calls)|(concurren\w+|frequency) (\w+ )?(limit|over|exceed)|max(imum)? (number of )?(concurren\w+ )?(sessions|connections|requests)\b.*(reached|exceed)|(reached|exceeded) the (maximum|limit) (number )?of (requests|sessions|connections)|(requests?|sessions|connections) exceed\w* (the )?(limit|maximum)|(server|system|service|engine|model)( is)? (currently |too )?busy|at capacity|capacity (is )?(reached|exceeded)|resource_?\s?exhausted|flow control|(re)?try again in \d|retry after \d|(请求|调用|访问)(过于|太)?频繁|(并发|请求|调用|频率|流量).{0,6}(超过|超出|达到|受限)|限流|系统繁忙|服务繁忙/i;
/** The code as the only word, or where a message should be. */
const THROTTLE_CODES =
  /^(429|too_?many_?requests|rate_?limit(_?exceeded|ed)?|quota_?exceeded|concurrency quota exceeded)$/i;

/** Of calls, never of lengths and sizes: "the text exceeds the limit" is no throttle. */
const THROTTLE_WORDS =
  /(current|concurrency|requests?|calls?|qps|rps|rpm|tpm|tps|rate) (rate )?limits? (was |is |has been )?(reached|exceeded)|exceed\w* (your |the )?(current )?(limit of )?(requests? rate|number of requests|requests|calls|concurrency|rate\b|qps|rps|rpm|tpm|tps)|\b(qps|rps|rpm|tpm|tps) limit|slow down|overloaded/i;

/** The first match wins; all conditions of a rule must hold. */
const RULES: readonly Rule[] = [
  {
    message: /maximum voice/i,
    is: 'voice-quota-full',
    retry: 'never',
    say: 'The account has as many voices as it may have (1000). Delete unused voices, then run again.',
  },
  {
    code: /FreeTierOnly|CommodityNotPurchased|BillOverdue|^Arrearage/i,
    is: 'account-blocked',
    retry: 'never',
    say: MONEY,
  },
  { message: /free allocated quota|good standing|overdue/i, is: 'account-blocked', retry: 'never', say: MONEY },
  { code: /^invalid_?api_?key$|^not authorized$/i, is: 'key-refused', retry: 'never', say: refusedKey },
  {
    message: /(invalid|no|incorrect) api.?key|invalid access token|token expired/i,
    is: 'key-refused',
    retry: 'never',
    say: refusedKey,
  },
  { code: /^model_?not_?found$|^Endpoint\.AccessDenied$/i, is: 'model-unknown', retry: 'never', say: unknownModel },
  { message: /model not (found|exist)/i, is: 'model-unknown', retry: 'never', say: unknownModel },
  // Also said of a model that is not there. Every further text would get the same, so a run ends.
  { message: /url error/i, doing: 'speak', ended: true, is: 'model-unknown', retry: 'never', say: unknownModel },
  { message: /url error/i, doing: 'speak', is: 'model-unknown', retry: 'never', say: NO_SUCH_PLACE },
  { code: /AccessDenied|WorkSpaceNotFound/i, is: 'account-blocked', retry: 'never', say: NOT_ENABLED },
  { message: /not activated/i, is: 'account-blocked', retry: 'never', say: NOT_ENABLED },
  { message: /system capacity/i, is: 'throttled', retry: { afterMs: 15_000 }, say: BUSY },
  { code: /BurstRate|burst_rate/i, is: 'throttled', retry: { afterMs: 10_000 }, say: WAIT },
  // Enrolment is limited per second, speech per minute.
  {
    code: /^Throttling|limit_?requests|insufficient_quota/i,
    doing: 'enrol',
    is: 'throttled',
    retry: { afterMs: 1_500 },
    say: WAIT,
  },
  { code: /^Throttling|limit_?requests|insufficient_quota/i, is: 'throttled', retry: { afterMs: 5_000 }, say: WAIT },
  { message: /rate limit|too many requests|throttl/i, is: 'throttled', retry: { afterMs: 5_000 }, say: WAIT },
  // The texts of the rate-limit page without their codes.
  { message: /request rate increased too quickly/i, is: 'throttled', retry: { afterMs: 10_000 }, say: WAIT },
  {
    message: /exceeded your current (requests? (list|limit)|quota)|(allocated|^)\s*quota exceeded|limit_?requests/i,
    is: 'throttled',
    retry: { afterMs: 5_000 },
    say: WAIT,
  },
  // Other words for it, as services and gateways before them use.
  { message: THROTTLE_WORDS, is: 'throttled', retry: { afterMs: 5_000 }, say: WAIT },
  { message: BUSY_WORDS, is: 'throttled', retry: { afterMs: 5_000 }, say: WAIT },
  { message: THROTTLE_CODES, is: 'throttled', retry: { afterMs: 5_000 }, say: WAIT },
  { code: THROTTLE_CODES, is: 'throttled', retry: { afterMs: 5_000 }, say: WAIT },
  {
    code: /^Audio\.Decoder/i,
    is: 'sample-refused',
    retry: 'never',
    say: 'The service cannot decode the sample. Save it again as WAV (16 bit), MP3 or M4A.',
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
    say: 'The sample is too long. Cut it to 10 to 20 seconds; the limit is 60.',
  },
  {
    code: /^Audio\.FileSize/i,
    is: 'sample-refused',
    retry: 'never',
    say: 'The sample is too large; the limit is 10 MB. Cut it to 10 to 20 seconds, or save it as MP3 or M4A.',
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
    say: 'The content filter refused the sample or its transcript. Record a different text.',
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
    // 411 and 418 are the engine's codes for a voice of another model.
    message: /voice .*(not supported|not found)|voice is invalid|engine (return )?error( code)?:? ?\[?(411|418)/i,
    is: 'voice-not-found',
    retry: 'never',
    say: unknownVoice,
  },
  // Numbers that no page explains.
  { message: /engine (return )?error code/i, is: 'service-failed', retry: 'backoff', say: FAILED },
  {
    message: /ensure input text is valid/i,
    is: 'text-refused',
    retry: 'never',
    say: 'The service finds nothing to speak in this text. Reword the sentence.',
  },
  {
    message: /text request limit violated|SSML text is not supported|invalid payload data|task can not be null/i,
    is: 'service-refused',
    retry: 'never',
    say: MALFORMED,
  },
  { code: /session_expired|ClientDisconnect/i, is: 'session-lost', retry: 'backoff', say: LOST },
  {
    message: /session already started|session.?expired|request timeout|client disconnected/i,
    is: 'session-lost',
    retry: 'backoff',
    say: LOST,
  },
  // We never commit without text: the service dropped our append, as it does while a response is in progress.
  {
    message: /committing .*buffer|buffer .*(empty|no text)|empty .*buffer/i,
    is: 'session-lost',
    retry: 'backoff',
    say: 'The service lost the text. A new session is needed.',
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
    say: MALFORMED,
  },
  // No known code: only the status is left.
  { status: (status) => status === 429, is: 'throttled', retry: { afterMs: 5_000 }, say: WAIT },
  { status: (status) => status === 401 || status === 403, is: 'key-refused', retry: 'never', say: refusedKey },
  // A status of the enrollment of Qwen-Audio-TTS and CosyVoice, for samples only.
  { status: (status) => status === 430, doing: 'enrol', is: 'sample-refused', retry: 'never', say: RECORD_AGAIN },
  { status: (status) => status === 408 || status >= 500, is: 'service-failed', retry: 'backoff', say: FAILED },
  {
    status: (status) => status >= 300 && status < 400,
    is: 'service-refused',
    retry: 'never',
    say: 'The host responded with a redirect, which is not followed, because the key must only go to the configured host. Check the base URL.',
  },
  // Every further text would get the same, so a run ends. A call about a voice may only mean that there is none.
  {
    status: (status) => status === 404 || status === 405 || status === 200,
    doing: 'speak',
    is: 'service-unreachable',
    retry: 'never',
    say: NO_SERVICE,
  },
  {
    status: (status) => status === 404 || status === 405 || status === 200,
    is: 'service-refused',
    retry: 'never',
    say: NO_SERVICE,
  },
];

/** The first rule that matches; undefined for a response that no rule knows. */
export function findRule(refusal: Refusal, context: RefusalContext): Rule | undefined {
  return RULES.find((rule) => matches(rule, refusal, context));
}

function matches(rule: Rule, refusal: Refusal, context: RefusalContext): boolean {
  if (rule.doing !== undefined && rule.doing !== context.doing) return false;
  if (rule.ended && !hasEnded(context)) return false;
  if (rule.code !== undefined && !rule.code.test(refusal.code ?? '')) return false;
  if (rule.message !== undefined && !rule.message.test(refusal.message ?? '')) return false;
  return rule.status === undefined || (refusal.status !== undefined && rule.status(refusal.status));
}

function hasEnded({ model }: RefusalContext): boolean {
  const life = model !== undefined && Object.hasOwn(MODELS, model) ? MODELS[model]?.life : undefined;
  return life !== undefined && life.retires <= dayOf(new Date());
}

function refusedKey({ apiKey }: RefusalContext): string {
  return `The service refused the API key. ${keyAdvice(apiKey)}`;
}

/** What to check about a key that was refused. Its beginning tells its kind. */
export function keyAdvice(apiKey: string): string {
  if (apiKey.startsWith('sk-ws-'))
    return 'A key that begins with sk-ws- works only with the host of its workspace: set DASHSCOPE_WORKSPACE_ID to that workspace, and DASHSCOPE_REGION to its region.';
  if (apiKey.startsWith('sk-sp-'))
    return 'A key that begins with sk-sp- belongs to a subscription, which clones no voices: set DASHSCOPE_API_KEY to an ordinary one.';
  return 'Check DASHSCOPE_API_KEY, and that the key belongs to the region of the host: a Beijing key fails in Singapore, and vice versa.';
}

/** The message for a model that the service does not have; it lists the models that we know. */
export function unknownModel({ model, apiKey }: RefusalContext): string {
  const named = model === undefined ? 'this model' : `the model "${quoteUntrusted(model, apiKey)}"`;
  const others = lastingModels().filter((id) => id !== model);
  const row = model !== undefined && Object.hasOwn(MODELS, model) ? MODELS[model] : undefined;
  const end = row === undefined ? undefined : endOfModel(row, dayOf(new Date()));
  return (
    `The service does not know ${named}, or has retired it.${end === undefined ? '' : ` ${end}`} Models whose end is not announced: ${others.join(', ')}. ` +
    'A voice works only with the model it was enrolled for; with another model the voices are enrolled again. ' +
    '"pipeline migrate BOOK --model MODEL" shows what that costs, and lets you listen first. ' +
    '"pipeline doctor" asks the service which models this key may use.'
  );
}

function unknownVoice({ model, apiKey }: RefusalContext): string {
  const named = model === undefined ? 'its model' : `"${quoteUntrusted(model, apiKey)}"`;
  return (
    `The service has no such voice for ${named}: it was deleted, has expired, or was enrolled for another model. ` +
    'A voice works only with the exact dated model it was enrolled for. Enroll it again.'
  );
}
