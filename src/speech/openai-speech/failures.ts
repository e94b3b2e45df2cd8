/**
 * What the refusals of one's own server mean: one table from status, code and words to a failure and its way out.
 *
 * Sources, read 2026-11: vLLM-Omni's page on its speech API, CrispASR's page on its server, OpenAI's client. Bodies differ:
 * `code` is a number, a word or absent; a voice operation and FastAPI's validation have shapes of their own.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type ErrorCode, PipelineError, type Retry } from '../../errors.ts';
import { quoteUntrusted, sanitizedCause } from '../dashscope/redact.ts';
import { retryAfterMs } from '../dashscope/refusal.ts';
import type { OwnServer } from './options.ts';

/** A refusal as we read it. */
export interface ServerRefusal {
  status: number;
  /** A word; empty when the server gives a number or nothing. */
  code: string;
  message: string;
  /** The field that it is about; empty when unknown. */
  param: string;
  retryAfterMs?: number | undefined;
}

/** What was asked, for messages. */
export interface CallContext {
  server: OwnServer;
  model?: string | undefined;
  voice?: string | undefined;
}

/** Longest wait that a `Retry-After` header can request. */
const MAX_RETRY_AFTER_MS = 300_000;
const THROTTLE_MS = 5_000;

interface Rule {
  status?: (status: number) => boolean;
  code?: RegExp;
  message?: RegExp;
  is: ErrorCode;
  retry: Retry;
  say: string | ((context: CallContext) => string);
}

const UNKNOWN_MODEL = ({ model = '' }: CallContext) =>
  `The server has no model "${model}". Write the name of its model after "model:" in the manifest; GET /v1/models lists it.`;
const UNKNOWN_VOICE = ({ voice = '' }: CallContext) =>
  `The server has no voice "${voice}". GET /v1/audio/voices lists its voices; or name a recording with "sample:".`;
const TOO_LONG = 'The text is too long for the server. Split the sentence.';
const FAILED = 'The server failed. A retry usually helps; its log says more.';
const KEY = ({ server }: CallContext) =>
  server.apiKey === undefined
    ? 'The server requires a key. Set PIPELINE_SPEECH_KEY to the one that it was started with.'
    : 'The server refused the key. Check PIPELINE_SPEECH_KEY.';

/** The first match wins; all conditions of a rule must hold. */
const RULES: readonly Rule[] = [
  { status: (status) => status === 401 || status === 403, is: 'key-refused', retry: 'never', say: KEY },
  {
    status: (status) => status >= 300 && status < 400,
    is: 'service-refused',
    retry: 'never',
    say: 'The server answered with a redirect, which is not followed, because texts and key must only go to the configured address. Check PIPELINE_SPEECH_URL.',
  },
  {
    status: (status) => status === 429,
    is: 'throttled',
    retry: { afterMs: THROTTLE_MS },
    say: 'The server is throttling. The program waits and continues automatically.',
  },
  {
    // vLLM-Omni's code is a number, so its words must do.
    message: /inappropriate content|content (policy|filter)/i,
    status: (status) => status < 500,
    is: 'text-refused',
    retry: 'never',
    say: 'The content filter refused this text. Reword the sentence.',
  },
  {
    code: /content_?policy|content_?filter|data_?inspection/i,
    is: 'text-refused',
    retry: 'never',
    say: 'The content filter refused this text. Reword the sentence.',
  },
  {
    code: /^input_too_long$/i,
    is: 'text-refused',
    retry: 'never',
    say: TOO_LONG,
  },
  {
    message: /\binput\b.*(too long|at most|exceed|maximum)|maximum context length/i,
    status: (status) => status < 500,
    is: 'text-refused',
    retry: 'never',
    say: TOO_LONG,
  },
  {
    code: /^consent_required$/i,
    is: 'service-refused',
    retry: 'never',
    say: 'The server clones no recording without a consent. State it in PIPELINE_SPEECH_CONSENT, such as "Recorded with the speaker\'s written consent".',
  },
  {
    code: /^marking_attestation_required$/i,
    is: 'service-refused',
    retry: 'never',
    say: 'The server leaves out its spoken notice only if you take over the marking: set PIPELINE_SPEECH_MARKING to how listeners learn that the voice is artificial, or start it with --accept-marking-responsibility.',
  },
  {
    message: /does not support task_type/i,
    is: 'service-refused',
    retry: 'never',
    say: 'The model that the server has loaded cannot clone a voice. Start it with a Base checkpoint, such as Qwen/Qwen3-TTS-12Hz-1.7B-Base.',
  },
  { code: /^invalid_?voice$/i, is: 'voice-not-found', retry: 'never', say: UNKNOWN_VOICE },
  {
    message: /voice .*not found|invalid speaker|^voice must be/i,
    is: 'voice-not-found',
    retry: 'never',
    say: UNKNOWN_VOICE,
  },
  { code: /^model_?not_?found$/i, is: 'model-unknown', retry: 'never', say: UNKNOWN_MODEL },
  { message: /model .*(does not exist|not found)/i, is: 'model-unknown', retry: 'never', say: UNKNOWN_MODEL },
  {
    status: (status) => status === 404 || status === 405 || status === 501,
    // Not a refusal of one text: every further one would get the same.
    is: 'service-unreachable',
    retry: 'never',
    say: 'There is no /v1/audio/speech at this address. Check PIPELINE_SPEECH_URL, such as http://host:8000/v1.',
  },
  {
    message: /ref_audio|reference audio/i,
    status: (status) => status < 500,
    is: 'sample-refused',
    retry: 'never',
    say: 'The server refused the sample. It should be 3 to 30 seconds of one clear voice.',
  },
  {
    status: (status) => status >= 400 && status < 500 && status !== 408,
    is: 'service-refused',
    retry: 'never',
    say: 'The server refused the request. If it is not vLLM-Omni, set PIPELINE_SPEECH_PROFILE.',
  },
  {
    code: /^synthesis_failed$/i,
    is: 'service-refused',
    retry: 'never',
    say: 'The server could not speak this text twice: either its voice is unknown there, or the text has something that it cannot speak.',
  },
  { is: 'service-failed', retry: 'backoff', say: FAILED },
];

