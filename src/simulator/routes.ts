/** Every HTTP resource of the service: temporary keys, enrolment of both families, the catalogue. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { GENERATION_PATH } from '../hearing/protocol.ts';
import { ENROLMENT_PATH } from '../speech/dashscope/protocol.ts';
import { MODEL_LIMITS_PATH, MODELS_PATH, VOICE_ENROLLMENT_MODEL } from '../speech/dashscope-inference/protocol.ts';
import { ENROLMENT_MODEL } from '../speech/dashscope-realtime/protocol.ts';
import { answerEnrolment, readEnrolmentCall } from './enrolment.ts';
import type { FaultKind } from './faults.ts';
import { answerGeneration } from './hearing/service-face.ts';
import { catalogPage, modelQuotas } from './inference/catalog.ts';
import { placedOutput } from './inference/messages.ts';
import { modelRefusal } from './inference/refused-model.ts';
import { answerVoiceEnrollment } from './inference/voice-enrollment.ts';
import { Refusal, throttled } from './refusal.ts';
import { readBody } from './request-body.ts';
import type { RequestContext } from './request-context.ts';

/** The response that never arrives. */
export const LOST = Symbol('lost answer');

/** A refusal with the body `{}`. */
export class EmptyRefusal extends Refusal {}

/**
 * Longest request body: a sample of just over 10 MB in base64 and its JSON, with room to refuse a larger one properly.
 */
const MOST_BODY_BYTES = 32 * 1024 * 1024;

/** Answers one request; returns the body. Throws a Refusal. */
export async function answerRoute(
  request: IncomingMessage,
  url: URL,
  context: RequestContext,
  signal: AbortSignal,
): Promise<object | typeof LOST> {
  const resource = `${request.method} ${url.pathname}`;
  const { authorization } = request.headers;
  if (resource === 'POST /api/v1/tokens')
    return context.keys.issue(authorization, url.searchParams.get('expire_in_seconds'));
  context.keys.check(authorization);
  if (resource === `POST /api/v1${ENROLMENT_PATH}`) return enrol(request, context, signal);
  const { speech, inference } = context;
  const { inference: settings } = speech.settings;
  const answer = (output: object) => ({ ...placedOutput(output, settings), request_id: randomUUID() });
  if (resource === `GET /api/v1${MODELS_PATH}`) {
    inference.counters.catalog.models++;
    return answer(catalogPage(url.searchParams, settings.retired));
  }
  if (resource === `GET /api/v1${MODEL_LIMITS_PATH}`) {
    inference.counters.catalog.limits++;
    return answer(modelQuotas(url.searchParams, settings));
  }
  if (resource === `POST /api/v1${GENERATION_PATH}`)
    return answerGeneration(await readBody(request, MOST_BODY_BYTES), speech);
  throw new Refusal(404, 'NotFound', 'Not found.');
}

/** The path is shared: `model` decides the family, which has its own rate, voices and counters. */
async function enrol(
  request: IncomingMessage,
  context: RequestContext,
  signal: AbortSignal,
): Promise<object | typeof LOST> {
  const { settings, counters, faults } = context.speech;
  const body = await readBody(request, MOST_BODY_BYTES).catch((error: unknown) => {
    counters.enrolCall(settings.limits.enrollPerSecond);
    throw error;
  });
  const successor = inputOfSuccessor(body);
  if (successor !== undefined) return enrolSuccessor(successor.input, context, signal);
  if (!counters.enrolCall(settings.limits.enrollPerSecond)) throw throttled();
  strikeHttp(faults.strike({ place: 'http' })?.kind, () => counters.enrolThrottled());
  const { retired, retiredForm } = settings.inference;
  if (retired.includes(ENROLMENT_MODEL)) throw modelRefusal(retiredForm, ENROLMENT_MODEL);
  const call = readEnrolmentCall(body);
  const answer = await answerEnrolment(call, { ...context, settings, signal });
  return call.action === 'create' && faults.strike({ place: 'create' }) ? LOST : answer;
}

async function enrolSuccessor(input: unknown, { speech, inference }: RequestContext, signal: AbortSignal) {
  const { settings, faults } = speech;
  if (!inference.counters.enrollCall(settings.inference.voiceCallsPerSecond)) throw throttled();
  strikeHttp(faults.strike({ place: 'http' })?.kind, () => {
    inference.counters.enroll.throttled++;
  });
  const { action, body } = await answerVoiceEnrollment(input, inference, signal);
  return action === 'create_voice' && faults.strike({ place: 'create' }) ? LOST : body;
}

function strikeHttp(fault: FaultKind | undefined, onThrottled: () => void): void {
  if (fault === 'http-429') {
    onThrottled();
    throw throttled();
  }
  if (fault === 'http-5xx') throw new Refusal(500, 'InternalError', 'An internal error has occurred.');
  if (fault === 'empty-body-400') throw new EmptyRefusal(400, '', '');
}

/** The `input` of a request for `voice-enrollment`; undefined for any other request. */
function inputOfSuccessor(body: string): { input: unknown } | undefined {
  // A request of the first family is parsed by its own rules, so most bodies are not parsed twice.
  if (!body.includes(`"${VOICE_ENROLLMENT_MODEL}"`)) return undefined;
  try {
    const request = JSON.parse(body) as { model?: unknown; input?: unknown } | null;
    return request?.model === VOICE_ENROLLMENT_MODEL ? { input: request.input } : undefined;
  } catch {
    return undefined;
  }
}
