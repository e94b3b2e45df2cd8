/** What the simulator's tests share: a plain HTTP caller, a recording WebSocket client, and samples made of arithmetic. */

import { afterEach } from 'vitest';
import { WebSocket } from 'ws';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import type { SimulatorOptions } from '../../src/simulator/settings.ts';
import { ENROLMENT_PATH } from '../../src/speech/dashscope/protocol.ts';
import { ENROLMENT_MODEL } from '../../src/speech/dashscope-realtime/protocol.ts';

export const TOKEN_MODEL = 'qwen-tts-vc-realtime-2025-08-20';
export const CHARACTER_MODEL = 'qwen3-tts-vc-realtime-2026-01-15';
export const KEY = 'sk-test';

export interface Event extends Record<string, unknown> {
  type: string;
}

const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const act of undo.splice(0).reverse()) await act();
});

/** Runs `act` after the test. */
export function afterwards(act: () => Promise<unknown>): void {
  undo.push(act);
}

/** A simulator with tones that is closed after the test. */
export async function start(options: SimulatorOptions = {}): Promise<Simulator> {
  const simulator = await startSimulator({ voiceEngine: 'tones', ...options });
  afterwards(() => simulator.close());
  return simulator;
}

/** One enrolment call: status, body and headers of the answer. */
export async function call(simulator: Simulator, input: unknown, { key = KEY, model = ENROLMENT_MODEL } = {}) {
  const response = await fetch(simulator.httpBaseUrl + ENROLMENT_PATH, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: typeof input === 'string' ? input : JSON.stringify({ model, input }),
  });
  const body = (await response.json()) as {
    code?: string;
    message?: string;
    output?: { voice: string; target_model: string; voice_list: { voice: string }[] };
    usage?: { count: number };
  };
  return { status: response.status, headers: response.headers, body };
}

/** Input of a create call with a good sample; `over` replaces fields. */
export function createInput(over: Record<string, unknown> = {}) {
  return {
    action: 'create',
    target_model: TOKEN_MODEL,
    preferred_name: 'mara',
    audio: { data: dataUri(wav(speechLike({ pitchHz: 120 }))) },
    ...over,
  };
}

/** Enrols a voice and gives its id. */
export async function enrolled(simulator: Simulator, over: Record<string, unknown> = {}): Promise<string> {
  const { body } = await call(simulator, createInput(over));
  if (!body.output) throw new Error(`not enrolled: ${JSON.stringify(body)}`);
  return body.output.voice;
}

/** A buzzing voice: harmonics at a pitch in syllables of a quarter second. Mono s16. */
export function speechLike({ pitchHz = 120, seconds = 4, rateHz = 24_000, level = 0.3 }): Int16Array {
  const pcm = new Int16Array(Math.round(seconds * rateHz));
  for (let i = 0; i < pcm.length; i++) {
    const time = i / rateHz;
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 4 * time) + 0.6);
    let wave = 0;
    for (let harmonic = 1; harmonic <= 12; harmonic++) {
      wave += Math.sin(2 * Math.PI * pitchHz * harmonic * time) / harmonic;
    }
    pcm[i] = Math.round(32_767 * level * syllable * 0.4 * wave);
  }
  return pcm;
}

/** A 16-bit WAV file. */
export function wav(pcm: Int16Array, { rateHz = 24_000, channels = 1 } = {}): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + pcm.byteLength, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(pcm.byteLength, 40);
  return Buffer.concat([header, Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)]);
}

export function dataUri(bytes: Uint8Array, mediaType = 'audio/wav'): string {
  return `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`;
}

/** A client that records every event. */
export interface Client {
  readonly events: Event[];
  /** Resolves with the close code and reason. */
  readonly closed: Promise<{ code: number; reason: string }>;
  send(event: object): void;
  /** Sends append and commit. */
  say(text: string): void;
  /** The nth event of a type (1-based), as soon as it is there; rejects when the socket closes before. */
  wait(type: string, nth?: number): Promise<Event>;
  /** Audio of all deltas so far. */
  pcm(): Int16Array;
  /** Types in order, runs of deltas as one. */
  types(): string[];
  readonly socket: WebSocket;
}

/** Opens a session and waits until the socket is open; rejects with the HTTP status of a refused handshake. */
export async function connect(simulator: Simulator, { model = TOKEN_MODEL, key = KEY } = {}): Promise<Client> {
  const socket = new WebSocket(`${simulator.realtimeUrl}?model=${model}`, {
    perMessageDeflate: false,
    headers: key === '' ? {} : { authorization: `Bearer ${key}` },
  });
  afterwards(async () => socket.terminate());
  const events: Event[] = [];
  const waiters = new Set<() => void>();
  let over = false;
  const wake = () => {
    for (const waiter of waiters) waiter();
  };
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      over = true;
      resolve({ code, reason: reason.toString() });
      wake();
    });
  });
  socket.on('message', (data) => {
    events.push(JSON.parse(data.toString()) as Event);
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (part: Buffer) => {
        body += part.toString();
      });
      response.on('end', () => reject(Object.assign(new Error(body), { status: response.statusCode, response })));
    });
  });
  const send = (event: object) => socket.send(JSON.stringify({ event_id: `e${Math.random()}`, ...event }));
  return {
    events,
    closed,
    socket,
    send,
    say(text) {
      send({ type: 'input_text_buffer.append', text });
      send({ type: 'input_text_buffer.commit' });
    },
    wait: (type, nth = 1) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = events.filter((event) => event.type === type)[nth - 1];
          if (!found && !over) return;
          waiters.delete(look);
          if (found) resolve(found);
          else reject(new Error(`closed without ${type}: ${events.map((event) => event.type)}`));
        };
        waiters.add(look);
        look();
      }),
    pcm() {
      const deltas = events.filter((event) => event.type === 'response.audio.delta');
      const bytes = Buffer.concat(deltas.map((event) => Buffer.from(String(event['delta']), 'base64')));
      return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    },
    types: () =>
      events
        .map((event) => event.type)
        .filter((type, index, all) => type !== 'response.audio.delta' || all[index - 1] !== type),
  };
}

/** A session in commit mode with a voice, ready to speak. */
export async function session(simulator: Simulator, settings: Record<string, unknown>, model = TOKEN_MODEL) {
  const client = await connect(simulator, { model });
  client.send({ type: 'session.update', session: { mode: 'commit', ...settings } });
  await client.wait('session.updated');
  return client;
}
