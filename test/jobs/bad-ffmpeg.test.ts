/** An ffmpeg that hangs, dies, or writes half or nothing: a failure with a name, nothing stored, and made again. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bind } from '../../jobs/bind.ts';
import type { JobContext } from '../../jobs/context.ts';
import { master } from '../../jobs/master.ts';
import { decodeToPcm } from '../../src/audio/ffmpeg/decode.ts';
import type { Ffmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { encodeMeasures } from '../../src/audio/measure/measures.ts';
import { createTakeMeter } from '../../src/audio/measure/take-meter.ts';
import { BINDING_VERSION } from '../../src/plan/keys.ts';
import type { BindStep, MasterStep } from '../../src/plan/step.ts';
import { createVoiceHabits } from '../../src/qc/voice-habits.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import type { BookRecord } from '../../src/store/books.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { findMaster, type MasterRecord } from '../../src/store/masters.ts';
import { putTake } from '../../src/store/takes.ts';
import { bytesOf, RATE_HZ, sine } from '../audio/signals.ts';
import * as steps from '../queue/steps.ts';
import { quickFfmpeg } from '../quick-environment.ts';

const attempt = { signal: new AbortController().signal, attempt: 1 };
const SECONDS = 4;
const STEP: MasterStep = {
  ...steps.master('m'.repeat(64)),
  formats: ['mp3', 'm4a'],
  sampleRateHz: RATE_HZ,
  takes: [{ key: 't'.repeat(64), character: 'mara', text: 'Ahoy!', pauseAfterMs: 0 }],
};
const BOOK: BindStep = {
  kind: 'bind',
  key: 'b'.repeat(64),
  title: 'Book',
  chapters: [{ key: STEP.key, title: 'One' }],
  tags: { title: 'Book', artist: 'A', language: 'en', comment: '' },
} as BindStep;

let folder: string;
let good: Ffmpeg;
let context: JobContext;
let limits: ReturnType<typeof openLimits>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bad-ffmpeg-'));
  good = await quickFfmpeg();
  limits = openLimits({ redis: undefined, prefix: 'test' }, { account: 'test', sessionsAtOnce: 1 });
});
afterAll(async () => {
  limits.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  const store = await openDiskStore(await mkdtemp(join(folder, 'store-')));
  const { singleFlight, budgets } = limits;
  const unused = undefined as never;
  const fixed = {
    workerId: 'here',
    account: 'test',
    enrolment: unused,
    sessions: unused,
    clones: unused,
    spending: unused,
  };
  context = { ...fixed, habits: createVoiceHabits(), store, ffmpeg: good, singleFlight, budgets };
  const sound = bytesOf(sine(220, -20, SECONDS));
  const meter = createTakeMeter(RATE_HZ);
  meter.push(sound);
  const measures = await store.putBlob(encodeMeasures(meter.finish().measures));
  const facts = { sampleRateHz: RATE_HZ, durationSeconds: SECONDS, character: 'mara', text: 'Ahoy!', model: 'model' };
  const ids = { voiceId: 'v', sessionId: 's', responseId: 'r', billedCharacters: 5, simulated: false };
  const pcm = await store.putBlob(sound);
  await putTake(store, { key: 't'.repeat(64), pcm, measures, ...facts, ...ids, madeAt: '2026-01-02T03:04:05.000Z' });
});

/** ffmpeg in a script that does `how` when its arguments contain `when`; `$FILE` is its last argument, the output. */
async function bad(when: string, how: string): Promise<JobContext> {
  const path = join(folder, `ffmpeg-${Math.random().toString(36).slice(2)}`);
  const body = [
    '#!/bin/sh',
    `REAL=${good.path}`,
    'for FILE; do :; done; FILE=$(echo "$FILE" | sed s/^file://)',
    `case "$*" in *${when}*) ${how};; *) exec "$REAL" "$@";; esac`,
  ];
  await writeFile(path, `${body.join('\n')}\n`);
  await chmod(path, 0o755);
  // On a busy machine, one that works may make no progress for as long.
  const patience = how.includes(HANG) && { stallLimitMs: 1_500 };
  return { ...context, ffmpeg: { ...good, path, ...patience } };
}

const HANG = 'sleep 30';
const HALF = '"$REAL" "$@" && truncate -s $(($(stat -c %s "$FILE") / 2)) "$FILE"';
const FAULTS: [name: string, how: string, message: RegExp][] = [
  ['hangs', `exec ${HANG}`, /made no progress for 1\.5 s while encoding chapter 1/],
  ['hangs in a program that it started', `${HANG}; :`, /made no progress for 1\.5 s/],
  ['writes half and reports success', HALF, /did not write chapter 1 \(t\) as m4a completely|decoding/],
  ['writes nothing and reports success', 'cat >/dev/null', /wrote nothing while encoding chapter 1/],
  ['is killed', 'kill -9 $$', /it was killed \(SIGKILL\)/],
];

