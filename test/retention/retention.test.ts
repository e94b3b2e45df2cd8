/** What a store keeps and what it deletes: on records as jobs and runs write them, without speech. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pruneDaily } from '../../src/cli/watch/prune-store.ts';
import type { Edition } from '../../src/plan/edition.ts';
import { lastRunKey } from '../../src/plan/keys.ts';
import { formatLock } from '../../src/plan/lock.ts';
import { recordsOfBook } from '../../src/retention/forget.ts';
import { type PruneOptions, planPrune, prune } from '../../src/retention/prune.ts';
import { surveyStore } from '../../src/retention/survey.ts';
import { usageOf } from '../../src/retention/usage.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { amendEdition, listEditions, putEdition } from '../../src/store/editions.ts';
import { changeGrant, findGrant, type Grant } from '../../src/store/grants.ts';
import { recordName } from '../../src/store/layout.ts';
import { declareNeeds, endNeeds, newPruneRecord, PRUNE_KEY, waitForPrune } from '../../src/store/needs.ts';
import type { BlobRef, Store } from '../../src/store/store.ts';
import { hashed, newGrantId } from '../../src/submissions/grant-id.ts';
import { diskFolder } from '../disk-folder.ts';

const BOOK = { title: 'The Harbour', author: 'A. Writer', realm: 'dashscope' as const };
const OTHER = { title: 'Other', author: '', realm: 'dashscope' as const };
const NOW: PruneOptions = { keepEditions: 1, graceMs: 0 };
const DAY_MS = 24 * 3_600_000;

let root: string;
let store: Store;
beforeEach(async () => {
  root = await mkdtemp(join(diskFolder(), 'retention-'));
  store = await openDiskStore(root);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A take as the job writes it; returns its key. */
async function take(text: string): Promise<string> {
  const [pcm, measures] = [
    await store.putBlob(Buffer.from(`pcm ${text}`)),
    await store.putBlob(Buffer.from(`m ${text}`)),
  ];
  await store.writeRecord('take', keyOf(text), {
    key: keyOf(text),
    pcm,
    measures,
    sampleRateHz: 24_000,
    durationSeconds: 1,
  });
  return keyOf(text);
}

async function master(name: string, takes: string[]): Promise<{ key: string; file: BlobRef }> {
  const file = await store.putBlob(Buffer.from(`mp3 ${name}`));
  const positions = takes.map((key) => ({ startSeconds: 0, durationSeconds: 1, pauses: [], take: { key } }));
  await store.writeRecord('master', keyOf(name), {
    key: keyOf(name),
    takesDigest: '',
    files: [file],
    positions,
    curves: {},
    madeAt: '',
  });
  return { key: keyOf(name), file };
}

/** Delivers an edition with one chapter of these texts, as a run does. */
async function deliver(book: typeof BOOK, texts: string[], { hasLock = false } = {}) {
  const takes = await Promise.all(texts.map(take));
  const { key, file } = await master(`${book.title} ${texts.join()}`, takes);
  const m4b = await store.putBlob(Buffer.from(`m4b ${key}`));
  await store.writeRecord('book', keyOf(`book ${key}`), {
    key: keyOf(`book ${key}`),
    file: m4b,
    chapters: [{ title: 'One' }],
  });
  const edition: Edition = {
    ...book,
    manifest: 'book.yaml',
    simulated: false,
    model: 'm',
    language: 'en',
    voices: {},
    words: null,
    settings: {},
    chapters: [
      {
        title: 'One',
        source: null,
        files: { mp3: file.digest },
        master: key,
        ffmpeg: null,
        segments: takes.map((one, at) => ({
          character: 'narrator',
          text: texts[at]!,
          pauseMs: 0,
          take: one,
          sound: null,
        })),
      },
    ],
    book: m4b.digest,
  };
  await store.writeRecord('last-run', lastRunKey(book, book.realm), {
    ...{ version: 1, title: book.title, author: book.author, model: 'm', voices: [] },
    chapters: [{ number: 1, title: 'One', master: { key, fields: {} }, segments: takes.map((one) => ({ key: one })) }],
  });
  const facts = {
    ...{ ...book, model: 'm', simulated: false, madeAt: '2026-11-29T00:00:00Z' },
    chapters: 1,
    segments: takes.length,
    durationSeconds: 1,
    cost: null,
    billedCharacters: 0,
  };
  await putEdition(store, { ...facts, lock: formatLock(edition) }, { hasLock, isNew: true });
  return { master: key, m4b: m4b.digest, mp3: file.digest };
}

