/** Watcher IDs: those of watchers that were killed where nobody can see it do not stay. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { afterEach, it } from 'vitest';
import { newHolder } from '../../src/holders/holder.ts';
import { type WatchRig, watchRig } from './rig.ts';

const CLAIM = { beatMs: 40, staleMs: 400 };
const host = hostname().replace(/[^A-Za-z0-9.-]/g, '_');
let rig: WatchRig;
afterEach(() => rig.destroy());

/** IDs of this host name that containers left when they were killed. */
async function leave(count: number): Promise<void> {
  await mkdir(rig.path('.pipeline-watch', 'watchers'), { recursive: true });
  for (let number = 1; number <= count; number++) {
    const dead = JSON.stringify({ ...newHolder(), namespaces: '1-1' });
    await writeFile(rig.path('.pipeline-watch', 'watchers', `${host}-${number}.json`), dead);
  }
}

it('with all IDs left by killed containers, a watcher starts, removes them, and the notice of their outage', async () => {
  rig = await watchRig({ start: false, timings: { claim: CLAIM } });
  await leave(32);
  await writeFile(rig.path('PIPELINE STOPPED - read me.txt'), 'old');
  await rig.restart();
  const ids = (): Promise<string[]> => readdir(rig.path('.pipeline-watch', 'watchers'));
  await rig.until('only one ID is left', async () => (await ids()).length === 1, 20_000);
  await rig.until('the notice is gone', async () => !(await rig.exists('PIPELINE STOPPED - read me.txt')));
});
