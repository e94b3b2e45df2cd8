/** A machine of the suite: one process of the program, its clock, and its wires to Redis, to the service and to S3. */
import type { NetConnectOpts } from 'node:net';
import { resolve } from 'node:path';
import { clockEnv } from './clocks.ts';
import type { ChaosEngine } from './engines.ts';
import { type Program, startProgram } from './program.ts';
import { openWire, type Wire } from './proxy.ts';

/** A worker or the runner. */
export interface Machine {
  readonly name: string;
  readonly redis: Wire;
  readonly service: Wire;
  /** Undefined with a store on disk. */
  readonly s3: Wire | undefined;
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
  of: {
    folder: string;
    redis: NetConnectOpts;
    service: NetConnectOpts;
    /** The server's address, and the variables of a process that should use it. */
    s3: { to: NetConnectOpts; env: NodeJS.ProcessEnv } | undefined;
    engine: ChaosEngine;
    /** Further variables of all machines. */
    env: NodeJS.ProcessEnv;
    /** How far its clock is off, such as `+90s`; undefined: not at all. */
    clock: string | undefined;
  },
): Promise<Machine> {
  const [redis, service, s3] = await Promise.all([
    openWire(of.redis),
    openWire(of.service),
    of.s3 === undefined ? undefined : openWire(of.s3.to),
  ]);
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
    ...of.env,
    ...(s3 === undefined ? {} : { ...of.s3?.env, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${s3.port}` }),
    ...clockEnv(of.clock),
  };
  return {
    name,
    redis,
    service,
    s3,
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
      await Promise.all([redis.close(), service.close(), s3?.close()]);
    },
  };
}
