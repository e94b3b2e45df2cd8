import { describe, expect, it } from 'vitest';
import { imported } from './account.ts';

const LATIN = 'The harbour lay quiet under the morning fog and nobody was about.';
const HAN = '守塔人提着油桶，一级一级地走下楼去。';

/** A file with a paragraph below each heading; blank lines between all. */
function spaced(headings: readonly string[], text = LATIN): string {
  return headings.map((heading) => `${heading}\n\n${text}\n\n${text}`).join('\n\n');
}

/** The same with the heading directly above its text. */
function close(headings: readonly string[], text = LATIN): string {
  return headings.map((heading) => `${heading}\n${text}\n${text}`).join('\n\n');
}

/** The same without any blank line. */
function dense(headings: readonly string[], text = LATIN): string {
  return headings.map((heading) => `${heading}\n${text}\n${text}`).join('\n');
}

const titles = (text: string): string[] => imported('a.txt', text).book.chapters.map(({ title }) => title);
/** The paragraphs of all chapters. */
const paragraphs = (text: string): string[] =>
  imported('a.txt', text)
    .book.chapters.flatMap(({ blocks }) => blocks)
    .map((block) => block.text);

const FORMS: [string, string[], string?][] = [
  ['numbers in brackets', ['(1)', '(2)', '(3)']],
  ['numbers in square brackets with a title', ['[1] The Lamp', '[2] The Storm']],
  ['scenes alone', ['Scene 1', 'Scene 2', 'Scene 3: A Boat']],
  ['acts', ['ACT I', 'ACT II']],
  ['sections', ['§ 1', '§ 2']],
  ['abbreviated without a full stop', ['Ch 1', 'Ch 2 - The Storm']],
  ['weeks', ['Week One', 'Week Two']],
  ['words that are numbers by rule', ['Capítulo veintiuno', 'Capítulo veintidós', 'Capítulo vigésimo tercero']],
  ['ordinals by rule', ['Capitolo ventunesimo', 'Capitolo ventiduesimo', 'Capitolo trentatreesimo']],
  ['ordinals with an ending', ['Ier chapitre', 'IIe chapitre']],
  ['ordinals of German', ['Dreizehnter Teil', 'Vierzehnter Teil']],
  ['Chinese in brackets', ['（一）灯塔', '（二）风暴'], HAN],
  ['Chinese, formal numbers', ['第壹章 灯塔', '第贰拾章 风暴'], HAN],
  ['Chinese behind a sign', ['☆、第一章 灯塔', '☆、第二章 风暴'], HAN],
  ['Japanese, full width', ['１　灯台', '２　嵐'], '彼女は海を見ていた。'],
  ['Japanese, other forms', ['一の章', '二の章　嵐', 'チャプター3'], '彼女は海を見ていた。'],
  ['Japanese, two halves', ['上', '下'], '彼女は海を見ていた。'],
  ['Korean, in words', ['하나', '둘', '셋'], '그는 오랫동안 바다를 보았다.'],
  ['Korean, stories', ['첫 번째 이야기', '두 번째 이야기'], '그는 오랫동안 바다를 보았다.'],
  ['title on the line', ['Chapter 1 The Lamp', 'Chapter 2 The Storm', 'Chapter 3 A Boat']],
  ['chapter and Roman', ['CHAPTER I. The Lamp', 'CHAPTER II.—The Storm', 'CHAPTER III: A Boat']],
  ['chapter in words', ['Chapter One', 'Chapter Twenty-One', 'Chapter One Hundred and Two', 'Chapter the Last']],
  ['prologue with a title', ['PROLOGUE: THE FIRE', 'Chapter 1', 'Interlude', 'Chapter 2', 'Epilogue — Home']],
  [
    'German',
    ['Vorwort', '1. Kapitel', 'Kapitel 2 Der Sturm', 'Drittes Kapitel: Das Boot', 'Einundzwanzigstes Kapitel'],
  ],
  ['French', ['Chapitre premier', 'Chapitre 2 La tempête', 'Troisième chapitre', 'Chapitre vingt et un', 'Épilogue']],
  ['Spanish', ['Prólogo', 'Capítulo 1 El faro', 'CAPÍTULO SEGUNDO', 'Capítulo treinta y dos', 'Tercer capítulo']],
  ['Italian', ['Capitolo primo', 'Capitolo 2 La tempesta', 'Capitolo ventuno', 'Epilogo: Il mare']],
  ['Portuguese', ['Capítulo 1 O farol', 'Capítulo Segundo', 'Capítulo três: O barco']],
  [
    'Russian',
    ['Пролог', 'Глава 1 Маяк', 'Глава вторая', 'Третья глава', 'Глава двадцать первая. Буря'],
    'Он долго смотрел на море.',
  ],
  ['Indonesian', ['Bab 1 Mercusuar', 'Bab Dua', 'Bab Dua Belas: Badai'], 'Ia memandang laut lama sekali.'],
  [
    'Chinese',
    [
      '楔子',
      '第一章灯塔',
      '正文 第二章',
      '第三章：风暴',
      '第四章《船》',
      '【第五章】归来',
      '第006章 天亮',
      '番外 旧事',
    ],
    HAN,
  ],
  ['Chinese, other units', ['第一回 灯塔夜明，孤舟远去', '第二回 风暴', '第三回 归来'], HAN],
  ['Chinese, volume and chapter on a line', ['第一卷 海上 第一章 灯塔', '第一卷 海上 第二章 风暴'], HAN],
  ['Chinese numbers', ['一、灯塔', '二、风暴', '三、归来'], HAN],
  ['Japanese', ['プロローグ', '第一話「灯台」', '第２話　嵐', '第3章　帰り', 'エピローグ'], '彼は海を見ていた。'],
  ['Korean', ['프롤로그', '제1장 등대', '제 2 장 폭풍', '3장. 배', '에필로그'], '그는 바다를 보았다.'],
  ['number and title', ['1. The Lamp', '2. The Storm', '3. A Boat']],
  ['number without a mark', ['1 The Lamp', '2 The Storm', '3 A Boat']],
  ['Roman and title', ['I. THE LAMP', 'II. THE STORM', 'III: A Boat']],
  ['words', ['One', 'Two', 'Three']],
  ['words with a title', ['One: The Lamp', 'Two: The Storm']],
  ['high words', ['One Hundred and One', 'One Hundred and Two', 'One Hundred and Three']],
  ['bare digits', ['1', '2', '3', '4']],
  ['digits with a full stop', ['1.', '2.', '3.']],
  ['signs around', ['Chapter 1', 'Chapter 2']],
  ['weekdays', ['Monday', 'Tuesday', 'Wednesday, 3 May']],
  ['dates', ['3 May 1897', '5 May', 'May 8th']],
  ['days counted', ['Day One', 'Day Two: The Sea', 'Day 3']],
  ['days in German', ['Montag, 3. Mai', 'Dienstag, 4. Mai', 'Erster Tag']],
  ['days in Chinese', ['第一天', '第二天', '第三天'], HAN],
  ['dates in Japanese', ['5月3日（月）', '5月4日（火）'], '彼は海を見ていた。'],
  ['capitals', ['THE LAMP', 'THE STORM', 'A BOAT']],
];

