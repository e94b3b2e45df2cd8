import { expect, it } from 'vitest';
import { lineIndex } from '../../src/manifest/yaml/position.ts';
import { readScript } from '../../src/script/text/read.ts';
import { printed, script } from './script.ts';

/** Who says what. */
function said(text: string): string[] {
  const { lines, diagnostics } = script(text);
  expect(diagnostics).toEqual([]);
  return lines.map(({ character, text: words }) => `${character}: ${words}`);
}

it('hands tagged paragraphs to their characters and the others to the narrator', () => {
  const text = 'The lamp\nwent out.\n\n[mara] Who is there?\n\n[ MARA  quill ]Still me.\n\n【玛拉】你好。\n\nNobody.';
  expect(said(text)).toEqual([
    'narrator: The lamp went out.',
    'mara: Who is there?',
    'mara: Still me.',
    '玛拉: 你好。',
    'narrator: Nobody.',
  ]);
});

it('folds every kind of white space, and joins Chinese lines without a space', () => {
  expect(said('\r\n\ta\u00a0 b\r\nc\u3000d\t\r\n \u3000\r\n　　你好，\n世界。\rok\r\rx')).toEqual([
    'narrator: a b c d',
    'narrator: 你好，世界。 ok',
    'narrator: x',
  ]);
});

it('takes an escaped bracket as a plain one', () => {
  expect(said('\\[mara] he read. [sic] \\【x】')).toEqual(['narrator: [mara] he read. [sic] 【x】']);
  expect(said('\\［take 2］ he read.')).toEqual(['narrator: ［take 2］ he read.']);
});

it('knows where each line stands', () => {
  const text = ' A.\r\n\r\n[mara]  B \\[c].\r\n';
  const { lines, exclusions } = script(text);
  expect(lines.map(({ start, end }) => text.slice(start, end))).toEqual(['A.', 'B \\[c].']);
  expect(exclusions.map(({ kind, start, end }) => [kind, text.slice(start, end)])).toEqual([['tag', '[mara]']]);
});

it.each(['***', '* * *', '---', '⁂', '— — —'])('takes %s alone as a scene break', (sign) => {
  const { lines, exclusions, diagnostics } = script(`A.\n\n${sign}\n\nB.`);
  expect(diagnostics).toEqual([]);
  expect(lines.map(({ text, sceneAfter }) => [text, sceneAfter])).toEqual([
    ['A.', true],
    ['B.', false],
  ]);
  expect(exclusions.map(({ kind }) => kind)).toEqual(['scene']);
});

it('gives signs without a letter to a neighbour of the same character', () => {
  expect(said('A.\n\n…\n\n[mara] —\n\n[mara] B.')).toEqual(['narrator: A. …', 'mara: — B.']);
});

it('leaves signs out that have no such neighbour, and warns', () => {
  const { lines, exclusions, diagnostics } = script('A.\n\n[mara] …!\n\nB.');
  expect(lines.map(({ text }) => text)).toEqual(['A.', 'B.']);
  expect(exclusions.map(({ kind }) => kind)).toEqual(['tag', 'unspoken']);
  expect(diagnostics.map(({ code, severity }) => [code, severity])).toEqual([['nothing-to-speak', 'warning']]);
});

it('reports every mistake with its place', () => {
  const text =
    '灯塔 😀\t[marra] x\n\n[marra] Who is there?\n\n\t[mara]\n\n[mara Who?\n\nHe said.\n[tom] No.\n\nThen [Mara] went.\n\na\u0007b\u0000 \ud800';
  expect(printed(text)).toMatchInlineSnapshot(`
    "01.txt:1:7 error: This tag is inside a paragraph and would be read aloud.
        1 | 灯塔 😀    [marra] x
          |            ^^^^^^^
       fix: Did you mean "mara"? Put an empty line before it, or write \\[ for a plain bracket.
    01.txt:3:2 error: There is no character called "marra".
        3 | [marra] Who is there?
          |  ^^^^^
       fix: Did you mean "mara"? For a plain bracket, write \\[.
    01.txt:5:2 error: No text follows this tag in its paragraph.
        5 |     [mara]
          |     ^^^^^^
       fix: Write the text directly after the tag, without an empty line between them.
    01.txt:7:1 error: This bracket opens a tag that is not closed on the same line.
        7 | [mara Who?
          | ^
       fix: Write [name] with a name from the manifest, or \\[ for a plain bracket.
    01.txt:10:1 error: This tag is inside a paragraph and would be read aloud.
       10 | [tom] No.
          | ^^^^^
       fix: Put an empty line before it, or write \\[ for a plain bracket.
    01.txt:12:6 error: This tag is inside a paragraph and would be read aloud.
       12 | Then [Mara] went.
          |      ^^^^^^
       fix: Put an empty line before it, or write \\[ for a plain bracket.
    01.txt:14:2 error: There is a control character (U+0007) here (and 1 more in this text).
       14 | a␇b␀ �
          |  ^
       fix: Delete it.
    01.txt:14:6 error: This character is incomplete.
       14 | a␇b␀ �
          |      ^
       fix: Type the character again.

    8 errors"
  `);
});

it('misses the narrator once, and only when something is to be read', () => {
  const characters = [{ name: 'mara', aliases: [] }];
  const read = (text: string) => {
    const lines = lineIndex(text);
    return readScript({ file: 'f', text, locate: (at) => lines.position(at), characters, narrator: undefined })
      .diagnostics;
  };
  expect(read('[mara] A.\n\n***\n\n[mara] B.')).toEqual([]);
  expect(read('[mara] A.\n\nB.\n\nC.').map(({ code, start }) => [code, start])).toEqual([
    ['no-narrator', { line: 3, column: 1 }],
  ]);
});

it('names the character that is probably the narrator', () => {
  const lines = lineIndex('A.');
  for (const name of ['narator', 'Narater', 'narrador', 'Erzählerin', '旁白', 'Mara', 'Creator']) {
    const characters = [
      { name: 'tom', aliases: [] },
      { name, aliases: [] },
    ];
    const of = { file: 'f', text: 'A.', locate: (at: number) => lines.position(at), characters, narrator: undefined };
    const begin = ['Mara', 'Creator'].includes(name) ? 'Add a ' : `Perhaps "${name}" should be "narrator". Add a `;
    expect(readScript(of).diagnostics.map(({ fix }) => fix?.startsWith(begin))).toEqual([true]);
  }
});

it('stops listing after a hundred mistakes', () => {
  expect(script('[x] y\n\n'.repeat(5000)).diagnostics).toHaveLength(100);
});

it.each(['', ' \n\t\r\n\u3000'])('finds nothing in %j', (text) => {
  expect(script(text)).toEqual({ lines: [], exclusions: [], diagnostics: [] });
});
