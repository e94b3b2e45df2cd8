/** One client's socket as the session sees it: events out, and the several ways to end. */

import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { ServerEvent, WireError } from '../speech/dashscope/protocol.ts';

/** A server event without its id, which the link adds. */
export type Outgoing = ServerEvent extends infer Event
  ? Event extends ServerEvent
    ? Omit<Event, 'event_id'>
    : never
  : never;

/** The way to the client. Nothing here throws: a client that is gone simply hears nothing. */
export interface ClientSocket {
  /** Aborts when the socket has closed, for whatever reason. */
  readonly signal: AbortSignal;
  /** False as soon as either side has begun to close. */
  isOpen(): boolean;
  send(event: Outgoing): void;
  /** Sends, and waits while the client is slow to read, so that audio never piles up here. */
  sendWithBackpressure(event: Outgoing): Promise<void>;
  fail(error: WireError): void;
  close(code: number, reason?: string): void;
  /** Ends the connection without a close frame, as a lost network does. */
  destroy(): void;
}

/** Bytes that may wait in the socket before a response pauses. */
const HIGH_WATER_BYTES = 256 * 1024;

/** A link over an open WebSocket. */
export function openClientSocket(socket: WebSocket): ClientSocket {
  const closed = new AbortController();
  socket.on('close', () => closed.abort());
  // ws reports protocol errors of the client here and then closes; there is nobody else to tell.
  socket.on('error', () => {});

  const isOpen = () => socket.readyState === socket.OPEN;
  const send = (event: Outgoing, done?: () => void) => {
    if (isOpen()) socket.send(JSON.stringify({ event_id: freshId('event'), ...event }), done);
    else done?.();
  };

  return {
    signal: closed.signal,
    isOpen,
    send: (event) => send(event),
    async sendWithBackpressure(event) {
      if (socket.bufferedAmount > HIGH_WATER_BYTES) await new Promise<void>((done) => send(event, done));
      else send(event);
      // Other sessions take turns even when this one never has to wait.
      await setImmediate();
    },
    fail: (error) => send({ type: 'error', error }),
    // A close reason is at most 123 bytes (RFC 6455, 5.5); every text used here is ASCII or cut well below.
    close: (code, reason) => socket.close(code, Buffer.from(reason ?? '').subarray(0, 123)),
    destroy: () => socket.terminate(),
  };
}

/** An id of the service's form: a prefix and 21 letters and digits. Source: the examples of the server events page. */
export function freshId(prefix: 'event' | 'sess' | 'resp' | 'item'): string {
  return `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 21)}`;
}
