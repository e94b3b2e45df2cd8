/** A server with `POST /v1/audio/speech` that answers exactly as a test says. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PipelineError } from '../../../src/errors.ts';
import type { SpeakListener, SpeakRequest, SpokenTake } from '../../../src/speech/engine.ts';
import { createOpenAiSpeechEngine } from '../../../src/speech/openai-speech/engine.ts';
import type { OpenAiSpeechOptions } from '../../../src/speech/openai-speech/options.ts';
import { startServer } from '../server.ts';

export const MODEL = 'Qwen/Qwen3-TTS-12Hz-1.7B-Base';
export const KEY = 'Zebra/0123456789+crossing=';

/** Answers a POST; `body` is its JSON. */
export type Answer = (response: ServerResponse, body: Record<string, unknown>, request: IncomingMessage) => void;

export interface Scripted {
  url: string;
  /** Bodies of the texts so far. */
  bodies: Record<string, unknown>[];
  /** Paths of all requests so far. */
  paths: string[];
  /** What GET /v1/models and GET /health say from now on. */
  models: string;
  health: string;
  close(): Promise<void>;
}

/** The answers in their order; the last one repeats. */
export async function startScripted(...answers: Answer[]): Promise<Scripted> {
  const server: Omit<Scripted, 'url' | 'close'> = {
    bodies: [],
    paths: [],
    models: JSON.stringify({ object: 'list', data: [{ id: MODEL, object: 'model', created: 1 }] }),
    health: '{"status":"ok","backend":"one"}',
  };
  const { httpBaseUrl, close } = await startServer({
    onRequest: (request, response, text) => {
      server.paths.push(`${request.method} ${request.url}`);
      if (request.url === '/v1/models') return void response.end(server.models);
      if (request.url === '/health') return void response.end(server.health);
      const body = JSON.parse(text) as Record<string, unknown>;
      const answer = answers[Math.min(server.bodies.length, answers.length - 1)];
      server.bodies.push(body);
      answer?.(response, body, request);
    },
  });
  return Object.assign(server, { url: httpBaseUrl.replace('/api/v1', '/v1'), close });
}

/** Samples of s16le sound. */
export function sound(samples = 4_800): Buffer {
  const pcm = Buffer.alloc(samples * 2);
  for (let at = 0; at < samples; at += 1) pcm.writeInt16LE(Math.round(Math.sin(at / 20) * 8_000), at * 2);
  return pcm;
}

/** A WAV file; sizes as its header says them. */
export function wav(
  pcm: Buffer,
  { riff = pcm.length + 36, data = pcm.length, rate = 24_000, channels = 1, bits = 16, kind = 1 } = {},
): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(riff, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(kind, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE((rate * channels * bits) / 8, 28);
  header.writeUInt16LE((channels * bits) / 8, 32);
  header.writeUInt16LE(bits, 34);
  header.write('data', 36);
  header.writeUInt32LE(data, 40);
  return Buffer.concat([header, pcm]);
}

/** Sends a body with its length. */
export function speech(body: Buffer, headers: Record<string, string> = {}, type = 'audio/wav'): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': type, 'content-length': body.length, ...headers }).end(body);
  };
}

/** Refuses with a JSON body. */
export function refusal(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** One text with a voice of the server, and what came of it. */
export async function speakOnce(
  server: Pick<Scripted, 'url'>,
  options: Partial<OpenAiSpeechOptions> = {},
  request: Partial<SpeakRequest> = {},
  listener: Partial<SpeakListener> = {},
): Promise<{ take?: SpokenTake; error?: PipelineError; pcm: Buffer; commits: number }> {
  // Without the sentence that shows a voice's pace: the answers are for the text.
  const always = { apiKey: KEY, profile: 'vllm-omni', acceptUnproven: true } as const;
  const engine = createOpenAiSpeechEngine({ url: server.url, ...always, ...options });
  const pieces: Buffer[] = [];
  const order = { model: MODEL, voiceId: 'vivian', languageType: 'English', sampleRateHz: 24_000, text: 'A lamp.' };
  try {
    const take = await engine.speaker.speak(
      { ...order, ...request },
      { onAudio: (chunk) => void pieces.push(Buffer.from(chunk)), ...listener },
    );
    return { take, pcm: Buffer.concat(pieces), commits: engine.speaker.stats().commits };
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    return { error, pcm: Buffer.concat(pieces), commits: engine.speaker.stats().commits };
  } finally {
    await engine.speaker.close();
  }
}
