import { expect, it } from 'vitest';
import { castBook } from '../../src/script/speakers/cast.ts';

/** Paragraphs with the right answer before each quotation: a name, `-` for the narrator's own, `?` for nobody certain. */
const DIALOGUE: readonly [answers: string[], paragraph: string][] = [
  [['Mrs. Harker'], '“There is a boat,” said Mrs. Harker, at the window.'],
  [['Tom'], '“Where?” asked Tom.'],
  [['Mrs. Harker', 'Mrs. Harker'], '“There,” said Mrs. Harker slowly, “behind the light.”'],
  [['-'], '“I see nothing,” I said.'],
  [['?'], '“Nothing at all?”'],
  [['Tom', 'Tom'], '“Wait!” cried Tom. “It has gone.”'],
  [['?'], '“Gone,” he said.'],
  [['Tom'], 'Tom said, with his mouth full: “It will come back.”'],
  [['?', '?'], '“No,” said the keeper. “It will not.”'],
  [[], 'The word “gone” was painted on the door.'],
  [['Tom', 'Mrs. Harker'], '“Is it you?” Tom asked. “It is I,” said Mrs. Harker.'],
  [['Tom'], '“Then we wait.” Tom looked at the sea.'],
  [['老王'], '“谁在外面？”老王问。'],
  [['?'], '“是我。”他说。'],
  [['老王'], '老王说：“进来吧。”'],
  [['田中さん'], '「荷物はありますか」と田中さんは言った。'],
  [['田中さん'], '「では」と、田中さんが答えた。'],
  [['?'], '「そうです」と彼は言った。'],
];

it('names the speakers that the text names, and nobody else', () => {
  const cast = castBook([DIALOGUE.map(([, paragraph]) => paragraph)]);
  let named = 0;
  let right = 0;
  let nameable = 0;
  const wrong: string[] = [];
  for (const [index, [answers, paragraph]] of DIALOGUE.entries()) {
    const parts = cast.chapters[0]![index]!;
    const expected = new Set(answers.filter((answer) => answer !== '?' && answer !== '-'));
    nameable += expected.size;
    for (const { character } of parts) {
      if (character === undefined) continue;
      named++;
      if (expected.has(character)) right++;
      else wrong.push(`${character}: ${paragraph}`);
    }
    expect(
      parts.some(({ review }) => review),
      paragraph,
    ).toBe(answers.includes('?'));
    expect(
      parts
        .map(({ text }) => text)
        .join(' ')
        .replace(/\s+/g, ''),
    ).toBe(paragraph.replace(/\s+/g, ''));
  }
  console.log(`cast: ${right} of ${named} named rightly; ${nameable} speakers named in ${DIALOGUE.length} paragraphs`);
  expect(wrong).toEqual([]);
  expect(named).toBeGreaterThanOrEqual(nameable);
  expect(cast.characters.map(({ name }) => name).sort()).toEqual(['Mrs. Harker', 'Tom', '田中さん', '老王'].sort());
});

it('leaves somebody who speaks once in the whole book to the narrator, with a mark', () => {
  const cast = castBook([['“Ahoy!” shouted Captain Reed.']]);
  expect(cast).toMatchObject({ characters: [], quotations: 1, toReview: 1 });
  expect(cast.chapters[0]![0]).toEqual([{ character: undefined, review: true, text: '“Ahoy!” shouted Captain Reed.' }]);
});

/** Who says the first quotation of the last paragraph. */
function last(...paragraphs: string[]): string {
  const [named] = castBook([paragraphs])
    .chapters[0]!.at(-1)!
    .filter(({ character, review }) => character ?? review);
  return named?.character ?? '?';
}

const KNOWN = ['“Hm,” said Alice.', '“Hm,” said Alice.', '“Ho,” said the Gryphon.', '“Ho,” said the Gryphon.'];

it('takes the name that is nearest to the quotation for its speaker', () => {
  expect(last(...KNOWN, 'Alice said that it was late; but the Gryphon only answered, “Come on!”')).toBe('Gryphon');
  expect(last(...KNOWN, '“Yes,” whispered Alice.', 'While Alice wept, the Gryphon said, “Hold your tongue!”')).toBe(
    'Gryphon',
  );
});

