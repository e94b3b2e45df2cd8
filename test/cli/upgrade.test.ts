/**
 * What an earlier version paid for is not paid for again: each folder of test/fixtures/upgrade is a store that the commit of
 * its name wrote from book.yaml, without the sample. A new one is made by running that commit with `--simulate --store`.
 */
import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig, SAMPLES } from './rig.ts';

queueInRedis();
commandsHere();

const FIXTURES = 'test/fixtures/upgrade';
/** Of an older mastering: their chapters are mastered anew, from the same takes, and nothing is spoken. */
const MASTERED_AGAIN: ReadonlySet<string> = new Set(['8282718', '4ea1121']);
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
  });
});

describe('a store and a lock of an earlier version of mastering', () => {
  const locked = ['book.yaml', '--simulate', '--locked', '--store'];
  const NOTHING_CALLED = { calls: { enroll: 0, list: 0, synthesize: 0 }, billedCharacters: 0 };

  beforeEach(async () => {
    await cp(join(FIXTURES, '4ea1121'), rig.path('store'), { recursive: true });
    await cp(join(FIXTURES, '4ea1121.lock'), rig.path('book.lock'));
    await cp(join(FIXTURES, 'book.yaml'), rig.path('book.yaml'));
    await cp(join(SAMPLES, 'mara.mp3'), rig.path('mara.mp3'));
  });

  it('are reproduced byte for byte, and the book is equal to its lock', async () => {
    const before = await digestsBelow(rig.path('store'));
    const { code, events, finished } = await rig.runJson([...locked, rig.path('store')]);
    expect(code).toBe(0);
    expect(finished).toMatchObject({ ok: true, ...NOTHING_CALLED });
    expect(events.find(({ type }) => type === 'run.planned')).toMatchObject({ chapters: { total: 2, master: 0 } });
    const { chapters } = JSON.parse((await rig.read('book.lock')).toString());
    for (const [at, name] of ['01 - One.mp3', '02 - Two.mp3'].entries()) {
      const bytes = await rig.read(`out/The Old Store/${name}`);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(chapters[at].files.mp3);
    }
    expect(await digestsBelow(rig.path('store'))).toEqual(before);
    for (const sides of [
      ['book.lock', 'book.yaml'],
      ['book.yaml', 'book.lock'],
      ['out/The Old Store', 'book.yaml'],
    ])
      expect(await rig.run(['diff', ...sides])).toMatchObject({ code: 0, stdout: 'The editions are equal.\n' });
  });

  it('a chapter that the store no longer has is named, with exit code 1; then it is mastered anew and nothing is spoken', async () => {
    const { chapters } = JSON.parse((await rig.read('book.lock')).toString());
    await rm(rig.path('store/records/master', chapters[1].master.slice(0, 2)), { recursive: true });
    const before = await digestsBelow(rig.path('store'));
    const { code, events, finished } = await rig.runJson([...locked, rig.path('store')]);
    expect(code).toBe(1);
    expect(finished).toMatchObject({ ok: false, ...NOTHING_CALLED });
    expect(events.filter(({ type }) => type === 'chapter.failed')).toMatchObject([
      { index: 2, code: 'lock-differs', message: expect.stringContaining('mastered by an earlier version') },
    ]);
    expect(events.filter(({ type }) => type === 'chapter.delivered')).toMatchObject([{ index: 1, outcome: 'reused' }]);
    expect(await digestsBelow(rig.path('store'))).toEqual(before);
    const plan = await rig.run(['plan', 'book.yaml', '--simulate', '--store', rig.path('store')]);
    expect(plan.stdout).toContain('mastered again by this version of the program, nothing is spoken');
    expect(plan.stdout).toContain('0 segments to speak, 0 billed characters');
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
