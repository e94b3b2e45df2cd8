/**
 * One realtime session.
 *
 *   created ──update──► updated ──append, commit──► speaking ──► updated … ──finish──► finished, closed 1000
 *      └──────────────────┴── refused setting, second update, idle, … ──► error, closed 1007
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { Model } from '../models/model.ts';
import { type SessionEcho, takeOfEventId, type WireError } from '../speech/dashscope-realtime/protocol.ts';
import { type ClientSocket, freshId, openClientSocket } from './client-socket.ts';
import { type SpeechContext, speakResponse } from './response.ts';
import {
  type AcceptedSettings,
  acceptSettings,
  DEFAULT_VOICE,
  invalidValue,
  systemVoiceError,
} from './session-settings.ts';
import type { VoiceRecord } from './voices.ts';

/** What a session needs from the simulator. */
export interface SessionContext {
  speech: SpeechContext;
  findVoice(voice: string, modelId: string): VoiceRecord | undefined;
}

/**
 * Serves a newly opened socket until it closes. `model` is undefined when the service has no model `modelId`; a
 * `retired` one is closed with its name, or never answers.
 */
export function serveSession(
  socket: WebSocket,
  { model, modelId, retired }: { model: Model | undefined; modelId: string; retired?: 'close' | 'silence' | undefined },
  context: SessionContext,
): void {
  const client = openClientSocket(socket);
  const echo: SessionEcho = {
    object: 'realtime.session',
    mode: 'server_commit',
    model: modelId,
    voice: DEFAULT_VOICE,
    response_format: 'pcm',
    sample_rate: 24_000,
    id: freshId('sess'),
  };
  client.send({ type: 'session.created', session: echo });
  // A third party observed that the model is not checked at connect: the session is created, then closed without a
  // reason.
  if (retired === 'close') client.close(1007, `Model not found (${modelId})!`);
  else if (!model && retired === undefined) client.close(1000);
  if (!model || retired !== undefined) return;
  const session = new Session(client, model, echo, context);
  socket.on('message', (data, isBinary) => session.receive(isBinary ? undefined : data.toString()));
  client.signal.addEventListener('abort', () => session.end(), { once: true });
}

type Handler = (event: Record<string, unknown>) => void;

class Session {
  readonly #socket: ClientSocket;
  readonly #model: Model;
  readonly #echo: SessionEcho;
  readonly #context: SessionContext;
  #settings: AcceptedSettings | undefined;
  #finishing = false;
  /** Text that is appended and not committed yet. */
  #buffer = '';
  /** Texts that wait for their response, and which take of its line each is. */
  #waiting: { text: string; take: number }[] = [];
  #speaking: AbortController | undefined;
  #spokeUntilMs = Number.NEGATIVE_INFINITY;
  #idleTimer: NodeJS.Timeout | undefined;

