import { expect, it } from 'vitest';
import { lineIndex } from '../../src/manifest/yaml/position.ts';
import { billedUnits } from '../../src/models.ts';
import { cutSegments } from '../../src/script/cut/cut-segments.ts';
import { proveCoverage } from '../../src/script/text/coverage.ts';
import { maskMarkdown } from '../../src/script/text/markdown.ts';
import { readScript, type Script } from '../../src/script/text/read.ts';
import { CHARACTERS, printed, script } from './script.ts';

function markdown(text: string): Script {
  const lines = lineIndex(text);
  const locate = (offset: number) => lines.position(offset);
  return readScript({ file: '01.md', text, markdown: true, locate, characters: CHARACTERS, narrator: 'narrator' });
}

it('reads headings, emphasis, links, lists and quotations as text', () => {
  const text =
    '---\ntitle: X\n---\n# One #\nText **bold *and* _more_** of [a link](http://x.y/(z) "t").\n\nSub\n===\n\n- first\n- second\n\n> [mara] Quoted\n> line.\n\n2 * 3 * 4, snake_case_name, \\*star\\*, `code`<br>';
  const { lines, diagnostics } = markdown(text);
  expect(diagnostics).toEqual([]);
  expect(lines.map(({ character, text: words }) => `${character}: ${words}`)).toEqual([
    'narrator: One',
    'narrator: Text bold and more of a link.',
    'narrator: Sub',
    'narrator: first',
    'narrator: second',
    'mara: Quoted line.',
    'narrator: 2 * 3 * 4, snake_case_name, *star*, code',
  ]);
});

it('reports code and pictures, with their places, and reads a rule as a scene break', () => {
  const { lines, diagnostics, exclusions } = markdown(
    'A\n\n```js\nlet x = 1;\n```\nB ![pic](x.png) c\n***\nD<!-- no\n\nno -->E',
  );
  expect(lines.map(({ text, sceneAfter }) => [text, sceneAfter])).toEqual([
    ['A', false],
    ['B c', true],
    ['DE', false],
  ]);
  expect(diagnostics.map(({ code, start }) => [code, start])).toEqual([
    ['code-left-out', { line: 3, column: 1 }],
    ['image-left-out', { line: 6, column: 3 }],
  ]);
  expect(new Set(exclusions.map(({ kind }) => kind))).toEqual(new Set(['code', 'image', 'scene', 'markup']));
});

it.each(['*', '[', '`', '![', '<a ', '[a](', '**a', '\\', '> ', '- \n', '|', '<!--', '_a_ ', '#\n', '~~~\n'])(
  'masks 100,000 characters of %j at once and to the same length',
  (part) => {
    const text = part.repeat(Math.ceil(100_000 / part.length));
    const began = process.cpuUsage().user;
    expect(maskMarkdown(text).text).toHaveLength(text.length);
    // Not a speed claim: what is quadratic takes minutes.
    expect((process.cpuUsage().user - began) / 1e6).toBeLessThan(5);
  },
);

it('takes pauses out of the text and gives them to what was spoken before', () => {
  const { lines, diagnostics } = script(
    'A. [pause 1.5s] B.\n\n[pause 500ms]\n\n[mara] C.\n\n【停顿 2秒】\n\n[scene]\n\nD.',
  );
  expect(diagnostics).toEqual([]);
  expect(
    lines.map(({ character, text, pauseAfterMs, sceneAfter }) => [character, text, pauseAfterMs, sceneAfter]),
  ).toEqual([
    ['narrator', 'A.', 1500, false],
    ['narrator', 'B.', 500, false],
    ['mara', 'C.', 2000, true],
    ['narrator', 'D.', undefined, false],
  ]);
});

it('keeps a direction beside the line', () => {
  const { lines } = script('[mara: whispering, close] Hush.');
  expect(lines).toMatchObject([{ character: 'mara', text: 'Hush.', direction: 'whispering, close' }]);
});

it('says what is wrong with pauses, labels and marks, in the author’s words', () => {
  expect(
    printed(
      '[pause 1s] A.\n\nB [pause] c [pause 2 hours].\n\nMara: Who is there?\n\nTOM: Me.\n\n(Mara) Who?\n\n(Later) Nobody.\n\n[?] “Yes?”\n\n[?] “No.”\n\nShe said [Mara Quil] no.',
    ),
  ).toMatchInlineSnapshot(`
    "01.txt:1:1 warning: A pause at the start of a chapter has no effect.
        1 | [pause 1s] A.
          | ^^^^^^^^^^
       fix: Set "pauses: {head: …}" in the manifest, or remove it.
    01.txt:3:3 error: This pause has no valid length (up to 60 seconds).
        3 | B [pause] c [pause 2 hours].
          |   ^^^^^^^
       fix: Write [pause 1.5s].
    01.txt:3:13 error: This pause has no valid length (up to 60 seconds).
        3 | B [pause] c [pause 2 hours].
          |             ^^^^^^^^^^^^^^^
       fix: Write [pause 1.5s].
    01.txt:5:1 warning: "Mara:" looks like a speaker label, but the narrator reads it aloud.
        5 | Mara: Who is there?
          | ^^^^^
       fix: Write [mara] instead.
    01.txt:7:1 warning: "TOM:" looks like a speaker label, but the narrator reads it aloud.
        7 | TOM: Me.
          | ^^^^
       fix: If "TOM" is a character, add it to the manifest and write [tom] instead.
    01.txt:9:1 warning: "(Mara)" looks like a speaker label, but the narrator reads it aloud.
        9 | (Mara) Who?
          | ^^^^^^
       fix: Write [mara] instead.
    01.txt:13:1 warning: The speaker of this line is uncertain (and 1 more in this text); the narrator reads it.
       13 | [?] “Yes?”
          | ^^^
       fix: Write the character's name in the brackets, or remove them.
    01.txt:17:10 error: This tag is inside a paragraph and would be read aloud.
       17 | She said [Mara Quil] no.
          |          ^^^^^^^^^^^
       fix: Did you mean "Mara Quill"? Put an empty line before it, or write \\[ for a plain bracket.

    3 errors, 5 warnings"
  `);
});

it('accounts for each character of a text, and notices one that is lost', () => {
  const text = 'One \\[x] two.\n\n[mara] Three. [pause 1s] Four.\n\n***\n\n…!\n\n[玛拉] 五。';
  const { lines, exclusions } = script(text);
  const segments = cutSegments(lines, { maxUnits: 500, units: billedUnits });
  const proof = proveCoverage({ text, segments, exclusions });
  expect(proof).toMatchObject({
    coverage: { sourceCharacters: text.length, excluded: { tag: 20, scene: 3, unspoken: 2 } },
  });
  if (!('coverage' in proof)) throw new Error('not covered');
  const { spoken, excluded } = proof.coverage;
  expect(spoken + Object.values(excluded).reduce((sum, n) => sum + n, 0)).toBe(text.length);
  expect(proveCoverage({ text, segments: segments.slice(1), exclusions })).toEqual({
    uncovered: { start: 0, end: 22 },
  });
  expect(proveCoverage({ text, segments: [segments[0]!, ...segments], exclusions })).toHaveProperty('uncovered');
});
