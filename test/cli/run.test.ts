/** The main job as a user sees it: run, run again, change, delete, interrupt, kill. The service is the simulator inside. */
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import { madeOnce, makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

/** How long a run that is stopped lets its lines end, in milliseconds (src/run/with-work.ts). */
const GRACE_MS = 5_000;
/** The queue inside, where a file otherwise has a Redis. */
const INSIDE = { REDIS_URL: '' };
const NOTHING = { enroll: 0, list: 0, synthesize: 0 };
const FILES = [
  '01 - Arrival.m4a',
  '01 - Arrival.mp3',
  '02 - Storm.m4a',
  '02 - Storm.mp3',
  'A Small Book.m4b',
  'completeness.json',
  'disclosure.json',
  'report.html',
  'report.json',
];

let rig: Rig;
/** The book and what one run made of it. */
const afterOneRun = madeOnce(async (first) => {
  await writeBook(first);
  expect((await first.runJson(['book.yaml', '--simulate'])).code).toBe(0);
});
beforeEach(async () => {
  rig = await makeRig();
  await writeBook(rig);
});
afterEach(() => rig.destroy());

describe('pipeline run --simulate', () => {
  // Only the first two use the queue inside; what is stored is the same.
  queueInRedis();

  it('delivers a book; a second run does nothing; a change does only what it must', async () => {
    const first = await rig.runJson(['book.yaml', '--simulate'], INSIDE);
    expect(first.code).toBe(0);
    expect(first.stderr).toBe('');
    expect(first.finished).toMatchObject({
      ok: true,
      simulated: true,
      voices: { enrolled: 2, reused: 0 },
      segments: { total: 5, synthesized: 5, reused: 0, failed: 0 },
      calls: { enroll: 2, list: 2, synthesize: 5 },
      chapters: [
        { index: 1, title: 'Arrival', verdict: 'pass' },
        { index: 2, title: 'Storm', verdict: 'pass' },
      ],
    });
    expect((await readdir(rig.path('out', 'A Small Book'))).sort()).toEqual(FILES);

    const again = await rig.runJson(['book.yaml', '--simulate']);
    expect(again.finished).toMatchObject({
      ok: true,
      simulated: true,
      calls: NOTHING,
      segments: { total: 5, synthesized: 0, reused: 5, failed: 0 },
      billedCharacters: 0,
    });
    expect(again.events.filter((event) => event.type === 'chapter.delivered').map((event) => event.outcome)).toEqual([
      'unchanged',
      'unchanged',
    ]);

    // One sentence changed: one segment is spoken, one chapter mastered.
    await writeBook(rig, { lines: 'The wind had dropped.\n\n[mara] Listen!\n\nThey listened.' });
    const before = await readFile(rig.path('out', 'A Small Book', '01 - Arrival.mp3'));
    const changed = await rig.runJson(['book.yaml', '--simulate']);
    expect(changed.finished).toMatchObject({
      ok: true,
      voices: { enrolled: 0, reused: 2 },
      segments: { total: 5, synthesized: 1, reused: 4, failed: 0 },
      calls: { enroll: 0, list: 0, synthesize: 1 },
    });
    expect(changed.events).toContainEqual(
      expect.objectContaining({ type: 'run.planned', chapters: { total: 2, master: 1 } }),
    );
    expect((await readFile(rig.path('out', 'A Small Book', '01 - Arrival.mp3'))).equals(before)).toBe(true);

    // A deleted file comes back from the store.
    await rm(rig.path('out', 'A Small Book', '01 - Arrival.mp3'));
    const restored = await rig.runJson(['book.yaml', '--simulate']);
    expect(restored.finished).toMatchObject({ ok: true, calls: NOTHING });
    expect((await readFile(rig.path('out', 'A Small Book', '01 - Arrival.mp3'))).equals(before)).toBe(true);
  });

  it('stops like by Ctrl-C when nobody reads its output any more', async () => {
    await writeBook(rig, { formats: 'mp3' });
    const running = rig.start(['run', 'book.yaml', '--simulate', '--json'], INSIDE);
    running.child.stdout?.destroy();
    const { code } = await running.done;
    expect(code).toBe(130);
    expect((await rig.runJson(['book.yaml', '--simulate'])).code).toBe(0);
  });

  it('prints what happens for people, and ends with a table', async () => {
    const { code, stdout } = await rig.run(['run', 'book.yaml', '--simulate']);
    expect(code).toBe(0);
    const text = stdout
      .replaceAll(rig.folder, '~')
      .replace(/\d+:\d\d/g, 'M:SS')
      .replace(/-\d+\.\d LUFS/g, '-NN.N LUFS')
      .replace(/[\d.]+ s$/gm, 'N.N s')
      .replace(/^Preparing .*\n/gm, '');
    expect(
      text
        .split('\n')
        .filter((line) => !/^(✓|The levels of| {2}(segments|voices|chapters|mastering|binding))/.test(line))
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "A Small Book  simulated
      The manifest names no model, so the book is spoken with qwen-audio-3.1-tts-flash, the default of this release.
        voice of narrator: to be enrolled
        voice of mara: to be enrolled
        chapter 1 “Arrival”: speak 2 of 2 segments, master (new)
        chapter 2 “Storm”: speak 3 of 3 segments, master (new)
        book file: bind
      2 voices to enroll, 5 segments to speak, 107 billed characters, about 0.0047 CNY.
      Likely: 107 billed characters, about 0.0047 CNY, 1 s (without retries).
      At most: 749 billed characters, about 0.0329 CNY, 4 s (if every line is spoken 7 times, because answers are lost or takes doubted).
      7 calls, about 8 s of speech in about 1 s (8 sessions at once, 15.0× real time, assumed).
      Voices of the account: 0 known here, 2 more, 1,000 allowed (\`pipeline voices list\` asks the service).
      Prices: notice 891 and the model page, as a third party read them (Beijing), 2026-09-27, in CNY.
      Estimate: this model bills the length of the speech. About 54 tokens in and 385 out, at the usual reading speed.
      To do: enroll 2 voices, speak 5 of 5 segments (107 billed characters), master 2 of 2 chapters.

        #  chapter  length    loudness  check  files
        1  Arrival    M:SS  -NN.N LUFS  pass   01 - Arrival.mp3, 01 - Arrival.m4a
        2  Storm      M:SS  -NN.N LUFS  pass   02 - Storm.mp3, 02 - Storm.m4a

      Book file: A Small Book.m4b
      Folder: ~/out/A Small Book
      Measurements: report.html
      2 voices enrolled, 0 reused · 5 segments spoken, 0 reused · 107 billed characters · N.N s
      planned 107 billed characters, billed 107: as planned
      estimated 54 tokens in and 385 out (0.0047 CNY), billed by the service's own figures 54 tokens in and 160 out (0.0020 CNY): ±0 and −225
      Simulated speech. For the real voices, set DASHSCOPE_API_KEY and omit --simulate.
      "
    `);
    expect(stdout).toContain('✓ voice of narrator: enrolled');
    expect(stdout).toContain('✓ chapter 2 “Storm” mastered:');
  });
});

describe('pipeline run --simulate, of books that repeat, change or are damaged', () => {
  queueInRedis();

  it('speaks lines that repeat once, in whatever chapter they are', async () => {
    await writeBook(rig, { lines: '[mara] Ahoy, the light!\n\n[mara] Ahoy, the light!', formats: 'mp3' });
    const { finished } = await rig.runJson(['book.yaml', '--simulate']);
    expect(finished).toMatchObject({
      ok: true,
      segments: { total: 4, synthesized: 2, reused: 2, failed: 0 },
      calls: { synthesize: 2 },
    });
  });

  it('keeps two books apart whose titles clean to one name', async () => {
    await writeBook(rig, { formats: 'mp3' });
    const manifest = (await rig.read('book.yaml')).toString();
    await rig.write('a.yaml', manifest.replace('A Small Book', "'Night/Day'"));
    await rig.write('b.yaml', manifest.replace('A Small Book', "'Night:Day'"));
    await rig.runJson(['a.yaml', '--simulate']);
    await rig.runJson(['b.yaml', '--simulate']);
    const again = await rig.runJson(['a.yaml', '--simulate']);
    expect((await readdir(rig.path('out'))).sort()).toEqual(['Night Day', 'Night Day (2)']);
    expect(again.finished.folder).toBe(rig.path('out', 'Night Day'));
  });

  it('looks at the service when the ledger is damaged, and pays for no voice twice', async () => {
    await afterOneRun(rig);
    const folder = rig.path('.pipeline', 'records', 'voice');
    for (const name of await readdir(folder, { recursive: true })) {
      if (name.endsWith('.json')) await truncate(join(folder, name), 20);
    }
    await writeBook(rig, { lines: 'Something else.\n\n[mara] Quite so.', formats: 'mp3' });
    const { finished } = await rig.runJson(['book.yaml', '--simulate']);
    expect(finished).toMatchObject({ ok: true, voices: { enrolled: 0 }, calls: { enroll: 0, list: 6 } });
  });

  it('makes a chapter anew whose record was changed behind its back', async () => {
    await afterOneRun(rig);
    const folder = rig.path('.pipeline', 'records', 'master');
    const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.json'));
    for (const name of names) {
      const text = await readFile(join(folder, name), 'utf8');
      await writeFile(join(folder, name), text.replace('"format":"mp3"', '"format":"exe"'));
    }
    const { code, finished } = await rig.runJson(['book.yaml', '--simulate']);
    expect(code).toBe(0);
    expect(finished.chapters.flatMap((chapter) => chapter.files).join()).not.toContain('.exe');
  });

  it('drops the file of a chapter that was renamed', async () => {
    await afterOneRun(rig);
    const manifest = (await rig.read('book.yaml')).toString();
    await rig.write('book.yaml', manifest.replace('title: Storm', 'title: The Gale'));
    const { finished } = await rig.runJson(['book.yaml', '--simulate']);
    expect(finished).toMatchObject({ ok: true, calls: NOTHING });
    expect((await readdir(rig.path('out', 'A Small Book'))).sort()).toEqual(
      FILES.map((name) => name.replace('Storm', 'The Gale')),
    );
  });
});

describe('another take of a line', () => {
  queueInRedis();

  it('is asked for in the text, spoken once, told by plan and diff; the first is not lost', async () => {
    await afterOneRun(rig);
    const one = await readFile(rig.path('one.txt'), 'utf8');
    await rig.write('one.txt', one.replace('[mara] Ahoy', '[take 2] [mara] Ahoy'));
    const { stdout: plan } = await rig.run(['plan', 'book.yaml', '--simulate']);
    expect(plan).toContain('1 to be spoken again ([take …])');
    const { stdout: diff } = await rig.run(['diff', 'book.lock', 'book.yaml']);
    expect(diff).toContain('1:2 mara: take 1 → 2  “Ahoy, the light!”');
    const sound = () => readFile(rig.path('out', 'A Small Book', '01 - Arrival.mp3'));
    const before = await sound();
    const second = await rig.runJson(['book.yaml', '--simulate']);
    expect(second).toMatchObject({ code: 0, finished: { calls: { enroll: 0, synthesize: 1 } } });
    expect((await sound()).equals(before)).toBe(false);
    expect(await rig.runJson(['book.yaml', '--simulate', '--locked'])).toMatchObject({ code: 0 });

    await rig.write('one.txt', one);
    expect((await rig.runJson(['book.yaml', '--simulate'])).finished.calls).toEqual(NOTHING);
  }, 120_000);

  it('is asked for in a list of lines, and is the same take as in a text', async () => {
    const list = (take: string) => `book: { title: A Small Book }
characters: { narrator: { sample: voices/narrator.wav } }
chapters:
  - title: One
    lines:
      - narrator: The wind had turned.
        take: ${take}
output: { formats: [mp3] }
`;
    await rig.write('list.yaml', list('2'));
    expect((await rig.runJson(['list.yaml', '--simulate'])).finished.calls).toMatchObject({ synthesize: 1 });
    await rig.write(
      'list.yaml',
      `${list('1').split('    lines:')[0]}    text: "[take 2] The wind had turned."\noutput: { formats: [mp3] }\n`,
    );
    expect((await rig.runJson(['list.yaml', '--simulate'])).finished.calls).toEqual(NOTHING);
    await rig.write('list.yaml', list('100'));
    const { code, stderr } = await rig.run(['check', 'list.yaml']);
    expect(stderr).toContain('list.yaml:7:15 error: A take number must be from 1 to 99.');
    expect(code).toBe(2);
  }, 120_000);
});

describe('pipeline run', () => {
  it('without a key and without --simulate names both ways on, and sends nothing', async () => {
    const { code, stdout, stderr } = await rig.run(['run', 'book.yaml']);
    expect({ code, stdout, stderr }).toMatchInlineSnapshot(`
      {
        "code": 3,
        "stderr": "pipeline: There is no API key, so nothing was sent. Set DASHSCOPE_API_KEY (Alibaba Cloud Model Studio, "API-KEY"), or add --simulate to try everything with simulated voices at no cost.
      ",
        "stdout": "",
      }
    `);
    await expect(readdir(rig.path('out'))).rejects.toThrow();
  });

  it('waits for another run on the same store, and then finds its takes', async () => {
    await writeBook(rig, { formats: 'mp3' });
    const simulator = await startSimulator({ voiceEngine: 'tones', speed: { firstAudioMs: 200 } });
    try {
      const env = {
        DASHSCOPE_API_KEY: 'test-key',
        DASHSCOPE_HTTP_BASE_URL: simulator.httpBaseUrl,
        DASHSCOPE_REALTIME_URL: simulator.realtimeUrl,
      };
      const [one, two] = await Promise.all([rig.runJson(['book.yaml'], env), rig.runJson(['book.yaml'], env)]);
      expect([one.code, two.code]).toEqual([0, 0]);
      expect(one.finished.calls.synthesize + two.finished.calls.synthesize).toBe(5);
      expect(one.finished.calls.enroll + two.finished.calls.enroll).toBe(2);
      expect([...simulator.spokenTexts().values()]).toEqual([1, 1, 1, 1, 1]);
    } finally {
      await simulator.close();
    }
  });

  it('stops on Ctrl-C within seconds with 130, and the next run goes on from there', { timeout: 180_000 }, async () => {
    const simulator = await startSimulator({ voiceEngine: 'tones', speed: { firstAudioMs: 100, timesRealtime: 10 } });
    try {
      const lines = Array.from(
        { length: 20 },
        (_, index) => `This is line number ${index}, and it takes a moment to say.`,
      ).join('\n\n');
      await writeBook(rig, { lines, formats: 'mp3' });
      const env = {
        DASHSCOPE_API_KEY: 'test-key',
        DASHSCOPE_HTTP_BASE_URL: simulator.httpBaseUrl,
        DASHSCOPE_REALTIME_URL: simulator.realtimeUrl,
      };
      const running = rig.start(['run', 'book.yaml', '--json', '--sessions', '4'], env);
      await running.line('"ordinal":9');
      const from = Date.now();
      running.child.kill('SIGINT');
      const { code, stdout, stderr } = await running.done;
      expect(code).toBe(130);
      const stoppedInMs = Date.now() - from;
      expect(stoppedInMs).toBeLessThan(15_000);
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ type: 'run.finished', ok: false });
      expect(stderr).toContain('To continue from here, run the same command again.');
      const { finished } = await rig.runJson(['book.yaml'], env);
      expect(finished.ok).toBe(true);
      // Lines in progress have five seconds to end; on a busy machine that may be too short for one of each session.
      const twice = [...simulator.spokenTexts().values()].filter((times) => times > 1).length;
      expect(twice).toBeLessThanOrEqual(stoppedInMs < GRACE_MS ? 0 : 4);
    } finally {
      await simulator.close();
    }
  });
});
