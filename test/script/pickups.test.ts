import { describe, expect, it } from 'vitest';
import { lineIndex } from '../../src/manifest/position.ts';
import { billedUnits } from '../../src/models.ts';
import { proveCoverage } from '../../src/script/coverage.ts';
import { readScript } from '../../src/script/read.ts';
import { cutSegments } from '../../src/script/segments.ts';

function read(text: string, markdown = false) {
  const lines = lineIndex(text);
  const characters = ['narrator', 'mara'].map((name) => ({ name, aliases: [] }));
  const locate = (offset: number) => lines.position(offset);
  const script = readScript({ file: 'one.md', text, markdown, locate, characters, narrator: 'narrator' });
  const segments = cutSegments(script.lines, { maxUnits: 20, units: billedUnits });
  return { ...script, segments, proof: proveCoverage({ text, segments, exclusions: script.exclusions }) };
}

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
  ])('%j is a mistake', (text, code) => {
    const errors = read(`Before it.\n\n${text}`).diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map((error) => error.code)).toEqual([code]);
    expect(errors[0]?.start?.line).toBe(3);
  });
});