  readonly #handlers: Record<string, Handler | undefined> = {
    'session.update': (event) => this.#update(event['session']),
    'input_text_buffer.append': (event) => this.#append(event['text']),
    'input_text_buffer.commit': (event) => this.#commit(takeOfEventId(event['event_id'])),
    'input_text_buffer.clear': () => {
      this.#buffer = '';
      this.#socket.send({ type: 'input_text_buffer.cleared' });
    },
    // In both SDKs, but not documented: here it ends the current response and discards the waiting ones.
    'response.cancel': () => {
      this.#waiting = [];
      this.#speaking?.abort();
    },
    'session.finish': () => this.#finish(),
  };

  constructor(client: ClientSocket, model: Model, echo: SessionEcho, context: SessionContext) {
    this.#socket = client;
    this.#model = model;
    this.#echo = echo;
    this.#context = context;
    this.#restartIdleTimer();
  }

  /** Takes one message of the client; undefined for a binary frame, which the protocol does not have. */
  receive(message: string | undefined): void {
    if (this.#socket.signal.aborted || this.#finishing) return;
    const event = parseEvent(message);
    if (!event) {
      this.#refuse(invalidValue('The message is not a JSON object with a type.'));
      return;
    }
    const handler = Object.hasOwn(this.#handlers, event.type) ? this.#handlers[event.type] : undefined;
    if (handler) handler(event);
    else this.#socket.fail(invalidValue(`Unknown event type '${event.type}'.`));
    this.#restartIdleTimer();
  }

  /** Releases all resources; the socket is closed already. */
  end(): void {
    clearTimeout(this.#idleTimer);
    this.#waiting = [];
    this.#speaking?.abort();
  }

  #update(session: unknown): void {
    const settings = this.#accept(session);
    if (!('mode' in settings)) {
      this.#refuse(settings);
      return;
    }
    this.#settings = settings;
    this.#socket.send({ type: 'session.updated', session: { ...this.#echo, ...echoed(session, settings) } });
  }

  #accept(session: unknown): AcceptedSettings | WireError {
    if (this.#settings) {
      return invalidValue('Session update error: session already started or finished or failed.');
    }
    if (!isObject(session)) return invalidValue('session is missing.');
    return acceptSettings(session, this.#model, (voice) => this.#context.findVoice(voice, this.#model.id));
  }

  #append(text: unknown): void {
    const { behaviour } = this.#context.speech.settings;
    const commitMode = this.#settings?.mode === 'commit';
    if (commitMode && this.#speaking && behaviour.appendWhileSpeaking === 'ignore') return;
    if (commitMode && performance.now() - this.#spokeUntilMs < behaviour.deafAfterDoneMs) return;
    // Clients that send `delta` instead of `text` were seen to get silence: a missing text is an empty one.
    this.#buffer += typeof text === 'string' ? text : '';
    if (commitMode || !this.#settings) return;
    const cut = lastSentenceEnd(this.#buffer);
    if (cut === 0) return;
    if (behaviour.committedBeforeAutomatic) this.#acknowledgeCommit();
    this.#speakNext(this.#buffer.slice(0, cut));
    this.#buffer = this.#buffer.slice(cut);
  }

  #commit(take: number): void {
    if (this.#buffer === '') {
      // The text is a guess, by analogy with the audio buffer of a sibling.
      this.#socket.fail(invalidValue('Error committing input text buffer: buffer is empty.'));
      return;
    }
    const { behaviour, limits } = this.#context.speech.settings;
    if ([...this.#buffer].length > limits.commitCharacters) {
      this.#refuse(invalidValue(`The text is longer than ${limits.commitCharacters} characters.`));
      return;
    }
    this.#acknowledgeCommit();
    if (behaviour.splitCommits && this.#settings?.mode === 'commit') this.#flushSentences(take);
    else this.#flush(take);
  }

  #flushSentences(take: number): void {
    const sentences = this.#buffer.match(/[^.!?…。！？]+[.!?…。！？]*["'”’)]*\s*/gu) ?? [this.#buffer];
    this.#buffer = '';
    for (const sentence of sentences) this.#speakNext(sentence, take);
  }

  #acknowledgeCommit(): void {
    this.#socket.send({ type: 'input_text_buffer.committed', item_id: '' });
  }

  #flush(take = 1): void {
    const text = this.#buffer;
    this.#buffer = '';
    if (text !== '') this.#speakNext(text, take);
  }

  #finish(): void {
    this.#finishing = true;
    this.#flush();
    if (!this.#speaking) this.#sendFinished();
  }

  #sendFinished(): void {
    this.#socket.send({ type: 'session.finished' });
    this.#socket.close(1000);
  }

  #speakNext(text: string, take = 1): void {
    this.#waiting.push({ text, take });
    if (!this.#speaking) void this.#speakAll();
  }

  /** Speaks the waiting texts, one response after the other. Must not throw: nothing awaits it. */
  async #speakAll(): Promise<void> {
    const { speech } = this.#context;
    const session = this.#settings;
    if (!session) {
      this.#refuse(systemVoiceError());
      return;
    }
    for (let next = this.#waiting.shift(); next !== undefined && this.#socket.isOpen(); next = this.#waiting.shift()) {
      this.#speaking = new AbortController();
      const cancel = this.#speaking.signal;
      try {
        const { responsePauseMs } = speech.settings.behaviour;
        if (responsePauseMs > 0) await sleep(responsePauseMs, undefined, { signal: cancel }).catch(() => undefined);
        await speakResponse({ ...next, session, model: this.#model, socket: this.#socket, cancel }, speech);
      } catch (error) {
        // The voice engine has failed: for the client a failure of the service.
        this.#refuse({ code: 'InternalError', message: error instanceof Error ? error.message : String(error) });
      }
    }
    this.#speaking = undefined;
    this.#spokeUntilMs = performance.now();
    if (!this.#socket.isOpen()) return;
    if (this.#finishing) this.#sendFinished();
    else this.#restartIdleTimer();
  }

  /** Restarts the wait for the next message; during speech no message is expected. */
  #restartIdleTimer(): void {
    clearTimeout(this.#idleTimer);
    const { idleTimeoutMs } = this.#context.speech.settings.behaviour;
    if (idleTimeoutMs === 0 || this.#speaking || this.#socket.signal.aborted) return;
    this.#idleTimer = setTimeout(() => {
      const message = `request timeout after ${Math.round(idleTimeoutMs / 1000)} seconds.`;
      this.#refuse({ code: 'InvalidParameter', message });
    }, idleTimeoutMs);
  }

  /** Sends an error that ends the session. */
  #refuse(error: WireError): void {
    this.#socket.fail(error);
    this.#socket.close(this.#context.speech.settings.behaviour.errorCloseCode, error.message);
  }
}

function parseEvent(message: string | undefined): ({ type: string } & Record<string, unknown>) | undefined {
  try {
    const event: unknown = JSON.parse(message ?? '');
    if (typeof event !== 'object' || event === null || !('type' in event)) return undefined;
    return typeof event.type === 'string' ? { ...event, type: event.type } : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const ECHOED = ['response_format', 'speech_rate', 'volume', 'pitch_rate', 'bit_rate', 'enable_tn'] as const;

/** The fields that `session.updated` repeats; keys that the service does not know are left out. */
function echoed(session: unknown, settings: AcceptedSettings): Partial<SessionEcho> {
  const asked = isObject(session) ? session : {};
  return {
    ...Object.fromEntries(ECHOED.filter((key) => asked[key] !== undefined).map((key) => [key, asked[key]])),
    voice: settings.voice.voice,
    mode: settings.mode,
    language_type: settings.languageType,
    sample_rate: settings.sampleRateHz,
  };
}

/**
 * End of the last complete sentence of a server_commit buffer; 0 for none. The service's own rule is not documented.
 */
function lastSentenceEnd(text: string): number {
  let end = 0;
  for (const match of text.matchAll(/[.!?…]["'”’)]*\s|[。！？；\n]["”’）]*/gu)) end = match.index + match[0].length;
  return text.slice(0, end).trim() === '' ? 0 : end;
}
