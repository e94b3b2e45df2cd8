/**
 * What binding costs as a book grows, beside copying and hashing the M4B; all in one run. Books of 1, 4 and 10 hours, from chapters
 * in a store into that store; then with the marks written into a delivered file.
 */
import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Ffmpeg, findFfmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { bindBook } from '../../src/audio/m4b/bind-book.ts';
import { deliverMarked } from '../../src/deliver/marks/deliver-marked.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import type { BlobRef, Store } from '../../src/store/store.ts';
import { costOf } from './cpu.ts';
import type { Bench } from './main.ts';

const HOURS = [1, 4, 10];
const CHAPTER_MINUTES = 12;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const TAGS = { title: 'T', artist: 'A', language: 'en', comment: 'C' };
const MARKED = {
  spokenBy: 'machine' as const,
  tags: { comment: 'C', sentence: 'S', digitalSourceType: 'D', language: 'eng', publisher: 'P' },
};
/** Of issue 16: 1.5 × copying and hashing, beside what the encoders of the mended chapter leave over. */
const BAR = 1.5;
/** Of issue 19: marks of 10 hours. */
const MARKS_BAR_SECONDS = 30;

/** The chapters are one file of noise, which fills its bit rate as speech does. */
export const binding: Bench = async (say, folder) => {
  const ffmpeg = await findFfmpeg({ pathEnv: process.env['PATH'] });
  const chapter = join(folder, 'chapter.m4a');
  const store = await openDiskStore(join(folder, 'store'));
  const encoders = await costOf(() => encodeNoise(ffmpeg, chapter));
  say(`one chapter of ${CHAPTER_MINUTES} min: bare AAC encoder ${encoders.cpuSeconds.toFixed(1)} s of CPU`);
  const stored = await store.putFile(chapter);
  let kept = true;
  for (const hours of HOURS) kept = (await bookOf(hours, { say, folder, store, stored })) && kept;
  return kept;
};

async function encodeNoise(ffmpeg: Ffmpeg, to: string): Promise<void> {
  const noise = ['-f', 'lavfi', '-i', `anoisesrc=r=44100:d=${CHAPTER_MINUTES * 60}:a=0.05:c=pink`, '-ac', '1'];
  const aac = ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '128k', '-movflags', '+faststart', '-f', 'ipod', to];
  await promisify(execFile)(ffmpeg.path, ['-v', 'error', '-y', ...noise, ...aac]);
}

async function bookOf(
  hours: number,
  of: { say: (line: string) => void; folder: string; store: Store; stored: BlobRef },
): Promise<boolean> {
  const { say, folder, store, stored } = of;
  const out = join(folder, 'out');
  await mkdir(out, { recursive: true });
  const rows: { bind: Cost; mark: Cost; base: Cost }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let file: BlobRef = stored;
    const bind = await timed(async () => {
      file = await bindInto(store, { hours, stored });
    });
    const mark = await timed(() => deliver(store, { file, out }));
    const m4b = join(out, 'book.m4b');
    const base = await timed(() => shell(`cp ${m4b} ${m4b}.copy && sha256sum ${m4b}.copy`));
    rows.push({ bind, mark, base });
    await Promise.all([m4b, `${m4b}.copy`].map((path) => rm(path)));
  }
  const ratio = (what: 'bind' | 'mark', cost: keyof Cost): number =>
    median(rows.map((row) => row[what][cost] / row.base[cost]));
  const seconds = (what: 'bind' | 'mark' | 'base', cost: keyof Cost): string =>
    rows.map((row) => row[what][cost].toFixed(2)).join(', ');
  say(`${hours} h: cp and sha256sum ${seconds('base', 'cpu')} s of CPU (${seconds('base', 'wall')} s)`);
  const part = (what: 'bind' | 'mark', bar: string): string =>
    `${seconds(what, 'cpu')} s (${seconds(what, 'wall')} s): ratio ${ratio(what, 'cpu').toFixed(2)} (${ratio(what, 'wall').toFixed(2)}), bar ${bar}`;
  say(`  binding ${part('bind', String(BAR))}`);
  say(`  delivering it with marks ${part('mark', `${MARKS_BAR_SECONDS} s`)}`);
  return ratio('bind', 'cpu') <= BAR && rows.every(({ mark }) => mark.wall <= MARKS_BAR_SECONDS);
}

interface Cost {
  cpu: number;
  wall: number;
}

async function timed(work: () => Promise<unknown>): Promise<Cost> {
  const { cpuSeconds: cpu, wallSeconds: wall } = await costOf(work);
  return { cpu, wall };
}

async function bindInto(store: Store, { hours, stored }: { hours: number; stored: BlobRef }): Promise<BlobRef> {
  const blob = await store.createBlob();
  const chapters = Array.from({ length: (hours * 60) / CHAPTER_MINUTES }, (_, i) => ({
    title: `Chapter ${i + 1}`,
    open: () => store.openBlob(stored.digest, { reuse: true }),
  }));
  await bindBook({ chapters, tags: TAGS, write: (piece) => blob.write(piece) });
  return blob.commit();
}

async function deliver(store: Store, { file, out }: { file: BlobRef; out: string }): Promise<void> {
  const where = { store, file, format: 'm4b' as const, folder: out, name: 'book.m4b', madeAt: new Date(0) };
  await deliverMarked({ ...where, marked: MARKED, earlier: undefined });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

const shell = (command: string) => promisify(execFile)('sh', ['-c', command]);
