import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadBook, type ModelChooser } from '../../src/book/load-book.ts';
import { readReferences } from '../../src/book/references.ts';
import { openReader, type Reader } from '../../src/book/threads/reading-thread.ts';
import { PipelineError } from '../../src/errors.ts';
import { FIRST_FAMILY_MODEL } from '../../src/models.ts';

const HELLO = 'manifests/hello.yaml';
const MANIFEST =
  'book: {title: T}\ncharacters: {narrator: {voice: qwen-tts-vc-a}}\nchapters: [{title: A, file: a.txt}]\n';

let folder: string;
let reader: Reader;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reader-'));
  reader = openReader();
});
afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true, force: true });
});

const modelFor: ModelChooser = async () => ({ model: FIRST_FAMILY_MODEL, from: 'default' });

async function big(megabytes: number): Promise<string> {
  const text = 'This is one of the many sentences of a book that never ends.\n\n'.repeat((megabytes * 1e6) / 62);
  await Promise.all([writeFile(join(folder, 'book.yaml'), MANIFEST), writeFile(join(folder, 'a.txt'), text)]);
  return join(folder, 'book.yaml');
}

it('reads what loadBook reads, with files that can be read again', async () => {
  const [there, here] = await Promise.all([
    reader.loadBook({ manifestPath: HELLO, modelFor }),
    loadBook({ manifestPath: HELLO, modelFor }),
  ]);
  const plain = (reading: unknown): unknown =>
    JSON.parse(JSON.stringify(reading, (_, part) => (part instanceof Map ? [...part] : part)));
  expect(plain(there)).toEqual(plain(here));
  expect(there.book?.samples.size).toBeGreaterThan(0);
  const sample = await there.book?.samples.get('narrator')?.read();
  expect(sample).toEqual(readFileSync('manifests/hello/voices/narrator.wav'));
  expect(await reader.readReferences(HELLO)).toEqual(await readReferences(HELLO));
  expect(await reader.readReferences(join(folder, 'none.yaml'))).toBe(undefined);
});

it('lets the loop of this thread turn while a long text is read, and brings all of it', async () => {
  const manifestPath = await big(1);
  const reading = reader.loadBook({ manifestPath, modelFor });
  let turns = 0;
  const timer = setInterval(() => turns++, 2);
  const { book } = await reading;
  clearInterval(timer);
  expect(turns).toBeGreaterThan(10);
  const { segments, source } = book!.chapters[0]!;
  expect(segments.map(({ text }) => text).join('\n\n')).toBe(source!.text.trimEnd());
});

it('ends a thread that works for too long or needs too much memory, says so, and goes on with another', async () => {
  const manifestPath = await big(1.5);
  const quick = openReader({ busyMs: 100 });
  const small = openReader({ memoryMb: 24 });
  try {
    const slow = await quick.loadBook({ manifestPath, modelFor });
    expect(slow.diagnostics).toMatchObject([{ code: 'too-slow-to-read', severity: 'error', file: manifestPath }]);
    const large = await small.loadBook({ manifestPath, modelFor });
    expect(large.diagnostics).toMatchObject([{ code: 'too-large-to-read', message: expect.stringContaining('24 MB') }]);
    await writeFile(manifestPath, MANIFEST);
    await writeFile(join(folder, 'a.txt'), 'Short.');
    expect((await small.loadBook({ manifestPath, modelFor })).book?.chapters.length).toBe(1);
  } finally {
    await Promise.all([quick.close(), small.close()]);
  }
});

it('passes failures on with their code, and stops when it is told to', async () => {
  const failure = new PipelineError({ code: 'store-unreachable', message: 'No store.', retry: 'backoff' });
  const manifestPath = await big(0.001);
  const failing = reader.loadBook({ manifestPath, modelFor: () => Promise.reject(failure) });
  await expect(failing).rejects.toMatchObject({ code: 'store-unreachable', message: 'No store.', retry: 'backoff' });
  const never: ModelChooser = () => new Promise(() => undefined);
  const stop = new AbortController();
  const stopped = reader.loadBook({ manifestPath, modelFor: never, signal: stop.signal });
  setTimeout(() => stop.abort(), 20);
  await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
  const another = openReader();
  const closed = another.loadBook({ manifestPath, modelFor: never });
  await another.close();
  await expect(closed).rejects.toMatchObject({ code: 'interrupted' });
});
