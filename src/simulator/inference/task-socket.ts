/** One client's socket as a task sees it. Nothing here throws: what is sent to a disconnected client is dropped. */
import { setImmediate } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { ServerMessage } from '../../speech/dashscope-inference/protocol.ts';

/** The connection to the client. */
export interface TaskSocket {
  /** Aborts when the socket has closed, for any reason. */
  readonly signal: AbortSignal;
  /** False as soon as either side has begun to close. */
  isOpen(): boolean;
  send(message: ServerMessage): void;
  /** Sends a message and its binary frame, with nothing between them; waits while the client reads slowly. */
  sendAudio(message: ServerMessage, frame: Uint8Array): Promise<void>;
  /** A binary frame without a message before it. */
  sendStray(frame: Uint8Array): void;
  /** Closes; with code 1005 without a code, with 1006 without a close frame. */
  close(code: number, reason?: string): void;
}

/** Bytes that may be buffered in the socket before a task pauses. */
const HIGH_WATER_BYTES = 256 * 1024;

/** A task socket over an open WebSocket. */
export function openTaskSocket(socket: WebSocket): TaskSocket {
  const closed = new AbortController();
  socket.on('close', () => closed.abort());
  // ws reports protocol errors of the client here and then closes; no other action is needed.
  socket.on('error', () => {});
  const isOpen = () => socket.readyState === socket.OPEN;
  const send = (message: ServerMessage) => {
    if (isOpen()) socket.send(JSON.stringify(message));
  };

  return {
    signal: closed.signal,
    isOpen,
    send,
    async sendAudio(message, frame) {
      if (!isOpen()) return;
      send(message);
      const sent = new Promise<void>((done) => socket.send(frame, () => done()));
      if (socket.bufferedAmount > HIGH_WATER_BYTES) await sent;
      // Lets other connections run even when this one never has to wait.
      await setImmediate();
    },
    sendStray(frame) {
      if (isOpen()) socket.send(frame);
    },
    close(code, reason = '') {
      if (code === 1006) socket.terminate();
      else if (code === 1005) socket.close();
      // A close reason is at most 123 bytes (RFC 6455, 5.5).
      else socket.close(code, Buffer.from(reason).subarray(0, 123));
    },
  };
}