describe('finds the headings of', () => {
  it.each(FORMS)('%s', (_name, headings, text) => {
    expect(titles(spaced(headings, text))).toEqual(headings.map((one) => one.replaceAll('\u3000', ' ')));
  });

  it.each(FORMS.filter(([name]) => !/capitals|weekdays/.test(name)))(
    '%s, directly above the text',
    (_name, headings, text) => {
      expect(titles(close(headings, text))).toEqual(headings.map((one) => one.replaceAll('\u3000', ' ')));
    },
  );

  it.each(FORMS.filter(([, headings]) => /^(?:ch|第|楔|vor|пр|プ|프|bab|prol|cap|kap)/i.test(headings[0]!)))(
    '%s, without blank lines',
    (_name, headings, text) => {
      expect(titles(dense(headings, text))).toEqual(headings.map((one) => one.replaceAll('\u3000', ' ')));
    },
  );
});

it('takes underlined and framed titles, and signs around a heading', () => {
  expect(
    titles(`The Lamp\n========\n\n${LATIN}\n\nA Boat\n------\n${LATIN}\n\n~~~~~~~\nThe End\n~~~~~~~\n\n${LATIN}`),
  ).toEqual(['The Lamp', 'A Boat', 'The End']);
  expect(titles(spaced(['=== Chapter 1 ===', '*** Chapter 2 ***', '— Chapter 3 —', '# Chapter 4']))).toEqual([
    'Chapter 1',
    'Chapter 2',
    'Chapter 3',
    'Chapter 4',
  ]);
});

it('takes a title in the line below', () => {
  expect(
    titles(`CHAPTER I\nTHE LAMP\n\n${LATIN}\n\nCHAPTER II\n\n${LATIN}\n\n第三章\n灯塔\n　　${HAN}\n　　${HAN}`),
  ).toEqual(['CHAPTER I THE LAMP', 'CHAPTER II', '第三章 灯塔']);
});

