/** A chapter is not sealed when its takes do not say its text, or do not lie one behind the other. */
import { describe, expect, it } from 'vitest';
import { placesOf, verifyTakes } from '../../jobs/verify-takes.ts';
import type { MasterStep } from '../../src/plan/step.ts';
import type { TakeRecord } from '../../src/store/takes.ts';
import { master } from '../queue/steps.ts';

const TEXTS = ['The fog came.', 'Ahoy!', 'Nobody heard it.'];
const STEP: MasterStep = {
  ...master('m', 3),
  title: 'Storm',
  takes: TEXTS.map((text, index) => ({ key: `k${index}`, character: 'mara', text, pauseAfterMs: 0 })),
};
const take = (index: number, text = TEXTS[index]!): TakeRecord => ({
  key: `k${index}`,
  pcm: { digest: `d${index}`, byteLength: 2000 },
  measures: { digest: 'm', byteLength: 1 },
  sampleRateHz: 24_000,
  durationSeconds: 1000 / 24_000,
  character: 'mara',
  text,
  model: 'model',
  voiceId: 'voice',
  sessionId: `s${index}`,
  responseId: `r${index}`,
  billedCharacters: text.length,
  simulated: true,
  madeAt: '2026-01-02T03:04:05.000Z',
});
const TAKES = [take(0), take(1), take(2)];
const UNACCOUNTED = (message: string) =>
  expect.objectContaining({ code: 'text-unaccounted', message: expect.stringContaining(message) });

describe('the takes of a chapter', () => {
  it('are taken when they say what the step wants', () => {
    expect(() => verifyTakes(STEP, TAKES)).not.toThrow();
    // Steps of an earlier version do not say what they want.
    const old = { ...STEP, takes: STEP.takes.map(({ text: _, ...rest }) => rest) };
    expect(() => verifyTakes(old, [take(0, 'Boo!'), take(1), take(2)])).not.toThrow();
  });

  it('are refused when one says something else, or is not the one', () => {
    expect(() => verifyTakes(STEP, [take(0), take(1, 'Boo!'), take(2)])).toThrow(
      UNACCOUNTED('Chapter 3 "Storm" was not sealed: one of its takes says “Boo!” instead of “Ahoy!”'),
    );
    expect(() => verifyTakes(STEP, [take(1), take(0), take(2)])).toThrow(UNACCOUNTED('instead of “The fog came.”'));
    expect(() => verifyTakes(STEP, [take(0), take(1)])).toThrow(
      UNACCOUNTED('says nothing instead of “Nobody heard it.”'),
    );
  });
});

describe('the places of the takes', () => {
  const places = (startSamples: number[], { skipSamples = 100, samples = 900, total = 24_000 } = {}) =>
    placesOf({
      step: STEP,
      takes: TAKES,
      made: {
        durationSeconds: total / 24_000,
        takePositions: startSamples.map((startSample) => ({ startSample, samples, skipSamples })),
        takePauses: startSamples.map(() => []),
      },
      words: [],
    });

  it('go into the record with the takes that lie there', () => {
    expect(places([10, 910, 5000])[1]).toEqual({
      startSeconds: 910 / 24_000,
      durationSeconds: 900 / 24_000,
      pauses: [],
      take: {
        key: 'k1',
        digest: 'd1',
        samples: 1000,
        fromSample: 100,
        sessionId: 's1',
        responseId: 'r1',
        billedCharacters: 5,
        triesBilledCharacters: 5,
      },
    });
  });

  it('are refused when takes overlap, are cut off, missing, or too many', () => {
    expect(() => places([10, 909, 5000])).toThrow(UNACCOUNTED('“Ahoy!” is cut off or overlaps another take'));
    expect(() => places([10, 910, 23_101])).toThrow(UNACCOUNTED('“Nobody heard it.” is cut off'));
    expect(() => places([10, 910, 5000], { skipSamples: 101 })).toThrow(UNACCOUNTED('“The fog came.” is cut off'));
    expect(() => places([10, 910, 5000], { samples: 0 })).toThrow(UNACCOUNTED('is cut off'));
    expect(() => places([10, 910])).toThrow(UNACCOUNTED('“Nobody heard it.” has no place'));
    expect(() => places([10, 910, 5000, 9000])).toThrow(UNACCOUNTED('it has 4 positions for 3 takes'));
  });
});
