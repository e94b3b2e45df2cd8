/**
 * What it costs from the choice of another take to a new MP3, M4A and M4B, as the book grows: the work is opened as a command
 * opens it (the queue, the lock on the store, limits, workers) or, in every second round, as the studio does, with the queue's
 * database started while the price was read; the chapter is mastered and checked, the book bound, and all three files delivered with their marks. Beside it, in the same round, the two bare
 * encoders of that chapter at once, and `cp` and `sha256sum` of the M4B.
 */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Ffmpeg, findFfmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { bindBook } from '../../src/audio/m4b/bind-book.ts';
import { masterChapter } from '../../src/audio/mastering/master.ts';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import { accountFor } from '../../src/composition/service.ts';
import { openWorkbench } from '../../src/composition/workbench.ts';
import { type Config, readConfig } from '../../src/config/config.ts';
import { deliverMarked } from '../../src/deliver/marks/deliver-marked.ts';
import type { BindStep, StepResult } from '../../src/plan/step.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { openEmbedded } from '../../src/queue/embedded/embedded.ts';
import { type ReadyDatabase, readyDatabase } from '../../src/queue/embedded/ready-database.ts';
import { followRun } from '../../src/queue/follow-jobs.ts';
import { submitBook, submitChapters } from '../../src/queue/submit.ts';
import { startWorkers } from '../../src/queue/workers.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import type { BlobRef, Store } from '../../src/store/store.ts';
import * as steps from '../queue/steps.ts';
import { costOf } from './cpu.ts';
import type { Bench } from './main.ts';
import { type BenchTake, spokenTakes } from './speech-takes.ts';

const HOURS = (process.env['BENCH_HOURS'] ?? '1,4,10').split(',').map(Number);
const CHAPTER_MINUTES = Number(process.env['BENCH_MINUTES'] ?? 12);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const RATE_HZ = 24_000;
/** How long a person reads a price, at the least. */
const READING_MS = 3_000;
/** Of issue 16, times the two bare encoders at once, and times copying and hashing. */
const BAR = 1.5;
const TAGS = { title: 'T', artist: 'A', language: 'en', comment: 'C' };
const MARKED = {
  spokenBy: 'machine' as const,
  tags: { comment: 'C', sentence: 'S', digitalSourceType: 'D', language: 'eng' },
};

interface Material {
  folder: string;
  store: Store;
  ffmpeg: Ffmpeg;
  takes: BenchTake[];
  pcm: string;
  config: Config;
}

/** Prints each round; kept when the median of each book's ratios of time is within the bar. */
export const afterChoice: Bench = async (say, folder) => {
  const ffmpeg = await findFfmpeg({ pathEnv: process.env['PATH'] });
  const takes = await spokenTakes(folder, CHAPTER_MINUTES);
  const pcm = join(folder, 'all.pcm');
  await writeFile(pcm, '');
  for (const { path } of takes) await appendFile(pcm, await readFile(path));
  const flags = { simulate: true, store: join(folder, 'store') };
  const config = readConfig(flags, { ...process.env, REDIS_URL: '', XDG_CACHE_HOME: folder });
  const material = { folder, store: await openDiskStore(flags.store), ffmpeg, takes, pcm, config };
  await mkdir(join(folder, 'out'));
  // The queue's first start ever makes its empty database.
  await (await openEmbedded(config)).close();
  const chapter = (await makeChapter(material))[1];
  let kept = true;
  for (const hours of HOURS) kept = (await bookOf(hours, { say, material, chapter })) && kept;
  return kept;
};

async function bookOf(
  hours: number,
  { say, material, chapter }: { say: (line: string) => void; material: Material; chapter: BlobRef },
): Promise<boolean> {
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const parts: Record<string, number> = {};
    const database = readyDatabase(() => openEmbedded(material.config));
    if (round % 2 === 1) {
      database.expect();
      await sleep(READING_MS);
    }
    const ours = await costOf(() => mendBook(material, { hours, chapter, parts, database }));
    const encoders = await costOf(() => bareEncoders(material));
    const m4b = join(material.folder, 'out', 'book.m4b');
    const copy = await costOf(() => shell(`cp ${m4b} ${m4b}.copy && sha256sum ${m4b}.copy`));
    await Promise.all(
      ['book.m4b', 'book.m4b.copy', 'one.mp3', 'one.m4a'].map((name) => rm(join(material.folder, 'out', name))),
    );
    const bar = BAR * (encoders.wallSeconds + copy.wallSeconds);
    ratios.push(ours.wallSeconds / bar);
    const told = Object.entries(parts).map(([name, seconds]) => `${name} ${seconds.toFixed(1)}`);
    say(
      `${hours} h: ${ours.wallSeconds.toFixed(1)} s (${told.join(', ')}), ${ours.cpuSeconds.toFixed(1)} s of CPU; bare encoders ${encoders.wallSeconds.toFixed(1)} s (${encoders.cpuSeconds.toFixed(1)}), cp and sha256sum ${copy.wallSeconds.toFixed(1)} s (${copy.cpuSeconds.toFixed(1)}): ${(ours.wallSeconds / bar).toFixed(2)} of the bar`,
    );
  }
  return ratios.toSorted((a, b) => a - b)[ROUNDS >> 1]! <= 1;
}