it('gives a part to the chapter that follows, and tells chapters of one name apart', () => {
  const { book } = imported(
    'a.txt',
    spaced(['Part One: The Coast\n\nChapter 1', 'Chapter 2', 'PART TWO\n\nChapter 1']),
  );
  expect(book.chapters.map(({ title }) => title)).toEqual([
    'Part One: The Coast: Chapter 1',
    'Chapter 2',
    'PART TWO: Chapter 1',
  ]);
  expect(book.chapters[0]!.blocks.map(({ text }) => text).slice(0, 2)).toEqual(['Part One: The Coast', 'Chapter 1']);
});

it.each([
  [
    'answers',
    `Chapter 1\n\n“How many?” asked Anna.\n\n42.\n\n“Are you sure?”\n\nI.\n\nTwo.\n\nHe nodded.\n\nChapter 2\n\n${LATIN}`,
    2,
  ],
  [
    'a sentence that begins as one',
    `Chapter 1 was dull, he said.\n\n${LATIN}\n\nIntroduction to logic is hard.\n\nOne day he came.`,
    1,
  ],
  [
    'a number of a chapter in a wrapped paragraph',
    `He had read the whole of\nChapter 5\nof the book by then, and\nPart One\nas well.\n\n${LATIN}`,
    1,
  ],
  ['days later', `第二天，他走了。\n\n${HAN}\n\n第三天，他回来了。\n\n${HAN}`, 1],
  ['a list', `He needed three things.\n\n1. Oil\n2. A wick\n3. A match\n\n${LATIN}`, 1],
  ['a year', `${LATIN}\n\n1984\n\n${LATIN}`, 1],
  ['one cry', `${LATIN}\n\nFIRE\n\n${LATIN}`, 1],
  ['a scene break below a paragraph', `${LATIN}\n---\n${LATIN}`, 1],
  ['a chapter that a person names', `第一章写得很好，他说。\n${HAN}\n第二章的内容呢？\n${HAN}`, 1],
])('takes no heading from %s', (_name, text, chapters) => {
  expect(titles(text)).toHaveLength(chapters);
});

it.each([
  ['bare', '12', '13'],
  ['between dashes', '- 12 -', '- 13 -'],
  ['with a word', 'Page 12 of 300', 'Page 13 of 300'],
  ['in Chinese', '第12页', '第13页'],
])('leaves out page numbers, %s, and goes on with the sentence', (_name, one, two) => {
  const text = `CHAPTER I\n\nNobody listened to him for more\n\n${one}\n\nthan a quarter of an inter-\n\n${two}\n\nnational hour.\n\nThen it rained.`;
  expect(paragraphs(text)).toEqual([
    'CHAPTER I',
    'Nobody listened to him for more\nthan a quarter of an international hour.',
    'Then it rained.',
  ]);
  expect(imported('a.txt', text).leftOut.join()).toContain('2 page numbers');
});

it('takes numbers that interrupt sentences for pages even where no other headings are', () => {
  const page = 'Nobody listened to the old man for much more than a quarter of';
  expect(titles(`${page}\n\n1\n\nan hour. ${page}\n\n2\n\nan hour. ${page}\n\n3\n\nan hour.`)).toEqual(['Chapter 1']);
});

it('leaves out a table of contents', () => {
  const text = `The Salt Road\n\nContents\n\nChapter 1 The Lamp ..... 3\nChapter 2 The Storm ..... 9\n\n${spaced(['Chapter 1 The Lamp', 'Chapter 2 The Storm'])}`;
  expect(titles(text)).toEqual(['Beginning', 'Chapter 1 The Lamp', 'Chapter 2 The Storm']);
  expect(imported('a.txt', text).leftOut.join()).toContain('3 lines in the table of contents');
});

describe('paragraphs', () => {
  it('are told by indents', () => {
    const text =
      'THE LAMP\n\n    The harbour lay quiet under the morning\nfog and nobody was about.\n    A gull walked along the wall and looked\nfor crumbs.\n    "Who is there?" asked Anna.\n    "Only me," said Tom.';
    expect(paragraphs(text)).toHaveLength(5);
  });

  it('stay whole where lines are wrapped', () => {
    const text =
      'The harbour lay quiet under the morning\nfog and nobody was about. A gull walked\nalong the wall and looked for crumbs that\nnobody had left for it.';
    expect(paragraphs(text)).toEqual([text]);
  });

  it('end with a short line where there is no blank one', () => {
    const text =
      'The harbour lay quiet under the morning\nfog and nobody was about.\nA gull walked along the wall and looked\nfor crumbs.\n“Who is there in the dark?” asked Anna.\n“Only me,” said Tom, and went on to say\nthat he had come.';
    expect(paragraphs(text)).toHaveLength(4);
  });

  it('keep verse together', () => {
    const text = `${LATIN}\n\nLight on the water,\n    light on the stone,\nnobody home,\n    nobody home\n\n${LATIN}`;
    expect(paragraphs(text)).toHaveLength(3);
  });
});

