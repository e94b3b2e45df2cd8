/**
 * One realtime session: a socket, one voice, one set of settings, and one text after another.
 *
 *   connect ─► session.created ─► session.update ─► session.updated ─► idle ◄─► speaking ─► finish ─► closed
 *
 * Any error at any point ends the session: it is closed, `usable` becomes false, and it must not be used again.
 */
import { interrupted, PipelineError } from '../../errors.ts';
import { MODELS } from '../../models.ts';
import type { CallKey } from '../dashscope/api-key.ts';
import { Channel } from '../dashscope/channel.ts';
import { type Connection, connectWithKey, socketUrl } from '../dashscope/connect.ts';
import { withDeadline } from '../dashscope/deadline.ts';
import { closeFailure, failureOf, modelUnknown } from '../dashscope/failures.ts';
import { SilentEnd } from '../dashscope/model-watch.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { RefusalContext } from '../dashscope/refusal.ts';
import type { AudioSink, SpokenTake } from '../engine.ts';
import { createCommitOrder, isSpeech, throwIfUnsolicited } from './commit-order.ts';
import { parseServerEvent } from './parse-events.ts';
import { type ClientEvent, clientEventId, type SessionSettings } from './protocol.ts';
import { joined, type ReceiveOptions, receiveSpeech, type SpeechMessage } from './receive-speech.ts';
import type { SpokenResponse } from './response-collector.ts';
import { checkEcho, DEFAULT_SAMPLE_RATE_HZ } from './settings-echo.ts';

/** The result of a whole `server_commit` session. */
export interface SpokenSession {
  sessionId: string;
  responses: readonly SpokenResponse[];
  /** Bytes of s16le mono PCM over all responses. */
  byteLength: number;
  simulated: boolean;
}

/** Options of a session. */
export interface OpenSessionOptions {
  /** `wss://…/api-ws/v1/realtime`; the model is added as a query parameter. */
  realtimeUrl: string;
  apiKey: string;
  /** The key of the handshake. Default: `apiKey`. Otherwise `apiKey` is only masked in messages. */
  callKey?: CallKey;
  model: string;
  settings: SessionSettings;
  /** From the first packet to `session.updated`; default 15,000. */
  handshakeTimeoutMs?: number;
  /** Longest silence of the service while events are due; default 30,000. */
  idleTimeoutMs?: number;
  /** Called when more of an earlier text comes; the session is then over. */
  onLeftover?: () => void;
  signal?: AbortSignal;
}

/** One text to speak. */
type SpeakOptions = Pick<ReceiveOptions, 'onAudio' | 'rest' | 'listenMs'> & {
  text: string;
  /** Which take of its line it is, from 2; absent for the first. */
  take?: number | undefined;
  signal?: AbortSignal | undefined;
};

/** How long `finish` waits for `session.finished`. */
const GOODBYE_MS = 2_000;

/**
 * Opens a session and waits until the service has accepted the settings. Rejects with a PipelineError: refusals as in
 * failures.ts, `service-unreachable` and `session-lost` (worth a retry), `interrupted`.
 */
export async function openSession(options: OpenSessionOptions): Promise<Session> {
  const { signal, handshakeTimeoutMs = 15_000 } = options;
  const onTimeout = () =>
    new PipelineError({
      code: 'service-unreachable',
      message: `The service did not open a session within ${handshakeTimeoutMs / 1_000} s.`,
      retry: 'backoff',
    });
  return withDeadline({ limitMs: handshakeTimeoutMs, signal, what: 'opening a session', onTimeout }, async (within) => {
    const session = new Session(await connectWithKey({ ...options, url: urlOf(options) }, within), options);
    try {
      await session.start(within);
      return session;
    } catch (error) {
      // It counts among the account's sessions until its socket is closed.
      await session.closed;
      throw error;
    }
  });
}

/** The model is a query parameter. */
function urlOf({ realtimeUrl, model }: OpenSessionOptions): URL {
  const url = socketUrl(realtimeUrl, 'DASHSCOPE_REALTIME_URL');
  url.searchParams.set('model', model);
  return url;
}

