/** `pipeline voices …` as a user sees it, against a simulator of the test's own. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { ENROLMENT_PATH } from '../../src/speech/dashscope/protocol.ts';
import { ENROLMENT_MODEL } from '../../src/speech/dashscope-realtime/protocol.ts';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig, SAMPLES, writeBook } from './rig.ts';

queueInRedis();
commandsHere();

const MODEL = 'qwen3-tts-vc-realtime-2026-01-15';
const OTHER_MODEL = 'qwen3-tts-vc-realtime-2025-11-27';
const KEY = 'sk-voices-test-0123456789';
const NARRATOR = `${SAMPLES}/narrator.wav`;

let rig: Rig;
let simulator: Simulator;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  rig = await makeRig();
  simulator = await startSimulator({ voiceEngine: 'tones', apiKeys: [KEY] });
  env = {
    DASHSCOPE_API_KEY: KEY,
    DASHSCOPE_HTTP_BASE_URL: simulator.httpBaseUrl,
    DASHSCOPE_REALTIME_URL: simulator.realtimeUrl,
  };
});
afterAll(async () => {
  await simulator.close();
  await rig.destroy();
});

async function voices(...args: string[]) {
  const { code, stdout, stderr } = await rig.run(['voices', ...args, '--json'], env);
  const json = stdout === '' ? undefined : (JSON.parse(stdout) as Record<string, unknown>);
  return { code, json, stderr };
}

/** What somebody else does with the same account, which may just have had its calls of this second. */
async function elsewhere(input: object): Promise<{ output?: { voice: string } }> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(simulator.httpBaseUrl + ENROLMENT_PATH, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ model: ENROLMENT_MODEL, input }),
    });
    if (response.ok) return (await response.json()) as { output?: { voice: string } };
    if (tries === 10) throw new Error(await response.text());
    await sleep(300);
  }
}

describe('pipeline voices', () => {
  it('enrols once, lists ours, orphans and lost ones, adopts, deletes, prunes', async () => {
    const first = await voices('enroll', NARRATOR, '--model', MODEL, '--name', 'narrator');
    expect(first).toMatchObject({ code: 0, json: { type: 'voice', model: MODEL, outcome: 'made', notes: [] } });
    const ours = String(first.json?.['voice']);
    expect((await voices('enroll', NARRATOR, '--model', MODEL)).json).toMatchObject({ voice: ours, outcome: 'reused' });

    const data = `data:audio/wav;base64,${(await readFile(NARRATOR)).toString('base64')}`;
    const made = await elsewhere({
      action: 'create',
      target_model: OTHER_MODEL,
      preferred_name: 'them',
      audio: { data },
    });
    const orphan = made.output?.voice ?? '';
    const gone = String((await voices('enroll', `${SAMPLES}/mara.mp3`, '--model', MODEL)).json?.['voice']);
    await elsewhere({ action: 'delete', voice: gone });

    const list = await voices('list');
    expect(list.code).toBe(0);
    const rows = list.json?.['voices'] as { voice: string; state: string; characters: string[]; model: string }[];
    expect(new Map(rows.map(({ voice, state }) => [voice, state]))).toEqual(
      new Map([
        [ours, 'ours'],
        [orphan, 'orphan'],
        [gone, 'lost'],
      ]),
    );
    expect(rows.find(({ voice }) => voice === ours)).toMatchObject({ characters: ['narrator'], model: MODEL });
    const table = (await rig.run(['voices', 'list'], env)).stdout;
    expect(table).toContain('2 voices at the service, 1 of them unknown to this ledger (orphan), 1 only in the ledger');

    // The orphan becomes the narrator's voice for its own model, and costs nothing.
    const adopted = await voices('adopt', orphan, NARRATOR, '--name', 'narrator');
    expect(adopted).toMatchObject({ code: 0, json: { voice: orphan, model: OTHER_MODEL, replaced: null } });
    expect((await voices('enroll', NARRATOR, '--model', OTHER_MODEL)).json).toMatchObject({
      voice: orphan,
      outcome: 'reused',
    });
    const wrongModel = await voices('adopt', orphan, NARRATOR, '--model', MODEL);
    expect(wrongModel).toMatchObject({ code: 2, stderr: expect.stringContaining('works with no other model') });

    // Nothing is destroyed unasked.
    const unasked = await voices('delete', ours);
    expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('add --yes') });
    expect(await voices('delete', ours, 'qwen-nobody', '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Nothing was deleted'),
    });
    expect(simulator.metrics().voices).toBe(2);
    expect((await voices('delete', ours, ours, '--yes')).json).toMatchObject({ voices: [{ voice: ours }] });
    expect(simulator.metrics().voices).toBe(1);

    // Pruning forgets the lost one and keeps what was made today.
    expect((await voices('prune', '--yes')).json).toMatchObject({ voices: [{ voice: gone, state: 'lost' }] });
    expect((await voices('prune', '--yes', '--unused-days', '0')).json).toMatchObject({ voices: [{ voice: orphan }] });
    expect((await voices('list')).json).toEqual({ type: 'voices', voices: [] });
  });

  it('takes only orphans that it is told to take', async () => {
    const data = `data:audio/wav;base64,${(await readFile(NARRATOR)).toString('base64')}`;
    await elsewhere({ action: 'create', target_model: MODEL, preferred_name: 'them', audio: { data } });
    expect((await voices('prune', '--yes', '--unused-days', '0')).json).toMatchObject({ voices: [] });
    expect((await voices('prune', '--yes', '--unused-days', '0', '--orphans')).json).toMatchObject({
      voices: [{ state: 'orphan' }],
    });
  });

  it('checks recordings without a key and without a call', async () => {
    const before = simulator.metrics().enroll.calls;
    await rig.write('text.wav', 'this is no sound');
    const { code, stdout } = await rig.run(['voices', 'check', NARRATOR, 'text.wav', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'voices.check',
      ok: false,
      samples: [
        { verdict: 'pass', changes: [] },
        { verdict: 'fail', rows: [{ rule: 'readable', verdict: 'fail' }, { rule: 'size' }] },
      ],
    });
    const table = await rig.run(['voices', 'check', NARRATOR]);
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(
      /narrator.wav can be cloned as it is\.\n {2}✓ format +wav with pcm_s16le +wanted: WAV/,
    );
    expect(simulator.metrics().enroll.calls).toBe(before);
  });

  it('says what is wrong with a command line', async () => {
    expect(await voices('check', 'nothing-here.wav')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ENOENT'),
    });
    expect(await voices('check', NARRATOR, '--model', 'qwen-1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Use one of qwen-tts-vc-realtime-2025-08-20'),
    });
    const noKey = await rig.run(['voices', 'list']);
    expect(noKey).toMatchObject({ code: 3, stderr: expect.stringContaining('--simulate') });
  });
});

