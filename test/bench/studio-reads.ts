/**
 * What the studio asks of S3 when a long chapter is opened and a line is clicked: requests, how many of them one after the
 * other, and processor time of the server. Counts do not depend on how busy the machine is; of hundreds of parallel requests, how
 * many are one after the other does.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type S3Server, startS3Server } from '../store/s3-server.ts';
import { writeBenchBook } from './books.ts';
import type { Bench } from './main.ts';
import { runProgram } from './program.ts';
import { LONG, MOST_OPEN_MS, S3_LATENCY_MS, startReview } from './studio.ts';

/** A chapter of more than two hours. */
const CHAPTER = { ...LONG, paragraphsPerChapter: Number(process.env['BENCH_LINES'] ?? 1_200) };
/** After a click, only the takes that are heard are asked for. */
const MOST_IN_A_ROW_AFTER_CLICK = 2;
/** What is known of the store counts for less than that; milliseconds. */
const LATER_MS = 4_000;

/** Bars: requests one after the other between a click and its sound; what a page asks for to open the chapter, in 1 s. The rest is printed. */
export const studioReads: Bench = async (say, folder) => {
  const s3 = await startS3Server({ latencyMs: S3_LATENCY_MS });
  const place = { store: ['--store', 's3://books/narration'], env: s3.env };
  try {
    await writeBenchBook(folder, CHAPTER);
    await runProgram(['book.yaml', '--simulate', ...place.store], { cwd: folder, env: place.env });
    const asked = watch(s3);
    const server = await startReview(folder, place);
    const read = async (path: string, init: RequestInit = {}): Promise<Response> =>
      fetch(`${server.address}/studio/api${path}`, init);
    const phase = async (name: string, work: () => Promise<unknown>): Promise<{ inARow: number; wall: number }> => {
      asked.length = 0;
      const [from, cpu] = [performance.now(), cpuMs(server.pid)];
      await work();
      const wall = performance.now() - from;
      const inARow = mostInARow(asked);
      const cpuUsed = (cpuMs(server.pid) - cpu).toFixed(0);
      say(`${name}: ${countsOf(asked)}; ${inARow} one after the other; ${cpuUsed} ms CPU, ${wall.toFixed(0)} ms`);
      return { inARow, wall };
    };
    const open = async (): Promise<void> => {
      await Promise.all([read('/book'), read('/chapters/1')].map(async (answer) => (await answer).arrayBuffer()));
    };
    try {
      say(`start: ${countsOf(asked)}; ${mostInARow(asked)} one after the other`);
      const first = await phase('first opening', open);
      await sleep(LATER_MS);
      await phase('opening again', open);
      const { version, lines } = (await (await read('/chapters/1')).json()) as {
        version: string;
        lines: { startMs: number }[];
      };
      await sleep(LATER_MS);
      const byte = 44 + 48 * Math.floor(lines[lines.length >> 1]!.startMs);
      const click = async (shown: string): Promise<void> => {
        const stop = new AbortController();
        const headers = { range: `bytes=${byte}-` };
        const answer = await read(`/chapters/1/sound?v=${shown}`, { headers, signal: stop.signal });
        await answer.body!.getReader().read();
        stop.abort();
      };
      const { inARow } = await phase('click, until the first sound', () => click(version));
      await sleep(LATER_MS);
      await phase('the same where the page shows an older version', () => click('older'));
      say(`first opening: ${first.wall.toFixed(0)} ms (bar ${MOST_OPEN_MS})`);
      return inARow <= MOST_IN_A_ROW_AFTER_CLICK && first.wall <= MOST_OPEN_MS;
    } finally {
      await server.stop();
    }
  } finally {
    await s3.close();
  }
};

interface Asked {
  operation: string;
  fromMs: number;
}

/** Every request from now on. */
function watch(s3: S3Server): Asked[] {
  const asked: Asked[] = [];
  s3.trouble = ({ operation }) => {
    asked.push({ operation, fromMs: performance.now() });
    return undefined;
  };
  return asked;
}

function countsOf(asked: readonly Asked[]): string {
  const counts = new Map<string, number>();
  for (const { operation } of asked) counts.set(operation, (counts.get(operation) ?? 0) + 1);
  return [...counts].map(([operation, count]) => `${count} ${operation}`).join(', ') || 'nothing';
}

/** Requests of which each began when the one before was answered, at the earliest. */
function mostInARow(asked: readonly Asked[]): number {
  let [count, free] = [0, 0];
  for (const { fromMs } of asked) {
    if (fromMs < free) continue;
    count += 1;
    free = fromMs + S3_LATENCY_MS;
  }
  return count;
}

/** Processor time of a process so far; clock ticks are 10 ms. */
function cpuMs(pid: number): number {
  const fields = readFileSync(join('/proc', `${pid}`, 'stat'), 'utf8')
    .split(') ')
    .at(-1)!
    .split(' ');
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
