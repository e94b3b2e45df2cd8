/**
 * A real recogniser behind OpenAI's shape: Debian's pocketsphinx with its American English model. It knows no names, no
 * punctuation and no numbers in digits, and it mishears: what holds with it holds with a better one.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseWavHeader } from '../../src/audio/pcm.ts';

const run = promisify(execFile);
const MODEL = '/usr/share/pocketsphinx/model/en-us';
const RATE_HZ = 16_000;
const FRAMES_PER_SECOND = 100;

/** Whether this machine has it. */
export const hasPocketsphinx = existsSync('/usr/bin/pocketsphinx_batch') && existsSync(`${MODEL}/en-us.lm.bin`);

/** What was heard of one sound. */
export interface PocketHeard {
  text: string;
  words: { word: string; start: number; end: number }[];
}

/** Hears sounds of 16 kHz, all with one start of the program. */
export async function hearAll(sounds: readonly Int16Array[]): Promise<PocketHeard[]> {
  const folder = await mkdtemp(join(tmpdir(), 'pocketsphinx-'));
  try {
    for (const [index, { buffer, byteOffset, byteLength }] of sounds.entries())
      await writeFile(join(folder, `s${index}.raw`), new Uint8Array(buffer, byteOffset, byteLength));
    await writeFile(join(folder, 'list'), `${sounds.map((_, index) => `s${index}`).join('\n')}\n`);
    const model = ['-hmm', `${MODEL}/en-us`, '-lm', `${MODEL}/en-us.lm.bin`, '-dict', `${MODEL}/cmudict-en-us.dict`];
    const input = ['-adcin', 'yes', '-cepdir', folder, '-cepext', '.raw', '-ctl', join(folder, 'list')];
    const output = ['-hyp', join(folder, 'hyp'), '-hypseg', join(folder, 'seg'), '-logfn', '/dev/null'];
    await run('pocketsphinx_batch', [...model, ...input, ...output], { maxBuffer: 64 * 1024 * 1024 });
    const segments = (await readFile(join(folder, 'seg'), 'utf8')).split('\n');
    return sounds.map((_, index) => wordsOf(segments.find((line) => line.startsWith(`s${index} `)) ?? ''));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `s0 S … T … A … L … frame a b word frame a b word … last frame`. */
function wordsOf(line: string): PocketHeard {
  const fields = line.split(' L ')[1]?.trim().split(/\s+/).slice(1) ?? [];
  const words: PocketHeard['words'] = [];
  for (let at = 0; at + 4 < fields.length; at += 4) {
    const word = fields[at + 3]!.replace(/\(\d+\)$/, '');
    if (/^[<[]/.test(word)) continue;
    words.push({
      word,
      start: Number(fields[at]) / FRAMES_PER_SECOND,
      end: Number(fields[at + 4]) / FRAMES_PER_SECOND,
    });
  }
  return { text: words.map(({ word }) => word).join(' '), words };
}

/** Starts the server; it hears one take at a time. */
export async function startPocketsphinx(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const type = request.headers['content-type'] ?? '';
    const form = await new Response(new Uint8Array(Buffer.concat(chunks)), {
      headers: { 'content-type': type },
    }).formData();
    const wav = new Uint8Array(await (form.get('file') as Blob).arrayBuffer());
    const [heard] = await hearAll([samplesOf(wav)]);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ task: 'transcribe', duration: 0, ...heard }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

function samplesOf(wav: Uint8Array): Int16Array {
  const header = parseWavHeader(wav);
  if (header === null || header === 'incomplete') throw new Error('no WAV file');
  const end = header.dataOffset + ((wav.length - header.dataOffset) & ~1);
  return toRecogniserRate(new Int16Array(wav.slice(header.dataOffset, end).buffer), header.sampleRateHz);
}

/** By straight lines: a recogniser hears below 8 kHz only. */
export function toRecogniserRate(samples: Int16Array, fromHz: number): Int16Array {
  const step = fromHz / RATE_HZ;
  return Int16Array.from({ length: Math.floor(samples.length / step) }, (_, at) => {
    const place = at * step;
    const before = Math.floor(place);
    const [a, b] = [samples[before]!, samples[before + 1] ?? samples[before]!];
    return a + (b - a) * (place - before);
  });
}
