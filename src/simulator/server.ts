/**
 * The simulator: a local server that speaks the service's protocol, so that everything can be tried without a key.
 *
 * It is told apart by one response header and nothing else. HTTP lives below `/api/v1`, the socket at
 * `/api-ws/v1/realtime`, and the simulator's own counts at `/simulator/metrics`.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { PipelineError, systemCode } from '../errors.ts';
import { MODELS } from '../models.ts';
import { ENROLMENT_PATH, SIMULATOR_HEADER } from '../speech/dashscope/protocol.ts';
import { type Doorkeeper, doorkeeper } from './auth.ts';
import { answerEnrolment, readEnrolmentCall } from './enrolment.ts';
import { planFaults } from './faults.ts';
import { createMeters, type Metrics } from './metrics.ts';
import { resolveSettings, type SimulatorOptions } from './options.ts';
import { errorBody, invalidParameter, Refusal, throttled } from './refusal.ts';
import type { Studio } from './response.ts';
import { serveSession } from './session.ts';
import { openVoiceEngine } from './voice.ts';
import { adoptedVoice, openVoiceStore, type VoiceStore } from './voices.ts';

/** A running simulator. */
export interface Simulator {
  /** For DASHSCOPE_HTTP_BASE_URL: `http://127.0.0.1:<port>/api/v1`. */
  readonly httpBaseUrl: string;
  /** For DASHSCOPE_REALTIME_URL: `ws://127.0.0.1:<port>/api-ws/v1/realtime`. */
  readonly realtimeUrl: string;
  /** What speaks: real words, or tones. */
  readonly engine: 'speech' | 'tones';
  /** The counts that `GET /simulator/metrics` gives. */
  metrics(): Metrics;
  /** How often a response was begun, by its text; proves that nothing is spoken twice. */
  spokenTexts(): Map<string, number>;
  /** Forgets voices, temporary keys and counts, starts the faults anew and ends open sessions. */
  reset(): Promise<void>;
  /** Ends open sessions, frees the port and the worker. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts a simulator. Rejects with `port-unavailable` (port taken or not allowed), `store-damaged` (stateDir), or
 * `service-failed` (speech demanded but not installed); retrying helps none of them.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = resolveSettings(options);
  const engine = openVoiceEngine(options.voiceEngine ?? 'auto');
  const { stateDir, port = 0, host = '127.0.0.1' } = options;
  const voices = await openVoiceStore({ stateDir, seed: settings.seed, limit: settings.limits.voices });
  const freshDesk = (): Desk => ({
    studio: {
      settings,
      engine,
      faults: planFaults(options.faults ?? [], settings.seed),
      meters: createMeters(),
    },
    keys: doorkeeper(settings.apiKeys, settings.now),
    voices,
  });
  let desk = freshDesk();

  const stopping = new AbortController();
  const sockets = new Set<Socket>();
  const http = createServer((request, response) => {
    response.setHeader(SIMULATOR_HEADER, SIMULATOR_NAME);
    void answerHttp(request, response, desk, stopping.signal);
  });
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MOST_MESSAGE_BYTES });
  wss.on('headers', (headers) => headers.push(`${SIMULATOR_HEADER}: ${SIMULATOR_NAME}`));
  http.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  http.on('upgrade', (request, socket, head) => {
    // Without a listener a client that hangs up in the middle of the handshake would end this process.
    socket.on('error', () => socket.destroy());
    void admit({ request, socket, head, wss, desk, signal: stopping.signal });
  });
  await listen(http, port, host);
  const at = `${host.includes(':') ? `[${host}]` : host}:${(http.address() as AddressInfo).port}`;

  return {
    httpBaseUrl: `http://${at}/api/v1`,
    realtimeUrl: `ws://${at}${REALTIME_PATH}`,
    engine: engine.name,
    metrics: () => desk.studio.meters.snapshot(voices.size()),
    spokenTexts: () => desk.studio.meters.spokenTexts(),
    async reset() {
      for (const client of wss.clients) client.terminate();
      await voices.clear();
      desk = freshDesk();
    },
    async close() {
      stopping.abort();
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, engine.close()]);
    },
  };
}

/** Value of the header that says what this is. */
const SIMULATOR_NAME = 'narration-pipeline';
const REALTIME_PATH = '/api-ws/v1/realtime';
/** Longest client message; text events are a few kilobytes. */
const MOST_MESSAGE_BYTES = 1024 * 1024;
/** Longest request body: a sample of just under 10 MB in base64 and its frame, with room to answer a larger one properly. */
const MOST_BODY_BYTES = 32 * 1024 * 1024;

/** What a reset replaces, and the voices, which it empties. */
interface Desk {
  studio: Studio;
  keys: Doorkeeper;
  voices: VoiceStore;
}

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause) => {
      const why = systemCode(cause) === 'EADDRINUSE' ? 'another program uses it' : cause.message;
      const message = `The simulator can not listen on ${host}:${port}: ${why}. Choose another port.`;
      reject(new PipelineError({ code: 'port-unavailable', message, retry: 'never', cause }));
    });
    http.listen(port, host, resolve);
  });
}

