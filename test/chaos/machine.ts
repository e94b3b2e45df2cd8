/** A machine of the suite: one process of the program and its wires to Redis and to the service. */
import type { NetConnectOpts } from 'node:net';
import { resolve } from 'node:path';
import type { ChaosEngine } from './engines.ts';
import { type Program, startProgram } from './program.ts';
import { openWire, type Wire } from './proxy.ts';

/** A worker or the runner. */
export interface Machine {
  readonly name: string;
  readonly redis: Wire;
  readonly service: Wire;
  /** The process that runs now, or ran last. */
  program(): Program | undefined;
  /** Lines of the log since the last call about tries that did not end well: what a broken promise is looked into with. */
  troubles(): string[];
  /** Starts `pipeline ARGS`; the one before must have ended. */
  start(args: readonly string[], onLine?: (line: string) => void): Program;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Seconds by which a machine's clock goes with each SIGUSR2: first on by a day, then back by two hours. */
const CLOCK_STEPS = [86_400, -93_600, 7_200];

/** How a worker's log and a run's events tell of them. */
const TROUBLE = /"end":"(retried|failed|postponed|handed-back)"|"type":"[a-z]+\.(failed|retrying|retry)"/;

/** Lays the wires of a machine. */
export async function openMachine(
  name: string,
  of: { folder: string; redis: NetConnectOpts; service: NetConnectOpts; engine: ChaosEngine },
): Promise<Machine> {
  const [redis, service] = await Promise.all([openWire(of.redis), openWire(of.service)]);
  let program: Program | undefined;
  let troubles: string[] = [];
  const kill = async (): Promise<void> => {
    program?.kill('SIGKILL');
    await program?.ended;
  };
  const env = {
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    ...of.engine.env(service.port),
    PIPELINE_STALL_SECONDS: '5',
    NODE_OPTIONS: `--import ${resolve('test/chaos/stepped-clock.mjs')}`,
    CHAOS_CLOCK_STEPS: CLOCK_STEPS.join(','),
  };
  return {
    name,
    redis,
    service,
    program: () => program,
    troubles: () => {
      const seen = troubles;
      troubles = [];
      return seen;
    },
    start: (args, onLine) => {
      const hear = (line: string): void => {
        if (TROUBLE.test(line)) troubles.push(line);
        onLine?.(line);
      };
      program = startProgram(args, { cwd: of.folder, env, onLine: hear });
      return program;
    },
    kill,
    close: async () => {
      // A process that is asleep must wake up to be seen ending.
      await kill();
      await Promise.all([redis.close(), service.close()]);
    },
  };
}
