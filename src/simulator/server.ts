/**
 * The simulator: a local server that speaks the service's protocol, so that everything can be tried without a key.
 *
 * It differs from the service in one response header only. HTTP is below `/api/v1`, the WebSockets at
 * `/api-ws/v1/realtime` and `/api-ws/v1/inference` (inference/), and the simulator's own API (counters, settings, the
 * clock) below `/simulator`. Servers with `POST /v1/audio/speech` are in openai-speech/.
 */

import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { PipelineError, systemCode } from '../errors.ts';
import { SIMULATOR_HEADER } from '../speech/dashscope/protocol.ts';
import { INFERENCE_PATH } from '../speech/dashscope-inference/protocol.ts';
import { keyAuthenticator } from './auth.ts';
import { answerControl, type Controls, isControlPath } from './control.ts';
import { planFaults } from './faults.ts';
import { countFreeVoices } from './free-voices.ts';
import { acceptUpgrade } from './handshake.ts';
import { createSoundMemory } from './hearing/sound-memory.ts';
import { createInferenceCounters } from './inference/counters.ts';
import { answerHttpSpeech, isHttpSpeech } from './inference/http-speech.ts';
import { createResults } from './inference/results.ts';
import { openInferenceVoices } from './inference/voices.ts';
import { createCounters, type Metrics } from './metrics.ts';
import { openVoiceEngine } from './open-voice-engine.ts';
import { isSpeechServerPath, openSpeechServer, type SpeechServer } from './openai-speech/speech-server.ts';
import type { SettingsPatch } from './parse-settings.ts';
import { errorBody, Refusal } from './refusal.ts';
import { REALTIME_PATH, type RequestContext, SIMULATOR_NAME } from './request-context.ts';
import type { SpeechContext } from './response.ts';
import { answerRoute, EmptyRefusal, LOST } from './routes.ts';
import { resolveSettings, type SimulatorOptions } from './settings.ts';
import { openVoiceStore } from './voices.ts';

