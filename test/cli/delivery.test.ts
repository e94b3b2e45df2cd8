/** What a producer finds in the folder, and `verify` on it: run as a user would, with the simulator inside. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();
commandsHere();

const BOOK = 'out/A Small Book';
let rig: Rig;
beforeAll(async () => {
  rig = await makeRig();
  await writeBook(rig);
});
afterAll(() => rig.destroy());

async function setOutput(output: string): Promise<void> {
  const manifest = (await rig.read('book.yaml')).toString().replace(/^output:[\s\S]*/m, '');
  await rig.write('book.yaml', `${manifest}output:\n${output}`);
}

const verify = async (...args: string[]) => {
  const { code, stdout, stderr } = await rig.run(['verify', ...args]);
  return { code, stdout, stderr };
};

describe('delivery', () => {
  it('makes every kind of file, all pass verify, and the M4B is bound anew only when a chapter changed', async () => {
    await setOutput('  formats: [mp3, flac, m4b]\n  subtitles: [srt, vtt, lrc]\n  also: [cue, labels]\n');
    const { code, finished } = await rig.runJson(['book.yaml', '--simulate']);
    expect(code).toBe(0);
    expect(finished.book).toMatchObject({ title: 'A Small Book', verdict: 'pass' });
    expect(finished.book?.durationSeconds).toBeGreaterThan(10);
    const names = (await readdir(rig.path(BOOK))).sort();
    const perChapter = ['01 - Arrival', '02 - Storm'].flatMap((stem) =>
      ['flac', 'labels.txt', 'lrc', 'mp3', 'srt', 'vtt'].map((ending) => `${stem}.${ending}`),
    );
    // The M4A that the book is made of was not asked for.
    expect(names).toEqual([
      ...perChapter,
      'A Small Book.cue',
      'A Small Book.m4b',
      'completeness.json',
      'disclosure.json',
      'report.html',
      'report.json',
    ]);
    expect(await verify(BOOK)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('5 files meet all rules of "acx".'),
    });

    const again = await rig.runJson(['book.yaml', '--simulate']);
    expect(again.events).toContainEqual(expect.objectContaining({ type: 'book.delivered', outcome: 'unchanged' }));
    await rig.write('two.txt', 'The wind had dropped.\n');
    const changed = await rig.runJson(['book.yaml', '--simulate']);
    expect(changed.events).toContainEqual(expect.objectContaining({ type: 'book.delivered', outcome: 'made' }));
    expect(changed.finished.ok).toBe(true);
  });

  it('delivers a chapter that fails under a name that says so, and ends with 1', async () => {
    await setOutput(
      '  formats: [mp3]\n  mastering: podcast\n  custom: { loudness: -16, noise: -99, room-tone: -60 }\n',
    );
    const { code, finished, events } = await rig.runJson(['book.yaml', '--simulate']);
    expect(code).toBe(1);
    expect(finished).toMatchObject({ ok: false, book: null, chapters: [{ verdict: 'fail' }, { verdict: 'fail' }] });
    expect(finished.chapters[0]?.files).toEqual([rig.path(BOOK, '01 - Arrival - FAILED CHECK.mp3')]);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'notice', message: expect.stringContaining('noise floor') }),
    );
    expect(await readdir(rig.path(BOOK))).toContain('01 - Arrival.mp3');
    const page = await readFile(rig.path(BOOK, 'report.html'), 'utf8');
    expect(page).toContain('2 chapters failed the check');

    await setOutput('  formats: [mp3]\n  mastering: podcast\n  custom: { loudness: -16 }\n');
    const mended = await rig.runJson(['book.yaml', '--simulate']);
    expect(mended.finished).toMatchObject({ ok: true, chapters: [{ verdict: 'pass' }, { verdict: 'pass' }] });
    expect(mended.finished.chapters[0]?.loudnessLufs).toBeCloseTo(-16, 0);
    expect((await readdir(rig.path(BOOK))).filter((name) => name.includes('FAILED'))).toEqual([]);
  });
});

describe('pipeline verify', () => {
  it('says what is wrong, where, and what to do', async () => {
    await setOutput('  formats: [mp3]\n');
    await rig.runJson(['book.yaml', '--simulate']);
    const good = await rig.read(`${BOOK}/01 - Arrival.mp3`);
    await writeFile(rig.path('cut.mp3'), good.subarray(0, good.length * 0.5));
    const { code, stdout } = await verify('cut.mp3');
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ complete +cut off: \d+ of \d+ frames are present/);
    expect(stdout).toMatch(/✗ silence at the end .* at \d+:\d\d\.\d\n {6}Add .* of room tone after the last word/);
    expect(stdout).toContain('1 of 1 file fails the rules of "acx".');
  });

  it('gives one JSON object a file and one for all', async () => {
    const { code, stdout } = await verify('--json', 'cut.mp3', `${BOOK}/01 - Arrival.mp3`, 'nowhere.mp3', 'book.yaml');
    expect(code).toBe(1);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type, verdict }) => [type, verdict])).toEqual([
      ['file.verified', 'fail'],
      ['file.verified', 'pass'],
      ['file.verified', 'fail'],
      ['file.verified', 'fail'],
      ['verify.finished', undefined],
    ]);
    expect(lines[1]).toMatchObject({
      path: `${BOOK}/01 - Arrival.mp3`,
      measured: { codec: 'mp3', sampleRateHz: 44_100 },
    });
    expect(lines[2].rules).toMatchObject([{ rule: 'readable', measured: 'No such file or directory' }]);
    expect(lines[4]).toMatchObject({ ok: false, profile: 'acx', files: 4, failed: 3 });
  });

  it('refuses a profile that there is not, and a folder without sound', async () => {
    expect(await verify('--profile', 'loud', 'cut.mp3')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no profile "loud". Use one of acx, podcast, broadcast, none.'),
    });
    expect(await verify('voices/..')).toMatchObject({ code: 1 });
    await rig.write('empty/notes.txt', 'x');
    expect(await verify('empty')).toMatchObject({ code: 2, stderr: expect.stringContaining('no sound file in empty') });
    expect(await verify()).toMatchObject({ code: 2 });
  });
});
