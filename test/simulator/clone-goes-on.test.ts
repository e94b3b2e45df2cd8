/** A clone goes on when its caller goes away, as at the service. */
import { expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/server.ts';
import { speechLike, wav } from './rig.ts';

const url = `data:audio/wav;base64,${Buffer.from(wav(speechLike({ seconds: 10 }))).toString('base64')}`;

test.each([
  [
    'qwen-voice-enrollment',
    { action: 'create', target_model: 'qwen-tts-vc-realtime-2025-08-20', preferred_name: 'ada', audio: { data: url } },
    { action: 'list' },
  ],
  [
    'voice-enrollment',
    { action: 'create_voice', target_model: 'qwen-audio-3.0-tts-flash', prefix: 'ada', url },
    { action: 'list_voice' },
  ],
])('%s', async (model, create, list) => {
  const simulator = await startSimulator({ voiceEngine: 'tones', speed: { cloneMs: 2_000 } });
  try {
    const post = (input: object, signal?: AbortSignal) =>
      fetch(`${simulator.httpBaseUrl}/services/audio/tts/customization`, {
        method: 'POST',
        headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
        body: JSON.stringify({ model, input }),
        ...(signal && { signal }),
      });
    const voices = async () => {
      const body = (await (await post(list)).json()) as { output: { voice_list: unknown[] } };
      return body.output.voice_list.length;
    };
    const leaving = new AbortController();
    const left = expect(post(create, leaving.signal)).rejects.toThrow();
    const arrived = (): number => {
      const { enroll, inference } = simulator.metrics();
      return enroll.calls + inference.enroll.calls;
    };
    await expect.poll(arrived, { interval: 20 }).toBe(1);
    leaving.abort();
    await left;
    expect(await voices()).toBe(0);
    await expect.poll(voices, { timeout: 20_000, interval: 150 }).toBe(1);
  } finally {
    await simulator.close();
  }
});
