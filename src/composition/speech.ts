/** Opens every engine at the addresses of a run, within the account's limits. */
import type { Limits } from '../queue/limits/limits.ts';
import { permanentKey } from '../speech/dashscope/api-key.ts';
import { createInferenceEngine } from '../speech/dashscope-inference/engine.ts';
import { createRealtimeEngine } from '../speech/dashscope-realtime/engine.ts';
import { joinEngines, type Speech } from '../speech/join-engines.ts';
import type { Service } from './service.ts';

/** What the engines need to know of the process that uses them. */
export interface SpeechOptions {
  service: Service;
  limits: Pick<Limits, 'enrollLimiter' | 'callLimiter' | 'sessionSlots'>;
  /** Most sessions at once in this process. */
  maxSessions: number;
  /** An idle session is closed after so many milliseconds; undefined: the engine's own default. */
  idleCloseMs?: number | undefined;
  /** Longest silence of the service while speech is due, in milliseconds. */
  idleTimeoutMs?: number | undefined;
}

/**
 * Opens the engines; each is made when the first step needs it. Sends nothing. Throws `key-missing` or `key-refused` for
 * a key that cannot be sent.
 */
export function openSpeech({ service, limits, maxSessions, idleCloseMs, idleTimeoutMs }: SpeechOptions): Speech {
  permanentKey(service.apiKey);
  const sessions = {
    ...service,
    maxSessions,
    slots: limits.sessionSlots,
    limiter: limits.callLimiter,
    ...(idleCloseMs === undefined ? {} : { idleCloseMs }),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  };
  return joinEngines(
    {
      'dashscope-realtime': () =>
        createRealtimeEngine({
          enrolment: { ...service, limiter: limits.enrollLimiter('qwen-voice-enrollment') },
          sessions,
        }),
      'dashscope-inference': () =>
        createInferenceEngine({
          enrolment: {
            ...service,
            httpBaseUrl: service.inferenceHttpUrl,
            limiter: limits.enrollLimiter('voice-enrollment'),
          },
          sessions,
        }),
    },
    'dashscope-realtime',
  );
}
