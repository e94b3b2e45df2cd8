/** book.lock, `run --locked` and `diff`: run as a user would, with the simulator inside. */
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();
commandsHere();

const OUT = 'out/A Small Book';
let rig: Rig;
let lock: string;
beforeAll(async () => {
  rig = await makeRig();
  await writeBook(rig);
  const manifest = (await rig.read('book.yaml')).toString();
  await rig.write('book.yaml', `${manifest}output:\n  formats: [mp3, m4b]\n`);
  const { finished } = await rig.runJson(['book.yaml', '--simulate']);
  expect(finished.ok).toBe(true);
  lock = (await rig.read('book.lock')).toString();
});
afterAll(() => rig.destroy());

/** Runs with a file of the book changed, and puts it back. */
async function withChange<T>(name: string, change: (text: string) => string, work: () => Promise<T>): Promise<T> {
  const before = (await rig.read(name)).toString();
  await rig.write(name, change(before));
  try {
    return await work();
  } finally {
    await rig.write(name, before);
  }
}
const locked = (...more: string[]) => rig.run(['run', 'book.yaml', '--simulate', '--locked', ...more]);

describe('book.lock', () => {
  it('holds no clock, no path and no machine, and is the same after a run that did nothing', async () => {
    expect(JSON.parse(lock)).toMatchObject({
      manifest: 'book.yaml',
      simulated: true,
      realm: 'local',
      title: 'A Small Book',
    });
    expect(lock).not.toContain(rig.folder);
    expect(lock).not.toMatch(/\d{4}-\d\d-\d\dT|"\/|hostname/);
    await rig.runJson(['book.yaml', '--simulate']);
    expect((await rig.read('book.lock')).toString()).toBe(lock);
  });

  it('is the same when another store speaks and masters the book', async () => {
    // The simulator says the same words in the same way, so that another machine's edition is this one.
    await rig.runJson(['book.yaml', '--simulate', '--store', 'other-store', '--out', 'other-out']);
    expect((await rig.read('book.lock')).toString()).toBe(lock);
  });

  it('is not written with --no-lock, nor by a run that did not deliver everything', async () => {
    await withChange(
      'two.txt',
      () => 'Something else.\n',
      () => rig.runJson(['book.yaml', '--simulate', '--no-lock']),
    );
    expect((await rig.read('book.lock')).toString()).toBe(lock);
    const failing = (text: string) =>
      text.replace(
        /output:[\s\S]*/,
        'output: {formats: [mp3], mastering: podcast, custom: {loudness: -16, noise: -99, room-tone: -60}}\n',
      );
    const { code } = await withChange('book.yaml', failing, () => rig.runJson(['book.yaml', '--simulate']));
    expect(code).toBe(1);
    expect((await rig.read('book.lock')).toString()).toBe(lock);
    await rig.runJson(['book.yaml', '--simulate']);
  });

  it('belongs to its manifest: another one of the folder gets its own, a renamed one takes it along', async () => {
    await rig.write('next.yaml', (await rig.read('book.yaml')).toString().replace('A Small Book', 'Another Book'));
    await rig.runJson(['next.yaml', '--simulate']);
    expect((await rig.read('book.lock')).toString()).toBe(lock);
    expect(JSON.parse((await rig.read('next.book.lock')).toString())).toMatchObject({ title: 'Another Book' });
    await rm(rig.path('next.book.lock'));
    await rm(rig.path('next.yaml'));
    await rig.write('moved/book.lock', lock);
    await cp(rig.path('voices'), rig.path('moved/voices'), { recursive: true });
    for (const name of ['one.txt', 'two.txt']) await cp(rig.path(name), rig.path('moved', name));
    await cp(rig.path('book.yaml'), rig.path('moved/novel.yaml'));
    await rig.runJson(['moved/novel.yaml', '--simulate']);
    expect(JSON.parse((await rig.read('moved/book.lock')).toString())).toMatchObject({ manifest: 'novel.yaml' });
    expect((await readdir(rig.path('moved'))).filter((name) => name.endsWith('.lock'))).toEqual(['book.lock']);
  });

  it('of real speech is never replaced by a simulated one; a file that is not ours stays', async () => {
    const real = lock
      .replace('"simulated": true', '"simulated": false')
      .replace('"realm": "local"', '"realm": "dashscope"');
    await rig.write('book.lock', real);
    await rig.runJson(['book.yaml', '--simulate']);
    expect((await rig.read('book.lock')).toString()).toBe(real);
    expect((await rig.read('book.simulated.lock')).toString()).toBe(lock);
    expect(await locked()).toMatchObject({ code: 0 });
    await rm(rig.path('book.simulated.lock'));
    for (const other of ['{"lockfileVersion": 3}', lock.replace('"version": 1', '"version": 9')]) {
      await rig.write('book.lock', other);
      await rig.runJson(['book.yaml', '--simulate', '--no-lock']);
      const { events, code } = await rig.runJson(['book.yaml', '--simulate']);
      expect(code).toBe(0);
      expect((await rig.read('book.lock')).toString()).toBe(other);
      // Nobody knows whether it holds real speech, so that the simulated lock goes beside it, and that is said.
      const notices = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
      const why = other === '{"lockfileVersion": 3}' ? 'is not a lock' : 'has version 9; this program reads up to 1';
      expect(notices).toEqual([expect.stringContaining(`book.lock was not changed: it ${why}`)]);
      expect((await rig.read('book.simulated.lock')).toString()).toBe(lock);
      await rm(rig.path('book.simulated.lock'));
    }
    await rig.write('book.lock', lock);
  });

  it('that was damaged by a merge or a crash is written anew', async () => {
    for (const damaged of [
      '',
      lock.slice(0, 900),
      lock.replace('"words"', '"words"\n<<<<<<< HEAD\n'),
      lock.replace('noon', 'ten'),
    ]) {
      await rig.write('book.lock', damaged);
      await rig.runJson(['book.yaml', '--simulate']);
      expect((await rig.read('book.lock')).toString()).toBe(lock);
    }
  });

  it('that can not be written is a notice, not a failure', async () => {
    await rm(rig.path('book.lock'));
    await mkdir(rig.path('book.lock'));
    const { code, events } = await rig.runJson(['book.yaml', '--simulate']);
    expect(code).toBe(0);
    expect(events.filter(({ type }) => type === 'notice')).toMatchObject([
      { message: 'book.lock was not changed: it is a folder. The lock of this simulated run is book.simulated.lock.' },
    ]);
    await rm(rig.path('book.lock'), { recursive: true });
    await rm(rig.path('book.simulated.lock'), { force: true });
    if (process.getuid?.() !== 0) {
      await chmod(rig.folder, 0o555);
      const readOnly = await rig.runJson(['book.yaml', '--simulate']);
      await chmod(rig.folder, 0o755);
      expect(readOnly.code).toBe(0);
      expect(readOnly.events).toContainEqual(
        expect.objectContaining({ type: 'notice', message: expect.stringContaining('book.lock was not written') }),
      );
    }
    await rig.write('book.lock', lock);
  });
});

describe('run --locked', () => {
  it('reproduces the same bytes from the takes alone, without a call and without a key', async () => {
    await cp(rig.path('.pipeline'), rig.path('elsewhere'), { recursive: true });
    for (const kind of ['master', 'book', 'voice'])
      await rm(rig.path('elsewhere/records', kind), { recursive: true, force: true });
    const { code, finished } = await rig.runJson([
      'book.yaml',
      '--simulate',
      '--locked',
      '--store',
      'elsewhere',
      '--out',
      'again',
    ]);
    expect(code).toBe(0);
    expect(finished).toMatchObject({ ok: true, calls: { enroll: 0, list: 0, synthesize: 0 }, billedCharacters: 0 });
    for (const name of (await readdir(rig.path(OUT))).filter(
      (entry) => /\.(mp3|m4b|json)$/.test(entry) && entry !== 'report.json',
    ))
      expect((await rig.read(`again/A Small Book/${name}`)).equals(await rig.read(`${OUT}/${name}`)), name).toBe(true);
  });

  it('says which line of the book is another one, and does nothing', async () => {
    const { code, stderr, stdout } = await withChange(
      'one.txt',
      (text) => text.replace('noon', 'nine'),
      () => locked('--out', 'nothing'),
    );
    expect(code).toBe(2);
    expect(stderr).toContain('The book differs from book.lock:');
    expect(stderr).toContain('chapter 1 “Arrival”\n    ~ 1:1 narrator: text');
    expect(stderr).toContain('before [-noon.-]{+nine.+}');
    expect(stderr).toContain('nothing was sent');
    expect(stdout).toBe('');
    await expect(readdir(rig.path('nothing'))).rejects.toThrow();
  });

  it('says which settings are other', async () => {
    const { code, stderr } = await withChange(
      'book.yaml',
      (text) => text.replace('[mp3, m4b]', '[mp3, flac]'),
      () => locked(),
    );
    expect(code).toBe(2);
    expect(stderr).toContain('formats: ["mp3","m4b"] → ["mp3","flac"]');
  });

  it('says which takes the store lacks, or has with other sound', async () => {
    const { chapters } = JSON.parse(lock);
    const [first, second] = chapters[0].segments;
    await cp(rig.path('.pipeline'), rig.path('lacking'), { recursive: true });
    await rm(rig.path('lacking/records/take', first.take.slice(0, 2), `${first.take}.json`));
    const { code, stderr } = await locked('--store', 'lacking');
    expect(code).toBe(3);
    expect(stderr).toContain('cannot reproduce book.lock: 1 take is missing or different.');
    expect(stderr).toContain('line 1:1 (“Arrival”): no take of “The boat came out of the fog');
    // The words were spoken again elsewhere: another store has another take of them under the same key.
    const resealed = await import('../../src/plan/lock.ts');
    const edition = resealed.readLock(Buffer.from(lock)).edition!;
    edition.chapters[0]!.segments[1]!.sound = 'f'.repeat(64);
    const spokenAgain = await withChange(
      'book.lock',
      () => resealed.formatLock(edition),
      () => locked(),
    );
    expect(spokenAgain.code).toBe(3);
    expect(spokenAgain.stderr).toContain(`another take of “${second.text}”`);
  });

  it('of a version without marks is delivered without marks, and that is said', async () => {
    const { formatLock, readLock } = await import('../../src/plan/lock.ts');
    const { marks, ...edition } = readLock(Buffer.from(lock)).edition!;
    expect(marks).toMatchObject({ version: 1 });
    const chapters = edition.chapters.map(({ marked: _, ...chapter }) => chapter);
    const { code, stdout } = await withChange(
      'book.lock',
      () => formatLock({ ...edition, chapters }),
      () => locked('--out', 'unmarked', '--json'),
    );
    expect(code).toBe(0);
    expect(stdout).toContain('The lock is of an edition without marks');
    const mp3 = await rig.read('unmarked/A Small Book/01 - Arrival.mp3');
    expect(createHash('sha256').update(mp3).digest('hex')).toBe(chapters[0]!.files['mp3']);
    const told = JSON.parse((await rig.read('unmarked/A Small Book/disclosure.json')).toString());
    expect(told.marks).toMatchObject({ files: [], unmarked: expect.arrayContaining([expect.anything()]) });
  });

  it('does not deliver a chapter whose bytes came out otherwise, and ends with 1', async () => {
    const { formatLock, readLock } = await import('../../src/plan/lock.ts');
    const edition = readLock(Buffer.from(lock)).edition!;
    edition.chapters[1]!.files['mp3'] = 'e'.repeat(64);
    edition.chapters[1]!.ffmpeg = '4.4';
    const { code, stdout } = await withChange(
      'book.lock',
      () => formatLock(edition),
      () => locked('--out', 'otherwise', '--json'),
    );
    expect(code).toBe(1);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'chapter.failed',
        index: 2,
        title: 'Storm',
        code: 'lock-differs',
        message: expect.stringMatching(
          /^Its MP3 differs from the lock, because the lock's was made by ffmpeg 4\.4 and/,
        ),
      }),
    );
    expect(await readdir(rig.path('otherwise/A Small Book'))).not.toContain('02 - Storm.mp3');
  });

  it.each([
    ['no lock', () => undefined, 'There is no book.lock beside book.yaml'],
    ['an empty one', () => '', 'book.lock is empty.'],
    [
      'one in conflict',
      () => lock.replace('"words"', '"words"\n<<<<<<< HEAD\n'),
      'book.lock has merge conflict markers (line',
    ],
    ['half of one', () => lock.slice(0, 900), 'book.lock is damaged ('],
    ['one of a newer version', () => lock.replace('"version": 1', '"version": 2'), 'book.lock has version 2'],
    ['one that was edited', () => lock.replace('a little before', 'long before'), 'book.lock was changed by hand'],
    ['bytes', () => '\0\0\0', 'book.lock is not a text file.'],
  ])('refuses %s, and says what to do', async (_what, text, message) => {
    const content = text();
    await rm(rig.path('book.lock'), { force: true });
    if (content !== undefined) await rig.write('book.lock', content);
    const { code, stderr } = await locked();
    await rm(rig.path('book.lock'), { force: true });
    await rig.write('book.lock', lock);
    expect(stderr).toContain(message);
    expect(stderr).toContain('Nothing was done. To write a new book.lock, run without --locked.');
    expect(code).toBe(2);
  });

  it('refuses the lock of another book, and of other speech', async () => {
    const { formatLock, readLock } = await import('../../src/plan/lock.ts');
    const edition = readLock(Buffer.from(lock)).edition!;
    const other = await withChange(
      'book.lock',
      () => formatLock({ ...edition, title: 'Emma', author: 'J. A.' }),
      () => locked(),
    );
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('book.lock is the lock of “Emma” by J. A., not of “A Small Book” by Somebody.'),
    });
    const real = await rig.run(['run', 'book.yaml', '--locked']);
    expect(real).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('book.lock is a lock of simulated speech. To reproduce it, add --simulate.'),
    });
  });
});

