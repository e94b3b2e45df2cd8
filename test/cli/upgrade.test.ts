/**
 * What an earlier version paid for is not paid for again: each folder of test/fixtures/upgrade is a store that the commit of
 * its name wrote from book.yaml, without the sample. A new one is made by running that commit with `--simulate --store`.
 */
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRig, type Rig, SAMPLES } from './rig.ts';

const FIXTURES = 'test/fixtures/upgrade';
const versions = (await readdir(FIXTURES, { withFileTypes: true })).filter((entry) => entry.isDirectory());

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.destroy());

describe('a store of an earlier version', () => {
  it.each(versions.map(({ name }) => name))(
    'of %s: its voice and takes are used, nothing is called',
    async (version) => {
      await cp(join(FIXTURES, version), rig.path('store'), { recursive: true });
      await cp(join(FIXTURES, 'book.yaml'), rig.path('book.yaml'));
      await cp(join(SAMPLES, 'mara.mp3'), rig.path('mara.mp3'));
      const { code, stderr, finished } = await rig.runJson(['book.yaml', '--simulate', '--store', rig.path('store')]);
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
    },
  );

  it('there is one for every version that was delivered', () => {
    expect(versions.length).toBeGreaterThan(0);
  });
});
