/**
 * What an earlier version paid for is not paid for again: each folder of test/fixtures/upgrade is a store that the commit of
 * its name wrote from book.yaml, without the sample. A new one is made by running that commit with `--simulate --store`.
 */
import { createHash } from 'node:crypto';
import { cp, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRig, type Rig, SAMPLES } from './rig.ts';

const FIXTURES = 'test/fixtures/upgrade';
/** Of an older mastering: their chapters are mastered again, from the same takes. The number is not raised for a move of code. */
const MASTERED_AGAIN: ReadonlySet<string> = new Set(['8282718']);
/** Written anew by each run: when, and by whom. */
const OF_THE_RUN = /^records\/(submission|book-state|voice-use|pace)\//;
const versions = (await readdir(FIXTURES, { withFileTypes: true })).filter((entry) => entry.isDirectory());

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.destroy());

describe('a store of an earlier version', () => {
  it.each(versions.map(({ name }) => name))(
    'of %s: its voice, takes and masters are used, nothing is called',
    async (version) => {
      await cp(join(FIXTURES, version), rig.path('store'), { recursive: true });
      await cp(join(FIXTURES, 'book.yaml'), rig.path('book.yaml'));
      await cp(join(SAMPLES, 'mara.mp3'), rig.path('mara.mp3'));
      const before = await digestsBelow(rig.path('store'));
      const { code, stderr, events, finished } = await rig.runJson([
        'book.yaml',
        '--simulate',
        '--store',
        rig.path('store'),
      ]);
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(finished).toMatchObject({
        ok: true,
        voices: { enrolled: 0, reused: 1 },
        segments: { total: 3, synthesized: 0, reused: 3, failed: 0 },
        billedCharacters: 0,
        calls: { enroll: 0, list: 0, synthesize: 0 },
      });
      expect(finished.chapters.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
      if (MASTERED_AGAIN.has(version)) return;
      expect(events.find(({ type }) => type === 'run.planned')).toMatchObject({ chapters: { total: 2, master: 0 } });
      const delivered = events.flatMap((event) => (event.type === 'chapter.delivered' ? [event.outcome] : []));
      expect(delivered).toEqual(['reused', 'reused']);
      expect(await digestsBelow(rig.path('store'))).toEqual(before);
    },
  );

  it('there is one for every version that was delivered', () => {
    expect(versions.length).toBeGreaterThan(0);
    // One at least must be of today's keys and today's mastering, or nobody would see that they are others.
    expect(versions.some(({ name }) => !MASTERED_AGAIN.has(name))).toBe(true);
  });
});

/** Of all files that outlive a run, by name. */
async function digestsBelow(root: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(root, path);
    if (!entry.isFile() || OF_THE_RUN.test(name)) continue;
    digests[name] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return digests;
}
