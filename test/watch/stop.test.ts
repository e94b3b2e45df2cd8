/** A watcher that is stopped says nothing about books that it was reading. */
import { afterEach, expect, it } from 'vitest';
import { PipelineError } from '../../src/errors.ts';
import type { Preparation } from '../../src/watch/book-work.ts';
import { manifest, type WatchRig, watchRig } from './rig.ts';

let rig: WatchRig;
afterEach(() => rig.destroy());

it.each([
  ['is cut off', { code: 'interrupted', message: 'Interrupted while reading a.yaml.' }],
  ['fails because ffmpeg got the Ctrl-C, too', { code: 'ffmpeg-failed', message: 'ffmpeg ended with SIGINT.' }],
  ['finds errors because a file could not be read to its end', undefined],
] as const)('a check that %s leaves no status and no rejection', async (_what, failure) => {
  let isReading = false;
  const prepare = async (_path: string, signal: AbortSignal): Promise<Preparation> => {
    isReading = true;
    await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
    if (failure === undefined) return { verdict: 'refused', text: '1 error' };
    throw new PipelineError({ ...failure, retry: 'never' });
  };
  rig = await watchRig({ prepare });
  await rig.drop('a.yaml', manifest('A'));
  await rig.until('the check has begun', () => isReading);
  await rig.stop();
  expect(await rig.status('a.yaml')).not.toMatch(/needs/);
  expect(await rig.exists('a.yaml.rejected.txt')).toBe(false);
  expect(await rig.exists('PIPELINE STOPPED - read me.txt')).toBe(false);
  expect(rig.events.filter(({ type }) => type === 'inbox.attention' || type === 'inbox.rejected')).toEqual([]);
  expect(rig.events.filter(({ type }) => type === 'inbox.paused')).toEqual([]);
});
