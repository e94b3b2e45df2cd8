/** The WebSocket handshake: authentication, limits and faults. */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { WebSocketServer } from 'ws';
import { SIMULATOR_HEADER } from '../speech/dashscope/protocol.ts';
import { INFERENCE_PATH } from '../speech/dashscope-inference/protocol.ts';
import { serveTasks } from './inference/connection.ts';
import { passInferenceHandshake } from './inference/handshake.ts';
import { modelRefusal } from './inference/refused-model.ts';
import type { InferenceSettings } from './inference/settings.ts';
import { realtimeModel } from './realtime-model.ts';
import { errorBody, Refusal, throttled } from './refusal.ts';
import { REALTIME_PATH, type RequestContext, SIMULATOR_NAME } from './request-context.ts';
import type { SpeechContext } from './response.ts';
import { serveSession } from './session.ts';
import { adoptedVoice } from './voices.ts';

/** Accepts a WebSocket, or refuses its handshake with the error body that HTTP uses. Must not throw. */
export async function acceptUpgrade(options: {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  wss: WebSocketServer;
  context: RequestContext;
  signal: AbortSignal;
}): Promise<void> {
  const { request, socket, head, wss, context, signal } = options;
  const { speech, voices } = context;
  try {
    const url = new URL(request.url ?? '/', 'http://simulator');
    const isInference = url.pathname.replace(/\/$/, '') === INFERENCE_PATH;
    if (url.pathname !== REALTIME_PATH && !isInference) throw new Refusal(404, 'NotFound', 'Not found.');
    context.keys.check(request.headers.authorization);
    if (isInference) {
      await passInferenceHandshake(context.inference, signal);
      if (socket.destroyed) return;
      wss.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('close', context.inference.counters.connected());
        serveTasks(webSocket, context.inference);
      });
      return;
    }
    await passHandshake(speech, signal);
    if (socket.destroyed) return;
    const modelId = url.searchParams.get('model') ?? '';
    const model = realtimeModel(modelId);
    const retired = retiredForm(modelId, speech.settings.inference);
    const findVoice = (voice: string, boundTo: string) =>
      voices.find(voice) ?? (speech.settings.behaviour.adoptVoices ? adoptedVoice(voice, boundTo) : undefined);
    wss.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('close', speech.counters.sessionOpened());
      serveSession(webSocket, { model, modelId, retired }, { speech: speech, findVoice });
    });
  } catch (error) {
    refuseUpgrade(socket, error instanceof Refusal ? error : new Refusal(500, 'InternalError', String(error)));
  }
}

/** How a retired model's session ends; undefined for a model that is served. Throws a Refusal where there is none. */
function retiredForm(modelId: string, { retired, retiredForm: form }: InferenceSettings) {
  if (!retired.includes(modelId)) return undefined;
  if (form === 'close' || form === 'silence') return form;
  throw modelRefusal(form, modelId);
}

/** Applies the faults and limits of a handshake. */
async function passHandshake({ settings, counters, faults }: SpeechContext, signal: AbortSignal): Promise<void> {
  const { limits } = settings;
  const fault = faults.strike({ place: 'handshake' });
  const overLimit = limits.callIs !== 'response' && !counters.realtimeCall(limits.callsPerMinute);
  if (fault?.kind === 'slow-handshake') await setTimeout(fault.delayMs ?? 2000, undefined, { signal });
  if (fault?.kind === 'handshake-5xx') {
    throw new Refusal(503, 'ModelUnavailable', 'Model is unavailable, please try again later.');
  }
  if (overLimit || fault?.kind === 'throttle-handshake' || counters.openSessions() >= limits.sessionsAtOnce) {
    counters.realtimeThrottled();
    throw throttled();
  }
}

function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  if (socket.destroyed) return;
  const body = JSON.stringify(errorBody(refusal));
  socket.end(
    [
      `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `${SIMULATOR_HEADER}: ${SIMULATOR_NAME}`,
      '',
      body,
    ].join('\r\n'),
  );
}
