/** `pipeline limits --from-service`: ours beside what the service allows this key, by model. */
import type { Config } from '../../config/config.ts';
import { PipelineError } from '../../errors.ts';
import { MODELS } from '../../models.ts';
import type { ServiceLimits } from '../../queue/limits/account-limits.ts';
import { askCatalog, type ModelAccess } from '../../speech/dashscope/catalog.ts';

/** One model. */
export interface ModelLimits {
  model: string;
  /** What runs keep to now; null where nothing is known. */
  ours: Record<keyof ServiceLimits, number | null>;
  /** What the service allows; null when it lists no limit for this key. */
  service: ServiceLimits | null;
  /** Ours that allow more than the service does. */
  tooHigh: (keyof ServiceLimits)[];
}

const ASK_MS = 15_000;
const FIELDS = ['callsPerMinute', 'callsPerSecond', 'tokensPerMinute'] as const;

/**
 * Asks the service; both questions are free. `stored`: what an earlier `--save` took over. Rejects with
 * `service-unreachable` when the service does not answer in its documented shape.
 */
export async function compareLimits(
  { inferenceHttpUrl: httpUrl, apiKey = '', callsPerMinute, tokensPerMinute }: Config,
  stored: Readonly<Record<string, ServiceLimits>>,
): Promise<ModelLimits[]> {
  const models = Object.keys(MODELS);
  const known = await askCatalog({ httpUrl, apiKey, models, timeoutMs: ASK_MS });
  if (known === undefined || known === 'key-refused') throw silent();
  return known.map((access) => {
    const { model } = access;
    const row = MODELS[model];
    const ours = {
      callsPerMinute: callsPerMinute ?? stored[model]?.callsPerMinute ?? row?.callsPerMinute ?? null,
      callsPerSecond: stored[model]?.callsPerSecond ?? row?.callsPerSecond ?? null,
      tokensPerMinute: tokensPerMinute ?? stored[model]?.tokensPerMinute ?? row?.tokensPerMinute ?? null,
    };
    const service = serviceLimits(access);
    return {
      model,
      ours,
      service,
      tooHigh: service === null ? [] : FIELDS.filter((field) => isHigher(ours, service, field)),
    };
  });
}

/** What to store: the service's figures of each model that it lists. */
export function toSave(limits: readonly ModelLimits[]): Record<string, ServiceLimits> {
  return Object.fromEntries(limits.flatMap(({ model, service }) => (service === null ? [] : [[model, service]])));
}

/**
 * The service's windows as ours. A window of a few seconds becomes a limit by the second, a longer one a limit by the minute;
 * each time so that no window of the service is exceeded.
 */
export function serviceLimits({ limit, tokenLimit }: Pick<ModelAccess, 'limit' | 'tokenLimit'>): ServiceLimits | null {
  const service: ServiceLimits = {};
  if (limit !== undefined) {
    const { calls, seconds } = limit;
    if (seconds < 60 && calls >= seconds) service.callsPerSecond = Math.floor(calls / seconds);
    else service.callsPerMinute = Math.max(1, Math.floor(seconds <= 60 ? calls : (calls * 60) / seconds));
  }
  if (tokenLimit !== undefined) {
    const { tokens, seconds } = tokenLimit;
    service.tokensPerMinute = Math.max(1, Math.floor(seconds <= 60 ? tokens : (tokens * 60) / seconds));
  }
  return Object.keys(service).length === 0 ? null : service;
}

/** A limit that we do not know counts as none. A limit by the second also limits the minute, and the other way round. */
function isHigher(ours: ModelLimits['ours'], service: ServiceLimits, field: keyof ServiceLimits): boolean {
  const theirs = service[field];
  if (theirs === undefined) return false;
  const most = ours[field] ?? Number.POSITIVE_INFINITY;
  if (field !== 'callsPerMinute') return most > theirs;
  return Math.min(most, (ours.callsPerSecond ?? Number.POSITIVE_INFINITY) * 60) > theirs;
}

function silent(): PipelineError {
  return new PipelineError({
    code: 'service-unreachable',
    message:
      'The service did not say which limits this key has. Check the key and its region (DASHSCOPE_REGION, DASHSCOPE_WORKSPACE_ID), ' +
      'or set limits by hand: pipeline limits --calls-per-minute N.',
    retry: 'backoff',
  });
}

const UNITS: Readonly<Record<keyof ServiceLimits, string>> = {
  callsPerMinute: 'calls a minute',
  callsPerSecond: 'calls a second',
  tokensPerMinute: 'tokens a minute',
};

/** One line of each model, for a person. */
export function limitLines(limits: readonly ModelLimits[]): string[] {
  const width = Math.max(...limits.map(({ model }) => model.length));
  return limits.map(({ model, ours, service, tooHigh }) => {
    const note = tooHigh.length === 0 ? '' : `  LOWER than ours: ${tooHigh.map((field) => UNITS[field]).join(', ')}`;
    return `${model.padEnd(width)}  ours: ${said(ours)}  service: ${service === null ? 'none for this key' : said(service)}${note}`;
  });
}

function said(limits: Partial<Record<keyof ServiceLimits, number | null>>): string {
  const parts = FIELDS.flatMap((field) => {
    const value = limits[field] ?? null;
    return value === null ? [] : [`${value} ${UNITS[field]}`];
  });
  return parts.join(', ') || 'no known limit';
}
