/** Damage in the store, of every kind and to everything in it: one run ends whole, and only what was lost is paid again. */
import { cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandsHere } from './program-here.ts';
import { digestsOf, makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();
commandsHere();

/** A finished book; each test damages a copy of it. */
let sound: Rig;
let rig: Rig;
/** Digests of its files. */
let whole: string[];
beforeAll(async () => {
  sound = await makeRig();
  rig = sound;
  await writeBook(rig, { formats: 'mp3, m4b' });
  await run();
  whole = await files('out');
}, 120_000);
beforeEach(async () => {
  rig = await makeRig();
  await cp(sound.folder, rig.folder, { recursive: true });
});
afterEach(() => rig.destroy());
afterAll(() => sound.destroy());

const STORE = 'store';
const run = (out = 'out') => rig.runJson(['book.yaml', '--simulate', '--store', STORE, '--out', out]);
const files = async (out: string): Promise<string[]> =>
  digestsOf(
    await Promise.all(
      ['01 - Arrival.mp3', '02 - Storm.mp3', 'A Small Book.m4b'].map((name) => rig.read(`${out}/A Small Book/${name}`)),
    ),
  );

const HOW = {
  'cut off': (path: string) => truncate(path, 10),
  emptied: (path: string) => truncate(path, 0),
  'taken by a foreign file': (path: string) => writeFile(path, 'Dear diary'),
  'flipped in one bit': async (path: string) => {
    const bytes = await readFile(path);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(path, bytes);
  },
};
type How = keyof typeof HOW;
const ALL = Object.keys(HOW) as How[];

async function records(kind: string): Promise<string[]> {
  const folder = rig.path(STORE, 'records', kind);
  const shards = await readdir(folder);
  const names = await Promise.all(
    shards.map(async (shard) => (await readdir(join(folder, shard))).map((name) => join(folder, shard, name))),
  );
  return names.flat().sort();
}

/** What the tests look at in a record of any kind. */
interface StoredRecord {
  text: string;
  pcm: { digest: string };
  measures: { digest: string };
  file: { digest: string };
  files: { digest: string; format: string }[];
}

async function recordAt(record: string): Promise<StoredRecord> {
  return JSON.parse(await readFile(record, 'utf8')).value;
}

const blob = (digest: string): string => rig.path(STORE, 'blobs', digest.slice(0, 2), digest);

/** So that takes and measures are read again. */
async function forgetMasters(): Promise<void> {
  for (const record of [...(await records('master')), ...(await records('book'))]) await truncate(record, 0);
}

/** The run after the damage, into a folder where nothing is yet: all must be read. */
async function healed(calls: { enroll: number; synthesize: number }): Promise<void> {
  const { code, stderr, finished, events } = await run('again');
  expect([code, stderr]).toEqual([0, '']);
  expect(finished).toMatchObject({ ok: true, calls });
  expect(events.filter(({ type }) => type.endsWith('.failed'))).toEqual([]);
  expect(await files('again')).toEqual(whole);
}

describe('one run heals', () => {
  it.each(ALL)(
    'the sound of two takes of one chapter that was %s',
    async (how) => {
      const two: string[] = [];
      for (const record of await records('take')) {
        const { pcm, text } = await recordAt(record);
        if (/wind|Listen!/.test(text)) two.push(pcm.digest);
      }
      expect(two).toHaveLength(2);
      for (const digest of two) await HOW[how](blob(digest));
      await forgetMasters();
      await healed({ enroll: 0, synthesize: 2 });
    },
    120_000,
  );

  it.each(ALL)(
    'the measures of a take that were %s, from its sound',
    async (how) => {
      const { measures } = await recordAt((await records('take'))[0]!);
      await HOW[how](blob(measures.digest));
      await forgetMasters();
      await healed({ enroll: 0, synthesize: 0 });
    },
    120_000,
  );

  it.each(ALL)(
    'the record of a take that was %s',
    async (how) => {
      await HOW[how]((await records('take'))[0]!);
      await forgetMasters();
      await healed({ enroll: 0, synthesize: 1 });
    },
    120_000,
  );

  it.each(ALL)(
    'a finished file that was %s',
    async (how) => {
      const { files: made } = await recordAt((await records('master'))[0]!);
      for (const { digest } of made) await HOW[how](blob(digest));
      await healed({ enroll: 0, synthesize: 0 });
    },
    120_000,
  );

  it.each(ALL)(
    'the M4A of a chapter, read for the book alone, that was %s',
    async (how) => {
      const { files: made } = await recordAt((await records('master'))[0]!);
      const m4a = made.find(({ format }) => format === 'm4a');
      await HOW[how](blob(m4a?.digest ?? ''));
      for (const record of await records('book')) await truncate(record, 0);
      await healed({ enroll: 0, synthesize: 0 });
    },
    120_000,
  );

  it.each(ALL)(
    'the book file that was %s',
    async (how) => {
      const { file } = await recordAt((await records('book'))[0]!);
      await HOW[how](blob(file.digest));
      await healed({ enroll: 0, synthesize: 0 });
    },
    120_000,
  );
});
