/** What a run does about takes that sound wrong, texts that are refused, recordings instead of speech, and consent. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '../../src/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { speechLike, wav } from '../simulator/rig.ts';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();
commandsHere();

let rig: Rig;
let simulator: Simulator;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  rig = await makeRig();
  await writeBook(rig, { formats: 'mp3' });
  simulator = await startSimulator({ voiceEngine: 'tones' });
  const { httpBaseUrl, realtimeUrl } = simulator;
  env = { DASHSCOPE_API_KEY: 'sk-x', DASHSCOPE_HTTP_BASE_URL: httpBaseUrl, DASHSCOPE_REALTIME_URL: realtimeUrl };
});
afterEach(async () => {
  await simulator.close();
  await rig.destroy();
});

const strike = (...faults: FaultRule[]) => simulator.set({ faults });
const report = async () => JSON.parse(await readFile(rig.path('out', 'A Small Book', 'report.json'), 'utf8'));

describe('takes that sound wrong', () => {
  it('one is spoken again and good: said, counted, and nothing is left to hear', async () => {
    strike({ kind: 'inserted-silence', text: 'Ahoy', times: 1 });
    const { code, finished, events } = await rig.runJson(['book.yaml'], env);
    expect(code).toBe(0);
    expect(finished).toMatchObject({ calls: { synthesize: 6 }, takes: { doubtful: 0, spokenAgain: 1 } });
    expect(events).toContainEqual(expect.objectContaining({ type: 'segment.done', ordinal: 2, tries: 2 }));
    const { doubtful, takesBilledCharacters } = await report();
    expect(doubtful).toEqual([]);
    expect(takesBilledCharacters).toBe(finished.billedCharacters);
  });

  it('all tries of one: the best is kept, the book delivered, and every later report names the line', async () => {
    strike({ kind: 'inserted-silence', text: 'Ahoy' }, { kind: 'noise', text: 'The wind' });
    const { code, finished, events } = await rig.runJson(['book.yaml'], env);
    expect(code).toBe(0);
    expect(finished).toMatchObject({ ok: true, calls: { synthesize: 9 }, takes: { doubtful: 2, spokenAgain: 4 } });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'segment.doubtful', chapter: 1, text: 'Ahoy, the light!', tries: 3 }),
    );
    const first = await report();
    expect(first.doubtful).toMatchObject([
      { chapter: 1, line: 2, character: 'mara', doubts: [{ check: 'silence-inside' }], tries: 3 },
      { chapter: 2, line: 1, doubts: [{ check: 'noise' }], tries: 3 },
    ]);
    // Behind the first line and its pause, and inside the second.
    const [{ atSeconds }] = first.doubtful;
    expect(atSeconds).toBeGreaterThan(3);
    expect(atSeconds).toBeLessThan(first.chapters[0].durationSeconds);
    const again = await rig.run(['run', 'book.yaml'], env);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('2 lines to check by ear');
    expect((await report()).doubtful).toEqual(first.doubtful);
  });
});

describe('a text that is refused', () => {
  it('parks its line, is not asked for again, and comes with a recording or a change of mind', async () => {
    strike({ kind: 'content-refusal', text: 'Ahoy' });
    const first = await rig.runJson(['book.yaml'], env);
    expect(first.code).toBe(1);
    expect(first.finished).toMatchObject({ segments: { failed: 1 }, calls: { synthesize: 5 } });
    expect((await report()).refused).toMatchObject([
      { chapter: 1, line: 2, character: 'mara', text: 'Ahoy, the light!', reason: expect.stringContaining('[audio:') },
    ]);
    const second = await rig.runJson(['book.yaml'], env);
    expect(second.code).toBe(1);
    expect(second.finished.calls).toEqual({ enroll: 0, list: 0, synthesize: 0 });
    expect((await report()).refused).toHaveLength(1);

    await rig.write('pickups/ahoy.wav', wav(speechLike({ seconds: 1.2, rateHz: 44_100 }), { rateHz: 44_100 }));
    await rig.write(
      'one.txt',
      'The boat came out of the fog a little before noon.\n\n[audio: pickups/ahoy.wav] [mara] Ahoy, the light!\n',
    );
    const third = await rig.runJson(['book.yaml'], env);
    expect(third).toMatchObject({ code: 0, finished: { calls: { synthesize: 0 }, billedCharacters: 0 } });
    expect((await report()).refused).toEqual([]);

    strike();
    await writeBook(rig, { formats: 'mp3' });
    const fourth = await rig.runJson(['book.yaml', '--retry-refused'], env);
    expect(fourth).toMatchObject({ code: 0, finished: { calls: { synthesize: 1 } } });
  }, 240_000);
});

describe('recordings instead of speech', () => {
  const lines = (recording: string) => `book: { title: A Small Book }
characters:
  narrator: { sample: voices/narrator.wav }
  mara: { sample: voices/mara.mp3 }
chapters:
  - title: One
    lines:
      - The boat came out of the fog a little before noon.
      - mara: Ahoy, the light!
        audio: ${recording}
output: { formats: [mp3] }
`;

  it('are planned as pickups, levelled, and spoken by nobody', async () => {
    await rig.write('book.yaml', lines('pickups/ahoy.wav'));
    // Stereo, 44.1 kHz, and 30 dB too quiet.
    const mono = speechLike({ seconds: 1.2, rateHz: 44_100, level: 0.01 });
    const stereo = Int16Array.from({ length: mono.length * 2 }, (_, i) => mono[i >> 1]!);
    await rig.write('pickups/ahoy.wav', wav(stereo, { rateHz: 44_100, channels: 2 }));
    const plan = JSON.parse((await rig.run(['plan', 'book.yaml', '--json'], env)).stdout);
    expect(plan).toMatchObject({ segments: { total: 2, synthesize: 1, reuse: 1 }, chapters: [{ pickups: 1 }] });
    expect(plan.voices).toMatchObject({ enroll: 1, reuse: 1 });
    const { code, finished } = await rig.runJson(['book.yaml'], env);
    expect(code).toBe(0);
    expect(finished).toMatchObject({ calls: { enroll: 1, synthesize: 1 }, segments: { total: 2, synthesized: 1 } });
    expect([...simulator.spokenTexts().keys()]).toEqual(['The boat came out of the fog a little before noon.']);
    expect(finished.chapters[0]).toMatchObject({ verdict: 'pass' });
    const again = await rig.runJson(['book.yaml'], env);
    expect(again.finished).toMatchObject({ calls: { enroll: 0, synthesize: 0 }, billedCharacters: 0 });
  });

  it.each<[string, string, Uint8Array | undefined, string]>([
    ['missing', 'pickups/none.wav', undefined, 'There is no file "pickups/none.wav"'],
    ['silent', 'pickups/x.wav', wav(new Int16Array(48_000)), 'is silent'],
    ['far too long', 'pickups/x.wav', wav(speechLike({ seconds: 30 })), 'far too long for its line'],
    [
      'longer than a line',
      'pickups/x.wav',
      wav(new Int16Array(605 * 8000).fill(9), { rateHz: 8000 }),
      'is longer than 10 minutes',
    ],
    ['far too short', 'pickups/x.wav', wav(speechLike({ seconds: 0.06 })), 'far too short for its line'],
    ['no audio', 'pickups/x.wav', Buffer.from('#EXTM3U\nfile:///etc/passwd\n'), 'is not a recording'],
    ['half an audio file', 'pickups/x.wav', wav(speechLike({ seconds: 1 })).subarray(0, 20), 'cannot be decoded'],
    ['80 MB', 'pickups/x.wav', Buffer.alloc(80 * 1024 * 1024, 'RIFF'), 'has 80 MB; the maximum is 50 MB'],
    ['elsewhere', '../x.wav', undefined, "leads out of the manifest's folder"],
  ])('%s: a mistake with its line, and nothing is sent', async (_, path, bytes, message) => {
    await rig.write('book.yaml', lines(path));
    if (bytes) await rig.write(path, bytes);
    const { code, stderr } = await rig.run(['run', 'book.yaml'], env);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('book.yaml:10:16');
    expect(stderr).toMatch(/\n +\| +\^+\n +fix: \S/);
    expect(simulator.metrics().voices).toBe(0);
    expect((await rig.run(['check', 'book.yaml'], env)).code).toBe(2);
  });
});

describe('consent', () => {
  const book = (consent: string, more = '') => `book: { title: A Small Book }
${more}characters:
  narrator: { sample: voices/narrator.wav${consent} }
chapters:
  - { title: One, text: The boat came out of the fog. }
output: { formats: [mp3] }
`;
  const GIVEN = ', consent: { by: A. Reader, on: 2026-03-01, recording: archive 12 }';

  it('is asked for by the operator or the manifest before anything is sent', async () => {
    await rig.write('book.yaml', book(''));
    expect((await rig.run(['check', 'book.yaml'])).code).toBe(0);
    const refused = await rig.run(['run', 'book.yaml'], { ...env, PIPELINE_REQUIRE_CONSENT: '1' });
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"narrator" would be cloned without a stated consent'),
    });
    await rig.write('book.yaml', book('', 'requireConsent: true\n'));
    expect((await rig.run(['run', 'book.yaml'], env)).code).toBe(2);
    expect(simulator.metrics().voices).toBe(0);
    const alone = await rig.run(['voices', 'enroll', 'voices/narrator.wav'], { ...env, PIPELINE_REQUIRE_CONSENT: '1' });
    expect(alone).toMatchObject({ code: 2, stderr: expect.stringContaining('consent') });
    expect(simulator.metrics().voices).toBe(0);
  });

  it('is in plan and reports, and in no key', async () => {
    await rig.write('book.yaml', book(''));
    await rig.runJson(['book.yaml'], env);
    expect((await report()).consent).toEqual([{ character: 'narrator', consent: null }]);
    await rig.write('book.yaml', book(GIVEN));
    const plan = await rig.run(['plan', 'book.yaml'], env);
    expect(plan.stdout).toContain('narrator: consent by A. Reader on 2026-03-01');
    const { finished } = await rig.runJson(['book.yaml'], { ...env, PIPELINE_REQUIRE_CONSENT: '1' });
    expect(finished.calls).toEqual({ enroll: 0, list: 0, synthesize: 0 });
    const consent = { by: 'A. Reader', on: '2026-03-01', recording: 'archive 12' };
    expect((await report()).consent).toEqual([{ character: 'narrator', consent }]);
    expect(await readFile(join(finished.folder, 'report.html'), 'utf8')).toContain(
      'All speech in this book is synthetic',
    );
  });

  it.each([
    [', consent: { by: A. Reader, on: 2026-02-30 }', 'not a valid date'],
    [', consent: { by: A. Reader, on: yesterday }', 'not a valid date'],
    [', consent: { by: A. Reader, on: 2999-01-01 }', 'in the future'],
    [', consent: { on: 2026-03-01 }', '"by"'],
    [', consent: yes', 'consent'],
    [', consent: { by: A. Reader, on: 2026-03-01, when: x }', 'There is no field "when"'],
  ])('%s is a mistake', async (consent, message) => {
    await rig.write('book.yaml', book(consent));
    const { code, stderr } = await rig.run(['check', 'book.yaml']);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('book.yaml:3:');
  });
});
