/** Plan, price and budget as a producer meets them: the built program against the simulator. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PlanReport } from '../../src/events/plan-report.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { startRedis } from '../queue/redis-server.ts';
import { madeOnce, makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();

/** Bills by the character, so that every sum is exact: a ten-thousandth of a yuan each. */
const MODEL = 'qwen3-tts-vc-realtime-2026-01-15';
const CHARACTER = 0.0001;
const VOICE = 0.01;

let rig: Rig;
/** Whole runs on a machine that may be busy with other work. */
vi.setConfig({ testTimeout: 240_000 });

const writeBilledBook = async (): Promise<void> => {
  await writeBook(rig);
  await change('book.yaml', 'book:\n', `model: ${MODEL}\noutput: { formats: [mp3] }\nbook:\n`);
};
/** The book and what one run made of it. */
const spoken = madeOnce(async (first) => {
  rig = first;
  await writeBilledBook();
  expect((await rig.runJson(['book.yaml', '--simulate'])).code).toBe(0);
});
const afterOneRun = async (): Promise<void> => {
  const next = rig;
  await spoken(next);
  rig = next;
};

beforeEach(async () => {
  rig = await makeRig();
  await writeBilledBook();
});
afterEach(() => rig.destroy());

async function change(name: string, from: string, to: string): Promise<void> {
  const text = (await rig.read(name)).toString();
  expect(text).toContain(from);
  await rig.write(name, text.replace(from, to));
}

