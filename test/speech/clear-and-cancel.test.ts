import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { openSession, type Session } from '../../src/speech/dashscope-realtime/session.ts';

const MODEL = 'qwen-tts-vc-realtime-2025-08-20';
const VOICE = 'qwen-tts-vc-ada-voice-20250812105009984-838b';
const LONG =
  'A sentence that is long enough to be cut off in the middle of it, and then some more of the same. '.repeat(4);

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    voiceEngine: 'tones',
    speed: { timesRealtime: 20 },
    behaviour: { adoptVoices: true },
  });
});
afterAll(() => simulator.close());

const open = (): Promise<Session> =>
  openSession({ ...simulator, apiKey: 'sk-test', model: MODEL, settings: { voice: VOICE, mode: 'commit' } });

test('what was appended and cleared is not spoken', async () => {
  const session = await open();
  session.append('This must never be heard. ');
  await session.clear();
  await session.speak({ text: 'Only this.', onAudio: () => undefined });
  expect([...simulator.spokenTexts().keys()]).toContain('Only this.');
  expect([...simulator.spokenTexts().keys()].join()).not.toContain('never');
  // Without the clearing it is.
  session.append('And this, ');
  await session.speak({ text: 'together.', onAudio: () => undefined });
  expect([...simulator.spokenTexts().keys()]).toContain('And this, together.');
  await session.finish();
});

test('a cancelled speech is no take: the caller hears that it was interrupted', async () => {
  const session = await open();
  let heardBytes = 0;
  const speaking = session.speak({
    text: LONG,
    onAudio: (chunk) => {
      heardBytes += chunk.length;
      session.cancel();
    },
  });
  await expect(speaking).rejects.toMatchObject({ code: 'interrupted', retry: 'never' });
  expect(session.usable).toBe(false);
  expect(heardBytes / 48_000).toBeLessThan(5);
});
