import { expect, test } from 'vitest';
import { voiceIdProblem } from '../../src/manifest/fields/voices.ts';
import { modelOf } from '../../src/models.ts';

const FIRST = 'qwen-tts-vc-realtime-2025-08-20';
const AUDIO = 'qwen-audio-3.1-tts-flash';

test.each([
  [FIRST, 'qwen-tts-vc-n-voice-20250812105009984-838b', undefined],
  [FIRST, 'cosyvoice-v2-x-1', 'foreign-voice'],
  [FIRST, 'Cherry', 'foreign-voice'],
  [FIRST, `${AUDIO}-mara-1`, 'foreign-voice'],
  [AUDIO, `${AUDIO}-mara-1`, undefined],
  [AUDIO, 'kept-by-another-name', undefined],
  [AUDIO, 'qwen-audio-3.0-tts-flash-mara-1', 'foreign-voice'],
  [AUDIO, 'qwen-tts-vc-n-voice-20250812105009984-838b', 'foreign-voice'],
  [AUDIO, 'cosyvoice-v3.5-flash-mara-1', 'foreign-voice'],
  [AUDIO, 'longanyang', 'foreign-voice'],
  ['cosyvoice-v3.5-flash', 'cosyvoice-v3.5-flash-mara-1', undefined],
  ['cosyvoice-v3-plus', 'cosyvoice-v3-flash-mara-1', 'foreign-voice'],
  [AUDIO, 'a b', 'bad-voice'],
])('%s and the voice %s: %s', (model, voice, code) => {
  expect(voiceIdProblem(voice, modelOf({ model })!)?.code).toBe(code);
});

test("one's own server names its voices as it likes", () => {
  const own = modelOf({ model: 'Qwen/Qwen3-TTS', engine: 'openai-speech' })!;
  expect(voiceIdProblem('Cherry', own)).toBeUndefined();
  expect(voiceIdProblem('not an id', own)?.code).toBe('bad-voice');
});
