/** What it costs to find out that nothing is to be done: a store on disk and one on S3, a network away, side by side. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { readConfig, silenceSdkNotice } from '../../src/config/config.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { openS3Store } from '../../src/store/s3/store.ts';
import { snapshotOf } from '../../src/store/snapshot.ts';
import type { Store } from '../../src/store/store.ts';
import { putTake } from '../../src/store/takes.ts';
import { type Cost, costOf } from './cpu.ts';
import type { Bench } from './main.ts';

const TAKES = 2_000;
const LATENCY_MS = 5;
const BAR_SECONDS = 5;

/** The snapshot of 2,000 takes on both, S3 with 5 ms before each answer. Bar: 5 s on S3. */
export const store: Bench = async (say, folder) => {
  const server = spawn(process.execPath, ['--import', 'tsx', 'test/store/s3-process.ts', String(LATENCY_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const env = JSON.parse(line.toString()) as Record<string, string>;
    Object.assign(process.env, env);
    silenceSdkNotice();
    const { s3 } = readConfig({ store: 's3://books/bench' }, env);
    if (s3 === undefined) throw new Error('no S3 store');
    const disk = await measure(await openDiskStore(join(folder, 'store')));
    const remote = await measure(await openS3Store(s3, { workFolder: join(folder, 'work') }));
    say(`${TAKES} takes on disk: ${told(disk)}`);
    say(`${TAKES} takes on S3, ${LATENCY_MS} ms away: ${told(remote)} (bar ${BAR_SECONDS} s)`);
    say(
      `S3 to disk: written ${(remote.written.wallSeconds / disk.written.wallSeconds).toFixed(1)}, found ${(remote.found.wallSeconds / disk.found.wallSeconds).toFixed(1)}`,
    );
    return remote.found.wallSeconds <= BAR_SECONDS;
  } finally {
    server.kill();
    await once(server, 'exit');
  }
};

interface Costs {
  written: Cost;
  found: Cost;
}

async function measure(of: Store): Promise<Costs> {
  const written = await costOf(() =>
    pLimit(8).map(
      Array.from({ length: TAKES }, (_, at) => at),
      (at) => write(of, at),
    ),
  );
  const segments = Array.from({ length: TAKES }, (_, at) => ({ key: keyOf(at) }));
  const draft = {
    title: 'Bench',
    delivery: { author: '' },
    chapters: [{ segments, master: { key: 'none', takes: [] } }],
    voices: [],
  } as unknown as Parameters<typeof snapshotOf>[1];
  let takes = 0;
  const found = await costOf(async () => {
    takes = (await snapshotOf(of, draft, { account: 'nobody', realm: 'local' })).takes.size;
  });
  if (takes !== TAKES) throw new Error(`${takes} of ${TAKES} takes were found`);
  return { written, found };
}

const keyOf = (at: number): string => `${(at * 7919).toString(16).padStart(8, '0').split('').reverse().join('')}`;

async function write(to: Store, at: number): Promise<void> {
  const [pcm, measures] = await Promise.all([
    to.putBlob(Buffer.alloc(48_000, `take ${at}`)),
    to.putBlob(Buffer.from(`measures of ${at}`)),
  ]);
  await putTake(to, {
    key: keyOf(at),
    pcm,
    measures,
    sampleRateHz: 24_000,
    durationSeconds: 1,
    character: 'narrator',
    text: `Sentence ${at}.`,
    model: 'model',
    voiceId: 'voice',
    sessionId: 'session',
    responseId: 'response',
    billedCharacters: 20,
    simulated: true,
    madeAt: new Date(0).toISOString(),
  });
}

function told({ written, found }: Costs): string {
  const both = ({ wallSeconds, cpuSeconds }: Cost): string =>
    `${wallSeconds.toFixed(2)} s, ${((cpuSeconds / TAKES) * 1000).toFixed(2)} ms CPU each`;
  return `written in ${both(written)}; found in ${both(found)}`;
}
