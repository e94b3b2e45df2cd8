/**
 * The servers with `POST /v1/audio/speech` that the simulator stands for: vLLM-Omni, OpenAI, and CrispASR. Their paths
 * are beside those of the other service, at the same port.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TRANSCRIPTIONS_PATH } from '../../hearing/protocol.ts';
import { withJoinedSignal } from '../../signals.ts';
import { SIMULATOR_HEADER } from '../../speech/dashscope/protocol.ts';
import * as wire from '../../speech/openai-speech/protocol.ts';
import { answerTranscription } from '../hearing/openai-face.ts';
import { Refusal } from '../refusal.ts';
import { readBytes } from '../request-body.ts';
import type { SpeechContext } from '../response.ts';
import { answerBatch } from './batch-call.ts';
import { stillLoading } from './call-faults.ts';
import { crispHealth, modelList, openapi } from './descriptions.ts';
import { optionalText, parseBody } from './fields.ts';
import { refusalBody, SpeechRefusal } from './refusal.ts';
import { createServerState, type ServerState } from './server-state.ts';
import { answerSpeech } from './speech-call.ts';
import { openUploads } from './uploads.ts';
import { answerVoices, isVoicePath } from './voice-calls.ts';

/** The face of the simulator for these paths. */
export interface SpeechServer {
  /** Answers a request to one of its paths. Never rejects. */
  answer(
    request: IncomingMessage,
    response: ServerResponse,
    context: { url: URL; speech: SpeechContext; signal: AbortSignal },
  ): Promise<void>;
  /** Deletes the uploaded voices and forgets everything else. */
  reset(): Promise<void>;
}

/** Whether a path belongs to these servers. */
export function isSpeechServerPath(path: string): boolean {
  return path.startsWith('/v1/') || OWN_PATHS.has(path);
}

/** Opens the server; `stateDir` keeps uploaded voices. Rejects with `store-damaged`. */
export async function openSpeechServer(stateDir: string | undefined): Promise<SpeechServer> {
  const uploads = await openUploads(stateDir);
  let state = createServerState(uploads);
  return {
    async answer(request, response, { url, speech, signal: stopping }) {
      const { openaiSpeech, apiKeys } = speech.settings;
      if (!openaiSpeech.namesItself) response.removeHeader(SIMULATOR_HEADER);
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      const isSpeech = `${request.method} ${url.pathname}` === `POST ${wire.SPEECH_PATH}`;
      const answered = isSpeech ? speech.counters.openaiSpeech.callArrived() : () => undefined;
      try {
        checkKey(request, url.pathname, { profile: openaiSpeech.profile, apiKeys });
        const answer = await withJoinedSignal([stopping, gone.signal], (signal) =>
          route({ request, response, url, speech, state, signal }),
        );
        if (typeof answer?.body === 'string')
          response.writeHead(answer.status, { 'content-type': 'text/plain' }).end(answer.body);
        else if (answer !== undefined) sendJson(response, answer.status, answer.body);
      } catch (error) {
        if (stopping.aborted || response.destroyed) return;
        if (response.headersSent) response.destroy();
        else refuse(response, speech, asRefusal(error), isSpeech);
      } finally {
        answered();
      }
    },
    async reset() {
      await uploads.clear();
      state = createServerState(uploads);
    },
  };
}

const OWN_PATHS: ReadonlySet<string> = new Set([wire.HEALTH_PATH, wire.OPENAPI_PATH, '/backends', '/load']);
/** Needs no key. */
const OPEN_PATHS: ReadonlySet<string> = new Set([wire.HEALTH_PATH, wire.OPENAPI_PATH]);
const MOST_BODY_BYTES = 64 * 1024 * 1024;

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  speech: SpeechContext;
  state: ServerState;
  signal: AbortSignal;
}

