/**
 * Products of two sizes that an author chooses: each book here is small and legal in each size, and is read within a second.
 * Without its bound most take minutes.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadBook } from '../../src/book/load-book.ts';
import { alsoInChinese } from '../manifest/messages-in-chinese.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'products-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const many = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('');
/** Words that are all different, and equally long. */
const word = (index: number): string =>
  [1, 26, 676, 17576].map((by) => String.fromCharCode(97 + (Math.floor(index / by) % 26))).join('');

const NARRATOR = '  narrator: {voice: qwen-tts-vc-a}\n';
const NAMES = many(
  199,
  (c) => `  c${c}: {voice: qwen-tts-vc-a, aliases: [${many(20, (a) => `n${word(c * 20 + a)}qqqq, `)}]}\n`,
);
const book = ({ characters = '', text = '', fields = '', more = '' }): string =>
  `book: {title: T${fields}}\ncharacters:\n${NARRATOR}${characters}chapters:\n- title: A\n${text}\n${more}`;
const literal = (paragraphs: string): string => `  text: |\n${paragraphs}`;

interface Case {
  manifest: string;
  files?: Record<string, string>;
  says: string[];
}

const CASES: Record<string, () => Case> = {
  'mistyped tags and names': () => ({
    manifest: book({ characters: NAMES, text: literal(many(10_000, (i) => `    [m${word(i)}qqqz] x\n\n`)) }),
    says: ['unknown-character'],
  }),
  'words in brackets and names': () => ({
    manifest: book({ characters: NAMES, text: literal(many(10_000, (i) => `    a [${word(i)}zzzz] x\n`)) }),
    says: ['character-never-speaks', 'brackets-not-compared', 'bracket-spoken', 'long-chapter'],
  }),
  'chapters and names': () => ({
    manifest: book({
      characters: NAMES,
      text: '  text: x',
      more: many(1_900, (i) => `- {title: B${i}, text: x}\n`),
    }),
    says: ['character-never-speaks'],
  }),
  'fields of one item': () => ({
    manifest: book({ text: `  lines:\n    - narrator: x\n${many(12_000, (i) => `      n${i}: x\n`)}` }),
    says: ['two-speakers', 'unknown-character'],
  }),
  'characters that are none': () => ({
    manifest: book({ characters: many(15_000, (i) => `  c${i}: 1\n`), text: '  text: x' }),
    says: ['wrong-type', 'too-many-errors'],
  }),
  'references and parts': () => ({
    manifest: `x: [${many(15_000, () => 'a, ')}]\ny:\n${many(1_900, (i) => `- &a${i} {title: A${i}, text: x}\n`)}book: {title: T}\ncharacters:\n${NARRATOR}chapters:\n${many(1_900, (i) => `- *a${i}\n`)}`,
    says: ['unknown-field'],
  }),
  'pronunciations and text': () => ({
    manifest: book({
      fields: `, pronunciations: {${many(4_900, (i) => `a${word(i)}: y, `)}}`,
      text: literal(many(8_000, () => '    aaaa aaaa aaaa aaaa aaaa aaaa aaaa.\n')),
    }),
    says: ['unused-word', 'too-many-warnings', 'long-chapter'],
  }),
  'pronunciations that lengthen': () => ({
    manifest: book({
      fields: `, pronunciations: {a: ${'b c '.repeat(49)}}`,
      text: literal(many(8_000, () => '    a a a a a a a a a a.\n')),
    }),
    says: ['book-too-long', 'long-chapter'],
  }),
  'paragraphs of one item': () => ({
    manifest: book({ text: `  lines:\n    - narrator: |\n${many(25_000, () => '        x\n\n')}` }),
    says: [],
  }),
  'paragraphs of signs': () => ({
    manifest: book({ text: literal(`    Hello\n\n${many(25_000, () => '    ?!\n\n')}`) }),
    says: ['sign-run'],
  }),
  'headings and segments': () => ({
    manifest: book({ text: '  file: a.md' }),
    files: { 'a.md': many(25_000, () => '# a\n\nb\n\n') },
    says: [],
  }),
  'a row that is none': () => ({
    manifest: book({ text: '  file: a.md' }),
    files: { 'a.md': `a\n${'|-'.repeat(40_000)}x\n` },
    says: ['sign-run'],
  }),
  'lines and memory': () => ({
    manifest: book({ text: '  file: a.txt' }),
    files: { 'a.txt': 'a\n\n'.repeat(210_000) },
    says: ['book-too-long', 'long-chapter'],
  }),
  'missing recordings and files': () => ({
    manifest: book({ text: '  file: a.txt' }),
    files: {
      'a.txt': many(3_000, (i) => `[audio: p/${word(i)}${word(i)}.wav] x\n\n`),
      ...Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`p/${word(i)}zz${word(i)}.wav`, 'x'])),
    },
    says: ['file-not-found', 'too-many-errors'],
  }),
};

it.each(Object.keys(CASES))('%s', { timeout: 60_000 }, async (name) => {
  const { manifest, files = {}, says } = CASES[name]!();
  const path = join(folder, name, 'book.yaml');
  for (const [file, content] of Object.entries({ 'book.yaml': manifest, ...files })) {
    await mkdir(dirname(join(folder, name, file)), { recursive: true });
    await writeFile(join(folder, name, file), content);
  }
  const { diagnostics } = alsoInChinese(await loadBook({ manifestPath: path }));
  expect([...new Set(diagnostics.map(({ code }) => code))].sort()).toEqual([...says].sort());
  expect(diagnostics.length).toBeLessThan(1_010);
});
