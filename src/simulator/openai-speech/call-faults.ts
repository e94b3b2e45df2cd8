/**
 * What a fault does to a speech call. The faults of a realtime response strike here, too, each as its nearest
 * counterpart over HTTP: `drop` resets the connection, `close` ends the body early, and so on.
 */
import type { FaultKind, FaultPlan, FaultRule } from '../faults.ts';
import { SpeechRefusal } from './refusal.ts';

/** The fault of a call; of both kinds of rules the ones for speech calls come first. */
export function strikeCall(faults: FaultPlan, text: string): FaultRule | undefined {
  return faults.strike({ place: 'speech-call', text }) ?? faults.strike({ place: 'response', text });
}

/** An answer that a fault gives instead of speech. */
export interface InsteadOfSpeech {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Throws the refusal of a fault, or returns the odd answer that it gives; undefined when the call is to be spoken. */
export function insteadOfSpeech(fault: FaultRule | undefined, path: string): InsteadOfSpeech | undefined {
  if (fault === undefined) return undefined;
  const refusal = REFUSALS[fault.kind];
  if (refusal !== undefined) throw refusal();
  return ODD_ANSWERS[fault.kind]?.(path);
}

/** 503 until the model is loaded. */
export function stillLoading(): SpeechRefusal {
  return new SpeechRefusal(503, 'The model is still loading.', { code: 'model_loading' });
}

const throttled = () => new SpeechRefusal(429, 'Rate limit reached.', { code: 'rate_limit_exceeded' });

const REFUSALS: Partial<Record<FaultKind, () => SpeechRefusal>> = {
  'speech-loading': stillLoading,
  'throttle-event': throttled,
  'throttle-close': throttled,
  'speech-synthesis-failed': () => new SpeechRefusal(500, 'Synthesis failed.', { code: 'synthesis_failed' }),
  'content-refusal': () =>
    new SpeechRefusal(400, 'Input data may contain inappropriate content.', { code: 'content_policy_violation' }),
};

const ERROR_PAGE = '<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>';

const ODD_ANSWERS: Partial<Record<FaultKind, (path: string) => InsteadOfSpeech>> = {
  'speech-html-error': () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: ERROR_PAGE }),
  'speech-redirect': (location) => ({ status: 307, headers: { location }, body: '' }),
  'speech-json-200': () => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { message: 'Engine is not ready.', type: 'server_error', param: null, code: 500 } }),
  }),
  'speech-empty': () => ({ status: 200, headers: { 'content-type': 'audio/wav' }, body: '' }),
};
