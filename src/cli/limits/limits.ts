/** `pipeline limits`: what the account may do at once, set once for all machines that share a Redis. */
import type { Redis } from 'ioredis';
import { queuePrefix } from '../../account.ts';
import { serviceOfProcess } from '../../composition/own-server.ts';
import { type Config, type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { PipelineError } from '../../errors.ts';
import { enrolmentCallsPerSecond, MODELS } from '../../models.ts';
import {
  ACCOUNT_LIMITS,
  type AccountLimit,
  readLimits,
  readServiceLimits,
  type SetLimits,
  saveServiceLimits,
  setLimits,
} from '../../queue/limits/account-limits.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { openTerminal } from '../screen/terminal.ts';
import { pad } from '../screen/text-width.ts';
import { compareLimits, limitLines, toSave } from './service-limits.ts';

/** Flags of the command: a number sets a limit, null removes it, undefined leaves it. */
export type LimitsFlags = Omit<Flags, 'sessions'> & {
  sessions?: number | null;
  callsPerMinute?: number | null;
  enrolmentsPerSecond?: number | null;
  fromService?: boolean;
  save?: boolean;
  json?: boolean;
};

/**
 * Sets the limits that are given, and shows all; or shows what the service allows, and takes it over. Exit code 0; fails with
 * `queue-unreachable` without Redis where it is needed, with `key-missing`, and with `service-unreachable`.
 */
export async function limitsCommand(all: LimitsFlags): Promise<number> {
  const { sessions, callsPerMinute, enrolmentsPerSecond, fromService, save, ...flags } = all;
  const terminal = openTerminal();
  const given = readConfig(flags);
  const sets = [sessions, callsPerMinute, enrolmentsPerSecond].some((value) => value !== undefined);
  if (fromService && sets) throw new ConfigError('--from-service and limits by hand exclude each other.');
  if (save && !fromService) throw new ConfigError('--save goes with --from-service.');
  if (given.redisUrl === undefined && (!fromService || save)) throw withoutRedis();
  const { account, config } = await serviceOfProcess(given, { sends: true });
  if (fromService && account.profile !== undefined)
    throw new ConfigError("One's own server has no limits to ask for. Set DASHSCOPE_API_KEY for those of the service.");
  if (given.redisUrl === undefined) return showServiceLimits({ terminal, config, json: flags.json });
  const { openQueue } = await import('../../queue/redis/connection.ts');
  const queue = await openQueue({
    redisUrl: given.redisUrl,
    cacheDir: config.cacheDir,
    prefix: queuePrefix({ account, storeId: 'limits' }),
    notice: (message) => terminal.err(message),
  });
  try {
    if (queue.redis === undefined) throw withoutRedis();
    if (fromService)
      return await showServiceLimits({
        terminal,
        config,
        json: flags.json,
        redis: queue.redis,
        account: account.id,
        save,
      });
    const changes = { sessions, callsPerMinute, enrolmentsPerSecond };
    await setLimits(queue.redis, account.id, changes);
    const set = await readLimits(queue.redis, account.id);
    if (flags.json) terminal.raw(JSON.stringify(limitsEvent(set, config)));
    else for (const limit of ACCOUNT_LIMITS) terminal.out(line(limit, set, config));
    return EXIT.ok;
  } finally {
    await queue.close();
  }
}

async function showServiceLimits(of: {
  terminal: ReturnType<typeof openTerminal>;
  config: Config;
  json: boolean | undefined;
  redis?: Redis;
  account?: string;
  save?: boolean | undefined;
}): Promise<number> {
  const { terminal, config, json, redis, account = '', save = false } = of;
  const stored = redis === undefined ? {} : await readServiceLimits(redis, account);
  const limits = await compareLimits(config, stored);
  if (save && redis !== undefined) await saveServiceLimits(redis, account, toSave(limits));
  if (json) {
    terminal.raw(JSON.stringify({ type: 'limits.service', models: limits, saved: save }));
    return EXIT.ok;
  }
  for (const text of limitLines(limits)) terminal.out(text);
  const isTooHigh = limits.some(({ tooHigh }) => tooHigh.length > 0);
  if (save) terminal.out('Saved. Runs and workers that start from now on keep to them.');
  else if (isTooHigh) terminal.out('To keep to the limits of the service: pipeline limits --from-service --save');
  return EXIT.ok;
}

function withoutRedis(): PipelineError {
  return new PipelineError({
    code: 'queue-unreachable',
    message:
      'Limits apply to all machines that share a Redis. Set REDIS_URL to the same URL as for the runs and workers. ' +
      'Without it, a run follows its own --sessions, PIPELINE_CALLS_PER_MINUTE and the limits of the model.',
    retry: 'never',
  });
}

/** Relied upon from outside: add, never rename. */
function limitsEvent(set: SetLimits, config: Config): object {
  const limits = ACCOUNT_LIMITS.map((limit) => [
    limit,
    { value: set[limit] ?? ownSetting(limit, config), isSet: set[limit] !== undefined },
  ]);
  return { type: 'limits', ...Object.fromEntries(limits) };
}

const LABELS: Readonly<Record<AccountLimit, string>> = {
  sessions: 'sessions at once',
  callsPerMinute: 'calls per minute and model',
  enrolmentsPerSecond: 'enrollment calls per second',
};

function line(limit: AccountLimit, set: SetLimits, config: Config): string {
  const value = set[limit];
  const label = pad(LABELS[limit], 28);
  if (value !== undefined) return `${label}${value}  (set for all machines)`;
  const own = ownSetting(limit, config);
  if (own !== null) return `${label}${own}  (setting of this machine)`;
  const models = Object.values(MODELS).map(({ id, callsPerMinute }) => `${id} ${callsPerMinute ?? 'no known limit'}`);
  return `${label}by model: ${models.join(', ')}`;
}

/** What a run on this machine uses where nothing is set; null: the limit of each model. */
function ownSetting(limit: AccountLimit, config: Config): number | null {
  switch (limit) {
    case 'sessions':
      return config.sessionsAtOnce;
    case 'callsPerMinute':
      return config.callsPerMinute ?? null;
    case 'enrolmentsPerSecond':
      return enrolmentCallsPerSecond('qwen-voice-enrollment');
  }
}
