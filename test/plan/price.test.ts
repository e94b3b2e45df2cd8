/** What speech costs, by the table and by the user's own list. */
import { describe, expect, it } from 'vitest';
import { MODELS } from '../../src/models.ts';
import {
  estimatedNanos,
  maxNanos,
  moneyOf,
  moneyText,
  nanosText,
  soundNanos,
  tableTariff,
  usedNanos,
} from '../../src/plan/price.ts';
import { listTariff, parsePriceList } from '../../src/plan/price-list.ts';
import { estimatedSeconds } from '../../src/script/cut/estimate.ts';

const BY_CHARACTER = tableTariff(MODELS['qwen3-tts-vc-realtime-2026-01-15']!).speech!;
const BY_TOKEN = tableTariff(MODELS['qwen-tts-vc-realtime-2025-08-20']!).speech!;

describe('prices', () => {
  it('are exact for models that bill characters: a Chinese character counts twice', () => {
    expect(estimatedNanos(BY_CHARACTER, { billedCharacters: 10_000, audioSeconds: 700 })).toBe(1_000_000_000);
    expect(maxNanos(BY_CHARACTER, '他说 hi')).toBe(7 * 100_000);
    expect(usedNanos(BY_CHARACTER, { characters: 25 })).toBe(2_500_000);
    expect(soundNanos(BY_CHARACTER, 1e6)).toBe(0);
  });

  it('reserve more than speech can use for models that bill tokens, and bill what the service reports', () => {
    const text = 'The boat came out of the fog a little before noon.';
    const slow = text.length / 5;
    expect(maxNanos(BY_TOKEN, text)).toBeGreaterThan(soundNanos(BY_TOKEN, slow));
    const need = { billedCharacters: text.length, audioSeconds: estimatedSeconds([{ text }]) };
    expect(maxNanos(BY_TOKEN, text)).toBeGreaterThan(estimatedNanos(BY_TOKEN, need));
    // Protocol example: 3 tokens in, 64 out.
    expect(usedNanos(BY_TOKEN, { input_tokens: 3, output_tokens: 64 })).toBe(3 * 2_400 + 64 * 12_000);
    expect(usedNanos(BY_TOKEN, { characters: 5 })).toBeUndefined();
    // About 2.16 CNY for an hour of speech, as the price table says.
    expect(moneyOf(soundNanos(BY_TOKEN, 3_600), 'CNY').amount).toBe(2.16);
  });

  it('are shown without losing small amounts', () => {
    expect(moneyText(moneyOf(0, 'CNY'))).toBe('0.00 CNY');
    expect(moneyText(moneyOf(1, 'CNY'))).toBe('0.0001 CNY');
    expect(moneyText(moneyOf(12_345_600_000, 'CNY'))).toBe('12.35 CNY');
    const texts = [0, 1, 99_999, 100_000, 12_345_600_000].map((nanos) => nanosText(nanos, 'CNY'));
    expect(texts).toEqual(['0.00 CNY', '< 0.0001 CNY', '< 0.0001 CNY', '0.0001 CNY', '12.35 CNY']);
  });
});

describe('parsePriceList', () => {
  const LIST = `currency: EUR
source: our contract
date: 2026-11-01
enrolment: 0.5
models:
  one: { per10000Characters: 100, freeCharacters: 200, freeUntil: 2099-01-01 }
  two: { per1000InputTokens: 0.1, per1000OutputTokens: 0.2, freeSeconds: 60 }
`;
  const read = (text: string) => parsePriceList({ file: 'prices.yaml', text });

  it('reads prices, free use and their source', () => {
    const { prices, diagnostics } = read(LIST);
    expect(diagnostics).toEqual([]);
    expect(listTariff(prices!, 'one')).toEqual({
      currency: 'EUR',
      speech: { kind: 'characters', perCharacterNanos: 10_000_000 },
      enrolmentNanos: 500_000_000,
      source: 'our contract',
      date: '2026-11-01',
      own: true,
      free: { characters: 200, until: '2099-01-01' },
    });
    expect(listTariff(prices!, 'two').speech).toEqual({
      kind: 'tokens',
      perInputTokenNanos: 100_000,
      perOutputTokenNanos: 200_000,
    });
    for (const model of ['three', '__proto__', 'constructor'])
      expect(listTariff(prices!, model).speech).toBeUndefined();
  });

  it.each([
    ['', '"currency" is missing or empty'],
    ['currency: yuan', 'three capital letters'],
    [LIST.replace(': 100', ': -1'), '"models.one.per10000Characters" must be at least 0.'],
    [LIST.replace(': 100', ': 1e9'), 'must be at most 10000.'],
    [LIST.replace(': 100', ': .nan'), 'must be a number'],
    [LIST.replace(': 100', ': cheap'), 'must be a number.'],
    [LIST.replace(': 200', ': 1.5'), 'must be a whole number.'],
    [LIST.replace('2026-11-01', 'yesterday'), '"date" must be a day such as 2026-11-01.'],
    [LIST.replace('2099-01-01', '2099-02-31'), 'must be a day'],
    [LIST.replace('per10000Characters: 100, ', ''), 'Give either per10000Characters'],
    [LIST.replace('per1000InputTokens: 0.1, ', ''), 'Give either per10000Characters'],
    [LIST.replace('per10000', 'per'), 'There is no field "perCharacters" here.'],
    [LIST.replace('models:', 'modles:'), 'There is no field "modles" here.'],
    ['{{{', ''],
    ['[]', 'must be a group of fields'],
    [`${'['.repeat(5_000)}`, 'nested too deeply'],
  ])('says what is wrong with %j', (text, words) => {
    const { prices, diagnostics } = read(text);
    expect(prices).toBeUndefined();
    expect(diagnostics.map(({ message }) => message).join('\n')).toContain(words);
    for (const { severity } of diagnostics) expect(severity).toBe('error');
  });
});
