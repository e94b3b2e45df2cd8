/** What the tests of `POST /v1/audio/speech` share: a caller, and WAV files read without the simulator's own reader. */
import type { Simulator } from '../../../src/simulator/server.ts';
import { dataUri, speechLike, wav } from '../rig.ts';

export const TEXT = 'A sentence that is long enough for some pieces.';
/** Short, because every call decodes it. */
const SHORT = { seconds: 1.6, rateHz: 16_000 };
export const SAMPLE = wav(speechLike({ pitchHz: 120, ...SHORT }), SHORT);
export const OTHER_SAMPLE = wav(speechLike({ pitchHz: 210, ...SHORT }), SHORT);
/** A good call to vLLM-Omni. */
export const CLONE = {
  input: TEXT,
  task_type: 'Base',
  language: 'English',
  ref_audio: dataUri(SAMPLE),
  ref_text: 'What the sample says.',
  response_format: 'wav',
  seed: 7,
};

export interface Reply {
  status: number;
  headers: Headers;
  bytes: Buffer;
  json(): Record<string, unknown> & { error?: { message: string; type: string; param: string; code: unknown } };
}

/** Any request below the server's root. */
export async function send(simulator: Simulator, path: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(new URL(path, simulator.openaiSpeechUrl), { redirect: 'manual', ...init });
  const bytes = Buffer.from(await response.arrayBuffer());
  const json = () => JSON.parse(bytes.toString()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, bytes, json: json as Reply['json'] };
}

/** A speech call; `over` replaces fields of a good one. */
export function speak(simulator: Simulator, over: object = {}, headers: Record<string, string> = {}): Promise<Reply> {
  return post(simulator, '/v1/audio/speech', { ...CLONE, ...over }, headers);
}

export function post(simulator: Simulator, path: string, body: object | string, headers: Record<string, string> = {}) {
  return send(simulator, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** An upload of fields and files. */
export function upload(simulator: Simulator, path: string, fields: Record<string, string | Buffer>) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') body.set(name, value);
    else body.set(name, new Blob([new Uint8Array(value)], { type: 'audio/wav' }), 'sample.wav');
  }
  return send(simulator, path, { method: 'POST', body });
}

/** The fields of a WAV header, and the samples behind it. */
export function readWav(bytes: Buffer) {
  const data = bytes.subarray(44);
  const even = data.subarray(0, data.length - (data.length % 2));
  return {
    tag: bytes.toString('latin1', 0, 4),
    riffSize: bytes.readUInt32LE(4),
    rateHz: bytes.readUInt32LE(24),
    dataSize: bytes.readUInt32LE(40),
    data,
    samples: new Int16Array(even.buffer.slice(even.byteOffset, even.byteOffset + even.length)),
  };
}

/** The events of a stream. */
export function readEvents(bytes: Buffer) {
  return bytes
    .toString()
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const [, name, data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      return {
        name,
        ...(JSON.parse(data) as { type: string; audio?: string; usage?: object; response_format?: string }),
      };
    });
}
