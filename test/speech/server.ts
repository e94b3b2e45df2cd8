/** A small server that says exactly what a test tells it to, odd things included that no simulator would say. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

export interface ScriptedServer {
  httpBaseUrl: string;
  realtimeUrl: string;
  /** Sockets that were let in so far. */
  sessions: () => number;
  close: () => Promise<void>;
}

/** What the server does; whatever is left out answers nothing. */
export interface Script {
  onSession?: (peer: Peer, request: IncomingMessage) => void;
  /** Takes over the handshake. */
  onUpgrade?: (socket: Duplex, request: IncomingMessage) => void;
  onRequest?: (request: IncomingMessage, response: ServerResponse, body: string) => void;
}

/** The server's end of one session. */
export interface Peer {
  socket: WebSocket;
  send: (event: Record<string, unknown>) => void;
  /** Called with each client event; the greeting and the answer to `session.update` are given by themselves. */
  on: (listener: (event: { type: string; text?: string; session?: Record<string, unknown> }) => void) => void;
}

export async function startServer(script: Script): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  let sessions = 0;
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => script.onRequest?.(request, response, Buffer.concat(chunks).toString()));
  });
  const wss = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  http.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    if (script.onUpgrade !== undefined) return script.onUpgrade(socket, request);
    wss.handleUpgrade(request, socket, head, (webSocket) => {
      sessions += 1;
      webSocket.on('error', () => undefined);
      script.onSession?.(peerOf(webSocket), request);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    httpBaseUrl: `http://127.0.0.1:${port}/api/v1`,
    realtimeUrl: `ws://127.0.0.1:${port}/api-ws/v1/realtime`,
    sessions: () => sessions,
    async close() {
      const closed = new Promise((resolve) => http.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A session that greets and takes any settings; the test says how it answers a commit. */
export function greet(peer: Peer, onCommit: (peer: Peer, text: string) => void): void {
  peer.send({ type: 'session.created', session: { id: 'sess_1', object: 'realtime.session', model: 'm' } });
  let text = '';
  peer.on((event) => {
    if (event.type === 'session.update')
      peer.send({ type: 'session.updated', session: { id: 'sess_1', ...event.session } });
    if (event.type === 'input_text_buffer.append') text += event.text ?? '';
    if (event.type === 'input_text_buffer.commit') {
      onCommit(peer, text);
      text = '';
    }
    if (event.type === 'session.finish') {
      peer.send({ type: 'session.finished' });
      peer.socket.close(1000);
    }
  });
}

/** Sends one whole, proper response with this audio. */
export function respond(peer: Peer, id: string, pieces: readonly Buffer[]): void {
  peer.send({ type: 'response.created', response: { id, status: 'in_progress' } });
  for (const piece of pieces) sendAudio(peer, id, piece);
  peer.send({ type: 'response.audio.done', response_id: id });
  peer.send({ type: 'response.done', response: { id, status: 'completed', usage: { characters: 7 } } });
}

export function sendAudio(peer: Peer, id: string, piece: Buffer): void {
  peer.send({ type: 'response.audio.delta', response_id: id, delta: piece.toString('base64') });
}

function peerOf(socket: WebSocket): Peer {
  let events = 0;
  return {
    socket,
    send: (event) => {
      events += 1;
      socket.send(JSON.stringify({ event_id: `event_${events}`, ...event }));
    },
    on: (listener) => {
      socket.on('message', (data) => listener(JSON.parse(data.toString())));
    },
  };
}