describe('an ffmpeg that encodes a chapter', () => {
  it.each(FAULTS)('%s: tried again, and nothing is stored', async (_name, how, message) => {
    const broken = await bad('libmp3lame', how);
    const from = performance.now();
    await expect(master(STEP, attempt, broken)).rejects.toMatchObject({
      code: 'ffmpeg-failed',
      message: expect.stringMatching(message),
      retry: 'backoff',
    });
    expect(performance.now() - from).toBeLessThan(15_000);
    expect(await context.store.listRecords('master')).toEqual([]);
  });

  it('and one that is fine makes it, also where an earlier version stored a broken file', async () => {
    await expect(master(STEP, attempt, context)).resolves.toMatchObject({ outcome: 'made' });
    await expect(master(STEP, attempt, context)).resolves.toMatchObject({ outcome: 'reused' });
    const stored = (await findMaster(context.store, STEP.key)) as MasterRecord;
    const cut = { rule: 'whole', wanted: 'not truncated', measured: 'cut off', pass: false };
    const files = stored.files.map((file, index) => (index === 0 ? { ...file, rules: [...file.rules, cut] } : file));
    await context.store.writeRecord('master', STEP.key, { ...stored, files, verdict: 'fail' });
    expect(await findMaster(context.store, STEP.key)).toBeUndefined();
    await expect(master(STEP, attempt, context)).resolves.toMatchObject({ outcome: 'made' });
  });
});

describe('a book', () => {
  it('is bound without ffmpeg, and again where a worker of an earlier version bound it in its own way', async () => {
    await master(STEP, attempt, context);
    const step = { ...BOOK, binding: BINDING_VERSION };
    const without = { ...context, ffmpeg: { ...good, path: '/nowhere' } };
    await expect(bind(step, attempt, without)).resolves.toMatchObject({ outcome: 'made' });
    await expect(bind(step, attempt, without)).resolves.toMatchObject({ outcome: 'reused' });
    const { binding, ...record } = (await context.store.readRecord('book', BOOK.key)) as BookRecord;
    expect(binding).toBe(BINDING_VERSION);
    await context.store.writeRecord('book', BOOK.key, record);
    await expect(bind(step, attempt, without)).resolves.toMatchObject({ outcome: 'made' });
  });

  it('of a lock from before is bound by ffmpeg, always to the same bytes, which are others', async () => {
    await master(STEP, attempt, context);
    const digestOf = async (step: BindStep): Promise<string> => {
      await context.store.deleteRecord('book', BOOK.key);
      await bind(step, attempt, context);
      return ((await context.store.readRecord('book', BOOK.key)) as BookRecord).file.digest;
    };
    const [first, again] = [await digestOf(BOOK), await digestOf(BOOK)];
    expect(again).toBe(first);
    expect(await digestOf({ ...BOOK, binding: BINDING_VERSION })).not.toBe(first);
  });

  it('that ffmpeg writes half is not stored, and one of chapters that were cut off is bound again', async () => {
    await master(STEP, attempt, context);
    const broken = await bad('ffmetadata', HALF);
    await expect(bind(BOOK, attempt, broken)).rejects.toMatchObject({ code: 'ffmpeg-failed', retry: 'backoff' });
    expect(await context.store.listRecords('book')).toEqual([]);
    await expect(bind(BOOK, attempt, context)).resolves.toMatchObject({ outcome: 'made' });
    await expect(bind(BOOK, attempt, context)).resolves.toMatchObject({ outcome: 'reused' });
    const stored = (await context.store.readRecord('book', BOOK.key)) as BookRecord;
    const chapters = stored.chapters.map((chapter) => ({ ...chapter, endSeconds: chapter.endSeconds / 2 }));
    await context.store.writeRecord('book', BOOK.key, { ...stored, chapters });
    await expect(bind(BOOK, attempt, context)).resolves.toMatchObject({ outcome: 'made' });
  });

  it.each([undefined, BINDING_VERSION])('sets a chapter aside that cannot go into it (binding %s)', async (binding) => {
    await master(STEP, attempt, context);
    const stored = (await findMaster(context.store, STEP.key)) as MasterRecord;
    const m4a = stored.files.find(({ format }) => format === 'm4a')!;
    const sound = await context.store.readBlob(m4a.digest);
    // The index is at the start, so half of the sound is readable.
    const half = await context.store.putBlob(sound.subarray(0, sound.length * 0.3));
    const files = stored.files.map((file) => (file === m4a ? { ...file, ...half } : file));
    await context.store.writeRecord('master', STEP.key, { ...stored, files });
    const bound = bind({ ...BOOK, ...(binding && { binding }) }, attempt, context);
    await expect(bound).rejects.toMatchObject({ code: 'store-damaged' });
    expect(await findMaster(context.store, STEP.key)).toBeUndefined();
  });
});

describe('every other use of ffmpeg', () => {
  it('ends when it hangs while it reads', async () => {
    const { ffmpeg } = await bad('pcm_s16le', `exec ${HANG}`);
    const input = bytesOf(sine(220, -20, 1));
    await expect(decodeToPcm({ ffmpeg, input, name: 'a sample', maxSeconds: 5 })).rejects.toMatchObject({
      code: 'ffmpeg-failed',
      message: expect.stringContaining('while decoding a sample'),
    });
  });
});
