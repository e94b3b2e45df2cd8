/** What `import --cast` writes for dialogue: speakers, joins inside a sentence, one person with several names. */
import { expect, it } from 'vitest';
import type { ImportedBook } from '../../src/import/imported.ts';
import { noteOfBrackets } from '../../src/import/write/brackets.ts';
import { chapterFiles } from '../../src/import/write/chapter-files.ts';
import { castBook } from '../../src/script/speakers/cast.ts';
import { readScript } from '../../src/script/text/read.ts';
import { growthOf } from '../growth.ts';

const book = (paragraphs: readonly string[], language = 'en'): ImportedBook => ({
  title: 'A Book',
  language,
  chapters: [{ title: 'One', blocks: paragraphs.map((text) => ({ kind: 'text' as const, text })) }],
  notes: [],
});
const written = (paragraphs: readonly string[], language?: string): string[] =>
  chapterFiles(book(paragraphs, language), true).files[0]!.text.trimEnd().split('\n\n');

it('writes a short pause where a sentence goes on with another speaker, and none elsewhere', () => {
  expect(
    written([
      '“A gentleman,” said Mrs. Medley, “with a powerful voice.”',
      '“Is he?” asked Mrs. Medley. “I wonder.”',
      '“Yes.”',
    ]),
  ).toEqual([
    '[Mrs. Medley] “A gentleman,” [pause 0.15s]',
    'said Mrs. Medley, [pause 0.15s]',
    '[Mrs. Medley] “with a powerful voice.”',
    '[Mrs. Medley] “Is he?”',
    'asked Mrs. Medley.',
    '[Mrs. Medley] “I wonder.”',
    '[?] “Yes.”',
  ]);
  expect(written(['— Привет, — сказал Иван. — Где Анна?', '— Я здесь, — ответил Иван.', '— Да.'], 'ru')).toEqual([
    '[Иван] — Привет, [pause 0.15s]',
    '— сказал Иван.',
    '[Иван] — Где Анна?',
    '[Иван] — Я здесь, [pause 0.15s]',
    '— ответил Иван.',
    '[?] — Да.',
  ]);
  expect(written(['“谁在外面？”老王问。', '老王说：“进来吧。”'], 'zh')).toEqual([
    '[老王] “谁在外面？”',
    '老王问。',
    '老王说： [pause 0.15s]',
    '[老王] “进来吧。”',
  ]);
});

it('reads the pause of a join as 150 ms after its line', () => {
  const text = written(['“A gentleman,” said Mara, “with a voice.”', '“No,” said Mara.']).join('\n\n');
  const { lines, diagnostics } = readScript({
    file: 'a',
    text,
    locate: (offset) => ({ line: 1, column: offset + 1 }),
    characters: ['narrator', 'Mara'].map((name) => ({ name, aliases: [] })),
    narrator: 'narrator',
  });
  expect(diagnostics).toEqual([]);
  expect(lines.map(({ pauseAfterMs }) => pauseAfterMs)).toEqual([150, 150, undefined, 150, undefined]);
});

it('proposes one person for several names, unless two people may have them', () => {
  const said = (names: readonly string[]): string[] =>
    names.flatMap((name) => [`“Yes,” said ${name}.`, `“No,” said ${name}.`]);
  const people = (names: readonly string[]): string[][] =>
    castBook([said(names)]).characters.map(({ name, aliases = [] }) => [name, ...aliases].sort());
  expect(people(['Mr. Chase', 'Tom Chase', 'Chase'])).toEqual([['Chase', 'Mr. Chase', 'Tom Chase']]);
  expect(people(['Mrs. Beale', 'Mr. Beale'])).toEqual([['Mrs. Beale'], ['Mr. Beale']]);
  expect(people(['Tom Chase', 'Anne Chase', 'Chase'])).toEqual([['Tom Chase'], ['Anne Chase'], ['Chase']]);
  expect(people(['Miss Dale', 'Mrs. Dale'])).toEqual([['Miss Dale'], ['Mrs. Dale']]);
});

it('prints the rule for each speaker that is found', () => {
  const { rules, quotations, toReview } = castBook([
    [
      '“Well, Tom?” asked Anna.',
      '“Well, Anna,” said Tom.',
      '“Yes,” I said.',
      '“Ann!” cried Tom.',
      '“What?” said Anna.',
    ],
  ]);
  expect(rules).toEqual({ beside: 4, saysI: 1 });
  expect(quotations - toReview).toBe(5);
});

