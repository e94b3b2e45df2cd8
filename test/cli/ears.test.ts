/** `pipeline ears`, and a run with a recogniser: what is heard, what it costs, and that nothing is spoken. */
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
