import { describe, expect, it } from 'vitest';
import { readTagged as read } from './script.ts';

describe('[audio: path]', () => {
  it.each([
    ['[audio: pickups/a_b_c.wav] [mara] Listen to the bell, she said.', false],
    ['[audio: pickups/a_b_c.wav]\n[mara] Listen to the bell, she said.', true],
    ['［录音：pickups/a_b_c.wav］【mara】Listen to the bell, she said.', true],
  ])('hands its line over, uncut: %j', (tagged, markdown) => {
    const { lines, segments, diagnostics, proof } = read(`Before it.\n\n${tagged}\n\nBehind it.`, markdown);
    expect(diagnostics).toEqual([]);
    expect(lines.map(({ character }) => character)).toEqual(['narrator', 'mara', 'narrator']);
    expect(segments.map(({ text, pickup }) => [text, pickup])).toEqual([
      ['Before it.', undefined],
      ['Listen to the bell, she said.', 'pickups/a_b_c.wav'],
      ['Behind it.', undefined],
    ]);
    expect(proof).toHaveProperty('coverage');
  });

  it.each([
    ['[audio: a.wav]\n\n[mara] Listen!', 'pickup-without-line'],
    ['[audio: a.wav] …', 'pickup-without-line'],
    ['[audio: a.wav] Wait [pause 1s] for it.', 'pickup-without-line'],
    ['[audio] Listen!', 'empty-pickup'],
    ['[audio: ] Listen!', 'empty-pickup'],
    ['She said: [audio: a.wav] Listen!', 'tag-inside-paragraph'],
    ['[mara] [audio: a.wav] Listen!', 'tag-inside-paragraph'],
    ['[mara] ［录音：a.wav］ Listen!', 'tag-inside-paragraph'],
  ])('%j is a mistake', (text, code) => {
    const errors = read(`Before it.\n\n${text}`).diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map((error) => error.code)).toEqual([code]);
    expect(errors[0]?.start?.line).toBe(3);
  });
});