async function plan(args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<PlanReport> {
  const { stdout, stderr } = await rig.run(['plan', 'book.yaml', '--simulate', '--json', ...args], env);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as PlanReport;
}

function serviceOf(simulator: Simulator): NodeJS.ProcessEnv {
  return {
    DASHSCOPE_API_KEY: 'sk-any',
    DASHSCOPE_HTTP_BASE_URL: simulator.httpBaseUrl,
    DASHSCOPE_REALTIME_URL: simulator.realtimeUrl,
  };
}

const storages = [
  { name: 'embedded', open: async () => ({ env: { REDIS_URL: '' }, close: async () => undefined }) },
  {
    name: 'Redis',
    open: async () => {
      const redis = await startRedis();
      return redis && { env: { REDIS_URL: redis.url }, close: () => redis.stop() };
    },
  },
];

/** One chapter of forty lines by one voice. */
async function writeLongBook(): Promise<void> {
  const lines = Array.from({ length: 40 }, (_, line) => `Line number ${line} is said by nobody else.`);
  await rig.write('long.txt', `${lines.join('\n\n')}\n`);
  await rig.write(
    'book.yaml',
    `model: ${MODEL}\noutput: { formats: [mp3] }\nbook: { title: A Long Book }\ncharacters: { narrator: { sample: voices/narrator.wav } }\nchapters: [{ title: One, file: long.txt }]\n`,
  );
}

const round = (amount: number): number => Math.round(amount * 10_000) / 10_000;

describe('why, and what it costs', () => {
  it('plans a new book, runs it, and the bill agrees to the character', async () => {
    const before = await plan();
    expect(before).toMatchObject({
      voices: { enroll: 2, reuse: 0, lookFirst: 0 },
      segments: { total: 5, synthesize: 5 },
      billedCharacters: 107,
      cost: { amount: round(107 * CHARACTER + 2 * VOICE), currency: 'CNY' },
      ...{ estimated: false, tokens: null },
      chapters: [{ reasons: { new: 2 }, changes: [] }, { reasons: { new: 3 } }],
      prices: { currency: 'CNY', own: false, date: 'autumn 2026' },
      work: { calls: { enroll: 2, synthesize: 5 }, callsPerMinute: 180, sessionsAtOnce: 8, measured: false },
      voiceQuota: { known: 0, most: 1000 },
    });
    const { finished } = await rig.runJson(['book.yaml', '--simulate']);
    expect(finished).toMatchObject({
      billedCharacters: 107,
      planned: { billedCharacters: 107, cost: before.cost },
      cost: before.cost,
      billedDifference: 0,
      usage: { characters: 107, inputTokens: 0, outputTokens: 0 },
      unanswered: { calls: 0, billedCharacters: 0 },
      budget: null,
    });
    const report = JSON.parse((await rig.read('out/A Small Book/report.json')).toString());
    expect(report.money).toMatchObject({ billedDifference: 0, cost: before.cost });
    expect(report.takesBilledCharacters).toBe(107);
    expect(await plan()).toMatchObject({ cost: { amount: 0 }, voiceQuota: { known: 2 } });
  });

  it('says one segment after one line was edited, with both wordings, and is billed for one', async () => {
    await afterOneRun();
    await change('two.txt', 'turned', 'dropped');
    const planned = await plan();
    expect(planned).toMatchObject({
      segments: { synthesize: 1 },
      billedCharacters: 'The wind had dropped.'.length,
      chapters: [
        { synthesize: 0, master: { need: 'reuse', changed: [] } },
        {
          synthesize: 1,
          reasons: { text: 1, stored: 2 },
          master: { need: 'make', changed: ['takes'] },
          changes: [{ ordinal: 3, reason: 'text', before: 'The wind had turned.', text: 'The wind had dropped.' }],
        },
      ],
    });
    const { stdout } = await rig.run(['plan', 'book.yaml', '--simulate']);
    expect(stdout).toContain('speak 1 of 3 segments: 1 with changed text, master (takes changed)');
    expect(stdout).toContain('- The wind had [turned.]');
    expect(stdout).toContain('+ The wind had [dropped.]');
    const { finished } = await rig.runJson(['book.yaml', '--simulate']);
    expect(finished).toMatchObject({
      segments: { synthesized: 1 },
      calls: { synthesize: 1 },
      billedCharacters: planned.billedCharacters,
      billedDifference: 0,
      cost: planned.cost,
    });
    const report = JSON.parse((await rig.read('out/A Small Book/report.json')).toString());
    expect(report.takesBilledCharacters).toBe(107 + 'The wind had dropped.'.length - 'The wind had turned.'.length);
    const page = (await rig.read('out/A Small Book/report.html')).toString();
    expect(page).toContain('All takes in this edition, from all runs: 108 billed characters.');
    await rig.runJson(['book.yaml', '--simulate']);
    const idle = (await rig.read('out/A Small Book/report.html')).toString();
    expect(idle).toMatch(
      /Nothing was billed, because the speech is simulated\. [^<]*<\/p><p>All takes in this edition, from all runs: 108 billed characters\./,
    );
  });

  it('tells voice, word list, model, setting, damage and everything that masters anew apart', async () => {
    await afterOneRun();
    const original = (await rig.read('book.yaml')).toString();
    const reasons = async (): Promise<object[]> => (await plan()).chapters.map((chapter) => chapter.reasons);

    await change('book.yaml', 'mara: { sample: voices/mara.mp3', 'mara: { transcript: Ahoy., sample: voices/mara.mp3');
    expect(await reasons()).toMatchObject([{ voice: 1 }, { voice: 1 }]);
    await rig.write('book.yaml', original.replace('book:\n', 'book:\n  pronunciations: { fog: fogg }\n'));
    expect(await reasons()).toMatchObject([{ 'word list': 1, stored: 1 }, { stored: 3 }]);
    await rig.write('book.yaml', original.replace(MODEL, 'qwen3-tts-vc-realtime-2025-11-27'));
    expect(await reasons()).toMatchObject([{ model: 2 }, { model: 3 }]);
    await rig.write('book.yaml', original.replace('book:\n', 'book:\n  language: de\n'));
    expect(await reasons()).toMatchObject([{ setting: 2 }, { setting: 3 }]);

    const masters = async (to: string): Promise<string[][]> => {
      await rig.write('book.yaml', original.replace('output: { formats: [mp3] }', to));
      return (await plan()).chapters.map(({ master }) => master.changed);
    };
    expect(await masters('output: { formats: [flac] }')).toEqual([['formats'], ['formats']]);
    expect(await masters('output: { formats: [mp3], mastering: podcast }')).toEqual([['profile'], ['profile']]);
    expect(await masters('output: { formats: [mp3], custom: { loudness: -21 } }')).toEqual([['custom'], ['custom']]);
    expect(await masters('output: { formats: [mp3] }\npauses: { speaker: 1 }')).toEqual([['pauses'], ['pauses']]);

    await rig.write('book.yaml', original);
    const takes = rig.path('.pipeline', 'records', 'take');
    const names = (await readdir(takes, { recursive: true })).filter((name) => name.endsWith('.json')).sort();
    await rm(join(takes, names[0]!));
    const [one, two] = await reasons();
    expect([one, two].filter((of) => of !== undefined && 'damaged' in of)).toHaveLength(1);
  });

  it('calls a plan in tokens an estimate, and sets the service’s tokens against it', async () => {
    await change('book.yaml', MODEL, 'qwen-tts-vc-realtime-2025-08-20');
    const planned = await plan();
    expect(planned).toMatchObject({ estimated: true, tokens: { input: 54, output: expect.any(Number) } });
    const screen = await rig.run(['plan', 'book.yaml', '--simulate']);
    expect(screen.stdout).toMatch(/107 billed characters, about 0\.\d+ CNY\./);
    expect(screen.stdout).toContain('Estimate: this model bills the length of the speech. About 54 tokens in and ');
    const { stdout } = await rig.run(['run', 'book.yaml', '--simulate']);
    const report = JSON.parse((await rig.read('out/A Small Book/report.json')).toString());
    const { usage, cost, planned: before } = report.money;
    expect(before).toMatchObject({ estimated: true, tokens: planned.tokens, cost: planned.cost });
    expect(usage).toMatchObject({ characters: 0, inputTokens: 54 });
    const tokens = (input: number, output: number) => `${input} tokens in and ${output} out`;
    const sign = usage.outputTokens < planned.tokens!.output ? '−' : '+';
    const off = Math.abs(usage.outputTokens - planned.tokens!.output);
    expect(stdout).toContain(
      `estimated ${tokens(54, planned.tokens!.output)} (${planned.cost!.amount.toFixed(4)} CNY), ` +
        `billed by the service's own figures ${tokens(54, usage.outputTokens)} (${cost.amount.toFixed(4)} CNY): ±0 and ${sign}${off}`,
    );
    const page = (await rig.read('out/A Small Book/report.html')).toString();
    expect(page).toContain(`about ${planned.tokens!.output}</td><td class="number">${usage.outputTokens}</td>`);
  });

  it('keeps saying why until the line is spoken', async () => {
    await afterOneRun();
    await change('two.txt', 'turned', 'dropped');
    // Room for less than the line: the run ends before it began, and once more on its way.
    await rig.run(['run', 'book.yaml', '--simulate', '--budget', '0.0001']);
    expect((await plan()).chapters[1]).toMatchObject({
      reasons: { text: 1 },
      changes: [{ before: 'The wind had turned.' }],
    });
  });
});

describe('budget', () => {
  it('over it nothing is sent, and the exit code is 4', async () => {
    const simulator = await startSimulator({ voiceEngine: 'tones' });
    try {
      const env = serviceOf(simulator);
      const { code, stdout, stderr } = await rig.run(['run', 'book.yaml', '--json', '--budget', '0.0306'], env);
      expect(code).toBe(4);
      expect(stderr).toContain('This run would cost 0.0307 CNY, more than its budget of 0.0306 CNY. Nothing was sent.');
      const events = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(events.find(({ type }) => type === 'run.planned')).toMatchObject({ plan: { budget: { kept: false } } });
      expect(events.at(-1)).toMatchObject({ type: 'error', code: 'over-budget', exitCode: 4 });
      expect(existsSync(rig.path('out'))).toBe(false);
      expect(simulator.spokenTexts().size).toBe(0);
      expect(await plan(['--budget', '0.0306 cny'])).toMatchObject({ budget: { amount: 0.0306, kept: false } });
      expect((await rig.run(['plan', 'book.yaml', '--simulate', '--budget', '0.0306'])).code).toBe(4);
      // To the last letter: what the plan says is enough.
      const fits = await rig.runJson(['book.yaml', '--budget', '0.0307'], env);
      expect(fits.finished).toMatchObject({ ok: true, cost: { amount: 0.0307 }, budget: { reached: false } });
    } finally {
      await simulator.close();
    }
  });

  it('stands in the manifest as well, and --budget wins', async () => {
    await change('book.yaml', 'book:\n', 'budget: 0.01 CNY\nbook:\n');
    expect((await rig.run(['run', 'book.yaml', '--simulate'])).code).toBe(4);
    expect((await rig.run(['run', 'book.yaml', '--simulate', '--budget', '1', '--yes'])).code).toBe(0);
    // Nothing left to speak: a budget of nothing is kept.
    expect((await rig.run(['run', 'book.yaml', '--simulate', '--budget', '0'])).code).toBe(0);
  });

  it.each(storages)('stops before the sum would pass when answers are lost ($name)', async ({ open }) => {
    const queue = await open();
    if (queue === undefined) return;
    await writeLongBook();
    // Every answer is lost in the middle at first: the text may be billed, and has to be paid once more.
    const simulator = await startSimulator({
      voiceEngine: 'tones',
      faults: [{ kind: 'drop', rate: 0.5, frame: 1 }],
    });
    try {
      const planned = await plan();
      const budget = planned.cost!.amount;
      const env = { ...serviceOf(simulator), ...queue.env };
      const { code, finished, events } = await rig.runJson(['book.yaml', '--budget', String(budget)], env);
      expect(code).toBe(1);
      expect(finished.cost!.amount).toBeLessThanOrEqual(budget);
      expect(finished.budget).toMatchObject({ reached: true });
      expect(finished.budget!.unspoken).toBeGreaterThan(0);
      expect(finished.unanswered.calls).toBeGreaterThan(0);
      // What the service itself counted: takes it ended, and texts it may have billed.
      const sent = finished.billedCharacters + finished.unanswered.billedCharacters;
      expect(round(sent * CHARACTER + VOICE)).toBeLessThanOrEqual(budget);
      expect(finished.calls.synthesize).toBe(finished.segments.synthesized + finished.unanswered.calls);
      expect(events.filter(({ type }) => type === 'budget.reached')).toHaveLength(1);
      // What was paid for is kept: the next run with more money does the rest and delivers.
      simulator.set({ faults: [] });
      const rest = await rig.runJson(['book.yaml'], { ...serviceOf(simulator), ...queue.env });
      expect(rest.finished.segments.synthesized).toBe(finished.segments.total - finished.segments.synthesized);
    } finally {
      await simulator.close();
      await queue.close();
    }
  });

  it.each([
    ['--budget', '-5', '--budget: -5 is negative'],
    ['--budget', '5 USD', 'the prices are in CNY'],
  ])('says what is wrong with %s %s, and sends nothing', async (flag, budget, words) => {
    const { code, stderr } = await rig.run(['run', 'book.yaml', '--simulate', flag, budget]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(existsSync(rig.path('out'))).toBe(false);
  });
});

describe('own prices', () => {
  const LIST = `currency: EUR\nsource: our contract\ndate: 2026-11-01\nenrolment: 0.5\nmodels:\n  ${MODEL}: { per10000Characters: 100, freeCharacters: 200, freeUntil: 2099-01-01 }\n`;

  it('are used, named and kept apart from the table', async () => {
    await rig.write('prices.yaml', LIST);
    const env = { PIPELINE_PRICES: 'prices.yaml' };
    expect(await plan([], env)).toMatchObject({
      cost: { amount: 2.07, currency: 'EUR' },
      prices: { source: 'our contract', date: '2026-11-01', own: true },
      free: { characters: 200, coversAll: true },
    });
    await rig.write('config/narration-pipeline/prices.yaml', LIST.replace('100,', '200,'));
    expect(await plan([], { XDG_CONFIG_HOME: rig.path('config') })).toMatchObject({ cost: { amount: 3.14 } });
  });

  it('without a price for the model, a budget is refused and nothing is sent', async () => {
    await rig.write('prices.yaml', LIST.replace(MODEL, 'another-model'));
    const env = { PIPELINE_PRICES: 'prices.yaml' };
    expect(await plan([], env)).toMatchObject({ cost: null });
    const { code, stderr } = await rig.run(['run', 'book.yaml', '--simulate', '--budget', '5'], env);
    expect(code).toBe(2);
    expect(stderr).toContain(`has no price for ${MODEL}. Nothing was sent.`);
    expect(existsSync(rig.path('out'))).toBe(false);
  });

  it('with a mistake are refused like a manifest, at the place', async () => {
    await rig.write('prices.yaml', LIST.replace('2026-11-01', 'yesterday'));
    const { code, stderr } = await rig.run(['plan', 'book.yaml', '--simulate'], { PIPELINE_PRICES: 'prices.yaml' });
    expect(code).toBe(2);
    expect(stderr).toContain('prices.yaml:3:7 error: "date" must be a day such as 2026-11-01.');
  });

  it('must be there when they are named', async () => {
    const { code, stderr } = await rig.run(['plan', 'book.yaml', '--simulate'], { PIPELINE_PRICES: 'gone.yaml' });
    expect(code).toBe(2);
    expect(stderr).toContain('which PIPELINE_PRICES names, cannot be read (ENOENT)');
  });
});