/** Through the embedded queue, as a run of one process does it. */
async function mendBook(
  material: Material,
  of: { hours: number; chapter: BlobRef; parts: Record<string, number>; database: ReadyDatabase },
): Promise<void> {
  const { folder, store, config } = material;
  const part = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    const value = await work();
    of.parts[name] = (performance.now() - from) / 1000;
    return value;
  };
  const deliver = (file: BlobRef, format: 'mp3' | 'm4a' | 'm4b'): Promise<unknown> => {
    const name = format === 'm4b' ? 'book.m4b' : `one.${format}`;
    const where = { store, file, format, folder: join(folder, 'out'), name, madeAt: new Date(0) };
    return deliverMarked({ ...where, marked: MARKED, earlier: undefined });
  };
  const result = (kind: 'master' | 'bind') => ({ kind, outcome: 'made' }) as StepResult;
  let mended: BlobRef = of.chapter;
  const never = async (): Promise<never> => {
    throw new Error('nothing is spoken');
  };
  const { work, queue, workers } = await part('start', async () => {
    const opened = await openWorkbench({
      ...{ config, store, account: accountFor(config), notice: () => undefined, offline: true },
      // Ours are the other two.
      ...{ kinds: ['enroll', 'synthesize'] as const, database: of.database.take },
    });
    const processors = {
      enroll: never,
      synthesize: never,
      master: async () => {
        const [mp3, m4a] = await makeChapter(material);
        mended = m4a;
        await Promise.all([deliver(mp3, 'mp3'), deliver(m4a, 'm4a')]);
        return result('master');
      },
      bind: async () => {
        await deliver(await bindInto(store, { ...of, mended }), 'm4b');
        return result('bind');
      },
    };
    const workers = await startWorkers(opened.queue, { processors, kinds: ['master', 'bind'] });
    return { work: opened, queue: opened.queue, workers };
  });
  const follower = await followRun(queue, { runId: 'mend', onResult: () => undefined, onFailure: failed });
  const master = steps.master('m'.repeat(64));
  await part('chapter', async () =>
    follower.expect(await submitChapters(queue, { runId: 'mend', chapters: [{ master, segments: [] }] })),
  );
  const step: BindStep = { kind: 'bind', key: 'b'.repeat(64), title: 'T', chapters: [], tags: TAGS };
  await part('book', async () => follower.expect(await submitBook(queue, { runId: 'mend', step })));
  await part('end', async () => {
    await follower.close();
    await workers.close({ graceMs: 0 });
    await work.close();
  });
}

function failed({ message }: { message: string }): never {
  throw new Error(message);
}

/** As the job does: mastered in both formats, checked, and stored. */
async function makeChapter({ ffmpeg, folder, store, takes }: Material): Promise<readonly [mp3: BlobRef, m4a: BlobRef]> {
  const work = await mkdtemp(join(folder, 'work-'));
  const outputs = (['mp3', 'm4a'] as const).map((format) => ({ format, path: join(work, `one.${format}`) }));
  const tags = { ...TAGS, album: 'b', track: 1, tracks: 1 };
  await masterChapter({ ffmpeg, takes, sampleRateHz: RATE_HZ, profile: PROFILES.acx, outputs, tags });
  const [mp3, m4a] = await Promise.all(
    outputs.map(async ({ path }) => {
      await inspectFile({ ffmpeg, path });
      return store.putFile(path);
    }),
  );
  await rm(work, { recursive: true });
  return [mp3!, m4a!];
}

async function bindInto(
  store: Store,
  { hours, chapter, mended }: { hours: number; chapter: BlobRef; mended: BlobRef },
): Promise<BlobRef> {
  const blob = await store.createBlob();
  const chapters = Array.from({ length: Math.ceil((hours * 60) / CHAPTER_MINUTES) }, (_, i) => ({
    title: `Chapter ${i + 1}`,
    open: () => store.openBlob(i === 1 ? mended.digest : chapter.digest, { reuse: true }),
  }));
  await bindBook({ chapters, tags: TAGS, write: (piece) => blob.write(piece) });
  return blob.commit();
}

async function bareEncoders({ ffmpeg, folder, pcm }: Material): Promise<void> {
  const input = ['-v', 'error', '-y', '-f', 's16le', '-ar', '24000', '-ac', '1', '-i', pcm, '-ar', '44100'];
  const mp3 = ['-c:a', 'libmp3lame', '-b:a', '192k', '-compression_level', '7', join(folder, 'bare.mp3')];
  const m4a = ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '128k', join(folder, 'bare.m4a')];
  await Promise.all([mp3, m4a].map((output) => promisify(execFile)(ffmpeg.path, [...input, ...output])));
}

const shell = (command: string) => promisify(execFile)('sh', ['-c', command]);
