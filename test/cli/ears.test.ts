/** `pipeline ears`, and a run with a recogniser: what is heard, what it costs, and that nothing is spoken. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { costCommand } from '../../src/cli/cost/cost.ts';
import { type EarsFlags, earsCommand } from '../../src/cli/ears/ears.ts';
import { planCommand } from '../../src/cli/plan/plan.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { bookFolder, called, quickCommands } from './in-process.ts';

const TEXTS = ['The boat came in, and its lamp was out.\n\n[mara] Ahoy, the light on the water!\n\nNobody answered.'];
let book: Awaited<ReturnType<typeof bookFolder>>;
let simulator: Simulator;

quickCommands();
beforeAll(async () => {
  book = await bookFolder(TEXTS);
  simulator = await startSimulator({ voiceEngine: 'tones', behaviour: { adoptVoices: true } });
  vi.stubEnv('DASHSCOPE_API_KEY', 'sk-ears');
  vi.stubEnv('DASHSCOPE_HTTP_BASE_URL', simulator.httpBaseUrl);
  vi.stubEnv('DASHSCOPE_REALTIME_URL', simulator.realtimeUrl);
});
afterAll(async () => {
  await simulator.close();
  await book.destroy();
});

const flags = () => ({ ...book.flags, simulate: false });
/** Digests of the sounds of all takes. */
async function soundsOfTakes(store: string): Promise<string[]> {
  const files = await readdir(join(store, 'records', 'take'), { recursive: true, withFileTypes: true });
  const records = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'utf8')),
  );
  return records.map((record) => /"pcm":\s*\{[^}]*"digest":\s*"([0-9a-f]{64})"/.exec(record)![1]!);
}

const ears = (more: Partial<EarsFlags> = {}) => called(() => earsCommand(book.manifest, { ...flags(), ...more }));
const responses = () => simulator.metrics().realtime.responses;

describe('pipeline ears', () => {
  it('hears the words of stored takes, at a price that is shown first, and lists those that are wrong', async () => {
    simulator.set({ faults: [{ kind: 'truncated-tail', text: 'Ahoy' }] });
    const made = await called(() => runCommand(book.manifest, { ...flags(), lock: false }));
    expect(made.code).toBe(0);
    expect(simulator.metrics().hearing.calls).toBe(0);
    const spoken = responses();

    const free = await ears();
    expect(free.events[0]).toMatchObject({ type: 'ears', lines: 3, missing: 0, words: null });
    expect(simulator.metrics().hearing.calls).toBe(0);

    const asked = await ears({ words: true, json: false });
    expect(asked.code).toBe(2);
    expect(asked.stdout).toMatch(/^Hear 3 lines with qwen-audio-3\.1-asr-flash: at most 0\.\d+ CNY\.\n/);
    expect(simulator.metrics().hearing.calls).toBe(0);

    const { code, events } = await ears({ words: true, yes: true });
    expect(code).toBe(0);
    expect(events[0].words).toEqual({ model: 'qwen-audio-3.1-asr-flash', ok: 2, drift: 1, inconclusive: 0 });
    expect(events[0].suspects[0]).toMatchObject({ number: '1:2', character: 'mara' });
    expect(events[0].suspects[0].doubts).toContainEqual(
      expect.objectContaining({ check: 'words-left-out', measured: expect.stringContaining('water') }),
    );
    expect(responses()).toBe(spoken);
    const cost = await called(() => costCommand(undefined, flags()));
    expect(cost.events[0].byReason.hearing).toBeGreaterThan(0);
    expect(cost.events[0].sums[0].byReason.hearing).toMatchObject({ entries: 3, inputTokens: expect.any(Number) });
  }, 60_000);

  it('changes no take: the next run speaks and hears nothing', async () => {
    simulator.set({ faults: [] });
    vi.stubEnv('PIPELINE_HEARING_MODEL', 'qwen-audio-3.1-asr-flash');
    const before = [responses(), simulator.metrics().hearing.calls];
    const again = await called(() => runCommand(book.manifest, { ...flags(), lock: false }));
    expect(again.events.at(-1)).toMatchObject({ ok: true, segments: { synthesized: 0 } });
    expect([responses(), simulator.metrics().hearing.calls]).toEqual(before);
  }, 60_000);
});

