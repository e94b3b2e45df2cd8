/** An upload that stays open without sending must give up its place: four of them would keep all others out. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { InboxView } from '../../src/watch/view.ts';
import { submitBook } from '../../src/web/submit-book.ts';

afterEach(() => void vi.useRealTimers());

it.each([0, 5, 1_000_000])('an upload that stops after %d bytes ends after at most a minute', async (sent) => {
  const folder = await mkdtemp(join(tmpdir(), 'half-upload-'));
  const ownFolder = join(folder, '.pipeline-watch');
  await mkdir(join(ownFolder, 'tmp'), { recursive: true });
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        if (sent > 0) controller.enqueue(new Uint8Array(sent));
      },
    });
    const view = { folder, ownFolder, scanSoon: () => undefined } as unknown as InboxView;
    const headers = new Headers({ 'content-type': 'application/yaml' });
    const end = submitBook(view, { headers, body, name: 'half', urgent: false }).catch((error: unknown) => error);
    while (vi.getTimerCount() === 0) await new Promise((done) => setImmediate(done));
    await new Promise((done) => setTimeout(done, 50));
    vi.advanceTimersByTime(60_000);
    expect(await end).toMatchObject({ status: 408 });
    expect(await readdir(join(ownFolder, 'tmp'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
