/** What can go wrong with the files of a book: names, a disk that fills up. */
import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, statfs, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it, type TestContext } from 'vitest';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import { TEMPORARY } from '../../src/deliver/files.ts';
import { ffmpegHere } from '../audio/signals.ts';
import { makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
  await writeBook(rig, { lines: 'The wind had turned.' });
});
afterEach(() => rig.destroy());

async function setOutput(output: string): Promise<void> {
  const manifest = (await rig.read('book.yaml')).toString().replace(/^output:[\s\S]*/m, '');
  await rig.write('book.yaml', `${manifest}output: ${output}\n`);
}

const BOOK = 'out/A Small Book';
const delivered = async () =>
  (await readdir(rig.path(BOOK))).filter((name) => !/^(report|completeness|disclosure)\./.test(name)).sort();

it('titles of every kind become names that are legal everywhere, sort, and are told as they are', {
  timeout: 240_000,
}, async () => {
  const titles = [
    'Two\nlines',
    '"Quoted" \'twice\'',
    'a/b\\c:d*e?f<g>h|i',
    'a:b/c\\d*e?f<g>h|i',
    'x'.repeat(300),
    '🎉 Fête 海',
    'שלום \u202eעולם',
    '...',
    'CON',
    'aux.txt',
    '  padded.  ',
  ];
  const chapters = titles.map((title) => ({ title, text: 'The wind had turned.' }));
  const manifest = (await rig.read('book.yaml')).toString();
  await rig.write(
    'book.yaml',
    `${manifest.slice(0, manifest.indexOf('chapters:'))}chapters: ${JSON.stringify(chapters)}\noutput: {formats: [mp3, m4b], lines: mp3}\n`,
  );
  const { code, finished } = await rig.runJson(['book.yaml', '--simulate']);
  expect(code).toBe(0);
  const names = (await delivered()).filter((name) => name.endsWith('.mp3'));
  expect(names).toEqual([
    '01 - Two lines.mp3',
    "02 - Quoted 'twice'.mp3",
    '03 - a b c d e f g h i.mp3',
    '04 - a b c d e f g h i.mp3',
    `05 - ${'x'.repeat(120)}.mp3`,
    '06 - 🎉 Fête 海.mp3',
    '07 - שלום עולם.mp3',
    '08 - chapter.mp3',
    '09 - _CON.mp3',
    '10 - _aux.txt.mp3',
    '11 - padded.mp3',
  ]);
  const wanted = titles.map((title) => title.trim());
  expect(finished.chapters.map(({ title }) => title)).toEqual(wanted);
  const { marks } = await inspectFile({ ffmpeg: await ffmpegHere(), path: rig.path(BOOK, 'A Small Book.m4b') });
  expect(marks).toHaveLength(titles.length);

  const twice = JSON.stringify([...chapters, { title: 'con', text: 'Again.' }]);
  await rig.write('twice.yaml', `${manifest.slice(0, manifest.indexOf('chapters:'))}chapters: ${twice}\n`);
  const refused = await rig.run(['check', 'twice.yaml']);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('Chapter 9 also has this title.') });
});

