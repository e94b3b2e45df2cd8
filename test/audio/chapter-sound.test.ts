/** A few seconds of a chapter sound as in the whole chapter, to the sample. */
import { expect, test } from 'vitest';
import { chapterRange } from '../../src/audio/mastering/chapter-range.ts';
import { chapterSound } from '../../src/audio/mastering/chapter-sound.ts';
import { renderChapter } from '../../src/audio/mastering/render.ts';
import { createMeter } from '../../src/audio/measure/meter.ts';
import { excerptOf } from '../../src/audio/samples/excerpt.ts';
import { profileOf } from '../../src/qc/profiles.ts';

const RATE = 24_000;

/** A buzz of a few syllables, louder and higher for each take. */
function take(index: number, seconds: number) {
  const samples = Int16Array.from({ length: seconds * RATE }, (_, i) => {
    // The first half second is silent, and is not heard.
    const level = i < RATE / 2 ? 0 : 3_000 + 900 * index;
    return Math.round(
      level * Math.sin((2 * Math.PI * (110 + 20 * index) * i) / RATE) * Math.sin((Math.PI * i) / (RATE / 4)) ** 2,
    );
  });
  const bytes = Buffer.from(samples.buffer);
  const meter = createMeter(RATE);
  meter.push(bytes);
  return {
    measures: meter.finish(),
    character: index % 2 === 0 ? 'narrator' : 'mara',
    pauseAfterMs: 400,
    async *open() {
      yield bytes;
    },
  };
}

async function* broughtInto(room: Uint8Array, chunks: AsyncIterable<Buffer>) {
  for await (const chunk of chunks) {
    room.set(chunk);
    yield room.subarray(0, chunk.length);
  }
}

test('an excerpt is the same samples as the chapter, with two seconds around it', async () => {
  const takes = [3, 1, 2, 1, 4].map((seconds, index) => take(index, seconds));
  const profile = profileOf({ profile: 'acx' });
  const sound = chapterSound({ takes, characterGainsDb: { mara: -1.5 }, sampleRateHz: RATE, profile });
  const whole: number[] = [];
  for await (const chunk of renderChapter(sound.render)) whole.push(...chunk);
  // Brought where it is to be mixed, a take need not be copied.
  const inPlace = takes.map((take) => ({ ...take, open: (room?: Uint8Array) => broughtInto(room!, take.open()) }));
  const again: number[] = [];
  const { render } = chapterSound({ takes: inPlace, characterGainsDb: { mara: -1.5 }, sampleRateHz: RATE, profile });
  for await (const chunk of renderChapter(render)) again.push(...chunk);
  expect(Buffer.compare(Buffer.from(Int16Array.from(again).buffer), Buffer.from(Int16Array.from(whole).buffer))).toBe(
    0,
  );
  const { placements } = sound.arrangement;
  expect(placements.some(({ skipSamples }) => skipSamples > 0)).toBe(true);
  for (const [first, last] of [
    [2, 2],
    [0, 1],
    [4, 4],
  ] as const) {
    const excerpt = await excerptOf(sound, { first, last, aroundSeconds: 2 });
    const from = placements[first]!.startSample - Math.round(excerpt.startSeconds * RATE);
    const end = placements[last]!.startSample + placements[last]!.samples;
    expect(excerpt.endSeconds).toBeCloseTo((end - from) / RATE, 6);
    expect(from).toBe(Math.max(0, placements[first]!.startSample - 2 * RATE));
    // The edges are faded.
    const fade = 0.03 * RATE;
    let most = 0;
    for (let i = fade; i < excerpt.samples.length - fade; i++)
      most = Math.max(most, Math.abs(excerpt.samples[i]! - whole[from + i]!));
    expect(most).toBe(0);
  }
  // Any other part, too: inside a take, across a pause, in silence alone.
  for (const [from, to] of [
    [0, 100],
    [placements[1]!.startSample + 5, placements[3]!.startSample + 7],
    [placements[2]!.startSample - 50, placements[2]!.startSample - 10],
    [whole.length - 9, whole.length],
  ] as const) {
    const part: number[] = [];
    for await (const chunk of chapterRange(sound, { from, to })) part.push(...chunk);
    expect(part).toEqual(whole.slice(from, to));
  }
});
