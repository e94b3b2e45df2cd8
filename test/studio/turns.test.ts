/** Who says what follows in a dialogue of two. */
import { describe, expect, it } from 'vitest';
import type { OpenParagraph } from '../../src/studio/attributions/attribution-shapes.ts';
import { type Turns, turnsFrom } from '../../src/studio/page/state/turns.ts';

/** `?`: open; a name: tagged; `.`: narration; `*`: a scene begins with an open one; `(`: open, and its quotation goes on. */
function turns(
  dialogue: string,
  at: number,
  first: string,
  candidates: Record<number, string[]> = {},
): Turns | undefined {
  const paragraphs = dialogue.split(' ').map((sign, index): OpenParagraph => {
    const isOpen = /[?*(]/.test(sign);
    const text = sign === '.' ? 'He went.' : sign === '(' ? '“Yes' : '“Yes.”';
    const part = { at: index, text, ...(isOpen ? { open: true } : sign !== '.' && { speaker: sign }) };
    return {
      index,
      line: index,
      parts: [part],
      ...(sign === '*' && { startsScene: true }),
      ...(sign !== '.' && { beginsSpeech: true }),
    };
  });
  return turnsFrom({
    ...{ paragraphs, index: at, first },
    speakerOf: ({ parts }) => parts[0]?.speaker,
    candidatesOf: (index) => candidates[index] ?? [],
  });
}
const said = (found: Turns | undefined): string =>
  (found?.paragraphs ?? []).map(({ index, speaker }) => `${index}${speaker}`).join(' ');

describe('turns', () => {
  it('go on with the speaker before, the one named later, or the most probable', () => {
    expect(said(turns('B ? ? ? .', 1, 'A'))).toBe('2B 3A');
    expect(said(turns('. ? ? ? C', 1, 'A'))).toBe('2C 3A');
    expect(said(turns('. ? ? ?', 1, 'A', { 2: ['A', 'D'] }))).toBe('2D 3A');
    expect(turns('. ? ?', 1, 'A')).toBeUndefined();
  });

  it('end at narration, at a scene, and at a speaker who does not fit', () => {
    expect(said(turns('B ? ? . ?', 1, 'A'))).toBe('2B');
    expect(said(turns('B ? ? * ?', 1, 'A'))).toBe('2B');
    expect(said(turns('B ? ? ? C ?', 1, 'A'))).toBe('2B 3A');
    expect(said(turns('A ? ? A ?', 1, 'A', { 2: ['B'] }))).toBe('2B 4B');
    expect(turns('B ? .', 1, 'A')).toBeUndefined();
  });

  it('stay with a speaker whose quotation is not closed', () => {
    expect(said(turns('B ( ? ?', 1, 'A'))).toBe('2A 3B');
  });
});