/** A client event without its ID, which the session adds. */
type ClientMessage = WithoutId<ClientEvent>;
type WithoutId<Event> = Event extends ClientEvent ? Omit<Event, 'event_id'> : never;

/** An open session, made by `openSession`. Speaks one text at a time. */
export class Session {
  /** Settles when the socket is closed, by either side and for any reason. Never rejects. */
  readonly closed: Promise<void>;
  /** The server is our simulator. */
  readonly simulated: boolean;
  readonly #channel: Channel<SpeechMessage>;
  readonly #settings: SessionSettings;
  readonly #context: RefusalContext;
  #sent = 0;
  #sessionId = '';
  #answered = false;
  /** The service has spoken over this session, so its model exists. */
  #hasSpoken = false;
  #cancelled = false;
  readonly #order = createCommitOrder();

  constructor(connection: Connection, options: OpenSessionOptions) {
    const { settings, apiKey, model, idleTimeoutMs = 30_000, onLeftover } = options;
    this.simulated = connection.simulated;
    this.#settings = settings;
    this.#context = { doing: 'speak', apiKey, model };
    const onClose = (code: number, reason: string) => this.#closeFailure(code, reason);
    const parse = (frame: Buffer, isBinary: boolean) => this.#parse(frame, isBinary);
    this.#channel = new Channel(connection, {
      apiKey,
      idleTimeoutMs,
      parse,
      onClose,
      onUnsolicited: (message) => {
        if (this.#hasSpoken && isSpeech(message)) onLeftover?.();
        throwIfUnsolicited(message);
      },
    });
    this.closed = this.#channel.closed;
  }

  /** The service's ID of the session. */
  get id(): string {
    return this.#sessionId;
  }

  /** False after any error and once the session is finished. */
  get usable(): boolean {
    return this.#channel.usable;
  }

  /** The service has reacted to the current text, or to the one that failed, so it may have been billed. */
  get answered(): boolean {
    return this.#answered;
  }

  /** Waits for `session.created`, sends the settings, waits for `session.updated`. `openSession` calls it once. */
  async start(signal: AbortSignal): Promise<void> {
    await this.#channel.wait(signal, (message) => {
      if (message.type !== 'session.created') return false;
      this.#sessionId = message.sessionId;
      return true;
    });
    const updated = this.#channel.wait(signal, (message) => {
      if (message.type !== 'session.updated') return false;
      checkEcho(message.echo, this.#settings);
      return true;
    });
    this.#send({ type: 'session.update', session: this.#settings });
    await updated;
  }

  /**
   * Speaks one text in commit mode: one append, one commit, until its `response.done`, or until the end of the session when
   * `rest` says that more responses may follow: the session is then over. Rejects with `LeftoverSpeech`, `session-lost`,
   * `take-incomplete` or `protocol-violation` (worth a retry on a new session), a refusal, `interrupted`, or an error
   * of the sink. The session is then over; discard the audio received so far.
   */
  async speak({ text, take, ...of }: SpeakOptions): Promise<SpokenTake & { responses?: number }> {
    this.#order.begin();
    const spoken = this.#receive('response', { signal: undefined, ...of, order: this.#order });
    this.append(text);
    this.#send({ type: 'input_text_buffer.commit' }, take);
    return { ...joined(await spoken), sessionId: this.#sessionId, simulated: this.simulated };
  }

  /**
   * Speaks texts in server_commit mode: all appends, then `session.finish`, until `session.finished`. The service
   * divides the text into responses by its own rule. The session is over afterwards; errors as in `speak`.
   */
  async speakAll({
    texts,
    onAudio,
    signal,
  }: {
    texts: readonly string[];
    onAudio: AudioSink;
    signal?: AbortSignal | undefined;
  }): Promise<SpokenSession> {
    const spoken = this.#receive('session', { onAudio, signal });
    for (const text of texts) this.#send({ type: 'input_text_buffer.append', text });
    this.#send({ type: 'session.finish' });
    const responses = await spoken;
    await this.#channel.close();
    const byteLength = responses.reduce((sum, response) => sum + response.byteLength, 0);
    return { sessionId: this.#sessionId, responses, byteLength, simulated: this.simulated };
  }

  /**
   * Adds text to the service's buffer, for the next `speak` or `speakAll`. Do not call it during speech: the service is
   * reported to ignore the text then.
   */
  append(text: string): void {
    this.#send({ type: 'input_text_buffer.append', text });
  }

  /**
   * Discards text that was appended and not yet spoken; resolves when the service confirms it. Errors as in `speak`.
   */
  async clear(signal?: AbortSignal): Promise<void> {
    const cleared = this.#channel.wait(signal, (message) => message.type === 'cleared');
    this.#send({ type: 'input_text_buffer.clear' });
    await cleared;
  }

  /**
   * Asks the service to stop speaking; the current `speak` then rejects with `interrupted`. The effect is not
   * documented: a service that speaks to the end leaves a complete take, as if nothing had been asked.
   */
  cancel(): void {
    this.#cancelled = true;
    this.#send({ type: 'response.cancel' });
  }

  /**
   * Ends an idle session properly and waits until it is closed, a few seconds at most. May be called twice; never
   * rejects.
   */
  async finish(): Promise<void> {
    if (this.usable) {
      const goodbye = new AbortController();
      const timer = setTimeout(() => goodbye.abort(), GOODBYE_MS);
      const finished = this.#channel.wait(goodbye.signal, (message) => message.type === 'session.finished');
      this.#send({ type: 'session.finish' });
      // No `session.finished`, or an error instead: the session is over either way.
      await finished.catch(() => undefined);
      clearTimeout(timer);
    }
    await this.#channel.close();
  }

  /** Ends the session at once. An open `speak` rejects with `interrupted`. May be called twice. */
  destroy(): void {
    this.#channel.end(interrupted('speaking'));
  }

  #send(message: ClientMessage, take?: number): void {
    this.#sent += 1;
    this.#channel.send(JSON.stringify({ event_id: clientEventId(this.#sent, take), ...message }));
  }

  #parse(frame: Buffer, isBinary: boolean): SpeechMessage {
    if (isBinary) throw protocolViolation('a binary frame');
    const message = parseServerEvent(frame);
    if (message.type === 'error') throw failureOf(message.refusal, this.#context);
    return message;
  }

  async #receive(
    endsWith: 'response' | 'session',
    of: Pick<ReceiveOptions, 'onAudio' | 'signal' | 'rest' | 'listenMs' | 'order'>,
  ): Promise<readonly SpokenResponse[]> {
    this.#answered = false;
    this.#cancelled = false;
    const receiving = receiveSpeech(this.#channel, {
      ...of,
      endsWith,
      sampleRateHz: this.#settings.sample_rate ?? DEFAULT_SAMPLE_RATE_HZ,
      finish: () => this.#send({ type: 'session.finish' }),
      giveUp: () => this.destroy(),
      onProgress: (answered) => {
        this.#answered = answered;
      },
    });
    const { responses, endedSession } = await receiving.catch((error: unknown) => {
      const wasAsked = this.#cancelled && error instanceof PipelineError && error.code === 'take-incomplete';
      throw wasAsked ? interrupted('speaking') : error;
    });
    this.#answered = false;
    this.#hasSpoken = true;
    if (endedSession) await this.#channel.close();
    return responses;
  }

  #closeFailure(code: number, reason: string): PipelineError {
    const model = this.#context.model ?? '';
    // An unknown model is not refused at the handshake: the session opens and then ends without a reason. For a model
    // in our table, or a connection that broke without a close frame (1006), the cause may be transient.
    const silent = reason === '' && code !== 1006 && !this.#answered && !this.#hasSpoken;
    if (silent && MODELS[model] === undefined) return modelUnknown(this.#context);
    const failure = closeFailure(code, reason, this.#context);
    if (!silent || failure.code !== 'session-lost') return failure;
    return new SilentEnd(failure.message);
  }
}