/** A running simulator. */
export interface Simulator {
  /** For DASHSCOPE_HTTP_BASE_URL: `http://127.0.0.1:<port>/api/v1`. */
  readonly httpBaseUrl: string;
  /** For DASHSCOPE_REALTIME_URL: `ws://127.0.0.1:<port>/api-ws/v1/realtime`. */
  readonly realtimeUrl: string;
  /** The successor protocol's socket: `ws://127.0.0.1:<port>/api-ws/v1/inference`. */
  readonly inferenceUrl: string;
  /** Of the servers with `POST /v1/audio/speech`: `http://127.0.0.1:<port>/v1`. */
  readonly openaiSpeechUrl: string;
  /** The voice engine: real words, or tones. */
  readonly engine: 'speech' | 'tones';
  /** The counters of `GET /simulator/metrics`. */
  metrics(): Metrics;
  /** How often a response was started, by its text; proves that nothing is spoken twice. */
  spokenTexts(): Map<string, number>;
  /** Changes settings from now on; `faults` replaces all rules and restarts their counters. */
  set(patch: SettingsPatch): void;
  /** Advances the clock: temporary keys expire, voices that are unused for a year are deleted. */
  advanceClock(seconds: number): void;
  /** Deletes voices, temporary keys and counters, restarts the faults and ends open sessions. */
  reset(): Promise<void>;
  /** Ends open sessions, frees the port and the worker. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts a simulator. Rejects with `port-unavailable` (port in use or not allowed), `store-damaged` (stateDir), or
 * `service-failed` (speech requested but not installed); a retry helps none of them.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  let advancedMs = 0;
  const now = () => (options.now ?? Date.now)() + advancedMs;
  const settings = resolveSettings({ ...options, now });
  let rules = options.faults ?? [];
  const engine = openVoiceEngine(options.voiceEngine ?? 'auto', {
    cacheDir: options.speechCacheDir,
    pathEnv: options.pathEnv,
  });
  const { stateDir, port = 0, host = '127.0.0.1' } = options;
  const { seed } = settings;
  const voices = await openVoiceStore({ stateDir, seed, limit: () => settings.limits.voices, now });
  const inferenceVoices = await openInferenceVoices({ stateDir, seed, limit: () => settings.inference.voices, now });
  const speechServer = await openSpeechServer(stateDir);
  // Kept over a reset: who spoke before may still want to know what it said.
  const sounds = createSoundMemory();
  const freshContext = (): RequestContext => {
    const speech: SpeechContext = {
      settings,
      engine,
      faults: planFaults(rules, settings.seed),
      counters: createCounters(),
      sounds,
      voiceUsed: (voice) => voices.used(voice),
    };
    const counters = createInferenceCounters();
    const inference = { speech, counters, voices: inferenceVoices, takes: { count: 0 }, results: createResults() };
    const freeVoices = countFreeVoices(settings);
    return { speech, keys: keyAuthenticator(settings.apiKeys, settings.now), voices, freeVoices, inference };
  };
  let context = freshContext();

  const stopping = new AbortController();
  // Every slow call listens to it.
  setMaxListeners(0, stopping.signal);
  const sockets = new Set<Socket>();
  const http = createServer((request, response) => {
    response.setHeader(SIMULATOR_HEADER, SIMULATOR_NAME);
    void answerHttp(request, response, { context: context, controls, speechServer, signal: stopping.signal });
  });
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MOST_MESSAGE_BYTES });
  wss.on('headers', (headers) => headers.push(`${SIMULATOR_HEADER}: ${SIMULATOR_NAME}`));
  http.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  http.on('upgrade', (request, socket, head) => {
    // Without a listener a client that disconnects during the handshake would end this process.
    socket.on('error', () => socket.destroy());
    void acceptUpgrade({ request, socket, head, wss, context: context, signal: stopping.signal });
  });
  const controls: Controls = {
    metrics: () => ({
      ...context.speech.counters.snapshot(voices.size()),
      createdVoices: context.freeVoices.counts(),
      inference: context.inference.counters.snapshot(inferenceVoices.size()),
    }),
    spokenTexts: () => context.speech.counters.spokenTexts(),
    settings: () => {
      const { speed, limits, behaviour, inference, openaiSpeech, hearing, seed } = settings;
      const groups = { speed, limits, behaviour, inference, openaiSpeech, hearing };
      return { ...groups, faults: rules, seed, now: new Date(now()).toISOString() };
    },
    set(patch) {
      Object.assign(settings.speed, patch.speed);
      Object.assign(settings.limits, patch.limits);
      Object.assign(settings.behaviour, patch.behaviour);
      Object.assign(settings.inference, patch.inference);
      Object.assign(settings.openaiSpeech, patch.openaiSpeech);
      Object.assign(settings.hearing, patch.hearing);
      settings.seed = patch.seed ?? settings.seed;
      rules = patch.faults ?? rules;
      if (patch.faults !== undefined || patch.seed !== undefined)
        context.speech.faults = planFaults(rules, settings.seed);
    },
    advance(seconds) {
      advancedMs += seconds * 1000;
    },
    async reset() {
      for (const client of wss.clients) client.terminate();
      await Promise.all([voices.clear(), inferenceVoices.clear(), speechServer.reset()]);
      context = freshContext();
    },
  };
  await listen(http, port, host);
  const at = `${host.includes(':') ? `[${host}]` : host}:${(http.address() as AddressInfo).port}`;

  return {
    httpBaseUrl: `http://${at}/api/v1`,
    realtimeUrl: `ws://${at}${REALTIME_PATH}`,
    inferenceUrl: `ws://${at}${INFERENCE_PATH}`,
    openaiSpeechUrl: `http://${at}/v1`,
    engine: engine.name,
    metrics: controls.metrics,
    spokenTexts: controls.spokenTexts,
    set: controls.set,
    advanceClock: controls.advance,
    reset: controls.reset,
    async close() {
      stopping.abort();
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, engine.close()]);
    },
  };
}

/** Longest client message; text events are a few kilobytes. */
const MOST_MESSAGE_BYTES = 1024 * 1024;

function listen(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause) => {
      const why = systemCode(cause) === 'EADDRINUSE' ? 'the port is in use' : cause.message;
      const message = `The simulator cannot listen on ${host}:${port}: ${why}. Choose another port.`;
      reject(new PipelineError({ code: 'port-unavailable', message, retry: 'never', cause }));
    });
    http.listen(port, host, resolve);
  });
}

/** Everything that answers HTTP requests. */
interface Answering {
  context: RequestContext;
  controls: Controls;
  speechServer: SpeechServer;
  signal: AbortSignal;
}

/** Responds to one HTTP request. Must not throw: nothing awaits it. */
async function answerHttp(
  request: IncomingMessage,
  response: ServerResponse,
  { context, controls, speechServer, signal }: Answering,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator');
  if (isSpeechServerPath(url.pathname)) {
    await speechServer.answer(request, response, { url, speech: context.speech, signal });
    return;
  }
  if (isHttpSpeech(request, url.pathname)) {
    const checkKey = () => context.keys.check(request.headers.authorization);
    await answerHttpSpeech(request, response, { path: url.pathname, context: context.inference, checkKey, signal });
    return;
  }
  try {
    const body = isControlPath(url.pathname)
      ? await answerControl(request, url.pathname, controls)
      : await answerRoute(request, url, context, signal);
    if (body === LOST) request.socket.destroy();
    else sendJson(response, 200, body);
  } catch (error) {
    if (signal.aborted || response.destroyed) return;
    if (error instanceof EmptyRefusal) sendJson(response, error.status, {});
    else if (error instanceof Refusal) sendJson(response, error.status, errorBody(error));
    else sendJson(response, 500, errorBody({ code: 'InternalError', message: String(error) }));
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
