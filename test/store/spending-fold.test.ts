/** Twenty workers write the ledger of spending while it is folded, and whoever folds it is killed half way. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readConfig, silenceSdkNotice } from '../../src/config/config.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { JOURNALS } from '../../src/store/layout.ts';
import { openS3Store } from '../../src/store/s3/store.ts';
import type { SentCall } from '../../src/store/spending/paid-call.ts';
import { foldSpending, readSpending } from '../../src/store/spending/read-spending.ts';
import { openSpendingLedger } from '../../src/store/spending/spending-ledger.ts';
import type { Store } from '../../src/store/store.ts';
import { bundledProgram } from '../bundled-program.ts';
import { diskFolder } from '../disk-folder.ts';
import { startS3Server } from './s3-server.ts';

const WORKERS = 20;
const CALLS = 12;
const BOOK = { title: 'Fold', author: 'The Sea' };
const PRICE = 1_000;
/** After every month. */
const LATER = '2999-01';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  silenceSdkNotice();
  folder = await mkdtemp(join(diskFolder(), 'fold-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const program = bundledProgram('test/store/fold-process.ts');

/** A process that folds; see fold-process.ts. */
function folding(store: string, ...more: string[]): ChildProcess {
  const child = spawn(process.execPath, [program, store, BOOK.title, BOOK.author, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: process.env,
  });
  children.push(child);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** What each of twenty workers, with a store of its own, calls: of twelve calls ten are answered, one is refused, one is lost. */
async function work(stores: readonly Store[], round: number): Promise<void> {
  await Promise.all(
    stores.map(async (store, worker) => {
      const ledger = openSpendingLedger(store);
      const calls = Array.from({ length: CALLS }, (_, at) => callOf(`${round}-${worker}-${at}`));
      await Promise.all(
        calls.map(async (call, at) => {
          await ledger.sent(call);
          if (at !== 0) await ledger.ended({ ...call, end: at === 1 ? 'void' : 'answered' });
        }),
      );
    }),
  );
}

function callOf(id: string): SentCall {
  const who = {
    book: BOOK.title,
    author: BOOK.author,
    run: 'run',
    line: '1:1',
    character: 'mara',
    voice: 'v',
    model: 'm',
  };
  const price = { characters: 10, inputTokens: null, outputTokens: null, nanos: PRICE, currency: 'CNY' };
  // Two months, so that two journals are folded.
  const at = id.endsWith('7') ? '2026-10-31T23:59:59.000Z' : '2026-11-01T00:00:00.000Z';
  return { id, at, key: id, reason: 'first', ...who, ...price, account: 'a', realm: 'local', simulated: true };
}

/** Every call of the finished rounds is there, and once. */
async function expectCalls(store: Store, rounds: number): Promise<void> {
  const { calls, damaged } = await readSpending(store, BOOK);
  expect(damaged).toBe(0);
  expect(calls).toHaveLength(rounds * WORKERS * (CALLS - 1));
  expect(new Set(calls.map(({ id }) => id)).size).toBe(calls.length);
  expect(calls.filter(({ reason }) => reason === 'lost answer')).toHaveLength(rounds * WORKERS);
  expect(calls.reduce((sum, { nanos }) => sum + (nanos ?? 0), 0)).toBe(calls.length * PRICE);
}

describe('the ledger of twenty workers, folded by processes that are killed half way', { timeout: 180_000 }, () => {
  it('on disk loses no call and counts none twice', async () => {
    const root = join(folder, 'store');
    const stores = await Promise.all(Array.from({ length: WORKERS }, () => openDiskStore(root)));
    const store = stores[0]!;
    await work(stores, 1);
    // Killed when the files are set aside and nothing is written, while the workers go on.
    const child = folding(root, 'stop');
    await Promise.all([once(child.stdout!, 'data'), work(stores, 2)]);
    await kill(child);
    await expectCalls(store, 2);
    // Killed when the folded file is there and nothing is deleted: what a fold deletes is put back.
    const journals = join(root, JOURNALS);
    await cp(journals, join(folder, 'before'), { recursive: true });
    await Promise.all([foldSpending(store, BOOK, LATER), work(stores, 3)]);
    await cp(join(folder, 'before'), journals, { recursive: true, force: false });
    await expectCalls(store, 3);
    await foldSpending(store, BOOK, LATER);
    await expectCalls(store, 3);
    for (const name of await store.journals.list('')) expect(await store.journals.files(name)).toHaveLength(1);
  });

  it('on S3 loses no call and counts none twice', async () => {
    const server = await startS3Server();
    try {
      for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
      const place = 's3://books/store';
      const s3 = readConfig({ store: place }, process.env).s3!;
      const stores = await Promise.all(
        Array.from({ length: WORKERS }, () => openS3Store(s3, { workFolder: join(folder, 'work') })),
      );
      const store = stores[0]!;
      await work(stores, 1);
      const early = folding(place, 'stop');
      await Promise.all([once(early.stdout!, 'data'), work(stores, 2)]);
      await kill(early);
      await expectCalls(store, 2);
      // Killed when the folded object is there, and some of the others are deleted.
      const late = folding(place);
      let deleted = 0;
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const half = new Promise<void>((reached) => {
        server.trouble = async ({ operation }) => {
          if (operation !== 'DeleteObject' || ++deleted <= 10) return undefined;
          reached();
          await held;
          return 'cut';
        };
      });
      await Promise.all([half, work(stores, 3)]);
      await kill(late);
      release();
      server.trouble = () => undefined;
      await expectCalls(store, 3);
      await foldSpending(store, BOOK, LATER);
      await expectCalls(store, 3);
      for (const name of await store.journals.list('')) expect(await store.journals.files(name)).toHaveLength(1);
    } finally {
      await server.close();
    }
  });
});
