/** Urgent books in the built program: their segments go before those of a running book. */
import { mkdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeRig, type Rig } from '../cli/rig.ts';
import { chaptersOf, startService, startWatching, until } from './program.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  await mkdir(rig.path('inbox'));
});
afterEach(() => rig.destroy());

it('an urgent book is spoken to its end before a running book continues', { timeout: 240_000 }, async () => {
  const service = await startService(rig, ['--speed', 'timesRealtime=3', '--speed', 'firstAudioMs=300']);
  const watcher = startWatching(rig, ['inbox', '--books-at-once', '1', '--sessions', '1'], service.env);
  const texts = (what: string, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `${what} sentence number ${index + 1}.`);
  await rig.write('inbox/slow.yaml', chaptersOf('Slow', texts('A slow', 24)));
  const begun = async (what: string): Promise<number> =>
    Object.keys(await service.spoken()).filter((text) => text.startsWith(what)).length;
  await until('the slow book is spoken', async () => (await begun('A slow')) > 0);
  await rig.write('inbox/urgent/u.yaml', chaptersOf('Urgent', texts('An urgent', 7)));
  await until('the urgent book is begun', async () => (await begun('An urgent')) > 0);
  const before = await begun('A slow');
  await until('the urgent book is spoken', async () => (await begun('An urgent')) === 7);
  const after = await begun('A slow');
  // With fair shares it would be about as many as the urgent book has.
  expect(after - before).toBeLessThanOrEqual(2);
  expect(after).toBeLessThan(24);
  watcher.child.kill('SIGKILL');
  await watcher.done;
});
