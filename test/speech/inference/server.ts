/** A server of tasks that says exactly what a test tells it to, on top of the scripted server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { type ScriptedServer, startServer } from '../server.ts';

/** A message of the client. */
export interface Sent {
  action: string;
  taskId: string;
  model: string | undefined;
  text: string | undefined;
  parameters: Record<string, unknown>;
}

/** The server's end of one task. */
export interface TaskPeer {
  socket: WebSocket;
  /** 0-based number of its connection. */
  connection: number;
  taskId: string;
  model: string;
  parameters: Record<string, unknown>;
  /** Undefined until continue-task has come. */
  text: string | undefined;
  send: (event: string, payload?: Record<string, unknown>, of?: { taskId?: string; header?: object }) => void;
  begin: (index: number, original?: string, words?: unknown[]) => void;
  audio: (...frames: Buffer[]) => void;
  end: (index: number, original?: string, words?: unknown[]) => void;
  finish: (usage?: Record<string, unknown>) => void;
  fail: (code: string, message: string) => void;
}

/** When the test speaks: at run-task, or at finish-task of a task that was started by itself. */
export interface TaskScript {
  onRun?: (peer: TaskPeer) => void;
  onFinish?: (peer: TaskPeer) => void;
  onConnect?: (socket: WebSocket) => void;
  /** Takes over the handshake. */
  onUpgrade?: (socket: Duplex) => void;
  onRequest?: (input: Record<string, unknown>, response: ServerResponse, request: IncomingMessage) => void;
}

export interface TaskServer {
  inferenceUrl: string;
  httpBaseUrl: string;
  /** Everything that clients have sent. */
  sent: Sent[];
  connections: () => number;
  close: ScriptedServer['close'];
}

/** 10 ms of sound at 24 kHz. */
export const PCM = Buffer.alloc(480, 1);

export async function serveTasks(script: TaskScript): Promise<TaskServer> {
  const sent: Sent[] = [];
  const server = await startServer({
    onSession({ socket }) {
      const connection = server.sessions() - 1;
      script.onConnect?.(socket);
      let peer: TaskPeer | undefined;
      socket.on('message', (data) => {
        const { header, payload } = JSON.parse(data.toString());
        const { action, task_id: taskId } = header;
        const parameters = payload.parameters ?? {};
        sent.push({ action, taskId, model: payload.model, text: payload.input?.text, parameters });
        if (action === 'run-task') {
          peer = peerOf(socket, { connection, taskId, model: payload.model, parameters });
          if (script.onRun !== undefined) script.onRun(peer);
          else peer.send('task-started');
        } else if (peer !== undefined && action === 'continue-task') peer.text = payload.input.text;
        else if (peer !== undefined && action === 'finish-task') script.onFinish?.(peer);
      });
    },
    ...(script.onUpgrade === undefined ? {} : { onUpgrade: script.onUpgrade }),
    onRequest(request, response, body) {
      script.onRequest?.(JSON.parse(body).input, response, request);
    },
  });
  return {
    inferenceUrl: server.realtimeUrl.replace('realtime', 'inference'),
    httpBaseUrl: server.httpBaseUrl,
    sent,
    connections: server.sessions,
    close: server.close,
  };
}

function peerOf(socket: WebSocket, of: Pick<TaskPeer, 'connection' | 'taskId' | 'model' | 'parameters'>): TaskPeer {
  const send: TaskPeer['send'] = (event, payload = {}, { taskId = of.taskId, header = {} } = {}) =>
    socket.send(JSON.stringify({ header: { task_id: taskId, event, attributes: {}, ...header }, payload }));
  const result =
    (type: string) =>
    (index: number, original?: string, words: unknown[] = []) =>
      send('result-generated', {
        output: { type, sentence: { index, words }, ...(original === undefined ? {} : { original_text: original }) },
      });
  return {
    socket,
    ...of,
    text: undefined,
    send,
    begin: result('sentence-begin'),
    audio: (...frames) => {
      for (const frame of frames) socket.send(frame);
    },
    end: result('sentence-end'),
    finish: (usage = { characters: 7 }) => send('task-finished', { output: { sentence: { words: [] } }, usage }),
    fail: (code, message) => {
      send('task-failed', {}, { header: { error_code: code, error_message: message } });
      socket.close(1007, message.slice(0, 60));
    },
  };
}

/** One whole, proper sentence with the text of the task, and the end. */
export function speakWell(peer: TaskPeer, frames: readonly Buffer[] = [PCM]): void {
  peer.begin(0, peer.text);
  peer.audio(...frames);
  peer.end(0, peer.text);
  peer.finish();
}
