import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { createOwnRecogniser } from '../src/hearing/own-recogniser.ts';
import { patientTimeout } from '../src/signals.ts';
import { createSpeechCaller } from '../src/speech/openai-speech/speech-call.ts';
import { postWebhook } from '../src/web/post-webhook.ts';

const LIMIT_MS = 400;

/** A server of another process, which answers while this one is blocked: the head after 60 ms, the rest after 120. */
const SERVER = `
const { createServer } = require('node:http');
const wav = Buffer.alloc(44 + 4800);
wav.write('RIFF'); wav.writeUInt32LE(36 + 4800, 4); wav.write('WAVEfmt ', 8); wav.writeUInt32LE(16, 16);
wav.writeUInt16LE(1, 20); wav.writeUInt16LE(1, 22); wav.writeUInt32LE(24000, 24); wav.writeUInt32LE(48000, 28);
wav.writeUInt16LE(2, 32); wav.writeUInt16LE(16, 34); wav.write('data', 36); wav.writeUInt32LE(4800, 40);
createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const [type, body] = request.url.includes('speech')
      ? ['audio/wav', wav]
      : ['application/json', '{"text":"heard","words":[]}'];
    setTimeout(() => {
      response.writeHead(200, { 'content-type': type, 'content-length': body.length });
      response.write(body.slice(0, 10));
      setTimeout(() => response.end(body.slice(10)), 60);
    }, 60);
  });
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
`;

let server: ChildProcess | undefined;

afterEach(() => server?.kill());

/**
 * Blocks the process for longer than the limit, as a busy or suspended machine does; `afterMs` from now, where it reads what
 * has arrived: what arrives from then on is read after the next timers.
 */
async function blockAfter(afterMs: number): Promise<void> {
  const block = () => {
    const until = performance.now() + LIMIT_MS + 50;
    while (performance.now() < until);
  };
  setTimeout(() => stat('.', block), afterMs);
}

test('a process that was suspended reads first what has arrived: speech, words, the answer of a receiver', async () => {
  const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  server = child;
  const port = await new Promise<string>((resolve) =>
    child.stdout.once('data', (said: Buffer) => resolve(`${said}`.trim())),
  );
  const url = `http://127.0.0.1:${port}`;
  const blockBeforeTheHead = () => blockAfter(30);
  const blockBeforeTheRest = () => blockAfter(90);

  for (const [limits, onSend] of [
    [{ answerTimeoutMs: LIMIT_MS }, blockBeforeTheHead],
    [{ idleTimeoutMs: LIMIT_MS }, blockBeforeTheRest],
  ] as const) {
    const caller = createSpeechCaller({ url: `${url}/v1`, profile: 'vllm-omni', ...limits });
    const order = { model: 'tts', text: 'A.', languageType: 'Auto', voice: { name: 'alloy' } };
    const spoken = caller.speak(order, { sampleRateHz: 24_000, onAudio: () => undefined, onSend, signal: undefined });
    expect((await spoken).byteLength).toBe(4_800);
  }

  const recogniser = createOwnRecogniser({ url, apiKey: undefined, model: 'whisper-1', timeoutMs: LIMIT_MS });
  const sound = { pcm: Buffer.alloc(4_800), sampleRateHz: 24_000, language: 'en' };
  expect((await recogniser.hear(sound, { onSend: blockBeforeTheRest })).text).toBe('heard');

  void blockBeforeTheRest();
  const posted = await postWebhook({ url, body: '{}', id: 'a', secrets: [], timeoutMs: LIMIT_MS });
  expect(posted).toMatchObject({ ok: true, status: 200 });
});

test('a limit ends what really does not answer, and can be stopped twice', async () => {
  let acts = 0;
  const from = performance.now();
  await new Promise<void>((resolve) => patientTimeout(50, resolve));
  expect(performance.now() - from).toBeGreaterThanOrEqual(50);
  const stop = patientTimeout(10, () => (acts += 1));
  stop();
  stop();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(acts).toBe(0);
});
