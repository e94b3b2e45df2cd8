/**
 * A session's socket as a channel of typed messages: send, wait for a response, and one way to end.
 *
 * At most one wait is open at a time. Every failure (a broken frame, an error of the service, a timeout, a close, an
 * abort) ends the channel for good and rejects the open wait with the reason.
 */
import type { WebSocket } from 'ws';
import { interrupted, PipelineError, systemCode } from '../../errors.ts';
import type { PatientTimer } from '../../signals.ts';
import type { Connection } from './connect.ts';
import { networkFailure } from './failures.ts';
import { protocolViolation } from './protocol-violation.ts';
import { stallTimer } from './stall-timer.ts';

/** What a channel needs in addition to its socket. */
export interface ChannelOptions<Message> {
  /** Only needed to mask it in messages. */
  apiKey: string;
  /**
   * One frame as a message; undefined for a frame that is not ours, which is no sign of life either. What it throws
   * ends the channel.
   */
  parse: (frame: Buffer, isBinary: boolean) => Message | undefined;
  /** A message that no wait takes. Throws when it must not come. */
  onUnsolicited: (message: Message) => void;
  /** Longest silence while a wait is open. */
  idleTimeoutMs: number;
  /** The error for a close at this moment. */
  onClose: (code: number, reason: string) => PipelineError;
}

interface PendingWait<Message> {
  /** Returns true when the wait is over; throws to end the channel. */
  accept: (message: Message) => boolean;
  resolve: () => void;
  reject: (error: unknown) => void;
  /** All messages have arrived; only work in `runInOrder` is still in progress. */
  complete: boolean;
}

/** How long a socket may take to close before it is terminated. */
const CLOSE_MS = 2_000;

/** An open channel; a session owns it. */
export class Channel<Message> {
  /** Settles when the socket is closed, by either side and for any reason. Never rejects. */
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #url: URL;
  readonly #options: ChannelOptions<Message>;
  #pending: PendingWait<Message> | undefined;
  #ended: unknown;
  readonly #stallTimer: PatientTimer;
  #working: Promise<void> | undefined;

  constructor({ socket, url }: Connection, options: ChannelOptions<Message>) {
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

  /** Throws the reason once the channel has ended. */
  throwIfEnded(): void {
    if (this.#ended !== undefined) throw this.#ended;
  }

  /** Sends one text frame. Never throws: a failing socket reports through its close event. */
  send(text: string): void {
    this.#socket.send(text, () => undefined);
  }

  /**
   * Passes each message to `accept` until it returns true and all work of `runInOrder` is done. An error that `accept`
   * or `parse` throws, silence beyond the limit, a close and an abort end the channel and reject.
   */
  wait(signal: AbortSignal | undefined, accept: PendingWait<Message>['accept']): Promise<void> {
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
      if (!Buffer.isBuffer(data)) throw protocolViolation('a binary frame');
      const message = this.#options.parse(data, isBinary);
      if (message !== undefined) this.#onMessage(message);
    } catch (error) {
      this.end(error);
    }
  }

  #onMessage(message: Message): void {
    const pending = this.#pending;
    if (pending === undefined || pending.complete) {
      this.#options.onUnsolicited(message);
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
    return networkFailure(error, { url: this.#url, apiKey: this.#options.apiKey });
  }
}

function abortReason(signal: AbortSignal | undefined): PipelineError {
  return signal?.reason instanceof PipelineError ? signal.reason : interrupted('speaking');
}
