import { afterEach, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { askCatalog } from '../../src/speech/dashscope/catalog.ts';

let simulator: Simulator | undefined;
afterEach(() => simulator?.close());

const ask = (httpUrl: string, models: string[]) => askCatalog({ httpUrl, apiKey: 'sk-1', models, timeoutMs: 2_000 });

test('the service says which models a key may use, and with which limits', async () => {
  simulator = await startSimulator({ apiKeys: ['sk-1'], voiceEngine: 'tones' });
  expect(await ask(simulator.httpBaseUrl, ['cosyvoice-v3-flash', 'qwen-audio-3.0-tts-flash', 'gone-1'])).toEqual([
    { model: 'cosyvoice-v3-flash', isListed: true, limit: { calls: 3, seconds: 1 } },
    { model: 'qwen-audio-3.0-tts-flash', isListed: true, limit: { calls: 180, seconds: 60 } },
    { model: 'gone-1', isListed: false },
  ]);
});

test('a host that answers without `output` says the same', async () => {
  simulator = await startSimulator({ apiKeys: ['sk-1'], voiceEngine: 'tones', inference: { resultsIn: 'payload' } });
  expect(await ask(simulator.httpBaseUrl, ['cosyvoice-v3-flash', 'gone-1'])).toEqual([
    { model: 'cosyvoice-v3-flash', isListed: true, limit: { calls: 3, seconds: 1 } },
    { model: 'gone-1', isListed: false },
  ]);
});

test('a refused key is told; from another shape or silence nothing is concluded', async () => {
  simulator = await startSimulator({ apiKeys: ['sk-other'], voiceEngine: 'tones' });
  expect(await ask(simulator.httpBaseUrl, ['cosyvoice-v3-flash'])).toBe('key-refused');
  await simulator.close();
  simulator = await startSimulator({ apiKeys: ['sk-1'], voiceEngine: 'tones' });
  expect(await ask(`${simulator.httpBaseUrl}/nowhere`, ['cosyvoice-v3-flash'])).toBeUndefined();
  expect(await ask('http://127.0.0.1:9', ['cosyvoice-v3-flash'])).toBeUndefined();
});
