/**
 * Proof of fidelity: the service's own Python SDK, unmodified, enrols and speaks against the simulator.
 *
 * Runs when DASHSCOPE_PYTHON_SDK is the folder that holds the SDK's package `dashscope` and some python3 can import it
 * (DASHSCOPE_PYTHON names another one), and says so when it is skipped. The SDK's code is not part of this repository.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { afterwards, speechLike, start, wav } from '../rig.ts';

const SCRIPT = new URL('official_sdk.py', import.meta.url).pathname;
const SDK = process.env['DASHSCOPE_PYTHON_SDK'] ?? '';
const PYTHONS = [process.env['DASHSCOPE_PYTHON'] ?? '', 'python3', '/usr/bin/python3'].filter(Boolean);

const python =
  SDK === ''
    ? undefined
    : PYTHONS.find((program) => {
        const env = { ...process.env, PYTHONPATH: SDK };
        return spawnSync(program, ['-c', 'import dashscope.audio.tts_v2'], { stdio: 'ignore', env }).status === 0;
      });

if (python === undefined) {
  const why = SDK === '' ? 'DASHSCOPE_PYTHON_SDK is not set' : `no python3 here can import dashscope from ${SDK}`;
  test.skip(`the service's Python SDK: skipped, because ${why}`, () => undefined);
  process.stdout.write(`Python SDK test of the inference protocol SKIPPED: ${why}.\n`);
} else {
  test("the service's own Python SDK enrols, speaks at once, in a stream and over HTTP, and reads errors", async () => {
    const simulator = await start();
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    afterwards(() => rm(folder, { recursive: true }));
    const sample = join(folder, 'sample.wav');
    await writeFile(sample, wav(speechLike({ seconds: 6, rateHz: 16_000 }), { rateHz: 16_000 }));
    const { code, stdout, stderr } = await run(python, sample, {
      PYTHONPATH: SDK,
      DASHSCOPE_API_KEY: 'sk-for-the-sdk',
      SIMULATOR_HTTP: simulator.httpBaseUrl,
      SIMULATOR_WS: simulator.inferenceUrl,
    });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const answer = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown> & {
      whole: string[];
      events: string[];
    };
    expect(answer).toMatchObject({
      voice: expect.stringMatching(/^qwen-audio-3\.1-tts-flash-sdk-/),
      queried: { status: 'OK', target_model: 'qwen-audio-3.1-tts-flash', resource_link: expect.any(String) },
      listed: [{ voice_id: answer['voice'], status: 'OK' }],
      refused: expect.stringContaining('InvalidParameter'),
      head: 'RIFF',
      usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number), total_tokens: expect.any(Number) },
      failed: { error_code: 'InvalidParameter', error_message: '[tts:]Engine return error code: 418' },
    });
    expect(answer['http']).toMatchObject({
      same: true,
      sentences: expect.any(Number),
      refused: expect.stringContaining('400'),
    });
    expect(answer['presetBytes']).toBeGreaterThan(1000);
    expect(answer.whole[0]).toBe(answer.whole[1]);
    expect(answer.whole[2]).not.toBe(answer.whole[0]);
    expect(answer.events.filter((type) => type === 'sentence-end')).toHaveLength(3);
    expect(simulator.metrics().inference).toMatchObject({
      tasks: { run: 9, finished: 7, failed: 2 },
      enroll: { created: 1, queried: 1, listed: 1, updated: 1, deleted: 1 },
      voices: 0,
    });
  });
}

function run(program: string, sample: string, env: NodeJS.ProcessEnv) {
  const child = spawn(program, [SCRIPT, sample], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
