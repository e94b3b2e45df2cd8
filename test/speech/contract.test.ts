import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { billedUnits, MODELS } from '../../src/models.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { speechContract } from './contract.ts';

const ENROLMENT_PRICE_CNY = MODELS['qwen-tts-vc-realtime-2025-08-20']!.enrolment.priceCny;
const KEY = 'sk-simulated-0123456789';

/** What the calls of the contract cost at the service, by the simulator's own count. */
let costCny = Number.NaN;

speechContract('simulator', async () => {
  const simulator = await startSimulator({ apiKeys: [KEY], voiceEngine: 'tones' });
  const close = async () => {
    const characters = [...simulator.spokenTexts()].reduce((sum, [text, times]) => sum + billedUnits(text) * times, 0);
    // As if each call had been a voice that was made; refused ones are free.
    costCny = simulator.metrics().enroll.calls * ENROLMENT_PRICE_CNY + characters / 10_000;
    await simulator.close();
  };
  return { ...simulator, apiKey: KEY, simulated: true, close };
});

test('the contract costs less than 0.10 CNY at the service', () => {
  expect(costCny).toBeGreaterThan(ENROLMENT_PRICE_CNY);
  expect(costCny).toBeLessThan(0.1);
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