describe('pipeline diff', () => {
  it('finds a lock, its files and its manifest equal', async () => {
    for (const [a, b] of [
      ['book.lock', OUT],
      [`${OUT}/report.json`, 'book.yaml'],
      ['book.yaml', 'book.lock'],
      ['.', 'book.yaml'],
    ])
      expect(await rig.run(['diff', a!, b!])).toMatchObject({ code: 0, stdout: 'The editions are equal.\n' });
  });

  it('shows changed words, added and moved lines, without colour, and as JSON', async () => {
    const moved = () => '[mara] Listen!\n\nThey listened.\n\nThe wind had turned.\n';
    const edited = (text: string) => `${text.replace('a little before noon', 'long before dawn')}\n[mara] Who is it?\n`;
    await withChange('two.txt', moved, () =>
      withChange('one.txt', edited, async () => {
        const { code, stdout } = await rig.run(['diff', 'book.lock', 'book.yaml']);
        expect(code).toBe(1);
        expect(stdout).toContain('out of the fog [-a little-]{+long+} before [-noon.-]{+dawn.+}\n');
        expect(stdout).toContain('    + 1:3 mara: “Who is it?”');
        expect(stdout).toContain('    > 2:3, was 2:1: narrator: “The wind had turned.”');
        expect(stdout).not.toContain('\u001b');
        const json = await rig.run(['diff', 'book.lock', 'book.yaml', '--json']);
        expect(json.code).toBe(1);
        expect(JSON.parse(json.stdout)).toMatchObject({ type: 'diff', equal: false, counts: { added: 1, moved: 1 } });
      }),
    );
  });

  it.each([
    ['nowhere.lock', /nowhere\.lock cannot be read \(ENOENT\)/],
    ['voices', /neither a completeness\.json nor a book\.lock in voices/],
    ['one.txt', /one\.txt is damaged|one\.txt is not a lock/],
    ['voices/narrator.wav', /narrator\.wav is not a text file/],
  ])('refuses %s with exit code 2', async (path, message) => {
    const { code, stderr, stdout } = await rig.run(['diff', 'book.lock', path]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });

  it('refuses a manifest with mistakes and a damaged map, and warns of an edited lock', async () => {
    await rig.write('bad.yaml', 'book: {}\n');
    expect(await rig.run(['diff', 'book.lock', 'bad.yaml'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('bad.yaml has errors.'),
    });
    await mkdir(rig.path('damaged'));
    await writeFile(
      rig.path('damaged/completeness.json'),
      (await readFile(rig.path(OUT, 'completeness.json'))).subarray(0, 500),
    );
    expect(await rig.run(['diff', 'damaged', 'book.lock'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('completeness.json is damaged'),
    });
    await rig.write('edited.lock', lock.replace('a little before', 'long before'));
    const edited = await rig.run(['diff', 'book.lock', 'edited.lock']);
    expect(edited).toMatchObject({ code: 1, stderr: expect.stringContaining('! edited.lock was changed by hand') });
    expect(edited.stdout).toContain('[-a little-]{+long+} before noon.');
  });
});