it('gives two paragraphs with the same words to their own speakers', () => {
  const paragraphs = [
    ...['“Go,” said Tom.', '“No,” said Anna.', '“Yes.”', '“No!” said Tom.', '“Why?” said Anna.', '“So,” said Tom.'],
    ...['“Yes.”', '“Oh,” said Tom. “I see.”'],
  ];
  expect(written(paragraphs).filter((line) => line.endsWith('“Yes.”'))).toEqual(['[?] “Yes.”', '[Anna] “Yes.”']);
});

it('keeps punctuation behind a closing mark with the words before it', () => {
  expect(written(['„Ganz ruhig“, sagte Anna.', 'Anna sagte: «Ja».'], 'de')).toEqual([
    '[Anna] „Ganz ruhig“, [pause 0.15s]',
    'sagte Anna.',
    'Anna sagte: [pause 0.15s]',
    '[Anna] «Ja».',
  ]);
});

it('gives a quotation over several paragraphs to whoever says the last of them', () => {
  expect(written(['„Das geht so.', '„Und weiter“, sagte Anna.'], 'de')[0]).toBe('[Anna] „Das geht so.');
});

it('finds quotations in marks that the book does not use elsewhere, where the words beside them say so', () => {
  const lines = written([
    '“I know,” said Tom.',
    '‘Maybe so,’ said Tom, ‘but I doubt it.’',
    '‘He told me, “Go,” and I went,’ said Tom.',
    'He called it ‘home.’ It was not.',
    '‘Twas a fine day, and the dogs’ bowls were empty.',
    '“War” said Tom.',
  ]);
  expect(lines).toEqual([
    '[Tom] “I know,” [pause 0.15s]',
    'said Tom.',
    '[Tom] ‘Maybe so,’ [pause 0.15s]',
    'said Tom, [pause 0.15s]',
    '[Tom] ‘but I doubt it.’',
    '[Tom] ‘He told me, “Go,” and I went,’ [pause 0.15s]',
    'said Tom.',
    'He called it ‘home.’ It was not.',
    '‘Twas a fine day, and the dogs’ bowls were empty.',
    '[Tom] “War” [pause 0.15s]',
    'said Tom.',
  ]);
  expect(written(['«Forse,» pensò Tom «ma ne dubito.»', '«Sì», disse Tom.'], 'it').slice(0, 3)).toEqual([
    '[Tom] «Forse,» [pause 0.15s]',
    'pensò Tom [pause 0.15s]',
    '[Tom] «ma ne dubito.»',
  ]);
  expect(written(['-Ven -dijo Ana-. No tardes.', '—Sí —dijo Ana.'], 'es').slice(0, 3)).toEqual([
    '[Ana] -Ven [pause 0.15s]',
    '-dijo Ana-.',
    '[Ana] No tardes.',
  ]);
});

it('finds names around a quotation in Japanese and Korean', () => {
  expect(
    written(['花子は「いいえ」と答えた。', '「行け」花子が言った。', '「戻れ」と花子。'], 'ja').filter((line) =>
      line.startsWith('[花子]'),
    ).length,
  ).toBe(3);
  expect(
    written(['영희는 “아니”라고 대답했다.', '"직선" 영희가 말했다.'], 'ko').filter((line) => line.startsWith('[영희]'))
      .length,
  ).toBe(2);
});

it.each([`"a" 'b' `, '‘a b ', '“Well?” said Tom. “No,” said Anna. '])(
  'takes linear time for a paragraph of %s',
  (part) => {
    expect(growthOf((size) => castBook([[part.repeat(size)]], { language: 'en' }), 1_500)).toBeLessThan(10);
  },
);

it('tells of brackets that a manuscript prints, which `check` takes for the wish of the author', () => {
  const of = (paragraphs: string[]) => noteOfBrackets(chapterFiles(book(paragraphs), false).files);
  expect(of(['No bracket.'])).toBeUndefined();
  expect(of(['Well.', 'She [laughs] and he 【笑】.'])).toContain(
    '2 brackets are text of the manuscript, and would be spoken; first “[laughs]” (chapters/01 - One.txt:3).',
  );
});
