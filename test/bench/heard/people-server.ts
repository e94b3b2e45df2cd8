/**
 * A server of `POST /v1/audio/speech` that answers with recordings of people, as fast as a service would: so that a run hears
 * everything, which it does not do with a simulator's takes.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { misfits } from '../ears/misfits.ts';
import type { RecordingSet } from '../ears/recordings.ts';
import { joined, soundSpan } from '../ears/waveforms.ts';

/** The name under which it lists its model. */
export const MODEL = 'people';
/** What a client of such a server expects. */
const RATE_HZ = 24_000;
const BYTES_PER_SECOND = RATE_HZ * 2;
const PIECE_SECONDS = 0.2;
const PAUSE_SECONDS = 0.45;
/** A line has as many recordings as it needs for this. */
const LEAST_SECONDS = 5;
const LEAST_WORDS = 4;
/** Seconds that a letter of any other text takes: about as these people read. */
const LETTER_SECONDS = 0.065;

/** A line of a book, and how it is said. */
export interface PersonsLine {
  text: string;
  pcm: Buffer;
}

/** Lines of sentences that one person said, several in a row; no two are alike. */
export function linesOf(set: RecordingSet, count: number): PersonsLine[] {
  const wrong = misfits(set);
  const usable = set.recordings.filter(
    (one) => !wrong.includes(one) && /^[A-Z][A-Za-z ,.']+$/.test(one.text) && one.text.split(' ').length >= LEAST_WORDS,
  );
  return Array.from({ length: count }, (_, line) => {
    const texts: string[] = [];
    const sounds: Int16Array[] = [];
    for (let i = 0, seconds = 0; seconds < LEAST_SECONDS; i++) {
      // Another step for each round, so that other sentences meet.
      const step = 1 + 2 * Math.floor(line / usable.length);
      const { text, samples, sampleRateHz } = usable[(line * 3 + i * (step + 7)) % usable.length]!;
      const { from, to } = soundSpan(samples, sampleRateHz);
      const ends = Math.round(0.05 * sampleRateHz);
      if (sounds.length > 0) sounds.push(new Int16Array(Math.round(PAUSE_SECONDS * sampleRateHz)));
      sounds.push(samples.slice(sounds.length === 0 ? 0 : Math.max(0, from - ends), to + 2 * ends));
      texts.push(text.replace(/[\s.,]*$/, '.'));
      seconds += (to - from) / sampleRateHz;
    }
    return { text: texts.join(' '), pcm: narrowToFull(joined(...sounds)) };
  });
}

/** 8 kHz to 24 kHz; a straight line between samples is enough, as all that listens takes 8 kHz again. */
function narrowToFull(samples: Int16Array): Buffer {
  const out = new Int16Array(samples.length * 3);
  samples.forEach((value, i) => {
    const next = samples[i + 1] ?? value;
    for (let k = 0; k < 3; k++) out[i * 3 + k] = Math.round(value + ((next - value) * k) / 3);
  });
  return Buffer.from(out.buffer);
}

/** Starts it; `calls` counts the calls for each text. */
export async function startPeopleServer(
  lines: readonly PersonsLine[],
  { firstAudioSeconds, timesRealtime }: { firstAudioSeconds: number; timesRealtime: number },
) {
  const sounds = new Map(lines.map(({ text, pcm }) => [keyOf(text), pcm]));
  const calls = new Map<string, number>();
  const filler = Buffer.concat(lines.slice(0, 4).map(({ pcm }) => pcm));
  const speak = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { input } = JSON.parse(Buffer.concat(pieces).toString()) as { input: string };
    const key = keyOf(input);
    calls.set(key, (calls.get(key) ?? 0) + 1);
    const pcm = sounds.get(key) ?? filler.subarray(0, 2 * Math.round(key.length * LETTER_SECONDS * RATE_HZ));
    response.writeHead(200, { 'content-type': 'audio/pcm' });
    await sleep(firstAudioSeconds * 1000);
    const bytes = PIECE_SECONDS * BYTES_PER_SECOND;
    const from = performance.now();
    for (let at = 0; at < pcm.length; at += bytes) {
      response.write(pcm.subarray(at, at + bytes));
      const due = from + ((Math.min(at + bytes, pcm.length) / BYTES_PER_SECOND) * 1000) / timesRealtime;
      await sleep(Math.max(0, due - performance.now()));
    }
    response.end();
  };
  const server = createServer((request, response) => {
    if (request.method === 'POST' && request.url === '/v1/audio/speech') void speak(request, response);
    else if (request.url === '/v1/models') response.end(JSON.stringify({ object: 'list', data: [{ id: MODEL }] }));
    else response.writeHead(404).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      PIPELINE_SPEECH_URL: `http://127.0.0.1:${port}/v1`,
      PIPELINE_SPEECH_PROFILE: 'openai-strict',
      DASHSCOPE_API_KEY: '',
    },
    /** Calls for a line. */
    callsOf: ({ text }: PersonsLine): number => calls.get(keyOf(text)) ?? 0,
    reset: (): void => calls.clear(),
    async stop(): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function keyOf(text: string): string {
  return (text.match(/\p{L}/gu) ?? []).join('').toLowerCase();
}
