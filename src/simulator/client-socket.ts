/** One client's socket as the session sees it: sends events, and ends in several ways. */

import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { ServerEvent, WireError } from '../speech/dashscope-realtime/protocol.ts';

/** A server event without its ID, which the socket adds. */
export type Outgoing = ServerEvent extends infer Event
  ? Event extends ServerEvent
    ? Omit<Event, 'event_id'>
    : never
  : never;

/** The connection to the client. Nothing here throws: events to a disconnected client are dropped. */
export interface ClientSocket {
  /** Aborts when the socket has closed, for any reason. */
  readonly signal: AbortSignal;
  /** False as soon as either side has begun to close. */
  isOpen(): boolean;
  send(event: Outgoing): void;
  /** Sends with backpressure: waits while the client reads slowly, so that audio does not accumulate here. */
  sendWithBackpressure(event: Outgoing): Promise<void>;
  fail(error: WireError): void;
  close(code: number, reason?: string): void;
  /** Ends the connection without a close frame, like a lost network. */
  destroy(): void;
}

/** Bytes that may be buffered in the socket before a response pauses. */
const HIGH_WATER_BYTES = 256 * 1024;

/** A client socket over an open WebSocket. */
export function openClientSocket(socket: WebSocket): ClientSocket {
  const closed = new AbortController();
  socket.on('close', () => closed.abort());
  // ws reports protocol errors of the client here and then closes; no other action is needed.
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
      // Lets other sessions run even when this one never has to wait.
      await setImmediate();
    },
    fail: (error) => send({ type: 'error', error }),
    close(code, reason) {
      // Neither may be sent: they stand for a close frame without a code, and for none.
      if (code === 1006) socket.terminate();
      else if (code === 1005) socket.close();
      // A close reason is at most 123 bytes (RFC 6455, 5.5); every text used here is ASCII or well below.
      else socket.close(code, Buffer.from(reason ?? '').subarray(0, 123));
    },
    destroy: () => socket.terminate(),
  };
}

/** An ID in the service's form: a prefix and 21 letters and digits. Source: the examples of the server events page. */
export function freshId(prefix: 'event' | 'sess' | 'resp' | 'item'): string {
  return `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 21)}`;
}
