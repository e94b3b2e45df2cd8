/** `spell:` in a manifest: what is spoken changes, what was written and every other take stay; and what `check` and `plan` say. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Book, type BookReading, loadBook } from '../../src/book/load-book.ts';
import { openReadings, readingGroups } from '../../src/book/warnings/open-readings.ts';
import { checkCommand } from '../../src/cli/check/check.ts';
import { readingLines } from '../../src/cli/check/reading-lines.ts';
import { draftBook } from '../../src/plan/draft-book.ts';
import { editionOf } from '../../src/plan/edition.ts';
import { called } from '../cli/in-process.ts';
import { alsoInChinese } from '../manifest/messages-in-chinese.ts';

const TEXT = [
  'In 1851 he paid $5.',
  'No number here.',
  '[pause 1s] It was 5 km to the BBC,\nand then\n9 kg.',
  'A &amp; B, in 1852.',
];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spell-'));
  await writeFile(join(folder, 'one.txt'), TEXT.join('\n\n'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(more: string, language = 'en'): Promise<BookReading> {
  const manifestPath = join(folder, 'book.yaml');
  const lines = [
    `book: { title: T, language: ${language} }`,
    'characters: { narrator: { voice: v } }',
    'chapters: [{ title: One, file: one.txt }, { title: Two, text: "In 1900." }]',
    more,
  ];
  await writeFile(manifestPath, `${lines.join('\n')}\n`);
  return alsoInChinese(await loadBook({ manifestPath }));
}

const segmentsOf = (book: Book | undefined) => book!.chapters.flatMap(({ segments }) => segments);

function draftOf({ manifest, chapters }: Book) {
  return draftBook({ manifest, chapters, samples: new Map(), realm: 'dashscope' });
}

function keysOf(book: Book): string[] {
  const draft = draftOf(book);
  return draft.chapters.flatMap(({ segments }) => segments.map(({ key }) => key));
}

describe('spell', () => {
  it('speaks the classes that are on, and keeps the words and all other keys', async () => {
    const plain = (await load('')).book!;
    const on = (await load('spell: [money, years]')).book!;
    expect(segmentsOf(on).map(({ text, written }) => [text, written])).toEqual([
      ['In eighteen fifty-one he paid five dollars.', 'In 1851 he paid $5.'],
      ['No number here.', undefined],
      ['It was 5 km to the BBC, and then 9 kg.', undefined],
      ['A & B, in eighteen fifty-two.', 'A & B, in 1852.'],
      ['In nineteen hundred.', 'In 1900.'],
    ]);
    expect(on.spelled).toEqual({ years: 3, money: 1 });
    expect(keysOf(on).map((key, at) => key === keysOf(plain)[at])).toEqual([false, true, true, false, false]);
    expect(on.wordsDigest).toBe(plain.wordsDigest);
  });

  it('is a setting of the edition; without it nothing is added', async () => {
    const settings = async (more: string) => {
      const { book } = await load(more);
      const chapters = draftOf(book!).chapters;
      const of = { manifest: book!.manifest, manifestName: 'b', realm: 'dashscope' as const, simulated: true };
      return editionOf({ ...of, wordsDigest: undefined, chapters }).settings;
    };
    expect(await settings('spell: [money, years]')).toMatchObject({ spell: ['years', 'money'] });
    expect(await settings('')).not.toHaveProperty('spell');
  });

  it('is refused where the language has no words that are right', async () => {
    const { diagnostics } = await load('spell: [years]', 'ru');
    expect(diagnostics).toMatchObject([
      {
        code: 'spell-not-offered',
        severity: 'error',
        message: 'In Russian, years cannot be spelled out reliably.',
        start: { line: 4, column: 8 },
      },
    ]);
    const german = await load('spell: [roman]', 'de');
    expect(german.diagnostics[0]?.fix).toContain('Available: numbers, years');
    const misspelt = await load('spell: [year]');
    expect(misspelt.diagnostics[0]?.message).toContain('year');
  });
});

describe('check', () => {
  it('lists what is left, by its line and its place in the file', async () => {
    const { book, sources } = await load('spell: [money, years]');
    const left = [...openReadings(book!, sources.get(book!.manifestPath))];
    expect(left.map(({ file, ...rest }) => rest)).toEqual([
      { class: 'units', number: '1:3', line: 5, column: 19, text: '5 km', spoken: 'five kilometers' },
      { class: 'capitals', number: '1:3', line: 5, column: 31, text: 'BBC', spoken: 'B B C' },
      { class: 'units', number: '1:3', line: 7, column: 1, text: '9 kg', spoken: 'nine kilograms' },
    ]);
    const all = (await load('')).book!;
    const places = [...openReadings(all, `${'\n'.repeat(9)}chapters`)];
    expect(places.map(({ number, text }) => `${number} ${text}`)).toEqual([
      '1:1 1851',
      '1:1 $5',
      '1:3 5 km',
      '1:3 BBC',
      '1:3 9 kg',
      '1:4 1852',
      '2:1 1900',
    ]);
  });

  it('says it in twelve lines at most, for programs too, and lists all on demand', async () => {
    const texts =
      'In 1851 · 3 May · at 5:30 p.m. · 12 men · $5 · 5 km · 555-0142 · ½ · Henry VIII · etc. · BBC · 你 · www.example.com';
    await writeFile(
      join(folder, 'two.yaml'),
      `book: { title: T }\ncharacters: { narrator: { voice: v } }\nchapters:\n  - title: A\n    text: >-\n      ${texts}\n`,
    );
    const { book } = await loadBook({ manifestPath: join(folder, 'two.yaml') });
    const groups = readingGroups(book!, undefined);
    expect(groups).toHaveLength(13);
    expect(readingLines(groups, { manifestHas: [], width: 80 })).toHaveLength(12);
    const advice = (only: string, manifestHas: string[]) =>
      readingLines(
        groups.filter((group) => group.class === only),
        { manifestHas, width: 80 },
      ).at(-1);
    expect(advice('years', ['units'])).toContain('spell: [units, years]');
    expect(advice('years', ['years'])).toContain('pronunciations');
    expect(advice('scripts', [])).toContain('pronunciations');

    const flags = { simulate: true, store: join(folder, 'store') };
    const said = await called(() => checkCommand(join(folder, 'two.yaml'), flags));
    expect(said.stdout.split('\n')).toHaveLength(1 + 12 + 1);
    const list = await called(() => checkCommand(join(folder, 'two.yaml'), { ...flags, all: true }));
    expect(list.stdout).toContain(`  roman 1:1 (${join(folder, 'two.yaml')}:6) “VIII”: the Eighth`);
    const { events } = await called(() => checkCommand(join(folder, 'two.yaml'), { ...flags, all: true, json: true }));
    expect(events[0].reading.classes[0]).toMatchObject({
      class: 'years',
      count: 1,
      canSpell: true,
      first: { number: '1:1' },
    });
    expect(events[0].reading.places).toHaveLength(13);
  });

  it('a lost character is a warning with its place, and an error with --strict', async () => {
    const manifest = join(folder, 'lost.yaml');
    const text = 'text: "Fine.\\n\\nA caf\ufffd, and a na\ufffdve."';
    await writeFile(
      manifest,
      `book: { title: T }\ncharacters: { narrator: { voice: v } }\nchapters:\n  - title: A\n    ${text}\n`,
    );
    const flags = { simulate: true, store: join(folder, 'store'), json: true };
    const mild = await called(() => checkCommand(manifest, flags));
    expect(mild).toMatchObject({ code: 0, events: [{ ok: true }] });
    expect(mild.events[0].diagnostics).toMatchObject([
      { code: 'lost-character', severity: 'warning', number: '1:2', start: { line: 5 } },
    ]);
    expect(mild.events[0].diagnostics[0].message).toContain('and 1 more');
    const strict = await called(() => checkCommand(manifest, { ...flags, strict: true }));
    expect(strict).toMatchObject({ code: 2, events: [{ ok: false }] });
    expect(strict.events[0].diagnostics).toMatchObject([{ severity: 'error' }]);
  });
});
