/** A bug that would lose text: its chapter is neither spoken nor delivered, the other chapters are finished. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadBook } from '../../src/book/load-book.ts';
import { termsOf } from '../../src/composition/prices-and-budget.ts';
import { accountFor } from '../../src/composition/service.ts';
import { openWorkbench } from '../../src/composition/workbench.ts';
import { readConfig } from '../../src/config/config.ts';
import type { PipelineEvent } from '../../src/events.ts';
import { runBook } from '../../src/run/run-book.ts';
import { openDiskStore } from '../../src/store/disk.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broken-plan-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function bookOfTwo() {
  const path = join(folder, 'book.yaml');
  await writeFile(join(folder, 'one.txt'), 'The fog came.\n\nNobody heard it.\n');
  await writeFile(
    path,
    `book: {title: T}
characters: {narrator: {voice: qwen-tts-vc-n-voice-20250812105009984-838b}}
chapters:
  - {title: One, file: one.txt}
  - {title: Two, text: The lamp went out.}
output: {formats: [mp3]}
`,
  );
  const { book } = await loadBook({ manifestPath: path });
  if (book === undefined) throw new Error('the book has mistakes');
  return book;
}

it('does not deliver a chapter that would lose text, in this run or the next, and finishes the rest', async () => {
  const { PATH, HOME, XDG_CACHE_HOME } = process.env;
  const env = { PATH, HOME, XDG_CACHE_HOME };
  const config = readConfig({ simulate: true, out: join(folder, 'out'), store: join(folder, 'store') }, env);
  const account = accountFor(config);
  const store = await openDiskStore(config.storeDir);
  const run = async (book: Awaited<ReturnType<typeof bookOfTwo>>) => {
    const events: PipelineEvent[] = [];
    const { finished, stoppedBy } = await runBook({
      book,
      store,
      account,
      simulated: true,
      outDir: config.outDir,
      terms: await termsOf(config, book.manifest, {}, { account }),
      openWork: () => openWorkbench({ config, account, store, notice: () => undefined }),
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
      keepLock: true,
    });
    return { finished, stoppedBy, failed: events.filter(({ type }) => type === 'chapter.failed') };
  };

  const broken = await bookOfTwo();
  broken.chapters[0]!.segments.pop();
  const first = await run(broken);
  expect(first.stoppedBy).toBeUndefined();
  expect(first.finished).toMatchObject({ ok: false, calls: { synthesize: 1 } });
  expect(first.finished.chapters.map(({ files }) => files.length)).toEqual([0, 1]);
  expect(first.failed).toEqual([
    {
      type: 'chapter.failed',
      index: 1,
      title: 'One',
      code: 'text-unaccounted',
      message: expect.stringContaining('“Nobody heard it.” (one.txt, line 3 of the text) would be lost'),
    },
  ]);
  expect(await readdir(folder)).not.toContain('book.lock');

  const whole = await run(await bookOfTwo());
  expect(whole.finished).toMatchObject({ ok: true, calls: { synthesize: 2 } });
  expect(await readdir(folder)).toContain('book.lock');

  // Its master is in the store now, but it is not delivered: the plan has a gap.
  const again = await bookOfTwo();
  const source = again.chapters[0]!.source!;
  again.chapters[0]!.source = { ...source, ranges: source.ranges.slice(1) };
  const late = await run(again);
  expect(late.failed).toMatchObject([{ index: 1, code: 'text-unaccounted' }]);
  expect(late.finished.chapters.map(({ files }) => files.length)).toEqual([0, 1]);
  expect(late.finished.ok).toBe(false);
}, 180_000);
