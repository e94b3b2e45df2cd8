/** The small blobs of a chapter, kept together on S3: what the studio asks for, and what a prune does with them. */
import { hash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { keepChapterBlobs } from '../../jobs/keep-chapter-blobs.ts';
import { encodeMeasures } from '../../src/audio/measure/measures.ts';
import { createTakeMeter } from '../../src/audio/measure/take-meter.ts';
import { readConfig, silenceSdkNotice } from '../../src/config/config.ts';
import { garbageOf } from '../../src/retention/garbage.ts';
import { surveyStore } from '../../src/retention/survey.ts';
import { putChapterBlobs, readChapterBlobs } from '../../src/store/chapter-blobs.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { openS3Store } from '../../src/store/s3/store.ts';
import type { Store } from '../../src/store/store.ts';
import { putTakeWords } from '../../src/store/take-words.ts';
import { putTake, type TakeRecord } from '../../src/store/takes.ts';
import type { Moment } from '../../src/studio/book/moment.ts';
import { rememberingStore } from '../../src/studio/book/remembering-store.ts';
import { openChapterSounds } from '../../src/studio/sound/chapter-sounds.ts';
import { bytesOf, RATE_HZ, sine } from '../audio/signals.ts';
import * as steps from '../queue/steps.ts';
import { type S3Server, startS3Server } from './s3-server.ts';

const LINES = 40;
const KEY = 'e'.repeat(64);

let folder: string;
let server: S3Server;
let store: Store;
let asked: string[];
beforeAll(async () => {
  silenceSdkNotice();
  folder = await mkdtemp(join(tmpdir(), 'chapter-blobs-'));
  server = await startS3Server();
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  const { s3 } = readConfig({ store: 's3://books/store' }, server.env);
  store = await openS3Store(s3!, { workFolder: join(folder, 'work') });
  server.trouble = ({ operation }) => {
    asked.push(operation);
    return undefined;
  };
  asked = [];
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

it('gives a chapter to the studio with one request for all measures and words, also where mastering kept none', async () => {
  const step = { ...steps.master(KEY), takes: await spokenTakes() };
  const moment = {
    ...{ store, version: 'v' },
    plan: { chapters: [{ number: 1, title: 't', master: { step } }] },
    book: { chapters: [] },
  } as unknown as Moment;
  const open = async () => {
    asked = [];
    const chapter = await openChapterSounds().of(moment, 1);
    expect(chapter!.words.map((words) => words?.[0]?.text)).toEqual(step.takes.map(({ text }) => text));
    const digests = chapter!.measures.map((measures) => hash('sha256', encodeMeasures(measures), 'hex'));
    expect(digests).toEqual(chapter!.takes.map((take) => take!.measures.digest));
    // Records of takes are read before, with the plan of the book.
    return { chapter: chapter!, gets: asked.filter((operation) => operation === 'GetObject').length - LINES };
  };
  const first = await open();
  expect(first.gets).toBe(1 + 2 * LINES);
  await vi.waitFor(async () => expect(await store.listRecords('chapter-blobs')).toEqual([KEY]));
  expect((await open()).gets).toBe(1);
  // As mastering keeps them.
  await store.deleteRecord('chapter-blobs', KEY);
  const takes = first.chapter.takes as TakeRecord[];
  const chapter = first.chapter.measures.map((measures) => ({ measures }) as never);
  await keepChapterBlobs(store, { masterKey: KEY, takes, chapter });
  expect((await open()).gets).toBe(1);
  // A record from elsewhere, or cut off, costs time and nothing else.
  await store.writeRecord('chapter-blobs', KEY, { blobs: [['AAAA', 3]], packed: 'AAAA' });
  expect((await open()).gets).toBe(1 + 2 * LINES);
});

it('keeps no blob from being pruned, and goes with its master', async () => {
  await putChapterBlobs(store, KEY, randomBlobs());
  const garbage = async () => garbageOf(await surveyStore(store), { keepEditions: 1 }).objects.map(({ name }) => name);
  const name = `records/chapter-blobs/ee/${KEY}.json`;
  expect(await garbage()).toContain(name);
  await store.writeRecord('needs', 'run', { revision: 'r', title: 't', author: 'a', keys: [KEY] });
  expect(await garbage()).not.toContain(name);
});

it('is for stores that are far, and for many', async () => {
  const disk = await openDiskStore(join(folder, 'disk'));
  await putChapterBlobs(disk, KEY, randomBlobs());
  expect([await disk.listRecords('chapter-blobs'), (await readChapterBlobs(disk, KEY)).size]).toEqual([[], 0]);
  const other = 'f'.repeat(64);
  await putChapterBlobs(store, other, new Map([...randomBlobs()].slice(0, 9)));
  expect(await store.listRecords('chapter-blobs')).not.toContain(other);
});

it('asks once for takes that the plan and the lines of a book want at the same time', async () => {
  const keys = ['1', '2', '3'].map((one) => one.repeat(64));
  for (const key of keys.slice(0, 2)) await store.writeRecord('take', key, { key });
  const { store: remembering } = rememberingStore(store);
  const read = async (some: string[]) => {
    const found: string[] = [];
    for await (const piece of remembering.readRecords('take', some)) found.push(...piece.map(([key]) => key));
    return found.toSorted();
  };
  asked = [];
  expect(await Promise.all([read(keys), read(keys.slice(1)), read([])])).toEqual([keys.slice(0, 2), [keys[1]], []]);
  expect(asked.filter((operation) => operation === 'GetObject').length).toBeLessThanOrEqual(3);
  expect(await read(keys)).toEqual(keys.slice(0, 2));
});

function randomBlobs(): Map<string, Uint8Array> {
  return new Map(
    Array.from({ length: 80 }, () => {
      const bytes = randomBytes(50);
      return [hash('sha256', bytes, 'hex'), bytes];
    }),
  );
}

/** Takes of short tones, each with one word. */
async function spokenTakes() {
  return Promise.all(
    Array.from({ length: LINES }, async (_, at) => {
      const key = hash('sha256', `take ${at}`, 'hex');
      const text = `word${at}`;
      const sound = bytesOf(sine(200 + at, -20, 0.2));
      const meter = createTakeMeter(RATE_HZ);
      meter.push(sound);
      const [pcm, measures, words] = await Promise.all([
        store.putBlob(sound),
        store.putBlob(encodeMeasures(meter.finish().measures)),
        putTakeWords(store, [{ text, startSeconds: 0, endSeconds: 0.1 }]),
      ]);
      const facts = { sampleRateHz: RATE_HZ, durationSeconds: 0.2, character: 'mara', text, model: 'model' };
      const ids = { voiceId: 'v', sessionId: 's', responseId: 'r', billedCharacters: 5, simulated: false };
      await putTake(store, { key, pcm, measures, words, ...facts, ...ids, madeAt: '2026-01-02T03:04:05.000Z' });
      return { key, character: 'mara', text, pauseAfterMs: 0 };
    }),
  );
}
