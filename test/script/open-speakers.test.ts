/** Candidates for the quotations that an import left open, from the texts as they are written. */
import { describe, expect, it } from 'vitest';
import { openSpeakers } from '../../src/script/speakers/open-speakers.ts';

const CAST = [
  { name: 'narrator', aliases: [] },
  { name: 'Mara', aliases: ['Mrs. Medley'] },
  { name: 'Tom', aliases: [] },
];

function open(...texts: string[]) {
  return openSpeakers(texts, { characters: CAST, language: 'en' });
}

describe('open speakers', () => {
  it('are found with their places, and the candidates with reasons', () => {
    const text =
      'One\n\n[Mara] “Where is the boat?” [pause 0.15s]\n\nsaid Mara.\n\n[Tom] “Gone,”\n\nsaid Tom.\n\n[?] “Gone where?”\n\n' +
      '[?] “Out, with the tide.”\n\n[pause 1s] [?] “Well, Tom?”\n';
    const [found] = open(text);
    expect(found!.map(({ tag, start }) => [text.slice(tag, tag + 3), text.slice(start, start + 5)])).toEqual([
      ['[?]', '“Gone'],
      ['[?]', '“Out,'],
      ['[?]', '“Well'],
    ]);
    expect(found![0]!.candidates[0]).toMatchObject({
      character: 'Mara',
      reason: expect.stringContaining('take turns'),
    });
    expect(found![1]!.candidates[0]).toMatchObject({ character: 'Tom' });
    expect(found![2]!.candidates[0]).toMatchObject({ character: 'Mara' });
    for (const { candidates } of found!) {
      const sum = candidates.reduce((total, { score }) => total + score, 0);
      expect(sum).toBeLessThanOrEqual(1.000001);
      expect(candidates.map(({ score }) => score)).toEqual(
        candidates.map(({ score }) => score).toSorted((a, b) => b - a),
      );
    }
  });

  it('are only characters of the manifest, by any of their names, and a scene ends the turns', () => {
    const [first, second] = open(
      '[?] “Good day,” said Mrs. Medley.\n\n***\n\n[?] “Nobody is here,” said the keeper.\n',
      'No quotation.\n\n[?] Nobody speaks.\n',
    );
    expect(first![0]!.candidates[0]).toMatchObject({ character: 'Mara', reason: 'named beside the quotation' });
    expect(first![1]!.candidates.every(({ character }) => CAST.some(({ name }) => name === character))).toBe(true);
    expect(second).toMatchObject([{ candidates: [] }]);
  });

  it('takes linear time', () => {
    const text = '[Mara] “Where?”\n\n[?] “There.” She sat.\n\n'.repeat(5_000);
    const before = process.cpuUsage();
    expect(open(text)[0]).toHaveLength(5_000);
    // Processor time: other programs run at the same time.
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(5_000);
  });
});
