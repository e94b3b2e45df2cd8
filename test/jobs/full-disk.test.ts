/** The store's disk fills up while a segment waits for a session: its text is not sent. Needs root to mount a small disk. */
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobContext } from '../../jobs/context.ts';
import { synthesize } from '../../jobs/synthesize.ts';
import type { SynthesizeStep } from '../../src/plan/step.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { createSessionPool } from '../../src/speech/dashscope-realtime/session-pool.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { enrollStep, type JobFixture, KEY, MODEL, openJobFixture, recording } from './job-fixture.ts';

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture({ speed: { firstAudioMs: 3_000 } });
});
afterEach(() => fixture.close());

it('what waits for a session when the disk fills up is not sent', async (test) => {
  const disk = join(fixture.folder, 'disk');
  await mkdir(disk);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', disk]).status !== 0)
    return test.skip('this user may not mount a small file system');
  const limits = openLimits(
    { redis: undefined, prefix: 'full' },
    { account: 'full', enrollPerSecond: 10, sessionsAtOnce: 1 },
  );
  const sessions = createSessionPool({ ...fixture.simulator, apiKey: KEY, maxSessions: 1, slots: limits.sessionSlots });
  try {
    const context: JobContext = { ...fixture.context, store: await openDiskStore(join(disk, 'store')), sessions };
    const enrollment = await enrollStep({ ...fixture, context }, await recording());
    const step = (key: string): SynthesizeStep => ({
      ...{ kind: 'synthesize', key, chapter: 1, ordinal: 1, character: 'mara', voice: { enrollment } },
      ...{ model: MODEL, languageType: 'English', sampleRateHz: 24_000, text: `The boat came out of the fog, ${key}.` },
    });
    const attempt = { attempt: 1, signal: new AbortController().signal };
    const both = Promise.allSettled([step('one'), step('two')].map((of) => synthesize(of, attempt, context)));
    await expect.poll(() => sessions.stats().commits, { interval: 20, timeout: 20_000 }).toBe(1);
    // Fails at the last byte, which is what is wanted.
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'ballast')}`, 'bs=64k']);
    expect((await both).map((end) => end.status === 'rejected' && end.reason.code)).toEqual(['disk-full', 'disk-full']);
    expect(sessions.stats().commits).toBe(1);
  } finally {
    await sessions.close();
    limits.close();
    spawnSync('umount', [disk]);
  }
});