/** Runs with a small disk at `small/`; without the right to mount one the test is skipped. */
async function onSmallDisk(test: TestContext, work: (fill: (free: number) => Promise<void>) => Promise<void>) {
  await mkdir(rig.path('small'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', rig.path('small')]).status !== 0)
    return test.skip('this user may not mount a small file system');
  try {
    await work(async (free) => {
      const { bavail, bsize } = await statfs(rig.path('small'));
      await writeFile(rig.path('small/filler'), Buffer.alloc(Math.max(0, bavail * bsize - Math.round(free))));
    });
  } finally {
    spawnSync('umount', [rig.path('small')]);
  }
}

it('the disk full while the book is bound: said, nothing half written, and the next run completes', {
  timeout: 240_000,
}, async (test) => {
  await onSmallDisk(test, async (fill) => {
    const run = () => rig.runJson(['book.yaml', '--simulate', '--store', 'small/store']);
    await setOutput('{ formats: [m4a] }');
    expect(await run()).toMatchObject({ code: 0 });
    // Room for the chapters' sound, but not for the book beside it.
    await fill((await stat(rig.path(BOOK, '01 - Arrival.m4a'))).size * 2.5);
    await setOutput('{ formats: [m4a, m4b] }');
    const full = await run();
    expect(full.code).toBe(3);
    expect(full.stderr).toMatch(/disk .*full|full/i);
    expect(full.finished).toMatchObject({ ok: false, book: { files: [] }, segments: { failed: 0 } });
    expect(await delivered()).toEqual(['01 - Arrival.m4a', '02 - Storm.m4a']);
    expect((await readdir(rig.path(BOOK))).filter((name) => TEMPORARY.test(name))).toEqual([]);
    await writeFile(rig.path('small/filler'), '');
    expect(await run()).toMatchObject({ code: 0, finished: { ok: true, calls: { enroll: 0, synthesize: 0 } } });
    expect((await readFile(rig.path(BOOK, 'A Small Book.m4b'))).includes('moov')).toBe(true);
  });
});

it('the disk full while chapters are mastered: said, the old files stay, and the next run completes without a call', {
  timeout: 240_000,
}, async (test) => {
  await onSmallDisk(test, async (fill) => {
    const run = () => rig.runJson(['book.yaml', '--simulate', '--store', 'small/store']);
    await setOutput('{ formats: [mp3] }');
    expect(await run()).toMatchObject({ code: 0 });
    const before = await rig.read(`${BOOK}/01 - Arrival.mp3`);
    // Room for notes, but for no chapter as WAV.
    await fill(60_000);
    await setOutput('{ formats: [mp3, wav] }');
    const full = await run();
    expect(full.code).toBe(3);
    expect(full.stderr).toMatch(/full/i);
    expect(full.finished).toMatchObject({ ok: false, segments: { failed: 0 }, calls: { synthesize: 0 } });
    expect(await delivered()).toEqual(['01 - Arrival.mp3', '02 - Storm.mp3']);
    expect((await rig.read(`${BOOK}/01 - Arrival.mp3`)).equals(before)).toBe(true);
    expect((await readdir(rig.path('small/store/tmp'))).filter((name) => !name.endsWith('.lock'))).toEqual([]);
    await writeFile(rig.path('small/filler'), '');
    expect(await run()).toMatchObject({ code: 0, finished: { ok: true, calls: { enroll: 0, synthesize: 0 } } });
    expect(await delivered()).toEqual(['01 - Arrival.mp3', '01 - Arrival.wav', '02 - Storm.mp3', '02 - Storm.wav']);
  });
});

it('the disk of the results full: said, nothing half written there, and the next run delivers', {
  timeout: 240_000,
}, async (test) => {
  await onSmallDisk(test, async (fill) => {
    const run = () => rig.runJson(['book.yaml', '--simulate', '--store', 'store', '--out', 'small/out']);
    await setOutput('{ formats: [wav] }');
    await fill(100_000);
    const full = await run();
    expect(full.code).toBe(3);
    expect(full.stderr).toMatch(/full/i);
    expect(full.finished).toMatchObject({ ok: false });
    const there = await readdir(rig.path('small/out'), { recursive: true });
    expect(there.filter((name) => /\.wav$/.test(name) || TEMPORARY.test(name))).toEqual([]);
    await writeFile(rig.path('small/filler'), '');
    const again = await run();
    expect(again).toMatchObject({ code: 0, finished: { ok: true, calls: { enroll: 0 } } });
    const sizes = await Promise.all(
      ['01 - Arrival.wav', '02 - Storm.wav'].map((name) => stat(rig.path('small/out/A Small Book', name))),
    );
    for (const { size } of sizes) expect(size).toBeGreaterThan(150_000);
  });
});
