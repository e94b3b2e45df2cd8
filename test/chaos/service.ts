/** The simulator as a process of its own, which can be killed and started again and is asked what it has spoken. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChaosEngine } from './engines.ts';
import { type Program, startProgram } from './program.ts';

/** The simulator and its successors. */
export interface ServiceProcess {
  port(): number;
  /** How often a response was begun for each text, by all of them together. */
  spoken(): Promise<Map<string, number>>;
  /** Voices that were ever enrolled; undefined for an engine that enrolls none. */
  voices(): Promise<number | undefined>;
  /** SIGKILL, `awayMs` without it, and a start with the voices it had. Nobody may reach it meanwhile: its counts would be lost. */
  restart(of: { awayMs: number }): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it; `firstAudioMs` is how long it thinks before it speaks a line, `cloneMs` how long it takes to make a voice. */
export async function startService(
  folder: string,
  { firstAudioMs, cloneMs = 0, engine }: { firstAudioMs: number; cloneMs?: number; engine: ChaosEngine },
): Promise<ServiceProcess> {
  const state = join(folder, 'service');
  const before = new Map<string, number>();
  const launch = async (): Promise<{ program: Program; base: string }> => {
    const speed = ['--first-audio-ms', String(firstAudioMs), '--speed', `cloneMs=${cloneMs}`];
    const args = ['simulate', '--tones', '--state', state, ...speed, '--port', '0'];
    const program = startProgram(args, { cwd: folder, env: {} });
    const line = await program.line('Simulator ready');
    const base = /DASHSCOPE_HTTP_BASE_URL=(\S+)\/api\/v1/.exec(line)?.[1];
    if (base === undefined) throw new Error(`The simulator says no address: ${line}`);
    return { program, base };
  };
  let now = await launch();
  const counts = async (): Promise<Map<string, number>> => {
    const response = await fetch(`${now.base}/simulator/spoken`);
    const since = Object.entries((await response.json()) as Record<string, number>);
    const all = new Map(before);
    for (const [text, times] of since) all.set(text, (all.get(text) ?? 0) + times);
    return all;
  };
  const kill = async (): Promise<void> => {
    now.program.kill('SIGKILL');
    await now.program.ended;
  };
  return {
    port: () => Number(new URL(now.base).port),
    spoken: counts,
    voices: async () => {
      if (engine.voicesFile === undefined) return undefined;
      const file = await readFile(join(state, engine.voicesFile), 'utf8').catch(() => undefined);
      if (file === undefined) return 0;
      return (JSON.parse(file) as { voices: unknown[] }).voices.length;
    },
    restart: async ({ awayMs }) => {
      for (const [text, times] of await counts()) before.set(text, times);
      await kill();
      await new Promise((done) => setTimeout(done, awayMs));
      now = await launch();
    },
    stop: kill,
  };
}
