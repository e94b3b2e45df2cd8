/** HTML entities are heard as the signs they stand for, and each of their characters is accounted for. */
import { describe, expect, it } from 'vitest';
import { findGap } from '../../src/plan/completeness.ts';
import type { SynthesizeStep } from '../../src/plan/step.ts';
import { proveCoverage } from '../../src/script/text/coverage.ts';
import { entityBefore } from '../../src/script/text/entities.ts';
import { readScript } from '../../src/script/text/read.ts';

const MARA = { name: 'mara', aliases: [], at: { start: { line: 1, column: 1 }, end: { line: 1, column: 1 } } };

function script(text: string, markdown: boolean) {
  const locate = (offset: number) => ({ line: 1, column: offset + 1 });
  return readScript({ file: 'a', text, markdown, locate, characters: [MARA], narrator: 'mara' });
}

const spoken = (text: string, markdown = true) => script(text, markdown).lines.map((line) => line.text);

describe.each([
  ['Markdown', true],
  ['plain text', false],
])('in %s', (_kind, markdown) => {
  it.each([
    ['Caf&eacute;&nbsp;Noir &mdash; it&#8217;s open&hellip;', ['Café Noir — it’s open…']],
    ['&ldquo;Who?&rdquo; &#x201C;Me.&#x201d;', ['“Who?” “Me.”']],
    ['Smith &amp; Sons, &lt;3 &#128512;', ['Smith & Sons, <3 😀']],
    ['It&#146;s &#150; well &#133;', ['It’s – well …']],
    ['One.\n\n&nbsp;\n\nTwo.', ['One.', 'Two.']],
    ['&nbsp;&nbsp;One.&nbsp;&nbsp;Two.&nbsp;', ['One. Two.']],
    ['hy&shy;phen&zwnj;ated&#8203;!', ['hyphenated!']],
    ['[mara]&nbsp;Hello.', ['Hello.']],
    // No entities: nobody knows them, no end, a number that is no character, a bracket that would be a tag.
    ['AT&T; R&D &c; &nbsp &#0; &#xD800; &#99999999;', ['AT&T; R&D &c; &nbsp &#0; &#xD800; &#99999999;']],
    ['&#91;mara&#93; Hello.', ['&#91;mara&#93; Hello.']],
  ])('%s', (text, lines) => expect(spoken(text, markdown)).toEqual(lines));

  it('every character of the source is accounted for, and the proof finds a word that hides', () => {
    const text =
      'Caf&eacute;&nbsp;&nbsp;&mdash; &ldquo;Yes&rdquo;&mdash;&nbsp;no.\n\n&nbsp;\n\nIt&#8217;s&shy; over&hellip;';
    const { lines, exclusions } = script(text, markdown);
    const segments = lines.map(({ start, end }) => ({ start, end }));
    const proof = proveCoverage({ text, segments, exclusions });
    if ('uncovered' in proof) throw new Error(`lost: ${text.slice(proof.uncovered.start, proof.uncovered.end)}`);
    expect(proof.coverage.spoken + Object.values(proof.coverage.excluded).reduce((a, b) => a + b)).toBe(text.length);
    const steps = lines.map((line, at) => ({ key: `${at}`, text: line.text }) as SynthesizeStep);
    const prove = (words: readonly SynthesizeStep[], source = text) =>
      findGap({
        segments: words.map((step) => ({ step, need: 'speak', reason: 'new' })),
        source: { file: 'a', kind: 'file', text: source, ranges: proof.ranges },
        master: {
          step: {
            takes: words.map(({ key, text: said }) => ({ key, character: 'mara', text: said, pauseAfterMs: 0 })),
          },
        },
      });
    expect(prove(steps)).toBeUndefined();
    const [first, second] = steps as [SynthesizeStep, SynthesizeStep];
    expect(prove([{ ...first, text: first.text.replace('—', '–') }, second])).toContain('would be spoken as');
    expect(prove(steps, text.replace('&eacute;', '&eagrav;'))).toContain('would be lost');
  });
});

it('Markdown: not behind a backslash and not in an address; a sign that is decoded is no markup', () => {
  expect(spoken('Write \\&nbsp; and [a&#98;c](http://x/?a=1&copy;=2). &#42;not emphasis&#42;')).toEqual([
    'Write &nbsp; and abc. *not emphasis*',
  ]);
});

it('knows which sign a rest belongs to', () => {
  expect(entityBefore('a&mdash;b', 2)).toEqual({ character: '—', length: 1 });
  expect(entityBefore('a&nbsp;b', 1)).toEqual({ character: '', length: 0 });
  expect(entityBefore('a&nothing;b', 2)).toBeUndefined();
});
