/** `pipeline limits`: what the account may do at once, set once for all machines that share a Redis. */
import { queuePrefix } from '../../account.ts';
import { type Config, type Flags, readConfig } from '../../config/config.ts';
import { PipelineError } from '../../errors.ts';
import { enrolmentCallsPerSecond, MODELS } from '../../models.ts';
import {
  ACCOUNT_LIMITS,
  type AccountLimit,
  readLimits,
  type SetLimits,
  setLimits,
} from '../../queue/account-limits.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { serviceOfProcess } from '../composition/own-server.ts';
import { openTerminal } from '../screen/terminal.ts';
import { pad } from '../screen/text-width.ts';

/** Flags of the command: a number sets a limit, null removes it, undefined leaves it. */
export type LimitsFlags = Omit<Flags, 'sessions'> & {
  sessions?: number | null;
  callsPerMinute?: number | null;
  enrolmentsPerSecond?: number | null;
  json?: boolean;
};

/** Sets the limits that are given, and shows all. Exit code 0; fails with `queue-unreachable` without Redis, and `key-missing`. */
export async function limitsCommand({ sessions, callsPerMinute, enrolmentsPerSecond, ...flags }: LimitsFlags) {
  const terminal = openTerminal();
  const given = readConfig(flags);
  if (given.redisUrl === undefined) throw withoutRedis();
  const { account, config } = await serviceOfProcess(given, { sends: true });
  const { openQueue } = await import('../../queue/connection.ts');
  const queue = await openQueue({
    redisUrl: given.redisUrl,
    cacheDir: config.cacheDir,
    prefix: queuePrefix({ account, storeId: 'limits' }),
    notice: (message) => terminal.err(message),
  });
  try {
    if (queue.redis === undefined) throw withoutRedis();
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