/** The error for a refusal. */
export function failureOf(refusal: ServerRefusal, context: CallContext): PipelineError {
  const rule = RULES.find((each) => matches(each, refusal));
  // The last rule has no condition.
  const { is, retry, say } = rule!;
  const message = typeof say === 'string' ? say : say(context);
  const waits = typeof retry === 'object' && refusal.retryAfterMs !== undefined;
  return new PipelineError({
    code: is,
    message: message + detailsOf(refusal, context.server),
    retry: waits ? { afterMs: Math.min(refusal.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) } : retry,
  });
}

/** Reads a refusal of any of the shapes; an empty body or a proxy's page yields the status and its words. */
export function readServerRefusal(status: number, headers: IncomingHttpHeaders, text: string): ServerRefusal {
  const waitMs = retryAfterMs(headers['retry-after']);
  const nothing = { status, code: '', message: '', param: '', ...(waitMs !== undefined && { retryAfterMs: waitMs }) };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return nothing;
  }
  if (typeof body !== 'object' || body === null) return nothing;
  const { error, detail, message } = body as Record<string, unknown>;
  if (typeof error === 'string') return { ...nothing, message: error };
  if (typeof error === 'object' && error !== null) {
    const { code, message: words, param } = error as Record<string, unknown>;
    return { ...nothing, code: wordOf(code), message: wordOf(words), param: wordOf(param) };
  }
  if (detail !== undefined)
    return { ...nothing, message: typeof detail === 'string' ? detail : JSON.stringify(detail) };
  return { ...nothing, message: wordOf(message) };
}

/** The error for a server that cannot be reached or broke the connection. */
export function networkFailure(error: unknown, { root, apiKey = '' }: OwnServer): PipelineError {
  const cause = sanitizedCause(error, apiKey);
  const host = URL.canParse(root) ? new URL(root).host : 'its address';
  return new PipelineError({
    code: 'service-unreachable',
    message: `Could not reach the speech server at ${quoteUntrusted(host, apiKey)}: ${cause.message}. Check that it runs, and PIPELINE_SPEECH_URL.`,
    retry: 'backoff',
    cause,
  });
}

/** The error for speech that is not whole; another try may help. */
export function incomplete(why: string): PipelineError {
  return new PipelineError({
    code: 'take-incomplete',
    message: `The speech is not complete: ${why}.`,
    retry: 'backoff',
  });
}

/** The error for a server that does what a book must not get; no retry helps. */
export function unfit(message: string): PipelineError {
  return new PipelineError({ code: 'service-refused', message, retry: 'never' });
}

/** The error for another server, or another model, than the book was begun with: every further text would get it, too. */
export function otherThanPlanned(code: 'model-unknown' | 'service-unreachable', message: string): PipelineError {
  return new PipelineError({ code, message, retry: 'never' });
}

function matches({ status, code, message }: Rule, refusal: ServerRefusal): boolean {
  if (status !== undefined && !status(refusal.status)) return false;
  if (code !== undefined && !code.test(refusal.code)) return false;
  return message === undefined || message.test(`${refusal.message} ${refusal.param}`);
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function detailsOf({ status, code, message }: ServerRefusal, { apiKey = '' }: OwnServer): string {
  const said = quoteUntrusted([code, message].filter((part) => part !== '').join(': '), apiKey);
  return ` (HTTP ${status}${said === '' ? '' : `, "${said}"`})`;
}
