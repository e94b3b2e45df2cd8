import { test } from 'vitest';
import { readConfig } from '../../../src/config/config.ts';
import { startSimulator } from '../../../src/simulator/server.ts';
import { createOpenAiSpeechEngine } from '../../../src/speech/openai-speech/engine.ts';
import { ownServer } from '../../../src/speech/openai-speech/options.ts';
import { identify } from '../../../src/speech/openai-speech/server-identity.ts';
import { ownServerContract } from './contract.ts';
import { MODEL } from './scripted.ts';

ownServerContract('simulator', async () => {
  const simulator = await startSimulator({ voiceEngine: 'tones' });
  const engine = createOpenAiSpeechEngine({ url: simulator.openaiSpeechUrl, profile: 'vllm-omni', simulated: true });
  return { engine, model: MODEL, simulated: true, close: () => simulator.close() };
});

const { url, key: apiKey, profile } = readConfig({}).ownServer;

if (url === undefined) {
  test.skip('the contract of an own server, live: skipped, because PIPELINE_SPEECH_URL is not set', () => undefined);
} else {
  ownServerContract('live', async () => {
    const options = { url, apiKey, profile };
    const { models = [], simulated } = await identify(ownServer(options), { timeoutMs: 10_000 });
    const engine = createOpenAiSpeechEngine({ ...options, simulated });
    return { engine, model: models[0]?.id ?? MODEL, simulated, close: async () => undefined };
  });
}
