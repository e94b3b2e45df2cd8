/** Both recognisers, against the simulator on a socket: what they hear, when, and what they make of refusals. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOwnRecogniser } from '../../src/hearing/own-recogniser.ts';
import type { Recogniser } from '../../src/hearing/recogniser.ts';
import { createServiceRecogniser } from '../../src/hearing/service-recogniser.ts';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';

const SAID = 'Glenn waited by the gate in 1990';
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ voiceEngine: 'tones', hearing: { says: SAID } });
});
afterAll(() => simulator.close());

/** A second of a tone after a second of silence. */
const pcm = (() => {
  const samples = new Int16Array(48_000).map((_, at) => (at < 24_000 ? 0 : 8_000 * Math.sin(at / 10)));
  return new Uint8Array(samples.buffer);
})();
const sound = { pcm, sampleRateHz: 24_000, language: 'en' };
const PRESETS = { shape: 'both', words: true, splitWords: true, answer: 'verbose', says: SAID } as const;

const service = (): Recogniser => createServiceRecogniser({ httpBaseUrl: simulator.httpBaseUrl, apiKey: 'sk-x' });
const own = (): Recogniser => createOwnRecogniser({ url: simulator.openaiSpeechUrl, apiKey: 'k', model: 'whisper-1' });

describe.each([
  ['the service', service],
  ["one's own server", own],
])('%s', (name, recogniser) => {
  it('tells what was heard, and when each word was', async () => {
    simulator.set({ hearing: PRESETS, faults: [] });
    let sends = 0;
    const heard = await recogniser().hear(sound, { onSend: async () => void sends++ });
    expect(heard).toMatchObject({ text: SAID, simulated: true });
    expect(heard.words?.map(({ text }) => text)).toEqual(SAID.split(' '));
    expect(heard.words?.[0]?.startSeconds).toBeCloseTo(1, 1);
    expect(heard.words?.at(-1)?.endSeconds).toBeCloseTo(2, 1);
    expect(sends).toBe(1);
    if (name === 'the service') expect(heard.usage).toEqual({ input_tokens: 32, output_tokens: 11, total_tokens: 43 });
  });

  it('hears no words where there are none', async () => {
    simulator.set({ hearing: { says: '' }, faults: [] });
    expect(await recogniser().hear(sound)).toMatchObject({ text: '' });
  });

  it('says whether a retry helps', async () => {
    simulator.set({
      hearing: PRESETS,
      faults: [
        { kind: 'hearing-429', nth: 1 },
        { kind: 'hearing-5xx', nth: 2 },
      ],
    });
    await expect(recogniser().hear(sound)).rejects.toMatchObject({
      code: 'throttled',
      retry: { afterMs: expect.any(Number) },
    });
    await expect(recogniser().hear(sound)).rejects.toMatchObject({ code: 'service-failed', retry: 'backoff' });
  });

  it('stops on request, and sends nothing that may not be paid', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(recogniser().hear(sound, { signal: stop.signal })).rejects.toMatchObject({ code: 'interrupted' });
    const { calls } = simulator.metrics().hearing;
    await expect(
      recogniser().hear(sound, {
        onSend: async () => {
          throw new Error('no money');
        },
      }),
    ).rejects.toThrow('no money');
    expect(simulator.metrics().hearing.calls).toBe(calls);
  });
});

describe('the service', () => {
  it('answers in two shapes, and not always with times', async () => {
    simulator.set({ hearing: { ...PRESETS, shape: 'output', words: false }, faults: [] });
    const heard = await service().hear(sound);
    expect(heard).toMatchObject({ text: SAID, usage: { input_tokens: 32 } });
    expect(heard.words).toBeUndefined();
  });

  it('refuses what is too long, and a model that it does not have', async () => {
    simulator.set({ hearing: PRESETS, faults: [] });
    const long = { ...sound, pcm: new Uint8Array(301 * 2 * 8_000), sampleRateHz: 8_000 };
    await expect(service().hear(long)).rejects.toMatchObject({ code: 'service-refused', retry: 'never' });
    const gone = createServiceRecogniser({
      httpBaseUrl: simulator.httpBaseUrl,
      apiKey: 'sk-x',
      model: 'qwen3-asr-flash',
    });
    await expect(gone.hear(sound)).rejects.toMatchObject({ retry: 'never' });
  });
});

describe("one's own server", () => {
  it.each([
    ['segments', true],
    ['json', false],
    ['text', false],
    ['refuse', false],
  ] as const)('may answer with %s', async (answer, hasTimes) => {
    simulator.set({ hearing: { ...PRESETS, answer }, faults: [] });
    const heard = await own().hear({ ...sound, names: ['Glenn'] });
    expect(heard.text).toBe(SAID);
    expect(heard.words !== undefined).toBe(hasTimes);
    expect(heard.isBare).toBe(answer === 'text' ? true : undefined);
  });

  it('is told apart from a wrong address, and its redirects are not followed', async () => {
    const server = createServer((request, response) => {
      const isMoved = request.url === '/v1/audio/transcriptions';
      response.writeHead(isMoved ? 307 : 200, { location: '/elsewhere' }).end('{"text":"stolen"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    await expect(createOwnRecogniser({ url, apiKey: 'k', model: 'm' }).hear(sound)).rejects.toMatchObject({
      code: 'service-unreachable',
      retry: 'never',
    });
    server.close();
    const closed = createOwnRecogniser({ url: 'http://127.0.0.1:1/v1', model: 'm' });
    await expect(closed.hear(sound)).rejects.toMatchObject({ code: 'service-unreachable', retry: 'backoff' });
  });

  describe('answers with something that is no transcript', () => {
    let answer: { type: string; body: string | Buffer; hangs?: boolean };
    const server = createServer((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { 'content-type': answer.type });
        if (answer.hangs === true) response.write(answer.body);
        else response.end(answer.body);
      });
    });
    let url = '';
    beforeAll(async () => {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });
    const long = JSON.stringify({ text: 'word '.repeat(1_000_000) });

    it.each([
      ['a page', 'text/html', '<!doctype html><html><body>Please log in to the network</body></html>'],
      ['a page behind a byte order mark', 'text/html', '\uFEFF<html>Bad gateway</html>'],
      ['a page without tags', 'text/html; charset=utf-8', 'Rate limit exceeded'],
      ['an error where JSON is promised', 'application/json', 'Internal error'],
      ['half of an answer', 'application/json', '{"task":"transcribe","text":"Glenn waited by the ga'],
      ['an error', 'application/json', '{"error":{"message":"CUDA out of memory"}}'],
      ['an error beside a text', 'application/json', '{"text":"CUDA out of memory","error":"CUDA out of memory"}'],
      ['events', 'text/event-stream', 'data: {"type":"transcript.text.delta","delta":"Glenn"}\n\n'],
      ['a text that is no text', 'application/json', '{"text":["Glenn"]}'],
      ['more than a transcript can be', 'application/json', long],
    ])('%s', async (_name, type, body) => {
      answer = { type, body };
      const hearing = createOwnRecogniser({ url, model: 'm' }).hear(sound);
      await expect(hearing).rejects.toMatchObject({ code: 'protocol-violation', retry: 'never' });
    });

    it('an answer without an end', async () => {
      answer = { type: 'application/json', body: '{"text":"Glenn', hangs: true };
      const hearing = createOwnRecogniser({ url, model: 'm', timeoutMs: 200 }).hear(sound);
      await expect(hearing).rejects.toMatchObject({ code: 'service-unreachable' });
    });
  });
});
