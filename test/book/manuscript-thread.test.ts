import { expect, it } from 'vitest';
import { importInThread } from '../../src/book/threads/manuscript-thread.ts';
import { importManuscript, type ManuscriptTask } from '../../src/import/import-manuscript.ts';
import { lines, pdf } from '../import/pdf.ts';

const SPOKEN = ['en', 'de'];
const task = (name: string, text: string): ManuscriptTask => ({
  name,
  bytes: new Uint8Array(Buffer.from(text)),
  options: {},
  cast: true,
  asked: {},
  spoken: SPOKEN,
});
const SHORT = '“Who is there?” said Mara.\n\n“Speak!” said Mara.\n';
/** Every word is an element of its own. */
const page = (words: number): string => `<html><body><p>${'<i>word</i> '.repeat(words)}</p></body></html>`;

it('imports in a thread what it imports here, and takes the bytes along', async () => {
  const given = task('a.txt', SHORT);
  expect(await importInThread(given)).toEqual(importManuscript(task('a.txt', SHORT)));
  expect(given.bytes.length).toBe(0);
});

it('opens a PDF, with words and order, in the thread', async () => {
  const bytes = new Uint8Array(pdf({ pages: [lines(['It was a dark night.', '', 'The end came.'])] }));
  const done = await importInThread({ ...task('a.pdf', ''), bytes });
  expect(done).toMatchObject({ files: [{ text: 'It was a dark night.\n\nThe end came.\n' }] });
});

it('refuses what takes too long, while the loop of this thread turns', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  const refused = await importInThread(task('a.html', page(400_000)), { busyMs: 300 });
  clearInterval(timer);
  expect(refused).toMatchObject({
    problem: { code: 'too-slow-to-read', message: expect.stringContaining('more than 1 second,') },
  });
  expect(turns).toBeGreaterThan(5);
});

it('refuses what needs too much memory', async () => {
  const refused = await importInThread(task('a.html', page(200_000)), { memoryMb: 280 });
  expect(refused).toMatchObject({
    problem: { code: 'too-large-to-read', message: expect.stringContaining('more than 280 MB of memory') },
  });
});

it('ends when it is interrupted', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 30);
  await expect(importInThread(task('a.html', page(400_000)), { signal: stop.signal })).rejects.toMatchObject({
    code: 'interrupted',
  });
  await expect(importInThread(task('a.txt', SHORT), { signal: stop.signal })).rejects.toMatchObject({
    code: 'interrupted',
  });
});
