/**
 * Proof of fidelity: the service's own Python SDK, unmodified, runs its quick start against the simulator.
 *
 * Runs when some python3 can import `dashscope.audio.qwen_tts_realtime` (`pip install dashscope`, or PYTHONPATH to a
 * copy of the SDK together with Debian's python3-websocket), and says so when it is skipped. The SDK's code is not part
 * of this repository.
 */
import { spawn, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { COMMIT_BLOCK, RESPONSE } from './documented-order.ts';
import { start } from './rig.ts';

const SCRIPT = new URL('sdk_quick_start.py', import.meta.url).pathname;
const SAMPLE = new URL('../../manifests/hello/voices/narrator.wav', import.meta.url).pathname;
/** The first python3 of the path may be one of several; Debian's sees Debian's packages. */
const PYTHONS = ['python3', '/usr/bin/python3'];

interface Spoken {
  types: string[];
  audioBytes: number;
  statuses: string[];
  sessionId: string;
  lastResponseId: string;
  closeCode: number | null;
}

const python = PYTHONS.find(
  (program) => spawnSync(program, ['-c', 'import dashscope.audio.qwen_tts_realtime'], { stdio: 'ignore' }).status === 0,
);

if (python === undefined) {
  test.skip("the service's Python SDK: skipped, because no python3 here can import dashscope", () => undefined);
  process.stdout.write('Python SDK test skipped: no python3 here can import dashscope.audio.qwen_tts_realtime.\n');
} else {
  test("the service's own Python SDK runs its quick start: enrol, server_commit, commit, finish", async () => {
    const simulator = await start();
    const { code, stdout, stderr } = await run(python, {
      DASHSCOPE_API_KEY: 'sk-for-the-sdk',
      DASHSCOPE_HTTP_BASE_URL: simulator.httpBaseUrl,
      DASHSCOPE_REALTIME_URL: simulator.realtimeUrl,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const answer = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
      voice: string;
      server_commit: Spoken;
      commit: Spoken;
      everything: Spoken;
    };
    expect(answer.voice).toMatch(/^qwen-tts-vc-sdk-voice-\d{17}-[0-9a-f]{4}$/);
    const whole = (block: readonly string[]) => [
      'session.created',
      'session.updated',
      ...[block, block, block].flat(),
      'session.finished',
    ];
    expect(folded(answer.commit.types)).toEqual(whole(COMMIT_BLOCK));
    // In server_commit the text keeps coming while the server speaks, and so do the acknowledgements.
    const unasked = answer.server_commit.types.filter((type) => type !== 'input_text_buffer.committed');
    expect(folded(unasked)).toEqual(whole(RESPONSE));
    // The cancelled response may have been whole by then; either way the block is, and the next text is spoken.
    expect(folded(answer.everything.types)).toEqual([
      'session.created',
      'session.updated',
      'input_text_buffer.cleared',
      ...COMMIT_BLOCK,
      ...COMMIT_BLOCK,
      'session.finished',
    ]);
    expect(answer.everything.statuses).toEqual([expect.stringMatching(/^(cancelled|completed)$/), 'completed']);
    for (const spoken of [answer.server_commit, answer.commit, answer.everything]) {
      expect(spoken.audioBytes).toBeGreaterThan(16_000);
      expect(spoken.sessionId).toMatch(/^sess_\w{21}$/);
      expect(spoken.lastResponseId).toMatch(/^resp_\w{21}$/);
      expect(spoken.closeCode).toBe(1000);
    }
    expect(simulator.metrics().realtime).toMatchObject({ sessions: 3, responses: 8 });
  });
}

/** Deltas in a row as one: how many there are hangs on the text. */
function folded(types: readonly string[]): string[] {
  return types.filter((type, index) => type !== 'response.audio.delta' || types[index - 1] !== type);
}

function run(
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(program, [SCRIPT, SAMPLE], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
