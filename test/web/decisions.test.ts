/** An approval and a cancellation of one book at once, while the watcher still lists it. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { BookView, InboxView } from '../../src/watch/view.ts';
import { approveBook, cancelBook, Decisions } from '../../src/web/cancel-and-approve.ts';

it('a book that is cancelled is not approved after that', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'decisions-'));
  try {
    const file = join(folder, 'book.yaml');
    await writeFile(file, 'x');
    const view = { folder, scanSoon: () => undefined } as unknown as InboxView;
    const book = { file, state: 'waiting-approval', price: { amount: 5, currency: 'CNY' } } as unknown as BookView;
    const decisions = new Decisions();
    const [cancelled, approved] = await Promise.allSettled([
      decisions.about('id', () => cancelBook(view, book)),
      decisions.about('id', () => approveBook(view, book)),
    ]);
    expect(cancelled.status).toBe('fulfilled');
    expect(approved).toMatchObject({ status: 'rejected', reason: { status: 404 } });
    expect(await readdir(folder)).toEqual(['book.yaml.cancelled']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