/** Answers one HTTP request. Must not throw: nobody waits for it. */
async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  desk: Desk,
  signal: AbortSignal,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator');
  try {
    const body = await route(request, url, desk, signal);
    if (body === LOST) request.socket.destroy();
    else sendJson(response, 200, body);
  } catch (error) {
    if (signal.aborted || request.socket.destroyed) return;
    if (error instanceof EmptyRefusal) sendJson(response, error.status, {});
    else if (error instanceof Refusal) sendJson(response, error.status, errorBody(error));
    else sendJson(response, 500, errorBody({ code: 'InternalError', message: String(error) }));
  }
}

/** The answer that never arrives. */
const LOST = Symbol('lost answer');

/** A refusal with the body `{}`. */
class EmptyRefusal extends Refusal {}

async function route(
  request: IncomingMessage,
  url: URL,
  desk: Desk,
  signal: AbortSignal,
): Promise<object | typeof LOST> {
  const resource = `${request.method} ${url.pathname}`;
  if (resource === 'GET /simulator/metrics') return desk.studio.meters.snapshot(desk.voices.size());
  const { authorization } = request.headers;
  if (resource === 'POST /api/v1/tokens')
    return desk.keys.issue(authorization, url.searchParams.get('expire_in_seconds'));
  desk.keys.check(authorization);
  if (resource !== `POST /api/v1${ENROLMENT_PATH}`) throw new Refusal(404, 'NotFound', 'Not found.');
  return enrol(request, desk, signal);
}

async function enrol(request: IncomingMessage, desk: Desk, signal: AbortSignal): Promise<object | typeof LOST> {
  const { settings, meters, faults } = desk.studio;
  if (!meters.enrolCall(settings.limits.enrollPerSecond)) throw throttled();
  const fault = faults.strike({ place: 'http' })?.kind;
  const body = await readBody(request);
  if (fault === 'http-429') {
    meters.enrolThrottled();
    throw throttled();
  }
  if (fault === 'http-5xx') throw new Refusal(500, 'InternalError', 'An internal error has occurred.');
  if (fault === 'empty-body-400') throw new EmptyRefusal(400, '', '');
  const call = readEnrolmentCall(body);
  const answer = await answerEnrolment(call, { settings, voices: desk.voices, signal });
  return call.action === 'create' && faults.strike({ place: 'create' }) ? LOST : answer;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > MOST_BODY_BYTES) throw invalidParameter('The request body is too large.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Lets a WebSocket in, or refuses its handshake with the error body that HTTP uses. Must not throw. */
async function admit(options: {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  wss: WebSocketServer;
  desk: Desk;
  signal: AbortSignal;
}): Promise<void> {
  const { request, socket, head, wss, desk, signal } = options;
  const { studio, voices } = desk;
  try {
    const url = new URL(request.url ?? '/', 'http://simulator');
    if (url.pathname !== REALTIME_PATH) throw new Refusal(404, 'NotFound', 'Not found.');
    desk.keys.check(request.headers.authorization);
    await passHandshake(studio, signal);
    if (socket.destroyed) return;
    const modelId = url.searchParams.get('model') ?? '';
    const model = Object.hasOwn(MODELS, modelId) ? MODELS[modelId] : undefined;
    const findVoice = (voice: string, boundTo: string) =>
      voices.find(voice) ?? (studio.settings.behaviour.adoptVoices ? adoptedVoice(voice, boundTo) : undefined);
    wss.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('close', studio.meters.sessionOpened());
      serveSession(webSocket, { model, modelId }, { studio, findVoice });
    });
  } catch (error) {
    refuseUpgrade(socket, error instanceof Refusal ? error : new Refusal(500, 'InternalError', String(error)));
  }
}

/** Faults and limits of a handshake. */
async function passHandshake({ settings, meters, faults }: Studio, signal: AbortSignal): Promise<void> {
  const { limits } = settings;
  const fault = faults.strike({ place: 'handshake' });
  const overLimit = limits.callIs !== 'response' && !meters.realtimeCall(limits.callsPerMinute);
  if (fault?.kind === 'slow-handshake') await setTimeout(fault.delayMs ?? 2000, undefined, { signal });
  if (fault?.kind === 'handshake-5xx') {
    throw new Refusal(503, 'ModelUnavailable', 'Model is unavailable, please try again later.');
  }
  if (overLimit || fault?.kind === 'throttle-handshake' || meters.openSessions() >= limits.sessionsAtOnce) {
    meters.realtimeThrottled();
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
