/**
 * Asks the service which models a key may use and within which limits: `GET /models` and `GET /models/limits`. Both are
 * free. Sources: models.py of the SDK for Python; readings of the official command line (2026-09).
 */
import { authorizationHeader } from './redact.ts';

/** What the service says of one model. */
export interface ModelAccess {
  model: string;
  /** The service lists it for this key. */
  isListed: boolean;
  /** Calls in a window of seconds; undefined when the service tells none. */
  limit?: { calls: number; seconds: number };
  /** Tokens in a window of seconds; undefined when the service tells none. */
  tokenLimit?: { tokens: number; seconds: number };
}

/** The largest answer that is read; one model is about 2 kB. */
const MOST_CHARACTERS = 1_000_000;

/**
 * Asks for each model. `key-refused` when the service does not take the key; undefined when it does not answer both
 * questions in their documented shapes: nothing may be concluded then. Never throws.
 */
export async function askCatalog(of: {
  httpUrl: string;
  apiKey: string;
  models: readonly string[];
  timeoutMs: number;
}): Promise<ModelAccess[] | 'key-refused' | undefined> {
  const { httpUrl, apiKey, models, timeoutMs } = of;
  const signal = AbortSignal.timeout(timeoutMs);
  const ask = (path: string, model: string): Promise<unknown> =>
    getJson(`${httpUrl}/${path}model=${encodeURIComponent(model)}`, { apiKey, signal });
  try {
    return await Promise.all(
      models.map(async (model) => {
        const listed = listOf(await ask('models?page_no=1&page_size=1&', model), 'models');
        const isListed = listed.some((row) => fieldOf(row, 'model') === model);
        const quotas = listOf(await ask('models/limits?', model).catch(() => ({ output: { quotas: [] } })), 'quotas');
        const row = quotas.find((quota) => fieldOf(quota, 'model') === model);
        const [limit, tokenLimit] = [limitOf(row), tokenLimitOf(row)];
        return { model, isListed, ...(limit && { limit }), ...(tokenLimit && { tokenLimit }) };
      }),
    );
  } catch (error) {
    return error === KEY_REFUSED ? 'key-refused' : undefined;
  }
}

/** Longest wait for the list of models, in milliseconds. */
const LIST_MS = 8_000;

/**
 * Whether the service lists the model for this key; undefined when nothing may be concluded: it does not answer, lists
 * nothing at all, or answers a question for one model with others. Free. Never rejects.
 */
export async function isModelListed(of: {
  httpUrl: string;
  apiKey: string;
  model: string;
}): Promise<boolean | undefined> {
  const { httpUrl, apiKey, model } = of;
  const signal = AbortSignal.timeout(LIST_MS);
  const ask = async (filter: string): Promise<unknown[]> =>
    listOf(await getJson(`${httpUrl}/models?page_no=1&page_size=1${filter}`, { apiKey, signal }), 'models');
  try {
    const [found, any] = await Promise.all([ask(`&model=${encodeURIComponent(model)}`), ask('')]);
    if (found.some((row) => fieldOf(row, 'model') === model)) return true;
    return found.length === 0 && any.length > 0 ? false : undefined;
  } catch {
    return undefined;
  }
}

const KEY_REFUSED = new Error('the key was refused');

async function getJson(url: string, { apiKey, signal }: { apiKey: string; signal: AbortSignal }): Promise<unknown> {
  const headers = { authorization: authorizationHeader(apiKey) };
  const response = await fetch(url, { headers, signal, redirect: 'error' });
  const text = await response.text();
  if (response.status === 401) throw KEY_REFUSED;
  if (!response.ok || text.length > MOST_CHARACTERS) throw new Error(`HTTP ${response.status}`);
  return JSON.parse(text);
}

/** The rows under `output.NAME`, or under NAME at hosts that leave `output` out; throws for another shape. */
function listOf(body: unknown, name: string): unknown[] {
  const rows = fieldOf(fieldOf(body, 'output'), name) ?? fieldOf(body, name);
  if (!Array.isArray(rows)) throw new Error(`no ${name}`);
  return rows;
}

/** The stricter of the account's and the workspace's limit, by calls a second. */
function limitOf(row: unknown): ModelAccess['limit'] {
  const limits = ['model_limit', 'workspace_limit'].flatMap((name) => {
    const calls = fieldOf(fieldOf(row, name), 'request_limit');
    const seconds = fieldOf(fieldOf(row, name), 'request_limit_period');
    return isPositive(calls) && isPositive(seconds) ? [{ calls, seconds }] : [];
  });
  return limits.sort((a, b) => a.calls / a.seconds - b.calls / b.seconds)[0];
}

/** The stricter limit on tokens, by tokens a second; a limit on another unit is none on tokens. */
function tokenLimitOf(row: unknown): ModelAccess['tokenLimit'] {
  const limits = ['model_limit', 'workspace_limit'].flatMap((name) => {
    const tokens = fieldOf(fieldOf(row, name), 'usage_limit');
    const seconds = fieldOf(fieldOf(row, name), 'usage_limit_period');
    const isOfTokens = /token/i.test(String(fieldOf(fieldOf(row, name), 'usage_limit_field')));
    return isOfTokens && isPositive(tokens) && isPositive(seconds) ? [{ tokens, seconds }] : [];
  });
  return limits.sort((a, b) => a.tokens / a.seconds - b.tokens / b.seconds)[0];
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
