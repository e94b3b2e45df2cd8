/** A book's captions of an earlier version stay as they are, until its sound changes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { captionsOf, type SpokenTake } from '../../src/captions/caption-times.ts';
import { EARLIER_SEARCHES } from '../../src/captions/earlier-searches.ts';
import { deliverText } from '../../src/deliver/files.ts';

const TAKE: SpokenTake = {
  ...{ character: 'narrator', line: 0, startSeconds: 10, durationSeconds: 13.6 },
  text:
    'The boat came slowly out of the fog. Nobody in the house by the shore, which stood alone, was awake to see it come, ' +
    'and the lamp in the window had gone out. It was late.',
  pauses: [
    [1.6, 1.75],
    [4.4, 5],
    [7.2, 7.5],
    [9.1, 9.4],
    [11.9, 12.4],
  ],
};
const ends = (captions: readonly { endSeconds: number }[]) =>
  captions.map(({ endSeconds }) => Number(endSeconds.toFixed(3)));

it('finds the times that earlier versions wrote, by what they printed for this take', () => {
  expect(ends(captionsOf([TAKE], 'sentence'))).toEqual([11.6, 17.158, 21.9, 23.6]);
  expect(EARLIER_SEARCHES.map((search) => ends(captionsOf([TAKE], 'sentence', search)))).toEqual([
    [12.914, 17.729, 21.9, 23.6],
    [12.914, 17.271, 21.9, 23.6],
  ]);
});

it('leaves a file as an earlier version wrote it, writes any other, and asks for no earlier text where no file is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'captions-'));
  try {
    const never = () => expect.fail('asked');
    const file = { folder, name: '01.srt' };
    expect(await deliverText({ ...file, text: 'old', earlierTexts: never })).toBe(true);
    expect(await deliverText({ ...file, text: 'new', earlierTexts: () => ['older', 'old'] })).toBe(false);
    expect(await deliverText({ ...file, text: 'new', earlierTexts: () => ['older'] })).toBe(true);
    expect(await deliverText({ ...file, text: 'new', earlierTexts: never })).toBe(false);
  } finally {
    await rm(folder, { recursive: true });
  }
});
