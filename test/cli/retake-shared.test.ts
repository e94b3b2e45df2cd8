/** Commands about single lines beside others: a shared Redis, Ctrl-C, a book that is made at the same time. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { chooseCommand } from '../../src/cli/choose/choose.ts';
import { costCommand } from '../../src/cli/cost/cost.ts';
import { type RetakeFlags, retakeCommand } from '../../src/cli/retake/retake.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import type { LineName } from '../../src/script/lines/line-name.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { bookFolder, called, quickCommands } from './in-process.ts';

/** Five seconds for what is under way, and what the queue needs to close. */
const MOST_MS = 9_000;
const CREDITS = 'credits: { opening: true }\n';
const MODEL = 'model: qwen-tts-vc-realtime-2025-08-20\n';

let simulator: Simulator;
let book: Awaited<ReturnType<typeof bookFolder>>;

quickCommands();
beforeAll(async () => {
  simulator = await startSimulator({ voiceEngine: 'tones', speed: { cloneMs: 700 } });
  vi.stubEnv('DASHSCOPE_API_KEY', 'sk-test');
  vi.stubEnv('DASHSCOPE_HTTP_BASE_URL', simulator.httpBaseUrl);
  vi.stubEnv('DASHSCOPE_REALTIME_URL', simulator.realtimeUrl);
  const long = 'The wind had turned, and the tin of the roof began to sing. '.repeat(12);
  book = await bookFolder(['The boat came in.\n\n[take 2] [mara] Ahoy, the light!', long], { more: MODEL + CREDITS });
});
afterAll(async () => {
  await book.destroy();
  await simulator.close();
});

const retake = (line: LineName, flags: Partial<RetakeFlags> = {}) =>
  called(() => retakeCommand(book.manifest, line, { ...book.flags, simulate: false, yes: true, ...flags }));

const flags = () => ({ ...book.flags, simulate: false, yes: true });

it('Ctrl-C lets a voice come that is being cloned, ends soon, and the next start has it', async () => {
  const stopped = retake({ chapter: 1, line: 1 });
  await expect.poll(() => simulator.metrics().enroll.calls, { timeout: MOST_MS }).toBe(1);
  const from = performance.now();
  process.emit('SIGINT');
  const { code, stderr } = await stopped;
  expect(stderr).toContain('Stopping');
  expect(code).toBe(130);
  expect(performance.now() - from).toBeLessThan(MOST_MS);
  const next = await retake({ chapter: 1, line: 1 });
  expect(next.events[0]).toMatchObject({ takes: [{ number: 2 }], calls: { enroll: 0, list: 0, synthesize: 1 } });
});

it('beside a run that wants the same take, one call is paid and both have it', async () => {
  const [line, all] = [
    { chapter: 1, line: 2 },
    { ...flags(), lock: true },
  ];
  simulator.set({ speed: { firstAudioMs: 800 } });
  const both = await called(async () =>
    Math.max(...(await Promise.all([runCommand(book.manifest, all), retakeCommand(book.manifest, line, flags())]))),
  );
  expect(both.code).toBe(0);
  expect(both.events.find(({ type }) => type === 'retake')).toMatchObject({ takes: [{ number: 2 }] });
  expect(both.events.find(({ type }) => type === 'run.finished')).toMatchObject({ ok: true });
  expect(simulator.spokenTexts().get('Ahoy, the light!')).toBe(1);
  simulator.set({ speed: { firstAudioMs: 0 } });
});

it('speaks credits, and other words of them as a re-take; --locked says what a choice changed', async () => {
  const [name, say] = [{ chapter: 0, line: 1 }, 'Another title.'];
  const before = await spent();
  expect((await retake(name, { say })).events[0]).toMatchObject({ number: '0:1', takes: [{ number: 1 }] });
  const after = await spent();
  expect(after.first).toBe(before.first);
  expect(after['re-take']).toBeGreaterThan(before['re-take']);
  const choose = (take: number | undefined, more: object) =>
    called(() => chooseCommand({ manifest: book.manifest, name, take }, { ...flags(), ...more }));
  const locked = () => called(() => runCommand(book.manifest, { ...flags(), lock: true, locked: true }));
  expect((await choose(1, { say })).code).toBe(0);
  expect(await locked()).toMatchObject({ code: 2, stderr: expect.stringContaining('+ Another title.') });
  expect((await choose(undefined, { back: true })).code).toBe(0);
  expect((await locked()).events.at(-1)).toMatchObject({ ok: true, calls: { enroll: 0, synthesize: 0 } });
});

it('refuses what a line of several segments cannot have, before anything is sent', async () => {
  const name = { chapter: 2, line: 1 };
  const choose = () =>
    called(() => chooseCommand({ manifest: book.manifest, name, take: 1 }, { ...flags(), say: 'No.' }));
  for (const refused of [await retake(name, { say: 'No.' }), await choose()])
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--say cannot replace it') });
  const part = await retake({ ...name, segment: 2 });
  expect(part).toMatchObject({ code: 2, stderr: 'A take is of the complete line: 2:1. Nothing was sent.' });
});

it('without Redis, says who has the store, and stops waiting on Ctrl-C', async () => {
  vi.stubEnv('REDIS_URL', '');
  const lock = await (await openDiskStore(book.flags.store)).lock({ onWait: () => undefined });
  const waiting = retake({ chapter: 1, line: 1 });
  const said = () => vi.mocked(process.stderr.write).mock.calls.flat().join('');
  await expect.poll(said, { timeout: MOST_MS }).toContain(`process ${process.pid}`);
  process.emit('SIGINT');
  const { code, stderr } = await waiting;
  await lock.release();
  expect(stderr).toContain('is using this store');
  expect(code).toBe(130);
  // As on one machine: with the queue in this process.
  expect((await retake({ chapter: 1, line: 1 })).events[0]).toMatchObject({ takes: [{ number: 3 }] });
});

const spent = async () => (await called(() => costCommand(book.manifest, flags()))).events.at(-1).byReason;
