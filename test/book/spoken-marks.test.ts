/** Brackets, tags and markup that would be spoken are told with their places; what the author keeps on purpose is not. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/cli/check/check.ts';
import { marksIn } from '../../src/script/pronounce/spoken-marks.ts';
import { called } from '../cli/in-process.ts';
import { growthOf } from '../growth.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marks-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function check(texts: Record<string, string>, { strict = false, words = '' } = {}) {
  const manifest = join(folder, 'book.yaml');
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
  const chapters = Object.keys(texts).map((name) => `{ title: "${name}", file: ${name} }`);
  await writeFile(
    manifest,
    `book: { title: T${words} }\ncharacters: { narrator: { voice: v } }\nchapters: [${chapters.join(', ')}]\n`,
  );
  return called(() => checkCommand(manifest, { simulate: true, store: join(folder, 'store'), json: true, strict }));
}

const placesOf = ({ events }: Awaited<ReturnType<typeof check>>): string[] =>
  events[0].diagnostics
    .filter(({ code }: { code: string }) => code.endsWith('-spoken'))
    .map(
      ({ code, file, start, number }: { code: string; file: string; start: { line: number }; number: string }) =>
        `${code} ${file.slice(folder.length + 1)}:${start.line} ${number}`,
    );

describe('marks in a text', () => {
  it.each([
    ['Well [laughs] he said.', ['bracket [laughs]']],
    ['他走了※1。她说＊：“好。”｛停｝', ['note ※1', 'note ＊', 'bracket ｛停｝']],
    [
      'A {pause} and {{name}}, 他【笑】说, ［x］, and one ] alone.',
      ['bracket {pause}', 'bracket {{name}}', 'bracket 【笑】', 'bracket ［x］', 'bracket ]'],
    ],
    [
      'Wait <break time="1s"/> a <i>bit</i><!-- so -->.',
      ['tag <break time="1s"/>', 'tag <i>', 'tag </i>', 'tag <!-- so -->'],
    ],
    [
      'It *was* **so** _very_ ~~un~~ `clear`.',
      ['emphasis *was*', 'emphasis **so**', 'emphasis _very_', 'emphasis ~~un~~', 'emphasis `clear`'],
    ],
    [
      'Word* and badly¹ that† night.[2] “Stop!”³ 他说①。',
      ['note *', 'note ¹', 'note †', 'note [2]', 'note ³', 'note ①'],
    ],
    [
      'See https://a.example/b, www.b.example or c@d.example.',
      ['address https://a.example/b', 'address www.b.example', 'address c@d.example'],
    ],
    ['## Title', ['markup ## ']],
    ['&foo; a|b [words](there.html)', ['markup &foo;', 'markup |', 'markup [words](there.html)']],
    ['10⁶ m³, 2 < 3, I <3 you, A & B, snake_case_name, #1, (aside) ~5.', []],
  ])('%s', (text, marks) => {
    expect(marksIn(text).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`)).toEqual(marks);
  });

  it('takes linear time', () => {
    for (const part of ['[', '{{', '*a', '[a](', '<a', 'a@', '~~a'])
      expect(
        growthOf((size) => marksIn(part.repeat(size)), 10_000),
        part,
      ).toBeLessThan(10);
  });
});

describe('check', () => {
  const TEXTS = {
    'one.txt': 'Plain.\n\nHe sat &lt;break/&gt; down,\nand [laughs] rose.\n\nKept: \\[sic] here.',
    'two.md': '# Two\n\nA *fine* \\*day\\* and a [link](x.html), but {pause} here.',
  };

  it('tells each with its place; with --strict as errors', async () => {
    const mild = await check(TEXTS);
    expect(mild).toMatchObject({ code: 0, events: [{ ok: true }] });
    expect(placesOf(mild).toSorted()).toEqual([
      'bracket-spoken one.txt:4 1:2',
      'bracket-spoken two.md:3 2:2',
      'tag-spoken one.txt:3 1:2',
    ]);
    const strict = await check(TEXTS, { strict: true });
    expect(strict).toMatchObject({ code: 2, events: [{ ok: false }] });
  });

  it('groups many of a kind, and is quiet about what a pronunciation or the review file settles', async () => {
    const many = await check({ 'one.txt': Array.from({ length: 30 }, (_, at) => `Word${at} *x* said.`).join('\n\n') });
    expect(placesOf(many)).toEqual(['emphasis-spoken one.txt:1 1:1']);
    expect(many.events[0].diagnostics[0].message).toContain('and 29 more in this book (lines 1:1, 1:2,');
    const text = { 'one.txt': 'He said [sic] so.\n\nAnd <b>.' };
    const words = ', pronunciations: { "<b>": bold }';
    expect(placesOf(await check(text))).toHaveLength(2);
    await writeFile(
      join(folder, 'book.yaml.review'),
      'version: 1\nlines:\n  - { words: "He said [sic] so.", say: He said so. }\n...\n',
    );
    expect(placesOf(await check(text, { words }))).toEqual([]);
    await rm(join(folder, 'book.yaml.review'));
  });

  it('a pronunciation with a bracket or a tag is told as well, and one whose accents are apart with how to mend it', async () => {
    const text = { 'one.txt': 'Mara and José and Tom.' };
    const words = `, pronunciations: { Mara: "[pause 9s] Ma", Tom: "To <break/> m", "${'José'.normalize('NFD')}": Hozay }`;
    const mild = await check(text, { words });
    expect(mild.code).toBe(0);
    const told = mild.events[0].diagnostics.map(({ code, message }: Record<string, string>) => [code, message]);
    expect(told).toEqual([
      ['bracket-spoken', expect.stringContaining('"Mara" has a pronunciation with a bracket or a tag')],
      ['bracket-spoken', expect.stringContaining('"Tom" has')],
      ['unused-word', expect.any(String)],
    ]);
    expect(mild.events[0].diagnostics[2].fix).toContain('Unicode NFD');
    expect((await check(text, { words, strict: true })).code).toBe(2);
  });
});
