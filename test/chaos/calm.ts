/** The same book in a world of its own where nothing goes wrong: one process, a store on disk, no Redis. */
import { join } from 'node:path';
import type { PipelineEvent } from '../../src/events.ts';
import type { StormBook } from './book.ts';
import { deliveredDigests } from './evidence.ts';
import { startProgram } from './program.ts';
import { startService } from './service.ts';
import type { World } from './world.ts';

/** What came of it. */
export interface Calm {
  /** Digests of the delivered files. */
  digests: Record<string, string>;
  /** What it cost, or was planned to cost if that is more, in currency units. */
  cost: number;
}

/** Makes the book in `folder`. */
export async function undisturbed({ manifest }: StormBook, folder: string, { engine, env }: World): Promise<Calm> {
  const service = await startService(folder, { firstAudioMs: 0, engine });
  let planned = 0;
  let cost: number | undefined;
  try {
    const out = join(folder, 'calm-out');
    const args = ['run', manifest, '--json', '--store', join(folder, 'calm-store'), '--out', out, '--no-lock'];
    const program = startProgram(args, {
      cwd: folder,
      env: { ...env, ...engine.env(service.port()) },
      onLine: (line) => {
        const event = JSON.parse(line) as PipelineEvent;
        if (event.type === 'run.planned') planned = event.plan.cost?.amount ?? 0;
        if (event.type === 'run.finished') cost = event.cost?.amount;
      },
    });
    if ((await program.ended) !== 0 || cost === undefined)
      throw new Error(`The undisturbed run failed:\n${program.output()}`);
    return { digests: await deliveredDigests(out), cost: Math.max(planned, cost) };
  } finally {
    await service.stop();
  }
}