it('goes by turns and by first names, and takes no pronoun for a name', () => {
  const talk = [
    '“Are you Cecil?” asked Margaret.',
    '“I am,” said Cecil.',
    '“And well?” asked Margaret.',
    '“Very,” said Cecil.',
  ];
  expect(last(...talk, '“Good,” said Margaret.', '“Yes.”', '“Then come,” said Margaret.', '“Now?” said Cecil.')).toBe(
    'Cecil',
  );
  const { chapters } = castBook([
    [...talk, '“Good,” said Margaret.', '“Yes,” he said.', '“Then come,” said Margaret.'],
  ]);
  expect(chapters[0]![5]![0]).toMatchObject({ character: 'Cecil' });
  expect(
    castBook([[...talk, 'Good Lord. He was gone; He had left. He came, He saw. “Oh!” said Margaret.']]).characters.map(
      ({ name }) => name,
    ),
  ).toEqual(['Margaret', 'Cecil']);
});

it('leaves “said I” in a story that somebody tells open', () => {
  const story = [
    '“I was a sailor,” said Small.',
    '“So I see,” said I.',
    '“It began in Agra,” said Small. “I stood at the gate.',
    '“Who is there? said I.',
    '“Nobody answered.”',
  ];
  expect(castBook([story]).chapters[0]![4]!.every(({ character }) => character !== 'narrator')).toBe(true);
});

it.each([
  ['a verb that is none of saying elsewhere, before a name', '“I know,” flashed Helen, “but people do not.”'],
  ['whose answer it was', '“At the window,” was Helen’s prompt reply.'],
  ['whose voice came', '“One moment!” came Helen’s voice.'],
  ['from whom it came', '“Mm!” from Helen, who laughed.'],
])('names a speaker by %s', (_name, paragraph) => {
  const cast = castBook([['“Where is it?” said Helen.', '“Here,” said Tom.', '“Oh!” cried Tom.', paragraph]]);
  expect(cast.chapters[0]![3]!.map(({ character }) => character)).toContain('Helen');
});

it('gives a quotation to the last of two whom the words before it name', () => {
  const paragraph = '“I had not thought of that,” murmured Helen, while Tom said, “Our boots are wet.”';
  const cast = castBook([['“Where is it?” said Helen.', '“Here,” said Tom.', paragraph]]);
  const spoken = cast.chapters[0]![2]!.map(({ character, text }) => [character, text]);
  expect(spoken).toContainEqual(['Helen', '“I had not thought of that,”']);
  expect(spoken).toContainEqual(['Tom', '“Our boots are wet.”']);
});

it('does not take what follows a sentence for the words of saying', () => {
  const cast = castBook([['“Here,” said Tom.', '“Oh!” cried Tom.', '“We wait.” looked Tom up and down the street.']]);
  expect(cast.chapters[0]![2]!.map(({ character }) => character)).not.toContain('Tom');
});

it.each([
  ['After half an hour Jock said, “They are calling.”', ['Jock']],
  ['Then Miss Bartlett said “So what is to be done?”', ['Miss Bartlett']],
  ['Tom looked at the White Rabbit, who said in a low voice, “You must ask.”', ['White Rabbit']],
  ['For Helen had darted out into the street, shouting, “Stop!”', ['Helen']],
  ['In a few minutes, Mrs. Bennet half opened the door and called out, “Lizzy!”', ['Mrs. Bennet']],
  ['“No,” asked the sleepy Noah, shaking himself.', ['Noah']],
  ['“What is it?” Alice panted as she ran; but the Gryphon only answered “Come on!” and ran the faster.', ['Gryphon']],
  ['At that moment Aziz was saying, “Cyril!”', ['Aziz']],
  ['The father of Tom said, “Go.”', []],
])('finds the name beside the quotation: %s', (paragraph, names) => {
  // Twice, because who speaks once stays with the narrator.
  const [first] = castBook([[paragraph, paragraph]], { language: 'en' }).chapters[0]!;
  expect(first!.flatMap(({ character }) => character ?? []).filter((name) => name !== 'Alice')).toEqual(names);
});

it('takes a mark that opens a quotation and elides for both', () => {
  const quoted = [
    "'Tis late,' said Tom.",
    "'Who's there?' said Tom.",
    "'Twas the dogs,' said Mara.",
    "'No,' said Mara.",
  ];
  const told = ["'Twas a cold night, and the dogs' bowls were empty.", "'Tis so. 'Go,' said Tom."];
  const { chapters } = castBook([[...quoted, ...told]], { language: 'en' });
  const spoken = chapters[0]!.map((parts) => parts.filter(({ character }) => character).map(({ text }) => text));
  expect(spoken).toEqual([["'Tis late,'"], ["'Who's there?'"], ["'Twas the dogs,'"], ["'No,'"], [], ["'Go,'"]]);
});