async function pruneNow(options: PruneOptions = NOW): Promise<string[]> {
  const { due } = await planPrune(store, options);
  const { due: deleted } = await prune(store, { ...options, approved: new Set(due.map(({ name }) => name)) });
  return deleted.map(({ name }) => name);
}

const has = async (digest: string) => (await store.blobSize(digest)) !== undefined;
const hasTake = async (text: string) => (await store.readRecord('take', keyOf(text))) !== undefined;

describe('editions', () => {
  it('are numbered, recorded once, and the lock belongs to the newest that was written', async () => {
    await deliver(BOOK, ['a'], { hasLock: true });
    await deliver(BOOK, ['a'], { hasLock: true });
    await deliver(BOOK, ['a', 'b'], { hasLock: true });
    await deliver(BOOK, ['a', 'c']);
    const editions = await listEditions(store, BOOK);
    expect(editions.map(({ number, hasLock }) => [number, hasLock])).toEqual([
      [1, undefined],
      [2, true],
      [3, undefined],
    ]);
  });

  it('of machines that deliver at once get different numbers', async () => {
    const facts = {
      ...BOOK,
      model: 'm',
      simulated: false,
      madeAt: '',
      chapters: 1,
      segments: 1,
      durationSeconds: 1,
      cost: null,
      billedCharacters: 0,
    };
    await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        putEdition(store, { ...facts, lock: `text ${at}` }, { hasLock: false, isNew: true }),
      ),
    );
    expect((await listEditions(store, BOOK)).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('prune', () => {
  it('deletes finished files of old editions; keeps the newest, locked and pinned ones, and every take', async () => {
    const [first, second, third, fourth] = [
      await deliver(BOOK, ['a']),
      await deliver(BOOK, ['b']),
      await deliver(BOOK, ['c'], { hasLock: true }),
      await deliver(BOOK, ['d']),
    ];
    await amendEdition(store, (await listEditions(store, BOOK))[0]!, { pinned: true });
    await pruneNow();
    expect(await Promise.all([first, second, third, fourth].map(({ mp3 }) => has(mp3)))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(await Promise.all([first, second, third, fourth].map(({ m4b }) => has(m4b)))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(await store.readRecord('master', second.master)).toBeUndefined();
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(hasTake))).toEqual([true, true, true, true]);
    expect((await listEditions(store, BOOK)).map(({ isFreed }) => isFreed)).toEqual([
      undefined,
      true,
      undefined,
      undefined,
    ]);
    expect(await pruneNow()).toEqual([]);
  });

  it('keeps one M4B of the editions that it keeps: others can be bound again', async () => {
    const [first, second] = [await deliver(BOOK, ['a']), await deliver(BOOK, ['b'])];
    await pruneNow({ ...NOW, keepEditions: 2 });
    expect([await has(first.mp3), await has(first.m4b), await has(second.m4b)]).toEqual([true, false, true]);
  });

  it('deletes takes only by their age, and never one that another book or a kept edition uses', async () => {
    await deliver(BOOK, ['old', 'shared']);
    await deliver(BOOK, ['new']);
    await deliver(OTHER, ['shared']);
    await take('young and unused');
    const aged = keyOf('old');
    await utimes(join(root, `records/take/${aged.slice(0, 2)}/${aged}.json`), 1, 1);
    await pruneNow({ ...NOW, keepTakesMs: DAY_MS });
    expect(await Promise.all(['old', 'shared', 'new', 'young and unused'].map(hasTake))).toEqual([
      false,
      true,
      true,
      true,
    ]);
    expect(await has(keyOf('pcm old'))).toBe(false);
  });

  it('marks first; deletes what was marked long enough ago and is still not needed', async () => {
    const old = await deliver(BOOK, ['a']);
    await deliver(BOOK, ['b']);
    const patient = { ...NOW, graceMs: DAY_MS };
    expect(await pruneNow(patient)).toEqual([]);
    expect(await pruneNow(patient)).toEqual([]);
    expect((await planPrune(store, patient)).marked.length).toBeGreaterThan(0);
    await ageEverything();
    // Needed again: somebody went back to the first edition.
    await deliver(BOOK, ['a']);
    await pruneNow({ ...patient, keepEditions: 1 });
    expect(await has(old.mp3)).toBe(true);
    expect(await listEditions(store, BOOK)).toHaveLength(3);
    await ageEverything();
    expect((await pruneNow(patient)).length).toBeGreaterThan(0);
    expect(await has(keyOf('mp3 The Harbour b'))).toBe(false);
    expect(await store.listRecords('prune-mark')).toEqual([]);
  });

  it('keeps what a running or waiting book needs, and all that kinds of a newer version name', async () => {
    const old = await deliver(BOOK, ['a']);
    const older = await deliver(OTHER, ['x']);
    await deliver(BOOK, ['b']);
    await deliver(OTHER, ['y']);
    await declareNeeds(store, 'harbour-1', {
      revision: 'r',
      title: BOOK.title,
      author: BOOK.author,
      keys: [old.master],
    });
    await store.writeRecord('from-the-future' as 'take', 'k', { deep: [{ key: older.master }] });
    await pruneNow();
    expect([await has(old.mp3), await has(older.mp3)]).toEqual([true, true]);
    await endNeeds(store, 'harbour-1');
    await pruneNow();
    expect([await has(old.mp3), await has(older.mp3)]).toEqual([false, true]);
  });

  it('deletes nothing that was written again since a person saw it, nor what she did not see', async () => {
    await deliver(BOOK, ['a']);
    await deliver(BOOK, ['b']);
    const { due } = await planPrune(store, NOW);
    const approved = new Set(due.map(({ name }) => name).filter((name) => name.startsWith('blobs/')));
    const { due: deleted, marked } = await prune(store, { ...NOW, approved });
    expect(new Set(deleted.map(({ name }) => name))).toEqual(approved);
    expect(marked.map(({ name }) => name.split('/')[1]).sort()).toEqual(['book', 'master']);
  });

  it('refuses where a record that may name something cannot be read', async () => {
    await deliver(BOOK, ['a']);
    const key = lastRunKey(BOOK, BOOK.realm);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(join(root, `records/last-run/${key.slice(0, 2)}/${key}.json`), '{"half');
    await expect(planPrune(store, NOW)).rejects.toMatchObject({
      code: 'store-damaged',
      message: expect.stringContaining('last-run'),
    });
  });

  it('that slept for so long that others take it for dead deletes nothing more: a run may need it by now', async () => {
    await deliver(BOOK, ['a']);
    await deliver(BOOK, ['b']);
    const { due } = await planPrune(store, NOW);
    const approved = new Set(due.map(({ name }) => name));
    const clock = vi.spyOn(Date, 'now');
    const deleted: string[] = [];
    const sleeping = storeWith({
      deleteObject: async (object) => {
        deleted.push(object.name);
        clock.mockReturnValue(Date.now() + 60_000);
        return store.deleteObject(object);
      },
    });
    try {
      await expect(prune(sleeping, { ...NOW, approved })).rejects.toMatchObject({ code: 'interrupted' });
    } finally {
      clock.mockRestore();
    }
    expect(deleted).toHaveLength(1);
    // The announcement may be another prune's.
    expect(await store.listRecords('prune')).toHaveLength(1);
    await prune(store, { ...NOW, approved, deadMs: 1 });
    expect(await planPrune(store, NOW)).toMatchObject({ due: [] });
  });

  it('killed at any moment loses nothing, and the next one finishes', async () => {
    await deliver(BOOK, ['a']);
    const kept = await deliver(BOOK, ['b']);
    const { due } = await planPrune(store, NOW);
    const approved = new Set(due.map(({ name }) => name));
    for (let deletions = 0; deletions < due.length; deletions++) {
      const stop = new AbortController();
      let left = 1;
      const dying = storeWith({
        deleteObject: async (object) => {
          if (left-- === 0) stop.abort();
          stop.signal.throwIfAborted();
          return store.deleteObject(object);
        },
        // A killed process does not take its record away, but the dead one's before it.
        deleteRecord: async (kind, key) => (left < 0 ? undefined : store.deleteRecord(kind, key)),
      });
      const isLast = deletions === due.length - 1;
      const end = prune(dying, { ...NOW, approved, signal: stop.signal, deadMs: 1 });
      if (isLast) await end;
      else await expect(end).rejects.toMatchObject({ name: 'AbortError' });
      expect([await has(kept.mp3), await has(kept.m4b), await hasTake('a'), await hasTake('b')]).toEqual([
        true,
        true,
        true,
        true,
      ]);
    }
    await prune(store, { ...NOW, approved, deadMs: 1 });
    expect(await planPrune(store, NOW)).toMatchObject({ due: [] });
    expect(await store.listRecords('prune')).toEqual([]);
  });

  it('killed when all is deleted, before it noted whose files are gone: the next one notes it', async () => {
    await deliver(BOOK, ['a']);
    await deliver(BOOK, ['b']);
    const approved = new Set((await planPrune(store, NOW)).due.map(({ name }) => name));
    const dying = storeWith({
      writeRecord: async (kind, ...rest) => {
        if (kind === 'edition') throw new Error('killed');
        return store.writeRecord(kind, ...rest);
      },
    });
    const freed = async () => (await listEditions(store, BOOK)).map(({ isFreed }) => isFreed === true);
    await expect(prune(dying, { ...NOW, approved })).rejects.toThrow('killed');
    expect(await freed()).toEqual([false, false]);
    await pruneNow();
    expect(await freed()).toEqual([true, false]);
  });
});

/** The store with other operations. */
function storeWith(over: Partial<Store>): Store {
  return new Proxy(store, {
    get(all, name) {
      const value: unknown = Reflect.get(name in over ? over : all, name);
      return typeof value === 'function' && !(name in over) ? value.bind(all) : value;
    },
  });
}

it('the watcher prunes by itself, and goes on after a failure', async () => {
  const old = await deliver(BOOK, ['a']);
  await deliver(BOOK, ['b']);
  const stop = new AbortController();
  const said: string[] = [];
  let opened = 0;
  const openStore = async (): Promise<Store> => {
    opened += 1;
    if (opened === 1) throw new Error('no network');
    return store;
  };
  const notice = (message: string): void => void said.push(message);
  const every = { everyMs: 1, firstAfterMs: 1, graceMs: 0 };
  const pruning = pruneDaily({ openStore, keepEditions: 1, notice, signal: stop.signal, ...every });
  await expect.poll(() => has(old.mp3), { timeout: 20_000 }).toBe(false);
  await expect.poll(() => said.length, { timeout: 20_000 }).toBe(2);
  stop.abort();
  await pruning;
  expect(said[0]).toContain('no network');
  expect(said[1]).toMatch(/^Deleted \d+ bytes from the store/);
});

it('a run waits while a prune deletes, and not for one that has died', async () => {
  let waits = 0;
  const onWait = (): void => {
    waits += 1;
  };
  await waitForPrune(store, { onWait });
  expect(waits).toBe(0);
  await store.writeRecord('prune', PRUNE_KEY, { id: 'x', beat: 0 });
  const waiting = waitForPrune(store, { onWait });
  await expect.poll(() => waits).toBe(1);
  await store.deleteRecord('prune', PRUNE_KEY);
  await waiting;
  await store.writeRecord('prune', PRUNE_KEY, { id: 'x', beat: 1 });
  await waitForPrune(store, { onWait, deadMs: 10 });
  // A process of this machine that was killed is dead at once, one that runs is not.
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const started = /.*\) (.*)/.exec(await readFile(`/proc/${child.pid}/stat`, 'utf8'))?.[1]?.split(' ')[19];
  await store.writeRecord('prune', PRUNE_KEY, {
    id: 'y',
    holder: { ...newPruneRecord().holder, pid: child.pid, started },
  });
  const killed = waitForPrune(store, { onWait, deadMs: 60_000 });
  await expect(Promise.race([killed, sleep(600, 'waits')])).resolves.toBe('waits');
  child.kill('SIGKILL');
  await killed;
  await store.writeRecord('prune', PRUNE_KEY, { id: 'x', beat: 2 });
  const stop = AbortSignal.abort();
  await expect(waitForPrune(store, { onWait, signal: stop })).rejects.toMatchObject({ code: 'interrupted' });
});

it('sizes add up by book, edition and kind', async () => {
  await deliver(BOOK, ['a', 'shared']);
  await deliver(BOOK, ['b', 'shared']);
  await deliver(OTHER, ['shared']);
  // It mentions a title and no author: no book of its own.
  await store.writeRecord('grant', 'g', { title: BOOK.title });
  const survey = await surveyStore(store);
  const usage = usageOf(survey);
  const total = survey.objects.reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(usage.bytes).toBe(total);
  expect(Object.values(usage.kinds).reduce((sum, { bytes }) => sum + bytes, 0)).toBe(total);
  expect(usage.books.map(({ title }) => title)).toEqual(['The Harbour', 'Other']);
  const [harbour] = usage.books;
  const shared = survey.objects.filter(({ name }) =>
    [keyOf('shared'), keyOf('pcm shared'), keyOf('m shared')].some((key) => name.includes(key)),
  );
  expect(shared).toHaveLength(3);
  expect(usage.sharedBytes).toBe(shared.reduce((sum, { byteLength }) => sum + byteLength, 0));
  expect(harbour!.bytes - harbour!.ownBytes).toBe(usage.sharedBytes);
  expect(harbour!.editions.map(({ edition }) => edition.number)).toEqual([1, 2]);
});

it('a forgotten book takes its takes with it, except those that another book uses', async () => {
  await deliver(BOOK, ['a', 'shared'], { hasLock: true });
  const other = await deliver(OTHER, ['shared', 'c']);
  await take('nobody uses it');
  const survey = await surveyStore(store);
  const { records, unwanted, editions } = recordsOfBook(survey, BOOK);
  expect(editions).toBe(1);
  for (const object of survey.objects) if (records.includes(object.name)) await store.deleteObject(object);
  await pruneNow({ keepEditions: 99, graceMs: 0, unwanted });
  expect(await Promise.all(['a', 'shared', 'c', 'nobody uses it'].map(hasTake))).toEqual([false, true, true, true]);
  expect(await has(other.mp3)).toBe(true);
  expect(usageOf(await surveyStore(store)).books.map(({ title }) => title)).toEqual(['Other']);
});

it('a forgotten book takes along the takes that only `migrate` spoke for it', async () => {
  await deliver(BOOK, ['a'], { hasLock: true });
  const other = await deliver(OTHER, ['both']);
  const listened = await take('heard in another model');
  const both = keyOf('both');
  const survey = await surveyStore(store);
  const { records, unwanted, unnamedBytes } = recordsOfBook(survey, BOOK, [
    listened,
    both,
    keyOf('a'),
    keyOf('a voice'),
  ]);
  const ofIt = survey.objects.filter(({ name }) =>
    [listened, keyOf('pcm heard in another model'), keyOf('m heard in another model')].some((key) =>
      name.includes(key),
    ),
  );
  expect(ofIt).toHaveLength(3);
  expect(unnamedBytes).toBe(ofIt.reduce((sum, { byteLength }) => sum + byteLength, 0));
  for (const object of survey.objects) if (records.includes(object.name)) await store.deleteObject(object);
  await pruneNow({ keepEditions: 99, graceMs: 0, unwanted });
  expect(await Promise.all(['a', 'heard in another model', 'both'].map(hasTake))).toEqual([false, false, true]);
  expect(await has(other.mp3)).toBe(true);
});

it('a grant of a command that has ended goes; one that something may continue stays', async () => {
  const spent = { title: BOOK.title, grantedNanos: 5, currency: 'CNY', spentNanos: 3, openedAt: '' };
  const open = async (id: string, allotments: Grant['allotments'] = {}): Promise<string> => {
    await changeGrant(store, id, () => ({ ...spent, id, allotments }));
    return id;
  };
  const ended = await open(newGrantId(), { run: { nanos: 3, generation: 2, spentNanos: 3, isShared: true } });
  const kept = [
    await open(newGrantId(), { run: { nanos: 2, generation: 1, spentNanos: 1, isShared: true } }),
    await open(hashed('manifest', BOOK.title, 5)),
    await open(newGrantId()),
  ];
  await store.writeRecord('submission', 'harbour', { ...BOOK, grant: kept[2] });
  const damaged = newGrantId();
  await store.writeRecord('grant', `${damaged}.1`, { id: damaged });
  // Marked first: whoever opened it may not have set anything aside yet.
  const twoPhases = { keepEditions: 1, graceMs: DAY_MS };
  expect(await pruneNow(twoPhases)).toEqual([]);
  await ageEverything();
  await changeGrant(store, ended, (grant) => ({ ...grant!, spentNanos: 4 }));
  // It has changed since, so that the mark is of a record that is gone.
  expect(await pruneNow(twoPhases)).toEqual([]);
  await ageEverything();
  expect(await pruneNow(twoPhases)).toEqual([recordName('grant', `${ended}.2`)]);
  expect(await findGrant(store, ended)).toBeUndefined();
  for (const id of kept) expect(await findGrant(store, id)).toMatchObject({ id, spentNanos: 3 });
  expect(await store.listRecords('grant', { startsWith: damaged })).toHaveLength(1);
});

/** As if two days had passed at the disk. */
async function ageEverything(): Promise<void> {
  const then = Date.now() / 1000 - 2 * 86_400;
  for await (const piece of store.inventory()) for (const { name } of piece) await utimes(join(root, name), then, then);
}
