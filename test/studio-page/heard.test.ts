/** Which lines count as heard: those that were played to their end, with their beginning. */
import { expect, it } from 'vitest';
import { heardIn, jumpedTo, type Played, playedTo } from '../../src/studio/page/sound/listened.ts';

const LINES = [
  { startMs: 0, endMs: 2_000 },
  { startMs: 2_500, endMs: 2_700 },
  { startMs: 3_000, endMs: 9_000 },
];
const play = (...steps: ['play' | 'jump', number][]): Played =>
  steps.reduce<Played | undefined>(
    (played, [how, ms]) => (how === 'play' && played !== undefined ? playedTo(played, ms) : jumpedTo(played, ms)),
    undefined,
  )!;

it.each([
  ['from the beginning', play(['jump', 0], ['play', 2_000]), [0]],
  ['all but the last words', play(['jump', 0], ['play', 1_800]), []],
  ['begun in the middle', play(['jump', 1_000], ['play', 2_800]), [1]],
  ['a short line, of which a quarter may be missed', play(['jump', 2_560], ['play', 2_900]), []],
  ['jumped forward', play(['jump', 0], ['play', 1_000], ['jump', 5_000], ['play', 9_000]), []],
  ['jumped back into what was heard', play(['jump', 3_000], ['play', 6_000], ['jump', 4_000], ['play', 8_900]), [2]],
  ['jumped back before it', play(['jump', 2_600], ['play', 6_000], ['jump', 2_400], ['play', 9_000]), [1, 2]],
  ['everything', play(['jump', 0], ['play', 9_000]), [0, 1, 2]],
])('%s', (_, played, heard) => {
  expect(heardIn(LINES, played)).toEqual(heard);
});
