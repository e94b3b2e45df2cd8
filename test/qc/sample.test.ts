import { describe, expect, it } from 'vitest';
import { DEFAULT_MODEL, MODELS } from '../../src/models.ts';
import { judgeSample, type MeasuredSample } from '../../src/qc/sample.ts';

const GOOD = {
  readable: true,
  byteLength: 700_000,
  container: 'wav',
  codec: 'pcm_s16le',
  sampleRateHz: 24_000,
  channels: 1,
  durationSeconds: 14,
  longestSpeechSeconds: 9,
  longestPassageSeconds: 12,
} as const satisfies MeasuredSample;
const MODEL = MODELS[DEFAULT_MODEL]!;
const failing = (sample: MeasuredSample, model = MODEL) =>
  judgeSample(sample, model)
    .rules.filter(({ pass }) => !pass)
    .map(({ rule }) => rule);

describe('judgeSample', () => {
  it.each([
    {},
    { container: 'mp3', codec: 'mp3' },
    { container: 'mov,mp4,m4a,3gp,3g2,mj2', codec: 'aac' },
    { durationSeconds: 60 },
    { sampleRateHz: 16_000 },
  ])('passes %o', (change) => {
    expect(judgeSample({ ...GOOD, ...change }, MODEL).verdict).toBe('pass');
  });

  it.each([
    ['format', { container: 'ogg', codec: 'vorbis' }],
    ['format', { codec: 'pcm_s24le' }],
    ['size', { byteLength: 7_500_001 }],
    ['duration', { durationSeconds: 61 }],
    ['duration', { durationSeconds: 2.9 }],
    ['speech', { longestPassageSeconds: 4 }],
    ['sampleRate', { sampleRateHz: 8000 }],
  ])('fails %s for %o', (rule, change) => {
    expect(failing({ ...GOOD, ...change })).toEqual([rule]);
  });

  it('asks each model for its own rate', () => {
    const sample = { ...GOOD, sampleRateHz: 16_000 };
    expect(failing(sample)).toEqual([]);
    expect(failing(sample, MODELS['qwen3-tts-vc-realtime-2025-11-27']!)).toEqual(['sampleRate']);
  });

  it("asks a successor's voice for 5 s with short pauses, and the first family's for 3 s without a break", () => {
    const first = MODELS['qwen-tts-vc-realtime-2025-08-20']!;
    const broken = { ...GOOD, longestSpeechSeconds: 2, longestPassageSeconds: 6 };
    expect(failing(broken)).toEqual([]);
    expect(failing(broken, first)).toEqual(['speech']);
    const short = { ...GOOD, durationSeconds: 4, longestSpeechSeconds: 4, longestPassageSeconds: 4 };
    expect(failing(short)).toEqual(['duration', 'speech']);
    expect(failing(short, first)).toEqual([]);
  });

  it('reports a file that is no sound', () => {
    expect(failing({ readable: false, byteLength: 10, reason: 'Invalid data' })).toEqual(['readable']);
  });
});
