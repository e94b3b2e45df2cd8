/**
 * A session's socket as a channel of typed messages: send, wait for a response, and one way to end.
 *
 * At most one wait is open at a time. Every failure (a broken frame, an `error` event, a timeout, a close, an abort)
 * ends the channel for good and rejects the open wait with the reason.
 */
import type { WebSocket } from 'ws';
import { interrupted, PipelineError, systemCode } from '../../errors.ts';
import type { Connection } from '../dashscope/connect.ts';
import { failureOf, networkFailure } from '../dashscope/failures.ts';
import { protocolViolation } from '../dashscope/protocol-violation.ts';
import type { RefusalContext } from '../dashscope/refusal.ts';
import { type StallTimer, stallTimer } from '../dashscope/stall-timer.ts';
import { parseServerEvent, type ServerMessage } from './parse-events.ts';
import type { ClientEvent } from './protocol.ts';

/** A client event without its ID, which the channel adds. */
export type ClientMessage = WithoutId<ClientEvent>;

type WithoutId<Event> = Event extends ClientEvent ? Omit<Event, 'event_id'> : never;

/** What a channel needs in addition to its socket. */
export interface ChannelOptions {
  context: RefusalContext;
  /** Longest silence while a wait is open. */
  idleTimeoutMs: number;
  /** The error for a close at this moment. */
  onClose: (code: number, reason: string) => PipelineError;
}

interface PendingWait {
  /** Returns true when the wait is over; throws to end the channel. */
  accept: (message: ServerMessage) => boolean;
  resolve: () => void;
  reject: (error: unknown) => void;
  /** All messages have arrived; only work in `runInOrder` is still in progress. */
  complete: boolean;
}

/** How long a socket may take to close before it is terminated. */
const CLOSE_MS = 2_000;

/** An open channel; `Session` owns it. */
export class Channel {
  /** Settles when the socket is closed, by either side and for any reason. Never rejects. */
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #url: URL;
  readonly #options: ChannelOptions;
  #sent = 0;
  #pending: PendingWait | undefined;
  #ended: unknown;
  readonly #stallTimer: StallTimer;
  #working: Promise<void> | undefined;

  constructor({ socket, url }: Connection, options: ChannelOptions) {
    this.#socket = socket;
    this.#url = url;
    this.#options = options;
    this.#stallTimer = stallTimer(options.idleTimeoutMs, (failure) => this.end(failure));
    socket.on('message', (data, isBinary) => this.#onFrame(data, isBinary));
    socket.on('error', (error) => this.end(this.#socketFailure(error)));
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.end(options.onClose(code, reason.toString()));
        resolve();
      });
    });
    socket.resume();
  }

  /** False once the channel has ended; sending and waiting are then impossible. */
  get usable(): boolean {
    return this.#ended === undefined;
  }

  /** Sends one event. Never throws: a failing socket reports through its close event. */
  send(message: ClientMessage): void {
    this.#sent += 1;
    this.#socket.send(JSON.stringify({ event_id: `event_${this.#sent}`, ...message }), () => undefined);
  }

  /**
   * Passes each message to `accept` until it returns true and all work of `runInOrder` is done. An error that `accept`
   * throws, an `error` event, silence beyond the limit, a close and an abort end the channel and reject.
   */
  wait(signal: AbortSignal | undefined, accept: PendingWait['accept']): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#pending !== undefined)
      return Promise.reject(new Error('Internal error: a session does one thing at a time'));
    if (signal?.aborted) {
      this.end(abortReason(signal));
      return Promise.reject(this.#ended);
    }
    return new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#pending?.reject(abortReason(signal));
        this.end(abortReason(signal));
      };
      const settle = () => {
        this.#stallTimer.stop();
        signal?.removeEventListener('abort', onAbort);
        this.#pending = undefined;
      };
      this.#pending = {
        accept,
        complete: false,
        resolve: () => {
          settle();
          resolve();
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#stallTimer.start();
    });
  }

  /**
   * Runs work on a message in order. While a returned promise is pending, the socket is paused and the stall timer is
   * stopped. An error of the work ends the channel and rejects the open wait.
   */
  runInOrder(work: () => void | Promise<void>): void {
    const working = this.#working === undefined ? work() : this.#working.then(work);
    if (working === undefined) return;
    this.#socket.pause();
    this.#stallTimer.stop();
    this.#working = working;
    working.then(
      () => {
        if (this.#working === working) this.#workDone();
      },
      (error: unknown) => {
        this.#pending?.reject(error);
        this.end(error);
      },
    );
  }

  /**
   * Ends the channel after a failure: stores the reason, terminates the socket and rejects the open wait. May be called
   * twice.
   */
  end(error: unknown): void {
    if (this.#ended === undefined) {
      this.#ended = error;
      this.#socket.terminate();
    }
    if (this.#pending?.complete === false) this.#pending.reject(this.#ended);
  }

  /**
   * Closes the socket properly and terminates it if that takes too long. Settles with `closed`. May be called twice.
   */
  async close(): Promise<void> {
    this.#ended ??= new PipelineError({ code: 'session-lost', message: 'The session is finished.', retry: 'backoff' });
    this.#socket.close(1000);
    const timer = setTimeout(() => this.#socket.terminate(), CLOSE_MS);
    await this.closed;
    clearTimeout(timer);
  }

  #onFrame(data: unknown, isBinary: boolean): void {
    if (this.#ended !== undefined) return;
    try {
      if (isBinary || !Buffer.isBuffer(data)) throw protocolViolation('a binary frame');
      this.#onMessage(parseServerEvent(data));
    } catch (error) {
      this.end(error);
    }
  }

  #onMessage(message: ServerMessage): void {
    if (message.type === 'error') throw failureOf(message.refusal, this.#options.context);
    const pending = this.#pending;
    if (pending === undefined || pending.complete) {
      rejectUnsolicited(message);
    } else if (pending.accept(message)) {
      pending.complete = true;
      this.#stallTimer.stop();
      if (this.#working === undefined) pending.resolve();
    } else if (this.#working === undefined) {
      this.#stallTimer.refresh();
    }
  }

  #workDone(): void {
    this.#working = undefined;
    this.#socket.resume();
    if (this.#pending?.complete) this.#pending.resolve();
    else if (this.#pending !== undefined) this.#stallTimer.start();
  }

  #socketFailure(error: Error): PipelineError {
    // Broken frames and oversized events have error codes of ws; everything else is a network failure.
    if (systemCode(error)?.startsWith('WS_ERR_'))
      return protocolViolation('a frame that breaks the WebSocket protocol');
    return networkFailure(error, { url: this.#url, apiKey: this.#options.context.apiKey });
  }
}

/**
 * No response is pending: audio now means that an earlier take was incomplete, or that the next one would not be ours.
 */
function rejectUnsolicited(message: ServerMessage): void {
  if (message.type === 'audio' || message.type === 'response.created')
    throw protocolViolation('speech that was not requested');
  if (message.type === 'session.finished') throw protocolViolation('the end of a session that was not finished');
}

function abortReason(signal: AbortSignal | undefined): PipelineError {
  return signal?.reason instanceof PipelineError ? signal.reason : interrupted('speaking');
}
