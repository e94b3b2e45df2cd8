/** An error response of the service as we read it, over HTTP or at the handshake. */

/** An error response of the service: over HTTP, at the handshake, as an `error` event or as the reason of a close. */
export interface Refusal {
  /** HTTP status; absent for events on an open socket. */
  status?: number;
  /** The `code`, or the older `type` where there is no code. */
  code?: string;
  message?: string;
  requestId?: string;
  /** From a `Retry-After` header, in case one is ever sent. */
  retryAfterMs?: number;
}

/** The operation that was refused. */
export interface RefusalContext {
  doing: 'enrol' | 'speak' | 'hear';
  /** Only needed to mask it in messages. */
  apiKey: string;
  /** The requested model, for messages. */
  model?: string;
}

/** A longer text is a page. */
const MAX_TEXT_CHARACTERS = 400;

/**
 * Reads an error response: `{code, message, request_id}`, or the same inside `error`, as the service's
 * OpenAI-compatible hosts wrap it; or a short text, as a gateway writes it. A body that is empty, `{}`, truncated JSON or a
 * page yields only the status.
 */
export function readRefusal(status: number, body: string): Refusal {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { status, ...sentenceIn(body) };
  }
  if (typeof parsed !== 'object' || parsed === null) return { status, ...sentenceIn(parsed) };
  if ('error' in parsed && typeof parsed.error === 'string') return { status, ...sentenceIn(parsed.error) };
  const said = 'error' in parsed && typeof parsed.error === 'object' && parsed.error !== null ? parsed.error : parsed;
  const refusal: Refusal = { status };
  if ('code' in said && typeof said.code === 'string') refusal.code = said.code;
  if ('message' in said && typeof said.message === 'string') refusal.message = said.message;
  if ('request_id' in parsed && typeof parsed.request_id === 'string') refusal.requestId = parsed.request_id;
  return refusal;
}

/**
 * The refusal in a body whose status says success; undefined when there is none. A code decides, unless it is one of those for
 * success; without one, words where the result should be.
 */
export function refusalIn(body: Record<string, unknown>): Refusal | undefined {
  const { output, usage, request_id: requestId } = body;
  const [code, message] = [firstOf(body, CODE_NAMES), firstOf(body, MESSAGE_NAMES)];
  const isCode = (typeof code === 'string' && code !== '') || typeof code === 'number';
  if (isCode && /^(success|ok|0|200)$/i.test(String(code))) return undefined;
  const said = isCode ? { code: String(code) } : {};
  const words = typeof message === 'string' && message !== '' ? { message } : {};
  // Whatever is said beside it, a voice was made: it must not be made again.
  if (typeof output === 'object' && output !== null && ('voice' in output || 'voice_id' in output)) return undefined;
  const hasResult = (output !== undefined && output !== null) || usage !== undefined;
  const isRefused = body['success'] === false || (words.message !== undefined && !hasResult);
  if (!isCode && !isRefused) return undefined;
  return { ...said, ...words, ...(typeof requestId === 'string' && { requestId }) };
}

/** How services and the gateways before them name both. */
const CODE_NAMES = ['code', 'errorCode', 'error_code', 'errCode'];
const MESSAGE_NAMES = ['message', 'errorMessage', 'error_message', 'error_msg', 'errMsg', 'msg'];

function firstOf(body: Record<string, unknown>, names: readonly string[]): unknown {
  return names.map((name) => body[name]).find((value) => value !== undefined && value !== null);
}

/** A `Retry-After` header in seconds, as milliseconds; undefined when absent or not a number. None is documented. */
export function retryAfterMs(header: string | null | undefined): number | undefined {
  const seconds = header ? Number(header) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}

/** A few words, no page and no broken JSON. */
function sentenceIn(value: unknown): Pick<Refusal, 'message'> {
  if (typeof value !== 'string' || value.length > MAX_TEXT_CHARACTERS) return {};
  const message = value.trim();
  return /^[^<{[].*\s/.test(message) ? { message } : {};
}
