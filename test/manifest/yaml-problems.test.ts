/** Syntax errors are told where they were made, with a fix in plain words. */
import { describe, expect, it } from 'vitest';
import { lineIndex } from '../../src/manifest/yaml/position.ts';
import { readYaml } from '../../src/manifest/yaml/yaml.ts';

const read = (text: string) => readYaml({ file: 'book.yaml', text, lines: lineIndex(text) }).diagnostics;
const REST = 'chapters:\n  - title: One\n    text: Hello\n';

describe('one mistake in a manifest', () => {
  it.each([
    ['an open [', 'output:\n  formats: [mp3, m4a\n', '2:12', 'This [ is never closed.', 'Write ] where'],
    ['an open {', 'book: {title: T, author: A\n', '1:7', 'This { is never closed.', 'Write } where'],
    ['an open { at the end', 'a: 1\nb: {c: d', '2:4', 'This { is never closed.', 'Write } where'],
    ['the outer { open', 'characters: {mara: {sample: v.wav}\n', '1:13', 'This { is never closed.', 'Write }'],
    ['the wrong bracket', 'output: {formats: [mp3}\n', '1:19', 'This [ is still open at a }.', 'Write ] before'],
    ['one } too many', 'output: {formats: [mp3]}}\n', '1:25', 'There is no { for this }.', 'Remove it'],
    ['a ] from nowhere', 'output: {formats: mp3]}\n', '1:22', 'There is no [ for this ].', 'Remove it'],
    ['no comma', 'book: {title: T author: A}\n', '1:17', 'A comma is missing', 'with commas'],
    ['no comma behind quotes', 'book: {title: "T" author: A}\n', '1:19', 'A comma is missing', 'with commas'],
    ['no comma between groups', 'x: [{a: 1} {b: 2}]\n', '1:12', 'A comma is missing', 'with commas'],
    ['a line out of its brackets', 'book: {title: T,\nauthor: A}\n', '2:1', 'is not indented', 'further than the line'],
    ['a tab in brackets', 'book: {title: T,\n\tauthor: A}\n', '2:1', 'indented with a tab', 'with spaces'],
    ['a tab', 'book:\n\ttitle: T\n', '2:1', 'indented with a tab', 'with spaces'],
    ['no colon', 'book:\n  title: T\n  author A\n', '3:3', 'neither a field', '"author: A"'],
    ['no colon before a group', 'book\n  title: T\n', '1:1', 'neither a field', '"book:"'],
    ['no space behind the colon', 'book:\n  title:T\n  author: A\n', '2:3', 'neither a field', '"title: T"'],
    ['no space behind the dash', 'cast:\n  -title: One\n   text: A\n', '2:3', 'after this dash', '"- "'],
    ['a line too far right', 'book:\n  title: T\n   author: A\n', '3:4', 'indented further', 'in column 3'],
    ['a text too far left', 'x:\n  - text: |\n  Hello there\n', '3:3', '"text: |"', 'at least 6 spaces'],
    ['a text going left', 'x:\n  - text: |\n        Hi\n      there\n', '4:7', '"text: |"', 'at least 8 spaces'],
    [
      'a text with a wide colon going left',
      'x:\n  - text: |\n        你好。\n      玛拉：谁？\n',
      '4:7',
      '"text: |"',
      'at least 8',
    ],
    ['a speaker without quotes', 'text: [mara] Who is there?\n', '1:7', 'is a list', '"[mara] Who is there?"'],
    ['a line too far left', 'x:\n  - a: b\n  c: d\n  - e: f\n', '3:1', 'not indented like the ones', 'same column'],
    ['a line between two groups', 'x:\n  - a: b\n   c: d\n', '3:1', 'not indented like the ones', 'same column'],
    ['a full-width colon', 'book:\n  title：T\n  author: A\n', '2:8', 'full-width one', 'plain colon'],
    ['a full-width colon at the end', 'book:\n  title: T\n  author：A\n', '3:9', 'full-width one', 'plain colon'],
    [
      'a fixed space behind a colon',
      'book:\n  title:\u00a0T\n  author: A\n',
      '2:9',
      'not a plain space (U+00A0)',
      'a plain space',
    ],
    ['a wide space before a text', 'book:\n\u3000\u3000title T\nx: y\n', '2:1', 'indented with a', 'plain spaces'],
    ['a wide space behind a dash', 'cast:\n  -\u3000title: One\n    text: A\n', '2:3', 'after this dash', '"- "'],
    ['lines of an old Mac', 'book:\r  title: T\rx:\r  - a: b\r', '1:1', 'an old Mac', 'LF'],
    ['an apostrophe', "title: 'It's here'\n", '1:11', 'This apostrophe ends', 'double quotes'],
    ['a quotation mark', 'title: "The "Sea""\n', '1:13', 'This quotation mark ends', '\\"'],
    [
      'an open quote',
      "title: 'The Sea\nx:\n  text: don't\n",
      '1:8',
      'A quotation mark is missing.',
      'Close the quotes',
    ],
  ])('%s', (_what, text, place, message, fix) => {
    const found = read(text.includes('\r') ? text : text + REST);
    expect(found.map(({ start }) => `${start?.line}:${start?.column}`)).toEqual([place]);
    expect(found[0]?.message).toContain(message);
    expect(found[0]?.fix).toContain(fix);
  });
});

it('no mistake in what is only unusual', () => {
  const text = 'a: [b,\n  c]\nd: {e: "}", f: \'[\'}\ng: "[mara] Who?"\nh: |\n  { [\n  field: x\ni: smile :]\n';
  expect(read(text)).toEqual([]);
});
