/** The contract of the watched folder: what people see when they drop, change, rename and remove files. */
import { mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { strToU8, zipSync } from 'fflate';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { manifest, manifestOf, type RigOptions, type WatchRig, watchRig } from './rig.ts';

vi.setConfig({ testTimeout: 150_000, hookTimeout: 120_000 });
const rigs: WatchRig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.destroy();
});
async function open(options: RigOptions = {}): Promise<WatchRig> {
  const rig = await watchRig(options);
  rigs.push(rig);
  return rig;
}
const delivered = (rig: WatchRig, name: string) => async (): Promise<boolean> =>
  (await rig.status(name)).startsWith('delivered');

describe('a dropped manifest', () => {
  it('is delivered, with nothing but its status file beside it', async () => {
    const rig = await open();
    await rig.drop('book.yaml', manifest('Dropped'));
    await rig.until('delivered', delivered(rig, 'book.yaml'));
    expect(await rig.status('book.yaml')).toBe('delivered: 1 chapter in done/Dropped');
    expect((await readdir(rig.folder)).sort()).toEqual(['.pipeline-watch', 'book.yaml', 'book.yaml.status.txt']);
    expect(await readFile(rig.path('book.yaml'), 'utf8')).toBe(manifest('Dropped'));
    expect(rig.events.map(({ type }) => type)).toContain('inbox.accepted');
    expect(rig.events.filter(({ type }) => type === 'inbox.delivered')).toHaveLength(1);
  });

  it('gets a Chinese status when the book is Chinese', async () => {
    const rig = await open();
    await rig.drop('书.yaml', manifest('一本书', '你好。', 'zh'));
    await rig.until('delivered', async () => (await rig.status('书.yaml')) === '已交付：共 1 章，位于 done/一本书');
  });

  it('waits for missing files, lists them and continues when they have arrived', async () => {
    const rig = await open();
    await rig.drop('a/book.yaml', manifestOf('Waits', 'texts/one.txt'));
    await rig.until('waits', async () => (await rig.status('a/book.yaml')) === 'waiting for "texts/one.txt"');
    await rig.drop('a/texts/one.txt', 'Here I am.');
    await rig.until('delivered', delivered(rig, 'a/book.yaml'));
    expect(rig.runs.map(({ text }) => text)).toEqual(['Here I am.']);
  });

  it('is rejected with line, caret and fix, and checked again when it is saved', async () => {
    const rig = await open();
    const wrong = manifest('Refused').replace('title:', 'titel:');
    await rig.drop('book.yaml', wrong);
    await rig.until('refused', () => rig.exists('book.yaml.rejected.txt'));
    const text = await readFile(rig.path('book.yaml.rejected.txt'), 'utf8');
    expect(text).toContain('book.yaml:1:9');
    expect(text).toContain('^^^^^');
    expect(text).toMatch(/fix: .*title/);
    expect(text).toContain('save the file');
    await rig.until('status', async () =>
      (await rig.status('book.yaml')).startsWith('rejected: see "book.yaml.rejected.txt"'),
    );
    await rig.drop('book.yaml', manifest('Refused'));
    // A Chinese book is told in Chinese, to programs too.
    await rig.drop('书.yaml', manifest('一本书', '[玛拉] 你好。', 'zh'));
    await rig.until('refused', () => rig.exists('书.yaml.rejected.txt'));
    const chinese = await readFile(rig.path('书.yaml.rejected.txt'), 'utf8');
    expect(chinese).toContain('错误：第 1:1 行：没有名为“玛拉”的角色。');
    expect(chinese).toMatch(/改法：请从中选择：narrator。普通括号请写成 \\\[。\n\n1 处错误\n\n请修改后重新保存/);
    const told = rig.events.flatMap((event) => (event.type === 'inbox.rejected' ? [event.errors] : []));
    expect(told.map((errors) => /error|错误/.exec(errors)?.[0])).toEqual(['error', '错误']);
    await rig.until('delivered', delivered(rig, 'book.yaml'));
    expect(await rig.exists('book.yaml.rejected.txt')).toBe(false);
  });

  it('may arrive in small pieces with pauses, under a temporary name, or by a rename', async () => {
    const rig = await open();
    const whole = `${manifest('In Pieces')}# ${'x'.repeat(300)}\n`;
    for (let end = 60; end < whole.length + 60; end += 60) {
      await rig.drop('pieces.yaml', whole.slice(0, end));
      await sleep(350);
    }
    await rig.drop('renamed.yaml.part', manifest('Renamed'));
    await rig.drop('.hidden.yaml', manifest('Hidden'));
    await rename(rig.path('renamed.yaml.part'), rig.path('renamed.yaml'));
    await rig.until(
      'delivered',
      async () => (await delivered(rig, 'pieces.yaml')()) && delivered(rig, 'renamed.yaml')(),
    );
    expect(rig.runs.map(({ title }) => title).sort()).toEqual(['In Pieces', 'Renamed']);
    expect(rig.events.filter(({ type }) => type === 'inbox.rejected')).toEqual([]);
    expect(await rig.exists('.hidden.yaml.status.txt')).toBe(false);
  });

  it('does not start with a half-copied recording', async () => {
    const rig = await open();
    const wave = await readFile('manifests/hello/voices/narrator.wav');
    const withSample = manifest('Sample').replace('voice: qwen-tts-vc-a-voice-20250812105009984-838b', 'sample: v.wav');
    await rig.drop('v.wav', wave.subarray(0, 4000));
    await rig.drop('book.yaml', withSample);
    await rig.until('waits', async () => (await rig.status('book.yaml')) === 'waiting for "v.wav"');
    await sleep(1_500);
    expect(rig.runs).toEqual([]);
    await rig.drop('v.wav', wave);
    await rig.until('delivered', delivered(rig, 'book.yaml'));
  });

  it('may name its files in another Unicode normalization form than the disk', async () => {
    const rig = await open();
    await rig.drop('a/Cafe\u0301.txt', 'Accents.');
    await rig.drop('a/book.yaml', manifestOf('Accents', 'Caf\u00e9.txt'));
    await rig.until('delivered', delivered(rig, 'a/book.yaml'));
    await rig.drop('a/Cafe\u0301.txt', 'Other accents.');
    await rig.until('again', () => rig.runs.length === 2);
    expect(rig.runs[1]?.text).toBe('Other accents.');
  });

  it('and its word list are one book, whichever comes first', async () => {
    const rig = await open();
    await rig.drop('words.yaml', 'Ukridge: YOO-kridge\n');
    await rig.drop(
      'book.yaml',
      manifest('Words').replace('language: en', 'language: en, pronunciationFile: words.yaml'),
    );
    await rig.until('delivered', delivered(rig, 'book.yaml'));
    await sleep(2_500);
    expect((await readdir(rig.folder)).sort()).toEqual([
      '.pipeline-watch',
      'book.yaml',
      'book.yaml.status.txt',
      'words.yaml',
    ]);
    await rig.drop('words.yaml', 'Ukridge: YUK-ridge\n');
    await rig.until('again', () => rig.runs.length === 2);
  });
});

describe('an archive', () => {
  it('is a book like a folder and is not unpacked beside itself', async () => {
    const rig = await open();
    const files = { 'one.txt': strToU8('Packed.'), 'book.yaml': strToU8(manifestOf('Packed', 'one.txt')) };
    await rig.drop('book.zip', zipSync(files));
    await rig.until('delivered', delivered(rig, 'book.zip'));
    expect((await readdir(rig.folder)).sort()).toEqual(['.pipeline-watch', 'book.zip', 'book.zip.status.txt']);
    await rig.drop('book.zip', zipSync({ ...files, 'one.txt': strToU8('Packed again.') }));
    await rig.until('again', () => rig.runs.length === 2);
    expect(rig.runs.map(({ text }) => text)).toEqual(['Packed.', 'Packed again.']);
  });

  it('that is invalid is rejected with positions inside the archive', async () => {
    const rig = await open();
    await rig.drop('a.zip', zipSync({ 'book.yaml': strToU8(manifest('X').replace('title:', 'titel:')) }));
    await rig.drop('b.zip', zipSync({ 'book.yaml': strToU8(manifestOf('X', 'gone.txt')) }));
    await rig.drop('c.zip', zipSync({ 'one.txt': strToU8('x') }));
    const text = async (name: string): Promise<string> => {
      await rig.until(name, () => rig.exists(`${name}.rejected.txt`));
      return readFile(rig.path(`${name}.rejected.txt`), 'utf8');
    };
    expect(await text('a.zip')).toContain('a.zip/book.yaml:1:9');
    expect(await text('b.zip')).toContain('"gone.txt", which is not in the archive');
    expect(await text('c.zip')).toContain('no manifest in this archive');
  });
});

describe('a change', () => {
  it('of the manifest or a text makes the book again; any other change does nothing', async () => {
    const rig = await open();
    await rig.drop('a/one.txt', 'One.');
    await rig.drop('a/book.yaml', manifestOf('Changed', 'one.txt'));
    await rig.until('delivered', delivered(rig, 'a/book.yaml'));
    await rig.drop('a/notes.txt', 'nobody names me');
    await rig.drop('a/one.txt', 'Two.');
    await rig.until('again', () => rig.runs.length === 2);
    await rig.until('delivered', delivered(rig, 'a/book.yaml'));
    await sleep(2_000);
    expect(rig.runs.map(({ text }) => text)).toEqual(['One.', 'Two.']);
  });

  it('during a run stops it, and the new text is spoken', async () => {
    const rig = await open({ hold: true });
    await rig.drop('book.yaml', manifest('Edited', 'Old words.'));
    await rig.until('speaking', () => rig.runs.length === 1);
    await rig.drop('book.yaml', manifest('Edited', 'New words.'));
    await rig.until('stopped and begun again', () => rig.runs.length === 2);
    expect(rig.runs[0]?.signal.aborted).toBe(true);
    expect(rig.runs[1]?.text).toBe('New words.');
    rig.runs[1]?.finish();
    await rig.until('delivered', delivered(rig, 'book.yaml'));
  });

  it('of the progress is shown in the status file', async () => {
    const rig = await open({ hold: true });
    await rig.drop('book.yaml', manifest('Progress'));
    await rig.until('speaking', () => rig.runs.length === 1);
    const progress = (done: number): void =>
      rig.runs[0]?.emit({
        type: 'progress',
        voices: { done: 0, total: 0 },
        segments: { done, total: 1840 },
        chapters: { done: 0, total: 1 },
        mastering: { done: 0, total: 0, share: 0 },
        binding: null,
        audioSeconds: 1,
        timesRealtime: 1,
        secondsLeft: 1_480,
      });
    for (let done = 0; done <= 312; done++) progress(done);
    await rig.until(
      'told',
      async () => (await rig.status('book.yaml')) === 'speaking 312 / 1,840 · about 25 minutes left',
    );
    progress(1840);
    await rig.until('delivering', async () => (await rig.status('book.yaml')).startsWith('delivering'));
    rig.runs[0]?.finish();
    await rig.until('delivered', delivered(rig, 'book.yaml'));
  });
});

describe('removing', () => {
  it('cancels a running book and removes our files', async () => {
    const rig = await open({ hold: true });
    await rig.drop('a/book.yaml', manifest('Removed'));
    await rig.until('speaking', () => rig.runs.length === 1);
    await rm(rig.path('a/book.yaml'));
    await rig.until('cancelled', () => rig.events.some(({ type }) => type === 'inbox.cancelled'));
    expect(rig.runs[0]?.signal.aborted).toBe(true);
    await rig.until('no files', async () => (await readdir(rig.path('a'))).length === 0);
    await sleep(1_500);
    expect(rig.runs).toHaveLength(1);
  });

  it('or moving a book keeps the finished files and removes the old status', async () => {
    const rig = await open();
    await rig.drop('a/book.yaml', manifest('Moved'));
    await rig.until('delivered', delivered(rig, 'a/book.yaml'));
    await rename(rig.path('a'), rig.path('b'));
    await rig.until('delivered there', () => rig.runs.length === 2);
    await rig.until('old book forgotten', () => rig.events.some(({ type }) => type === 'inbox.cancelled'));
    await rename(rig.path('b/book.yaml'), rig.path('b/other.yaml'));
    await rig.until('delivered by the new name', delivered(rig, 'b/other.yaml'));
    await rig.until('old status gone', async () => !(await rig.exists('b/book.yaml.status.txt')));
    expect(await rig.exists('a')).toBe(false);
  });

  it('the whole folder cancels nothing: its share may be unavailable', async () => {
    const rig = await open({ hold: true });
    await rig.drop('book.yaml', manifest('Away'));
    await rig.until('speaking', () => rig.runs.length === 1);
    await rename(rig.folder, `${rig.folder}-away`);
    await rig.until('told', () => rig.notices.some((line) => line.includes('is missing')));
    await sleep(1_500);
    expect(rig.runs[0]?.signal.aborted).toBe(false);
    await rename(`${rig.folder}-away`, rig.folder);
    await rig.until('back', () => rig.notices.some((line) => line.includes('is back')));
    rig.runs[0]?.finish();
    await rig.until('delivered', delivered(rig, 'book.yaml'));
    expect(rig.runs).toHaveLength(1);
  });

  it('and creating the folder again works as on the first day', async () => {
    const rig = await open();
    await rig.drop('book.yaml', manifest('First'));
    await rig.until('delivered', delivered(rig, 'book.yaml'));
    await rm(rig.folder, { recursive: true });
    await rig.until('told', () => rig.notices.some((line) => line.includes('is missing')));
    expect(await stat(rig.folder).catch(() => undefined)).toBeUndefined();
    await mkdir(rig.folder);
    await rig.drop('next.yaml', manifest('Second'));
    await rig.until('delivered', delivered(rig, 'next.yaml'));
    // By events again, not by the sweep half a minute later.
    const from = performance.now();
    await rig.drop('third.yaml', manifest('Third'));
    await rig.until('delivered', delivered(rig, 'third.yaml'));
    expect(performance.now() - from).toBeLessThan(15_000);
  });
});

describe('unusual folders', () => {
  it('manifests of one name with two extensions or in two folders are two books', async () => {
    const rig = await open();
    await rig.drop('book.yaml', manifest('A'));
    await rig.drop('book.yml', manifest('B'));
    await rig.drop('x/book.yaml', manifest('C'));
    await rig.drop('Book.yaml', manifest('D'));
    for (const name of ['book.yaml', 'book.yml', 'x/book.yaml', 'Book.yaml'])
      await rig.until(name, delivered(rig, name));
    expect(rig.runs.map(({ title }) => title).sort()).toEqual(['A', 'B', 'C', 'D']);
  });

  it('of two books of one title, the second needs attention instead of overwriting the first', async () => {
    const rig = await open();
    await rig.drop('a.yaml', manifest('Same'));
    await rig.until('delivered', delivered(rig, 'a.yaml'));
    await rig.drop('b.yaml', manifest('Same', 'Another text.'));
    await rig.until('asks', async () =>
      (await rig.status('b.yaml')).startsWith('needs attention: "a.yaml" is a book of the same title'),
    );
    expect(rig.runs).toHaveLength(1);
    await rm(rig.path('a.yaml'));
    await rig.until('goes on when the first is gone', delivered(rig, 'b.yaml'));
  });

  it('names may be in any script and normalization form', async () => {
    const rig = await open();
    const names = [
      'книга.yaml',
      'كتاب.yaml',
      '本.yaml',
      'Ä u\u0308 é.yaml',
      'Ä ü e\u0301.yaml',
      "it's 100% #1.yaml",
      '📖.yaml',
    ];
    for (const [index, name] of names.entries()) await rig.drop(name, manifest(`Script ${index}`));
    for (const name of names) await rig.until(name, delivered(rig, name));
  });

  it('a name that opens a file but is not listed, as on a disk that ignores case, is no second book', async () => {
    const rig = await open({ timings: { sweepMs: 300 } });
    await rig.drop('Team/book.yaml', manifest('Case'));
    await rig.until('delivered', delivered(rig, 'Team/book.yaml'));
    // Like a rename of Team to team on such a disk: both names open the file, one of them is listed.
    await rename(rig.path('Team'), rig.path('team'));
    await symlink('team', rig.path('Team'));
    await rig.until('delivered by its new name', delivered(rig, 'team/book.yaml'));
    await rig.until('old name forgotten', () => rig.events.some(({ type }) => type === 'inbox.cancelled'));
    expect(rig.events.filter(({ type }) => type === 'inbox.attention')).toEqual([]);
  });

  it('links are not followed and loops end', async () => {
    const rig = await open();
    await mkdir(rig.path('a/b'), { recursive: true });
    await symlink('..', rig.path('a/b/loop'));
    await symlink(rig.folder, rig.path('a/root'));
    const outside = join(rig.folder, '..', 'outside');
    await mkdir(outside, { recursive: true });
    await writeFile(join(outside, 'book.yaml'), manifest('Outside'));
    await symlink(outside, rig.path('outside'));
    await symlink(join(outside, 'book.yaml'), rig.path('linked.yaml'));
    await rig.drop('a/b/book.yaml', manifest('Inside'));
    await rig.until('delivered', delivered(rig, 'a/b/book.yaml'));
    await sleep(1_500);
    expect(rig.runs.map(({ title }) => title)).toEqual(['Inside']);
    expect(await readdir(outside)).toEqual(['book.yaml']);
  });

  it('statuses and rejections of an earlier version are replaced, and removed when their book is gone', async () => {
    const rig = await open({ timings: { sweepMs: 300 } });
    const footers = ['Mend it and save it again; it is then taken up by itself.', '改好后重新保存，会自动再次处理。'];
    await rig.drop('a.yaml.status.txt', 'needs your yes: this costs about 1.00 CNY.\n');
    await rig.drop('a.yaml.rejected.txt', `1 error\n\n${footers[0]}\n`);
    await rig.drop('b.yaml.status.txt', '未接受：请看 "b.yaml.rejected.txt"，其中写明了错误和改法\n');
    for (const [index, status] of ['needs you: x', '需要您的同意：费用约 1.00 CNY。'].entries()) {
      await rig.drop(`gone${index}.yaml.status.txt`, `${status}\n`);
      await rig.drop(`gone${index}.yaml.rejected.txt`, `1 error\n\n${footers[index]}\n`);
    }
    await rig.drop('notes.yaml.status.txt', 'My own notes.\n');
    await rig.drop('a.yaml', manifest('English'));
    await rig.drop('b.yaml', manifest('中文', '你好。', 'zh'));
    await rig.until('delivered', delivered(rig, 'a.yaml'));
    await rig.until('delivered', async () => (await rig.status('b.yaml')).startsWith('已交付'));
    const left = ['a.yaml', 'a.yaml.status.txt', 'b.yaml', 'b.yaml.status.txt', 'notes.yaml.status.txt'];
    await rig.until('only these are left', async () => {
      const names = (await readdir(rig.folder)).filter((name) => !name.startsWith('.'));
      return names.sort().join() === left.join();
    });
  });

  it('our own files, finished books and wrong clocks are ignored', async () => {
    const rig = await open();
    await rig.drop('done/x/book.yaml', manifest('Done'));
    await rig.drop('x.yaml.status.txt', 'delivered');
    await rig.drop('future.yaml', manifest('Future'));
    await utimes(rig.path('future.yaml'), new Date('2090-01-01'), new Date('2090-01-01'));
    await rig.drop('past.yaml', manifest('Past'));
    await utimes(rig.path('past.yaml'), new Date('1971-01-01'), new Date('1971-01-01'));
    for (const name of ['future.yaml', 'past.yaml']) await rig.until(name, delivered(rig, name));
    await sleep(1_000);
    expect(rig.runs.map(({ title }) => title).sort()).toEqual(['Future', 'Past']);
  });

  it('without events, as on a network share, scans find everything', async () => {
    const rig = await open({ timings: { events: false, sweepWithoutEventsMs: 300, sweepMs: 300 } });
    await rig.drop('a/book.yaml', manifestOf('Share', 'one.txt'));
    await rig.until('waits', async () => (await rig.status('a/book.yaml')) === 'waiting for "one.txt"');
    await rig.drop('a/one.txt', 'One.');
    await rig.until('delivered', delivered(rig, 'a/book.yaml'));
    await rig.drop('a/one.txt', 'Two!');
    await rig.until('again', () => rig.runs.length === 2);
    // The watcher may be writing its status into it.
    await rm(rig.path('a'), { recursive: true, maxRetries: 10 });
    await rig.until('cancelled', () => rig.events.some(({ type }) => type === 'inbox.cancelled'));
  });
});
