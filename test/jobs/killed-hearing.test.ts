/** A worker that is really killed, after a take was heard and before it is stored: nothing is spoken or heard again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { synthesize } from '../../jobs/synthesize.ts';
import { createServiceRecogniser } from '../../src/hearing/service-recogniser.ts';
import type { SynthesizeStep } from '../../src/plan/step.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { readSpending } from '../../src/store/spending/read-spending.ts';
import { openSpendingLedger } from '../../src/store/spending/spending-ledger.ts';
import { findTake } from '../../src/store/takes.ts';
import { KEY, openJobFixture } from './job-fixture.ts';

it('kill -9 between hearing and storing: the next worker stores the take, without a call', async () => {
  const program = fileURLToPath(new URL('./hearing-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { folder, step } = JSON.parse(line) as { folder: string; step: SynthesizeStep };
  child.kill('SIGKILL');
  await once(child, 'exit');
  const fixture = await openJobFixture();
  try {
    const store = await openDiskStore(join(folder, 'store'));
    expect(await findTake(store, step.key)).toBeUndefined();
    const { httpBaseUrl } = fixture.simulator;
    const recogniser = createServiceRecogniser({ httpBaseUrl, apiKey: KEY });
    await fixture.context.budgets.open('budget', null);
    const context = { ...fixture.context, store, spending: openSpendingLedger(store), recogniser };
    const result = await synthesize(step, { signal: new AbortController().signal, attempt: 1 }, context);
    expect(result).toMatchObject({ outcome: 'made', calls: { synthesize: 0, enroll: 0 }, billedCharacters: 0 });
    expect(fixture.simulator.metrics()).toMatchObject({ hearing: { calls: 0 } });
    expect(await findTake(store, step.key)).toMatchObject({ hearing: { verdict: 'ok' } });
    const { calls } = await readSpending(store);
    expect(calls.map(({ reason }) => reason)).toEqual(['voice', 'first', 'hearing']);
  } finally {
    await fixture.close();
    await rm(folder, { recursive: true, force: true });
  }
});
