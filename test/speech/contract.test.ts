import { test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { speechContract } from './contract.ts';

const KEY = 'sk-simulated-0123456789';

speechContract('simulator', async () => {
  const simulator = await startSimulator({ apiKeys: [KEY], voiceEngine: 'tones' });
  return { ...simulator, apiKey: KEY, simulated: true };
});

const { apiKey, httpBaseUrl, realtimeUrl } = readConfig({});

if (apiKey === undefined) {
  test.skip('the speech contract, live service: skipped, because DASHSCOPE_API_KEY is not set', () => undefined);
  process.stdout.write('Live speech contract skipped: DASHSCOPE_API_KEY is not set.\n');
} else {
  speechContract('live service', async () => ({
    httpBaseUrl,
    realtimeUrl,
    apiKey,
    simulated: false,
    close: async () => undefined,
  }));
}
