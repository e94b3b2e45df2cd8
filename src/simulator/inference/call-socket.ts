/** A task's connection that is an HTTP call: messages and frames go into its answer. */
import { setImmediate } from 'node:timers/promises';
import type { ServerMessage } from '../../speech/dashscope-inference/protocol.ts';
import type { AnswerOfCall } from './http-answers.ts';
import type { TaskSocket } from './task-socket.ts';

/** The connection; `end` says that the client has gone. */
export interface CallSocket extends TaskSocket {
  end(): void;
}

/** A connection for one task. */
export function openCallSocket(answer: AnswerOfCall): CallSocket {
  const closed = new AbortController();
  const isOpen = () => !closed.signal.aborted;
  let isOver = false;
  const over = (act: () => void) => {
    if (isOver) return;
    isOver = true;
    act();
  };

  function send(message: ServerMessage, frame?: Uint8Array): void {
    if (!isOpen()) return;
    const { header, payload } = message;
    if (header.event === 'result-generated') answer.result(payload, frame);
    else if (header.event === 'task-failed') {
      over(() => answer.failed({ code: header.error_code, message: header.error_message }));
    } else if (header.event === 'task-finished') {
      over(() => answer.finished(payload));
      closed.abort();
    }
  }

  return {
    signal: closed.signal,
    isOpen,
    send: (message) => send(message),
    async sendAudio(message, frame) {
      send(message, frame);
      await setImmediate();
    },
    // Nothing in an answer belongs to no event.
    sendStray: () => undefined,
    close(code) {
      over(() => answer.broken(code));
      closed.abort();
    },
    end: () => closed.abort(),
  };
}