/** The answer as JSON, or undefined when it has been written. */
async function route(call: Call): Promise<{ status: number; body: object | string } | undefined> {
  const { request, response, url, speech, state } = call;
  const settings = speech.settings.openaiSpeech;
  const isCrisp = settings.profile === 'crispasr';
  const isVllm = settings.profile === 'vllm-omni';
  const resource = `${request.method} ${url.pathname}`;
  const loaded = state.loaded(settings);
  const bytes = await readBytes(request, MOST_BODY_BYTES);
  const bodyText = () => bytes.toString('utf8');
  const ok = (body: object | string) => ({ status: 200, body });

  if (resource === `POST ${wire.SPEECH_PATH}`) {
    await answerSpeech(request, response, { ...call, bodyText: bodyText() });
    return undefined;
  }
  if (resource === `POST ${TRANSCRIPTIONS_PATH}`) return ok(await answerTranscription(request, bytes, speech));
  if (resource === `POST ${wire.SPEECH_BATCH_PATH}` && isVllm) {
    return ok(await answerBatch(request, { ...call, bodyText: bodyText() }));
  }
  if (resource === `GET ${wire.MODELS_PATH}`) return ok(modelList(settings, loaded));
  if (resource === `GET ${wire.HEALTH_PATH}` && (isVllm || isCrisp)) {
    if (state.isLoading()) throw stillLoading();
    if (isCrisp) return ok(crispHealth(loaded));
    response.writeHead(200).end();
    return undefined;
  }
  if (resource === `GET ${wire.OPENAPI_PATH}` && isVllm) return ok(openapi(settings));
  if (resource === 'GET /backends' && isCrisp) return ok({ backends: [loaded.backend], active: loaded.backend });
  if (resource === 'POST /load' && isCrisp) return ok(load(bodyText(), call));
  if (isVoicePath(url.pathname, isCrisp) && (isVllm || isCrisp)) {
    return voices({ ...call, bytes, isCrisp });
  }
  throw notFound(settings.profile);
}

async function voices(call: Call & { bytes: Buffer; isCrisp: boolean }) {
  const { speech, request } = call;
  const fault = speech.faults.strike({ place: 'http' })?.kind;
  if (fault === 'http-429') throw new SpeechRefusal(429, 'Rate limit reached.', { code: 'rate_limit_exceeded' });
  if (fault === 'http-5xx') throw new SpeechRefusal(500, 'Internal server error.');
  if (fault === 'empty-body-400') throw new SpeechRefusal(400, '', { body: {} });
  const answer = await answerVoices(call);
  if (answer === undefined) throw new SpeechRefusal(405, '', { body: { detail: 'Method Not Allowed' } });
  if (request.method !== 'POST' || !speech.faults.strike({ place: 'create' })) return answer;
  request.socket.destroy();
  return undefined;
}

/** Another model; anyone with a key may do that. */
function load(bodyText: string, { state, speech }: Call): object {
  const body = parseBody(bodyText);
  const now = state.loaded(speech.settings.openaiSpeech);
  const model = optionalText(body, 'model') ?? now.model;
  const backend = optionalText(body, 'backend') ?? now.backend;
  state.swap({ model, backend });
  return { status: 'ok', backend };
}

function notFound(profile: wire.OpenaiSpeechProfile): SpeechRefusal {
  if (profile === 'vllm-omni') return new SpeechRefusal(404, '', { body: { detail: 'Not Found' } });
  return new SpeechRefusal(404, 'Not found.', { code: 'not_found' });
}

/** A key is needed if the simulator has a list of them; OpenAI always needs one, any if there is no list. */
function checkKey(
  { headers }: IncomingMessage,
  path: string,
  { profile, apiKeys }: { profile: wire.OpenaiSpeechProfile; apiKeys: readonly string[] | undefined },
): void {
  const isOpen = apiKeys === undefined && profile !== 'openai-strict';
  if (isOpen || OPEN_PATHS.has(path)) return;
  const [, bearer] = /^bearer[ \t]+(\S+)[ \t]*$/i.exec(headers.authorization ?? '') ?? [];
  const key = bearer ?? (profile === 'crispasr' ? headers['x-api-key'] : undefined);
  if (typeof key === 'string' && (apiKeys === undefined || apiKeys.includes(key))) return;
  throw new SpeechRefusal(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });
}

function asRefusal(error: unknown): SpeechRefusal {
  if (error instanceof SpeechRefusal) return error;
  if (error instanceof Refusal) return new SpeechRefusal(413, error.message, { code: 'request_too_large' });
  return new SpeechRefusal(500, String(error));
}

function refuse(response: ServerResponse, speech: SpeechContext, refusal: SpeechRefusal, isSpeech: boolean): void {
  const { profile, retryAfterSeconds } = speech.settings.openaiSpeech;
  if (isSpeech) speech.counters.openaiSpeech.callRefused(refusal.status);
  if (refusal.status === 429 && Number.isFinite(retryAfterSeconds)) {
    response.setHeader('retry-after', `${retryAfterSeconds}`);
  }
  sendJson(response, refusal.status, refusalBody(profile, refusal));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
