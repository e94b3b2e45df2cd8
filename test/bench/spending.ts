/** What the ledger of spending costs: its CPU for each paid call over that of a whole run for each segment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { readConfig, silenceSdkNotice } from '../../src/config/config.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { openS3Store } from '../../src/store/s3/store.ts';
import type { SentCall } from '../../src/store/spending/paid-call.ts';
import { openSpendingLedger } from '../../src/store/spending/spending-ledger.ts';
import type { Store } from '../../src/store/store.ts';
import { writeBenchBook } from './books.ts';
import { costOf } from './cpu.ts';
import type { Bench } from './main.ts';
import { runProgram, startSimulatorProcess } from './program.ts';

const SEGMENTS = Number(process.env['BENCH_SEGMENTS'] ?? 300);
const CALLS = 2_000;
const SESSIONS = 8;
const LATENCY_MS = 5;
const BAR = 0.02;

/** A store on disk, and one on S3. Bar: 2 % of the run. */
export const spending: Bench = async (say, folder) => {
  const simulator = await startSimulatorProcess(['--tones']);
  const server = spawn(process.execPath, ['--import', 'tsx', 'test/store/s3-process.ts', String(LATENCY_MS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(server.stdout, 'data')) as [Buffer];
    const env = JSON.parse(line.toString()) as Record<string, string>;
    Object.assign(process.env, env);
    silenceSdkNotice();
    const { s3 } = readConfig({ store: 's3://books/ledger' }, env);
    if (s3 === undefined) throw new Error('no S3 store');
    await writeBenchBook(folder, {
      chapters: 1,
      paragraphsPerChapter: SEGMENTS,
      wordsPerParagraph: 12,
      formats: '[mp3]',
    });
    const ratioOf = async (name: string, address: string, store: Store): Promise<number> => {
      const args = ['book.yaml', '--store', address, '--out', join(folder, `out ${name}`)];
      const run = await costOf(() => runProgram(args, { cwd: folder, env: { ...simulator.env, ...env } }));
      await record(store, 200);
      const ledger = await costOf(() => record(store, CALLS));
      const [perCall, perSegment] = [ledger.cpuSeconds / CALLS, run.cpuSeconds / SEGMENTS];
      const told = `${(perCall * 1e6).toFixed(0)} µs for a call / ${(perSegment * 1e3).toFixed(1)} ms for a segment`;
      say(`${name}: ${((perCall / perSegment) * 100).toFixed(2)} % (${told}, bar ${BAR * 100} %)`);
      return perCall / perSegment;
    };
    const disk = await ratioOf('disk', join(folder, 'store'), await openDiskStore(join(folder, 'store')));
    const remote = await openS3Store(s3, { workFolder: join(folder, 'work') });
    return (await ratioOf('S3', 's3://books/ledger', remote)) <= BAR && disk <= BAR;
  } finally {
    server.kill();
    await Promise.all([once(server, 'exit'), simulator.stop()]);
  }
};

/** Calls as they come in a run: as many at once as there are sessions. */
async function record(store: Store, calls: number): Promise<void> {
  const ledger = openSpendingLedger(store);
  await pLimit(SESSIONS).map(Array.from({ length: calls }), async (_, at) => {
    const call: SentCall = {
      ...{ id: `3f0c6b1e-0000-4000-8000-${String(at).padStart(12, '0')}`, at: new Date().toISOString() },
      ...{ reason: 'first', book: 'Bench', author: '', run: 'run', line: `1:${at}`, character: 'narrator' },
      ...{ voice: 'v'.repeat(64), model: 'qwen-tts-vc-realtime-2025-08-20', key: 'k'.repeat(64), characters: null },
      ...{ inputTokens: 40, outputTokens: 200, nanos: 2_496_000, currency: 'CNY', account: 'bench', realm: 'local' },
      simulated: null,
    };
    await ledger.sent(call);
    await ledger.ended({ ...call, simulated: true, end: 'answered' });
  });
}
