import { describe, expect, it } from 'vitest';
import { readTagged as read } from './script.ts';

describe('[take 2]', () => {
  it.each([
    ['[take 2] [mara] Listen to the bell, she said.', false],
    ['[Take: 2]\n[mara] Listen to the bell, she said.', true],
    ['【重录2】【mara】Listen to the bell, she said.', true],
    ['［take ２］【mara】Listen to the bell, she said.', false],
  ])('asks for another take of its line, in all its segments: %j', (tagged, markdown) => {
    const { segments, diagnostics, proof } = read(`Before it.\n\n${tagged}\n\nBehind it.`, markdown);
    expect(diagnostics).toEqual([]);
    expect(segments.map(({ character, text, retake }) => [character, text, retake])).toEqual([
      ['narrator', 'Before it.', undefined],
      ['mara', 'Listen to the bell,', 2],
      ['mara', 'she said.', 2],
      ['narrator', 'Behind it.', undefined],
    ]);
    expect(proof).toHaveProperty('coverage');
  });

  it('reaches over a pause, and [take 1] is what is heard without it', () => {
    const { segments, diagnostics } = read('[take 3] Wait [pause 1s] for it.\n\n[take 1] Here.');
    expect(diagnostics).toEqual([]);
    expect(segments.map(({ text, retake }) => [text, retake])).toEqual([
      ['Wait', 3],
      ['for it.', 3],
      ['Here.', undefined],
    ]);
  });

  it.each([
    ['[take 0] Listen!', 'bad-take'],
    ['[take 100] Listen!', 'bad-take'],
    ['[take 999999999999] Listen!', 'unknown-character'],
    ['[take] Listen!', 'unknown-character'],
    ['[take2] Listen!', 'unknown-character'],
    ['[take 2]\n\n[mara] Listen!', 'take-without-line'],
    ['[take 2] …', 'take-without-line'],
    ['[audio: a.wav] [take 2] [mara] Listen!', 'take-without-line'],
    ['[take 2] [audio: a.wav] Listen!', 'take-without-line'],
    ['She said: [take 2] Listen!', 'tag-inside-paragraph'],
    ['[mara] [take 2] Listen!', 'tag-inside-paragraph'],
    ['[mara] [take: 2] Listen!', 'tag-inside-paragraph'],
    ['[mara] ［take 2］ Listen!', 'tag-inside-paragraph'],
    ['[mara] [重录 2] Listen!', 'tag-inside-paragraph'],
    ['[take 2] [mara] [pause 1s]', 'take-without-line'],
    ['[take 2] [take 3] Listen!', 'unknown-character'],
  ])('%j is a mistake', (text, code) => {
    const errors = read(`Before it.\n\n${text}`).diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map((error) => error.code)).toEqual([code]);
    expect(errors[0]?.start?.line).toBe(3);
  });
});
