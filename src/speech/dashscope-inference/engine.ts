/** The engine of the successor family: Qwen-Audio-TTS and CosyVoice with voice-enrollment. */
import type { Engine } from '../engine.ts';
import { createVoiceClient, type VoiceClientOptions } from './enrolment.ts';
import { createTaskPool, type TaskPoolOptions } from './session-pool.ts';

/** Makes the engine. Sends nothing. Throws like the makers of its parts. */
export function createInferenceEngine(options: { enrolment: VoiceClientOptions; sessions: TaskPoolOptions }): Engine {
  const enrolment = createVoiceClient(options.enrolment);
  return {
    name: 'dashscope-inference',
    enrolment,
    speaker: createTaskPool(options.sessions, enrolment.deployed),
  };
}
