/** What binding costs as a book grows, beside copying and hashing the M4B; all in one run. Books of 1, 4 and 10 hours. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bindBook } from '../../src/audio/bind.ts';
import { type Ffmpeg, findFfmpeg } from '../../src/audio/ffmpeg-binary.ts';
import { costOf } from './cpu.ts';
import type { Bench } from './main.ts';

const HOURS = [1, 4, 10];
const CHAPTER_MINUTES = 12;
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const TAGS = { title: 'T', artist: 'A', language: 'en', comment: 'C' };
/** Of issue 16: 1.5 × copying and hashing, beside what the encoders of the mended chapter leave over. */
const BAR = 1.5;

/** The chapters are one file of noise, which fills its bit rate as speech does. */
export const binding: Bench = async (say, folder) => {
  const ffmpeg = await findFfmpeg({ pathEnv: process.env['PATH'] });
  const chapter = join(folder, 'chapter.m4a');
  const noise = ['-f', 'lavfi', '-i', `anoisesrc=r=44100:d=${CHAPTER_MINUTES * 60}:a=0.05:c=pink`];
  const aac = [
    '-ac',
    '1',
    '-c:a',
    'aac',
    '-aac_coder',
    'fast',
    '-b:a',
    '128k',
    '-movflags',
    '+faststart',
    '-f',
    'ipod',
  ];
  const encoders = await costOf(() => run(ffmpeg, [...noise, ...aac, chapter]));
  say(`one chapter of ${CHAPTER_MINUTES} min: bare AAC encoder ${encoders.cpuSeconds.toFixed(1)} s of CPU`);
  let kept = true;
  for (const hours of HOURS) kept = (await bookOf(hours, { say, folder, ffmpeg, chapter })) && kept;
  return kept;
};

async function bookOf(
  hours: number,
  { say, folder, ffmpeg, chapter }: { say: (line: string) => void; folder: string; ffmpeg: Ffmpeg; chapter: string },
): Promise<boolean> {
  const chapters = Array.from({ length: (hours * 60) / CHAPTER_MINUTES }, (_, i) => ({
    title: `Chapter ${i + 1}`,
    open: async () => chapter,
    close: async () => {},
  }));
  const [book, copy] = [join(folder, 'book.m4b'), join(folder, 'copy.m4b')];
  const [ours, base]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const work = await mkdtemp(join(folder, 'bind-'));
    ours.push((await costOf(() => bindBook({ ffmpeg, chapters, folder: work, output: book, tags: TAGS }))).cpuSeconds);
    await rm(work, { recursive: true });
    base.push((await costOf(() => shell(`cp ${book} ${copy} && sha256sum ${copy}`))).cpuSeconds);
  }
  const ratio = ours.map((seconds, i) => seconds / base[i]!).toSorted((a, b) => a - b)[ROUNDS >> 1]!;
  const list = (values: number[]) => values.map((value) => value.toFixed(2)).join(', ');
  say(
    `${hours} h: binding ${list(ours)} s of CPU, cp and sha256sum ${list(base)}: ratio ${ratio.toFixed(2)} (bar ${BAR})`,
  );
  return ratio <= BAR;
}

const shell = (command: string) => promisify(execFile)('sh', ['-c', command]);
const run = (ffmpeg: Ffmpeg, args: string[]) => promisify(execFile)(ffmpeg.path, ['-v', 'error', '-y', ...args]);
