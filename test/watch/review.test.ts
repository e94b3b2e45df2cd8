/** A review file in the watched folder: before, with, after and without its manifest; in an archive. */

import { rm } from 'node:fs/promises';
import { strToU8, zipSync } from 'fflate';
import { afterEach, expect, it, vi } from 'vitest';
import { formatReview } from '../../src/review/format.ts';
import { localFileOf } from '../../src/s3-inbox/object-names.ts';
import { diskFingerprint, fingerprintBook } from '../../src/watch/file-fingerprint.ts';
import { stateOfStatus } from '../../src/watch/messages.ts';
import { DEFAULT_TIMINGS } from '../../src/watch/options.ts';
import { isOtherFileText, otherFileText } from '../../src/watch/other-file-text.ts';
import { manifest, type RigOptions, type WatchRig, watchRig } from './rig.ts';

vi.setConfig({ testTimeout: 150_000, hookTimeout: 120_000 });
const rigs: WatchRig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.destroy();
});
async function open(options: RigOptions = {}): Promise<WatchRig> {
  const rig = await watchRig({ timings: { ...DEFAULT_TIMINGS, sweepMs: 500, otherFilesMs: 1_000 }, ...options });
  rigs.push(rig);
  return rig;
}
/** The book says “Hello there.”; the decision says it in another spelling, which the rig shows as the run's text. */
const saying = (say: string): string =>
  formatReview({ chapters: [], lines: [{ id: '', at: '1:1', words: 'Hello there.', say }] });
const texts = (rig: WatchRig): string[] => rig.runs.map(({ text }) => text);

it('waits alone and says so, is used when its manifest comes, and a change of it makes the book again', async () => {
  const rig = await open();
  await rig.drop('book.yaml.review', saying('Hallo.'));
  // Beside another book it is not that book's.
  await rig.drop('a/other.yaml', manifest('Other'));
  await rig.drop('a/book.yaml.review', saying('Nobody.'));
  await rig.drop('book.zip.review', saying('Nobody.'));
  for (const name of ['book.yaml.review', 'a/book.yaml.review', 'book.zip.review'])
    await rig.until(`${name} is answered`, async () => isOtherFileText(await rig.status(name)));
  expect(await rig.status('book.yaml.review')).toBe(
    'no manifest yet: this review file holds decisions about "book.yaml". They are used as soon as that is here, beside this file; of an archive, put the review file into it.',
  );
  await rig.until('the other book is spoken', () => texts(rig).length > 0);
  expect(texts(rig)).toEqual(['Hello there.']);
  await rig.drop('book.yaml', manifest('The Book'));
  await rig.until('spoken as decided', () => texts(rig).includes('Hallo.'));
  await rig.until('the answer is gone', async () => !(await rig.exists('book.yaml.review.status.txt')));
  await rig.until('delivered', async () => stateOfStatus(await rig.status('book.yaml')) === 'delivered');
  await rig.drop('book.yaml.review', saying('Hullo.'));
  await rig.until('spoken again', () => texts(rig).includes('Hullo.'));
  await rig.until('delivered again', async () => stateOfStatus(await rig.status('book.yaml')) === 'delivered');
  await rm(rig.path('book.yaml.review'));
  await rig.until('spoken as written', () => texts(rig).at(-1) === 'Hello there.');
  expect(texts(rig)).toEqual(['Hello there.', 'Hallo.', 'Hullo.', 'Hello there.']);
});

it('stops a run that is under way and begins again, waits for a recording, and refuses a file that is wrong', async () => {
  const rig = await open({ hold: true });
  await rig.drop('book.yaml', manifest('The Book'));
  await rig.until('a run', () => rig.runs.length === 1);
  await rig.drop('book.yaml.review', 'version: 1\nlines:\n- {words: Hello there., take: two}\n...\n');
  await rig.until('stopped', () => rig.runs[0]!.signal.aborted);
  rig.runs[0]!.finish();
  await rig.until('refused', () => rig.exists('book.yaml.rejected.txt'));
  await rig.drop('book.yaml.review', 'version: 1\nlines:\n- {words: Hello there., recording: mine.wav}\n...\n');
  await rig.until('waits', async () => (await rig.status('book.yaml')).includes('mine.wav'));
  await rig.drop('mine.wav', 'RIFF\u0004\0\0\0WAVEfmt ');
  await rig.until('a second run', () => rig.runs.length === 2);
  rig.runs[1]!.finish();
});

it('is used from an archive', async () => {
  const rig = await open();
  const files = { 'my/book.yaml': manifest('Packed'), 'my/book.yaml.review': saying('Hallo.') };
  await rig.drop(
    'book.zip',
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))),
  );
  await rig.until('spoken as decided', () => texts(rig).includes('Hallo.'));
});

it('is copied from S3 like any file of a book', () => {
  expect(localFileOf('team/book.yaml.review', 'done/')).toBe('file');
});

it('leaves the fingerprint of a book without one as it was', async () => {
  const rig = await open({ start: false });
  await rig.drop('book.yaml', manifest('The Book'));
  const of = (optional: string[]) => fingerprintBook(rig.path('book.yaml'), { files: [], optional }, diskFingerprint);
  const without = await of([]);
  expect(await of([rig.path('book.yaml.review')])).toEqual(without);
  await rig.drop('book.yaml.review', saying('Hallo.'));
  expect((await of([rig.path('book.yaml.review')])).signature).not.toBe(without.signature);
});

it('is answered in Chinese, too, and never taken for the state of a book', () => {
  for (const language of ['en', 'zh'] as const)
    for (const name of ['book.yaml.review', '书.yml.review', 'book.zip.review', 'a\nb.yaml.review']) {
      const text = otherFileText(name, language);
      expect(stateOfStatus(text)).toBeUndefined();
      expect(isOtherFileText(text)).toBe(true);
      expect(text).not.toContain('\n');
    }
  expect(otherFileText('书.yml.review', 'zh')).toContain('关于"书.yml"的决定');
});
