/** Tags in any order before a text are never spoken. */
import { expect, it } from 'vitest';
import { readScript } from '../../src/script/text/read.ts';

function read(text: string): [lines: unknown[][], codes: string[]] {
  const { lines, diagnostics } = readScript({
    file: 'a',
    text: `First.\n\n${text}`,
    locate: (offset) => ({ line: 1, column: offset + 1 }),
    characters: ['narrator', 'Mara'].map((name) => ({ name, aliases: [] })),
    narrator: 'narrator',
  });
  const shown = lines.map(({ character, text: words, pauseAfterMs, sceneAfter, retake }) => [
    character,
    words,
    pauseAfterMs ?? (sceneAfter ? 'scene' : 0),
    retake ?? 1,
  ]);
  return [shown, diagnostics.map(({ code }) => code)];
}

it('reads a pause or a scene before the tag of a speaker, a review, a take or another pause', () => {
  const first = (after: unknown): unknown[] => ['narrator', 'First.', after, 1];
  expect(read('[pause 2s] [?] “Oh”')).toEqual([[first(2000), ['narrator', '“Oh”', 0, 1]], ['speaker-to-review']]);
  expect(read('[pause 2s] [mara] “Oh”')).toEqual([[first(2000), ['Mara', '“Oh”', 0, 1]], []]);
  expect(read('[scene] [mara] “Oh”')).toEqual([[first('scene'), ['Mara', '“Oh”', 0, 1]], []]);
  expect(read('[pause 1s] [pause 1s] [take 2] [mara] “Oh”')).toEqual([[first(2000), ['Mara', '“Oh”', 0, 2]], []]);
  expect(read('[pause 2s] [sic] “Oh”')[0]).toEqual([first(2000), ['narrator', '[sic] “Oh”', 0, 1]]);
});
