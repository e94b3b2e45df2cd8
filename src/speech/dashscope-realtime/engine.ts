/** The engine of the first family: Qwen-TTS-Realtime with qwen-voice-enrollment. */
import type { Engine } from '../engine.ts';
import { createEnrolmentClient, type EnrolmentClientOptions } from './enrolment.ts';
import { createSessionPool, type SessionPoolOptions } from './session-pool.ts';

/** Makes the engine. Sends nothing. Throws like the makers of its parts. */
export function createRealtimeEngine(options: {
  enrolment: EnrolmentClientOptions;
  sessions: SessionPoolOptions;
}): Engine {
  return {
    name: 'dashscope-realtime',
    enrolment: createEnrolmentClient(options.enrolment),
    speaker: createSessionPool(options.sessions),
  };
}