describe('pipeline ears --words, when something is in the way', () => {
  const SAME = 'Nobody answered him in the night.';
  let other: Awaited<ReturnType<typeof bookFolder>>;
  const hear = () =>
    called(() => earsCommand(other.manifest, { ...other.flags, simulate: false, words: true, yes: true }));
  /** Hears nothing, once it is let. */
  let asked = 0;
  let held: (() => void)[] | undefined;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      asked += 1;
      const answer = () => response.end('{"text":""}');
      if (held === undefined) answer();
      else held.push(answer);
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('PIPELINE_HEARING_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    const said = ['two', 'four', 'seven', 'eleven', 'fifteen', 'seventeen'];
    const lines = [SAME, SAME, ...said.map((word) => `There were ${word} boats on the water.`)];
    other = await bookFolder([lines.map((line) => `[mara] ${line}`).join('\n\n')]);
    simulator.set({ faults: [] });
  });
  afterAll(async () => {
    vi.stubEnv('PIPELINE_HEARING_URL', undefined);
    server.close();
    await other.destroy();
  });

  it('hears nothing in a book without takes', async () => {
    const { code, events } = await hear();
    expect(code).toBe(0);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ lines: 0, missing: 8, words: { ok: 0, inconclusive: 0 }, suspects: [] });
    expect(asked).toBe(0);
  });

  it('finishes what it pays for when it is interrupted, and asks for no sound twice: not that of two lines either', async () => {
    await called(() => runCommand(other.manifest, { ...other.flags, simulate: false, lock: false }));
    const spoken = asked;
    // Four at once, of which two are one sound.
    held = [];
    const stopped = hear();
    await vi.waitUntil(() => held!.length === 3, { timeout: 8_000 });
    process.emit('SIGINT', 'SIGINT');
    for (const answer of held) answer();
    held = undefined;
    expect((await stopped).code).toBe(130);
    expect(asked - spoken).toBe(3);
    const again = await hear();
    expect(again.code).toBe(0);
    expect(again.events[0]).toMatchObject({ lines: 8, words: { inconclusive: 8 }, suspects: [] });
    const all = asked;
    expect(all - spoken).toBeLessThanOrEqual(7);
    await hear();
    expect(asked).toBe(all);
  }, 60_000);

  it('lists a take whose sound is damaged, and hears the others', async () => {
    const blobs = await readdir(other.path('store', 'blobs'), { recursive: true, withFileTypes: true });
    const takes = await soundsOfTakes(other.path('store'));
    const victim = blobs.find((file) => file.isFile() && file.name.includes(takes[0]!.slice(2)))!;
    const path = join(victim.parentPath, victim.name);
    await writeFile(path, (await readFile(path)).reverse());
    const { code, events } = await hear();
    expect(code).toBe(0);
    expect(events[0].suspects.length).toBeGreaterThanOrEqual(1);
    expect(events[0].suspects[0].doubts[0]).toMatchObject({
      check: 'no-sound',
      measured: expect.stringMatching(/damaged/),
    });
  }, 60_000);
});

describe('a recogniser that is set up', () => {
  it('is in the plan of a new book, and hears what a check doubts', async () => {
    const other = await bookFolder(['Another boat, with a lamp, came in.\n\n[mara] Who goes there, on the water?']);
    simulator.set({ faults: [{ kind: 'inserted-silence', text: 'Another', times: 1 }] });
    const own = { ...other.flags, simulate: false };
    const plan = await called(() => planCommand(other.manifest, own));
    expect(plan.events.at(-1).hearing).toMatchObject({
      words: 'suspects',
      model: 'qwen-audio-3.1-asr-flash',
      takes: 1,
      cost: { currency: 'CNY' },
    });
    const { calls } = simulator.metrics().hearing;
    const made = await called(() => runCommand(other.manifest, { ...own, lock: false }));
    expect(made.events.at(-1)).toMatchObject({ ok: true, takes: { spokenAgain: 1 } });
    expect(simulator.metrics().hearing.calls).toBe(calls + 1);
    await other.destroy();
  }, 60_000);
});
