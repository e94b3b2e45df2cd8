/** Takes of a voice that was new when they were made: judged again before their chapter is first mastered, and only then. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadBook } from '../../src/book/load-book.ts';
import { termsOf } from '../../src/composition/prices-and-budget.ts';
import { accountFor } from '../../src/composition/service.ts';
import { openWorkbench } from '../../src/composition/workbench.ts';
import { readConfig } from '../../src/config/config.ts';
import type { PipelineEvent } from '../../src/events.ts';
import { runBook } from '../../src/run/run-book.ts';
import type { FaultRule } from '../../src/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { openDiskStore } from '../../src/store/disk.ts';

const LINES = 12;
const line = (n: number) => `Line ${n}, and nobody saw the boat that came out of the fog.`;

let folder: string;
let simulator: Simulator;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'late-'));
  simulator = await startSimulator({ voiceEngine: 'tones' });
});
afterEach(async () => {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

const ONE = Array.from({ length: LINES }, (_, n) => line(n));

async function run(formats = '[flac]', second?: string[]) {
  const manifestPath = join(folder, 'book.yaml');
  await writeFile(join(folder, 'one.txt'), ONE.join('\n\n'));
  if (second !== undefined) await writeFile(join(folder, 'two.txt'), second.join('\n\n'));
  await copyFile('manifests/hello/voices/narrator.wav', join(folder, 'narrator.wav'));
  await writeFile(
    manifestPath,
    `book: {title: T}
characters: {narrator: {sample: narrator.wav}}
chapters: [{title: One, file: one.txt}${second === undefined ? '' : ', {title: Two, file: two.txt}'}]
output: {formats: ${formats}}
`,
  );
  const { book } = await loadBook({ manifestPath });
  if (book === undefined) throw new Error('the book has mistakes');
  const { PATH, HOME, XDG_CACHE_HOME } = process.env;
  const { httpBaseUrl, realtimeUrl } = simulator;
  const service = { DASHSCOPE_HTTP_BASE_URL: httpBaseUrl, DASHSCOPE_REALTIME_URL: realtimeUrl };
  const env = { PATH, HOME, XDG_CACHE_HOME, DASHSCOPE_API_KEY: 'sk-test', ...service };
  const config = readConfig({ out: join(folder, 'out'), store: join(folder, 'store') }, env);
  const account = accountFor(config);
  const store = await openDiskStore(config.storeDir);
  const events: PipelineEvent[] = [];
  const { finished } = await runBook({
    ...{ book, store, account, simulated: true, outDir: config.outDir, keepLock: true },
    terms: await termsOf(config, book.manifest, {}, { account }),
    openWork: () => openWorkbench({ config, account, store, notice: () => undefined }),
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
  });
  return { finished, events };
}

const strike = (...faults: FaultRule[]) => simulator.set({ faults });
const late = (events: readonly PipelineEvent[]) =>
  events.flatMap((event) => (event.type === 'notice' && event.message.includes('in doubt now') ? [event.message] : []));

it('speaks takes again that another voice had spoken, delivers the chapter once, and lets delivered takes stand', async () => {
  // Each try of the second has the fault, so that a second judgement would find it again.
  strike({ kind: 'wrong-voice', text: 'Line 1,', times: 1 }, { kind: 'wrong-voice', text: 'Line 2,' });
  const { finished, events } = await run();
  expect(finished).toMatchObject({ ok: true, segments: { total: LINES, synthesized: LINES, failed: 0 } });
  expect(finished.calls.synthesize).toBe(LINES + 1 + 2);
  expect(late(events)).toEqual([expect.stringContaining('2 takes are in doubt now')]);
  expect(events.filter(({ type }) => type === 'chapter.delivered')).toHaveLength(1);
  const tries = events.flatMap((event) => (event.type === 'segment.done' ? (event.tries ?? []) : []));
  expect(tries.sort()).toEqual([2, 3]);
  const doubtful = events.flatMap((event) => (event.type === 'segment.doubtful' ? [event] : []));
  expect(doubtful).toMatchObject([{ text: line(2), doubts: [{ check: 'other-voice' }] }]);

  const other = await run('[wav]');
  expect(other.finished).toMatchObject({ ok: true, calls: { synthesize: 0 }, segments: { reused: LINES } });
  expect(late(other.events)).toEqual([]);
});

it('makes a chapter again whose line another chapter doubted late, after both had it', async () => {
  simulator.set({ speed: { firstAudioMs: 150 } });
  strike({ kind: 'wrong-voice', text: 'Line 1,', times: 1 });
  const others = Array.from({ length: 40 }, (_, n) => `Row ${n}, and the wind turned north that evening over the bay.`);
  const { finished, events } = await run('[flac]', [line(1), ...others]);
  expect(events.filter(({ type }) => type === 'chapter.failed')).toEqual([]);
  expect(finished).toMatchObject({ ok: true, segments: { total: LINES + 41, synthesized: LINES + 40, failed: 0 } });
  expect(finished.calls.synthesize).toBe(LINES + 40 + 1);
  expect(late(events)).toHaveLength(1);
  expect(events.filter(({ type }) => type === 'chapter.delivered')).toHaveLength(2);
});