it('joins words that are divided at the end of a line, and keeps the hyphens of others', () => {
  const text =
    'The inter-\nnational and well-\nknown light-\nhouse of Baden-\nBaden saw a fire-\nfly, a sea-\nhorse and his mother-in-\nlaw near a sea-horse, in lan-\ntern light.\n\nDie Haupt-\nund Nebenstraße: weg­\ngehen. Twenty-\none.';
  expect(paragraphs(text)).toEqual([
    'The international and well-known lighthouse of Baden-Baden saw a firefly, a sea-horse and his mother-in-law near a sea-horse, in lantern light.',
    'Die Haupt-\nund Nebenstraße: weggehen. Twenty-one.',
  ]);
});

it('says so when a book comes out as one chapter, and how to mend it', () => {
  const { notes } = imported('a.txt', `${LATIN} `.repeat(2000)).book;
  expect(notes.join()).toMatch(/one chapter of 1\d\d,\d{3} letters.*"Chapter 1".*No line looks like/);
  expect(imported('a.txt', spaced(['Chapter 1', 'Chapter 2'])).book.notes).toEqual([]);
});

it.each([
  ['a list of years in a paragraph', `He counted the years:\n1990\n1991\nand then he left.\n\n${LATIN}`],
  ['years as answers', `${LATIN} When?\n\n1990\n\n${LATIN}\n\n17\n\n${LATIN}`],
  ['numbers below one another', `${LATIN}\n\n12\n\n13\n\n14\n\n${LATIN}`],
])('keeps every number of %s', (_name, text) => {
  expect(imported('a.txt', text).account.letters.leftOut).toBe(0);
});

it('takes a title as a paragraph of its own where most chapters have one', () => {
  expect(titles(spaced(['第一章\n\n灯塔', '第二章\n\n风暴'], HAN))).toEqual(['第一章 灯塔', '第二章 风暴']);
  expect(titles(spaced(['Letter 1\n\nTo Mrs. Saville', 'Letter 2']))).toEqual(['Letter 1', 'Letter 2']);
});

it('keeps numbered sections in their chapters', () => {
  expect(titles(spaced(['Chapter 1\n\n1', '2', 'Chapter 2\n\n1', '2']))).toEqual(['Chapter 1', 'Chapter 2']);
});

it('takes the dates of a diary with their places', () => {
  expect(titles(spaced(['3 May. Bistritz.', '4 May.', '5 May. The Castle.']))).toEqual([
    '3 May. Bistritz.',
    '4 May.',
    '5 May. The Castle.',
  ]);
});

it('reads a head with spaces between its letters as words', () => {
  expect(titles(spaced(['C H A P T E R   O N E', 'C H A P T E R   T W O']))).toEqual(['CHAPTER ONE', 'CHAPTER TWO']);
  expect(titles(spaced(['C H A P T E R I', 'C H A P T E R II'])).length).toBe(1);
  expect(titles(spaced(['C H A P T E R I', 'C H A P T E R V']))).toEqual(['CHAPTER I', 'CHAPTER V']);
});

it('keeps sections in their chapters, and a speech as a title', () => {
  const book = ['Chapter 1', 'Section 1', 'Section 2', 'Chapter 2', 'Section 1', 'Section 2'];
  expect(titles(spaced(book))).toEqual(['Chapter 1', 'Chapter 2']);
  expect(titles(spaced(['ACT I', 'Scene 1', 'Scene 2', 'ACT II', 'Scene 1']))).toEqual([
    ...['ACT I', 'ACT I: Scene 1', 'Scene 2', 'ACT II', 'ACT II: Scene 1'],
  ]);
  expect(titles(spaced(['Chapter 1 – “Go Home,” He Said', 'Chapter 2 – “No.”']))).toHaveLength(2);
});

it('does not take sentences for weeks, acts, sections and bracketed numbers', () => {
  for (const line of [
    'Act one was over before we came.',
    'One week later he was gone.',
    'Section 8 of the law says so.',
    '(1) and (2) are the same.',
    'Cap 3 times, he said.',
    'I A M S O R R Y',
  ])
    expect(titles(spaced(['Chapter 1', 'Chapter 2'], `${LATIN}\n\n${line}`)), line).toEqual(['Chapter 1', 'Chapter 2']);
});
