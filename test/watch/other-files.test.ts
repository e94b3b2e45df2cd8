/** Files in the watched folder that are no books: an EPUB, a document, notes. */
import { execFileSync } from 'node:child_process';
import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { stateOfStatus } from '../../src/watch/messages.ts';
import { DEFAULT_TIMINGS } from '../../src/watch/options.ts';
import { isOtherFileText, otherFileText } from '../../src/watch/other-file-text.ts';
import { manifest, manifestOf, type RigOptions, type WatchRig, watchRig } from './rig.ts';

vi.setConfig({ testTimeout: 150_000, hookTimeout: 120_000 });
const rigs: WatchRig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.destroy();
});
async function open(options: RigOptions = {}): Promise<WatchRig> {
  const rig = await watchRig({ timings: { ...DEFAULT_TIMINGS, sweepMs: 500, otherFilesMs: 1_500 }, ...options });
  rigs.push(rig);
  return rig;
}
const answered = (rig: WatchRig, name: string) => async (): Promise<boolean> => isOtherFileText(await rig.status(name));

describe('a file that is no book', () => {
  it('gets one answer, in its language, that says what to do, and stays as it is', async () => {
    const rig = await open();
    await rig.drop('novel.epub', 'PK epub');
    await rig.drop('team/笔记.docx', 'PK docx');
    await rig.drop('scan.pdf', '%PDF');
    await rig.until('answered', answered(rig, 'novel.epub'));
    await rig.until('answered', answered(rig, 'team/笔记.docx'));
    await rig.until('answered', answered(rig, 'scan.pdf'));
    expect(await rig.status('novel.epub')).toContain('run: pipeline import "novel.epub".');
    expect(await rig.status('team/笔记.docx')).toContain('请运行：pipeline import "笔记.docx"');
    expect(await readFile(rig.path('novel.epub'), 'utf8')).toBe('PK epub');
    // Said once: a status that a person has deleted does not come back, not even after a restart.
    await rm(rig.path('novel.epub.status.txt'));
    await rig.restart();
    await rig.drop('book.yaml', manifest('Beside it'));
    await rig.drop('later.txt', 'Notes.');
    await rig.until('answered', answered(rig, 'later.txt'));
    expect(await rig.exists('novel.epub.status.txt')).toBe(false);
    // And an answer goes with its file.
    await rm(rig.path('scan.pdf'));
    await rig.until('removed', async () => !(await rig.exists('scan.pdf.status.txt')));
    expect(await rig.exists('later.txt.status.txt')).toBe(true);
  });

  it('is told of when it is called like a book and is a link or a pipe, which nobody opens', async () => {
    const rig = await open();
    await writeFile(join(dirname(rig.folder), 'outside.yaml'), manifest('Outside'));
    await symlink(join(dirname(rig.folder), 'outside.yaml'), rig.path('linked.yaml'));
    execFileSync('mkfifo', [rig.path('pipe.zip')]);
    const ignored = (name: string): string =>
      `"${name}" is a link, or not a file, and is ignored. Put the file itself here.`;
    await rig.until('told', () => rig.notices.length > 1);
    await rig.drop('book.yaml', manifest('Beside them'));
    await rig.until('delivered', async () => (await rig.status('book.yaml')).startsWith('delivered'));
    expect(rig.notices.sort()).toEqual([ignored('linked.yaml'), ignored('pipe.zip')]);
    expect(rig.runs.map(({ title }) => title)).toEqual(['Beside them']);
  });

  it('that a manifest names, that lies in its folder, or that another program writes gets none', async () => {
    const rig = await open();
    await rig.drop('texts/one.txt', 'Here I am.');
    await rig.drop('texts/notes.docx', 'Beside a text.');
    await rig.drop('book.yaml', manifestOf('At the root', 'texts/one.txt'));
    await rig.drop('a/book.yaml', manifest('Inside'));
    await rig.drop('a/cover.jpg', 'JPEG');
    await rig.drop('b.yaml.cancelled', 'x');
    for (const name of ['.DS_Store', '~$novel.docx', 'novel.epub.part', 'desktop.ini', 'x.!sync', '.hidden.epub'])
      await rig.drop(name, 'x');
    // The answer to this one is later than any to those before.
    await rig.drop('a/novel.epub', 'PK epub');
    await rig.until('answered', answered(rig, 'a/novel.epub'));
    const found = (await readdir(rig.folder, { recursive: true })).filter((name) => name.endsWith('.status.txt'));
    expect(found.sort()).toEqual(['a/book.yaml.status.txt', 'a/novel.epub.status.txt', 'book.yaml.status.txt']);
  });

  it('loses its answer when a manifest names it after all', async () => {
    const rig = await open();
    await rig.drop('one.txt', 'Here I am.');
    await rig.until('answered', answered(rig, 'one.txt'));
    await rig.drop('book.yaml', manifestOf('Came later', 'one.txt'));
    await rig.until('removed', async () => !(await rig.exists('one.txt.status.txt')));
    await rig.until('delivered', async () => (await rig.status('book.yaml')).startsWith('delivered'));
  });
});

describe('the answer', () => {
  it.each(['en', 'zh'] as const)('in %s is one line, and no status of a book', (language) => {
    for (const name of ['a.epub', 'a.doc', 'a.png']) {
      const text = otherFileText(name, language);
      expect(text).not.toContain('\n');
      expect(text).toContain('pipeline import');
      expect(isOtherFileText(text)).toBe(true);
      expect(stateOfStatus(text)).toBeUndefined();
    }
  });

  it('repeats no name that a command line would not take as it is', () => {
    expect(otherFileText('$(reboot).epub', 'en')).toContain('pipeline import FILE.');
    expect(otherFileText('a.kfx', 'en')).toContain('save it as .epub');
    expect(otherFileText('-o.epub', 'en')).toContain('pipeline import FILE.');
  });
});
