/** `pipeline store …`, `history` and `diff BOOK@1`: run as a user would, with the simulator inside. */
import { cp } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDiskStore } from '../../src/store/disk.ts';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();
commandsHere();

let rig: Rig;
beforeAll(async () => {
  rig = await makeRig();
  await writeBook(rig, { formats: 'mp3, m4b' });
  await rig.runJson(['book.yaml', '--simulate']);
  await rig.write('first.lock', await rig.read('book.lock'));
  await rig.write('one.txt', 'The boat came out of the fog a little before noon.\n\n[mara] Ahoy, the keeper!\n');
  await rig.runJson(['book.yaml', '--simulate', '--budget', '5']);
});
afterAll(() => rig.destroy());

/** The last line of a command with `--json`. */
async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await rig.run([...args, '--simulate', '--json']);
  expect(stderr + code).toBe('0');
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown>;
}

it('lists the editions of a book, and compares two of them', async () => {
  const { editions } = (await json('history', 'book.yaml')) as { editions: Record<string, unknown>[] };
  expect(editions.map(({ number, hasLock }) => [number, hasLock])).toEqual([
    [1, false],
    [2, true],
  ]);
  expect(editions[1]).toMatchObject({ changes: { changed: 1, added: 0, removed: 0 }, simulated: true });
  const shown = await rig.run(['history', 'a small', '--simulate']);
  expect(shown.stdout).toMatch(/“A Small Book” \(simulated\)[\s\S]*1 line changed/);
  const diff = await rig.run(['diff', 'book.yaml@1', 'A Small Book@2', '--simulate']);
  expect(diff).toMatchObject({ code: 1, stdout: expect.stringContaining('keeper') });
  const none = await rig.run(['diff', 'book.yaml@1', 'book.yaml@7', '--simulate']);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('It has 1, 2.') });
});

it('shows its size, and deletes what no kept edition needs; then nothing is made again', async () => {
  const before = await json('store', 'du');
  expect(before['books']).toMatchObject([{ title: 'A Small Book', editions: [{ number: 1 }, { number: 2 }] }]);
  // Of the run with --budget: `status` shows it until the book runs again.
  const grants = async () => (await openDiskStore(rig.path('.pipeline'))).listRecords('grant');
  expect(await grants()).toHaveLength(1);
  const asked = await rig.run(['store', 'prune', '--keep-editions', '1', '--now', '--simulate']);
  expect(asked).toMatchObject({ code: 2, stderr: expect.stringMatching(/Delete .* permanently\? .*add --yes/) });
  const marked = await json('store', 'prune', '--keep-editions', '1', '--yes');
  expect(marked).toMatchObject({ type: 'store.pruned', bytes: 0 });
  const pruned = await json('store', 'prune', '--keep-editions', '1', '--now', '--yes');
  expect(pruned['unkeptEditions']).toMatchObject([{ number: 1 }]);
  expect(await grants()).toHaveLength(1);
  const after = await json('store', 'du');
  expect(pruned['bytes']).toBeGreaterThan(0);
  expect(after['bytes']).toBeLessThan(before['bytes'] as number);
  expect(after).toMatchObject({ unneededBytes: 0 });
  const { finished, events } = await rig.runJson(['book.yaml', '--simulate']);
  expect(finished).toMatchObject({ ok: true, calls: { enroll: 0, synthesize: 0 }, billedCharacters: 0 });
  expect(events.filter(({ type }) => type === 'chapter.delivered')).toMatchObject([
    { outcome: 'unchanged' },
    { outcome: 'unchanged' },
  ]);
  expect(await json('store', 'prune', '--now', '--yes')).toMatchObject({ objects: 1 });
  expect(await grants()).toEqual([]);
  expect(await json('store', 'prune', '--now', '--yes')).toMatchObject({ bytes: 0 });
});

it('is whole wherever a backup of it is put back: files without a call, the editions, and what was paid', async () => {
  for (const name of ['format.json', 'records', 'journals', 'blobs'])
    await cp(rig.path('.pipeline', name), rig.path('backup', name), { recursive: true });
  await cp(rig.path('backup'), rig.path('elsewhere'), { recursive: true });
  const [here, there] = [['--simulate'], ['--simulate', '--store', 'elsewhere']];
  const { finished } = await rig.runJson(['book.yaml', ...there, '--out', 'restored', '--no-lock']);
  expect(finished).toMatchObject({
    ok: true,
    ...{ calls: { enroll: 0, list: 0, synthesize: 0 }, billedCharacters: 0, segments: { synthesized: 0 } },
  });
  expect(finished.chapters.flatMap(({ files }) => files)).toContainEqual(expect.stringContaining('restored'));
  for (const command of [
    ['history', 'book.yaml'],
    ['cost', 'book.yaml'],
  ]) {
    const [before, after] = await Promise.all([here, there].map((flags) => rig.run([...command, ...flags])));
    expect(after?.stdout).toBe(before?.stdout);
  }
});

it('makes the files of a pruned edition again from its takes, to the byte and without a call', async () => {
  await rig.write('one.txt', 'The boat came out of the fog a little before noon.\n\n[mara] Ahoy, the light!\n');
  await rig.write('book.lock', await rig.read('first.lock'));
  const { finished } = await rig.runJson(['book.yaml', '--simulate', '--locked']);
  expect(finished).toMatchObject({ ok: true, calls: { enroll: 0, synthesize: 0 } });
});

it('keeps a pinned edition, and forgets a book with all that is its own', async () => {
  expect((await rig.run(['store', 'pin', 'book.yaml@1', '--simulate'])).stdout).toContain('is pinned');
  expect((await rig.run(['store', 'unpin', 'book.yaml@1', '--simulate'])).stdout).toContain('no longer pinned');
  const unknown = await rig.run(['store', 'forget', 'A Smal Bok', '--simulate', '--yes']);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean "A Small Book"?') });
  expect(await json('store', 'forget', 'book.yaml', '--now', '--yes')).toMatchObject({ type: 'store.pruned' });
  const after = await json('store', 'du');
  expect(after).toMatchObject({ books: [], unneededBytes: 0 });
  expect((after['kinds'] as Record<string, { objects: number }>)['takes']!.objects).toBe(0);
});

it('says that there is no store, and makes none', async () => {
  const { code, stderr } = await rig.run(['store', 'du', '--store', 'nowhere']);
  expect(code).toBe(2);
  expect(stderr).toContain('There is no store at');
});