describe('a manifest that names voices by their ids', () => {
  it('is refused before anything is sent when one was enrolled for another model', async () => {
    const { json } = await voices('enroll', NARRATOR, '--model', OTHER_MODEL);
    const voice = String(json?.['voice']);
    const manifest = (model: string): string =>
      `book: { title: Mixed }\nmodel: ${model}\ncharacters:\n  narrator: { voice: ${voice} }\nchapters:\n  - { title: One, text: Hello there. }\n`;
    await rig.write('mixed.yaml', manifest(MODEL));
    const before = simulator.metrics();
    const refused = await rig.run(['run', 'mixed.yaml'], env);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`mixed.yaml:4:22`);
    expect(refused.stderr).toContain(`was enrolled for ${OTHER_MODEL}; this book speaks with ${MODEL}`);
    // The same mistake in the same words before a run, and for programs too.
    const [run, plan] = await Promise.all([
      rig.run(['run', 'mixed.yaml', '--json'], env),
      rig.run(['plan', 'mixed.yaml', '--json'], env),
    ]);
    for (const { code, stdout } of [run, plan]) {
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({
        type: 'error',
        code: 'manifest-mistakes',
        exitCode: 2,
        diagnostics: [{ code: 'voice-of-other-model', file: 'mixed.yaml' }],
      });
    }
    const check = await rig.run(['check', 'mixed.yaml', '--json'], env);
    expect(check.code).toBe(2);
    expect(JSON.parse(check.stdout)).toMatchObject({ ok: false, diagnostics: [{ code: 'voice-of-other-model' }] });
    expect((await rig.run(['check', 'mixed.yaml'], env)).stderr).toBe(refused.stderr);
    expect((await rig.run(['plan', 'mixed.yaml'], env)).stderr).toBe(refused.stderr);
    expect(simulator.metrics()).toEqual(before);
    await rig.write('mixed.yaml', manifest(OTHER_MODEL));
    expect((await rig.run(['check', 'mixed.yaml'], env)).code).toBe(0);
    expect((await rig.run(['run', 'mixed.yaml'], env)).code).toBe(0);
  });
});

describe('a voice that the service has lost', () => {
  it('is cloned again in the middle of a run, which says so and counts it', { timeout: 120_000 }, async () => {
    await writeBook(rig, { formats: 'mp3' });
    const first = await rig.runJson(['book.yaml'], env);
    expect(first.finished.voices).toEqual({ enrolled: 2, reused: 0 });
    // More than a year: the service forgets voices that nobody used.
    const clock = simulator.httpBaseUrl.replace('/api/v1', '/simulator/clock');
    await fetch(clock, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advanceSeconds: 400 * 86_400 }),
    });
    await writeBook(rig, { lines: 'The wind had died.\n\nNobody spoke.', formats: 'mp3' });
    const again = await rig.runJson(['book.yaml'], env);
    expect(again.finished).toMatchObject({
      ok: true,
      voices: { enrolled: 1, reused: 1 },
      segments: { synthesized: 2, failed: 0 },
      calls: { enroll: 1 },
    });
    expect(again.events.filter(({ type }) => type === 'voice.ready')).toMatchObject([
      { type: 'voice.ready', characters: ['narrator'], outcome: 'made' },
    ]);
  });
});