it('a book has no more characters, and none more aliases, than a manifest may: who says least is left open', () => {
  const name = (index: number): string =>
    `B${index.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]!)}an`;
  const lines = Array.from({ length: 300 }, (_, index) =>
    Array.from({ length: index < 10 ? 2 : 3 }, () => `“Well, then,” said ${name(index)}.`),
  ).flat();
  const cast = castBook([lines], { language: 'en' });
  expect(cast.characters).toHaveLength(199);
  expect(cast.characters.every(({ quotations }) => quotations === 3)).toBe(true);
  expect(cast.toReview).toBe(cast.quotations - 3 * 199);
  expect(cast.others).toBe(101);
});

it('a description that means one person in the whole book names that person; one that means several does not', () => {
  const scene = (who: string, words: string): string[] => [
    `${who} stood at the window.`,
    `“It has gone,” said ${words}.`,
    `“So it has,” said ${who}.`,
    '***',
  ];
  const book = (...people: string[]): ReturnType<typeof castBook> =>
    castBook([people.flatMap((who) => scene(who, 'the painter'))], { language: 'en' });
  const other = (who: string): string => `“Look, Hallward!” said ${who}. Hallward looked up.`;
  const one = ['Dorian', 'Tom', 'Anna', 'Dorian', 'Tom', 'Anna'].flatMap((who) => [
    { text: other(who), startsScene: true },
    { text: '“It has gone,” said the painter.' },
    { text: `“So it has, Hallward,” said ${who}.` },
    { text: '“For good,” said Hallward.' },
  ]);
  const { chapters, rules } = castBook([one], { language: 'en' });
  expect(chapters[0]![1]![0]!.character).toBe('Hallward');
  expect(rules.describes).toBe(6);
  expect(book('Dorian', 'Tom', 'Anna', 'Mara', 'Jane', 'Hugh').rules.describes).toBeUndefined();
});

it('what somebody does between dashes interrupts a quotation, and a phrase between dashes is none', () => {
  const { chapters, quotations } = castBook(
    [
      [
        '“Aunt Juley”—she jumped up and kissed her—“I must go myself.”',
        '"Charles, the good chap" -- his voice dropped -- "thought so."',
        'He praised “the fruits”—as he called them—“of democracy” in his letter.',
        '“Really”—Tom was slow',
      ],
    ],
    { language: 'en' },
  );
  expect(quotations).toBe(4);
  const spoken = chapters[0]!.map((parts) => parts.filter(({ review }) => review).map(({ text }) => text));
  expect(spoken).toEqual([
    ['“Aunt Juley”—she jumped up and kissed her—“I must go myself.”'],
    ['"Charles, the good chap" -- his voice dropped -- "thought so."'],
    [],
    [],
  ]);
});

it('a name that begins the sentence after a quotation speaks it, unless somebody else does', () => {
  const talk = [
    '“Who is there?” said Anna.',
    '“Only me,” said Tom.',
    '“You are late,” said Anna.',
    '“I ran,” said Tom.',
  ];
  const follow = (paragraph: string): unknown => {
    const { chapters, rules } = castBook([[...talk, ...talk, paragraph]], { language: 'en' });
    return [chapters[0]!.at(-1)![0]!.character, rules.ownParagraph];
  };
  expect(follow('“Then sit down.” Anna shook her head.')).toEqual(['Anna', 1]);
  expect(follow('“Then sit down.” The rain had begun, and nobody saw Tom.')).toEqual([undefined, undefined]);
});

it('does not name whom the clause before a quotation only mentions, and names who acts in it', () => {
  const ofMargaret = [
    'Margaret said, “Come.”',
    '“Go,” said Margaret.',
    '“Stay,” said Matthew.',
    '“Sit,” said Matthew.',
  ];
  const ofOthers = [
    'When Margaret said that clerks found it hard, he replied, “Yes, extremely,” and rose.',
    'Margaret heard one of them say, “A barrowful will do.”',
    '“Who was the other?” inquired Margaret and Mr. Losberne, together.',
  ];
  const ofMatthew = '“Anything else?” Matthew took his courage in both hands and replied: “Some seed.”';
  const cast = castBook([[...ofMargaret, ...ofOthers, ofMatthew]], { language: 'en' }).chapters[0]!;
  const said = (index: number): (string | undefined)[] => cast[index]!.map(({ character }) => character);
  expect([0, 1, 2, 3].flatMap((index) => said(index).filter(Boolean))).toEqual(
    'Margaret Margaret Matthew Matthew'.split(' '),
  );
  for (const index of [4, 5, 6]) expect(said(index)).not.toContain('Margaret');
  expect(said(7).at(-1)).toBe('Matthew');
});
