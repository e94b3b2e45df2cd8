/** What was heard against what must be said. */
import { describe, expect, it } from 'vitest';
import { japaneseReadings } from '../../src/hearing/japanese-readings.ts';
import { compareWords, type ExpectedWords } from '../../src/qc/words/compare-words.ts';

const judge = (text: string, heard: string, of: Partial<ExpectedWords> = { language: 'en' }) => {
  const { verdict, findings } = compareWords({ ...of, text }, { text: heard });
  return verdict === 'drift' ? findings.map(({ kind, words }) => `${kind}: ${words}`) : verdict;
};

describe('one text in two spellings', () => {
  it.each([
    ['She paid $5.50 on 3rd May 1984.', 'she paid five dollars fifty on third may nineteen eighty four'],
    ['Chapter IV: 1,234 men at 10:30.', 'Chapter four. One thousand two hundred and thirty-four men at ten thirty.'],
    ['In the 1990s it was 25 %.', 'in the nineteen nineties it was twenty five percent'],
    ["It's Dr. Grey's coloured theatre; they won't realise.", 'its doctor grays colored theater they will not realize'],
    ['Call 555 1234 & wait.', 'call five five five one two three four and wait'],
    ['“Café,” she said — naïvely.', 'cafe she said naively'],
    ['Two thousand twenty-six, the 21st.', '2026 the twenty first'],
    ['It cost $1.5 million, or €1,200 a day.', 'it cost one point five million dollars or twelve hundred euros a day'],
    ['It cost $2,000,000 in the end.', 'it cost two million dollars in the end'],
    ['He paid $5.50 for the ticket yesterday.', 'he paid five dollars and fifty cents for the ticket yesterday'],
    ['He ran 5 km in 20 min at -5 °C.', 'he ran five kilometers in twenty minutes at minus five degrees celsius'],
    ['At half past ten, not at quarter to nine.', 'at 10:30 not at 8:45'],
    [
      'About 3/4 of it, and ¼ of those, e.g. apples.',
      'about three quarters of it and one quarter of those for example apples',
    ],
    ['Prof. Jones was #1.', 'professor jones was number one'],
  ])('English: %s', (text, heard) => {
    expect(judge(text, heard)).toBe('ok');
  });

  it.each([
    ['zh', '他在1984年3月买了25本书。', '他在一九八四年三月买了二十五本书'],
    ['zh', '程序员说：他来了。', '程序猿说 她来了'],
    ['zh', '她說這個國家的歷史很長，我們應該學習，還要寫書。', '她说这个国家的历史很长，我们应该学习，还要写书。'],
    ['zh', '这个城市的夜晚总是充满灯光与声音。', '這個城市的夜晚總是充滿燈光與聲音。'],
    ['ja', '東京に行きました。', '東京に 行きました'],
    ['ko', '오늘은 날씨가 좋습니다.', '오늘은날씨가 좋습니다'],
    ['de', 'Im Jahre 1821 waren es 35 Häuser.', 'im jahre achtzehnhunderteinundzwanzig waren es fünfunddreißig häuser'],
    ['ru', 'Ему было 42 года.', 'ему было сорок два года'],
  ])('%s: %s', (language, text, heard) => {
    expect(judge(text, heard, { language })).toBe('ok');
  });

  it('Japanese: kanji and kana are compared by their readings, and prove nothing without them', async () => {
    const readings = (await japaneseReadings())!;
    const text = '彼は東京へ行って、友達と一緒に美味しい料理を食べた。';
    const japanese = { language: 'ja', readings };
    for (const heard of [
      'かれはとうきょうへいってともだちといっしょにおいしいりょうりをたべた',
      '彼はトーキョーへ行って ともだちと一緒に おいしい料理を食べた',
      '彼は東京へ行って、友だちといっしょに美味しい料理を食べた。',
    ])
      expect(judge(text, heard, japanese), heard).toBe('ok');
    expect(
      judge(text, 'かれはとうきょうへいってともだちといっしょにおいしいりょうりをたべた', { language: 'ja' }),
    ).not.toBe('ok');
    // What lacks is told as the author wrote it; what is too many, as it was heard.
    expect(judge(text, 'かれはとうきょうへいっておいしいりょうりをたべた', japanese)).toEqual([
      'missing: 友達と一緒に',
    ]);
    expect(
      judge(text, 'かれはとうきょうへいってともだちといっしょにおいしいりょうりをおいしいりょうりをたべた', japanese),
    ).toEqual([expect.stringMatching(/^repeated: (おいしいりょうりを|をおいしいりょうり)$/)]);
    expect(judge(text, 'きょうのてんきはごごからあめになりますのでかさをもっていきましょう', japanese)).toEqual([
      expect.stringMatching(/^other: /),
    ]);
    expect(
      judge('山田太郎さんは三月十五日に百円を払った。', 'やまださんは3月15日に100円をはらった', {
        ...japanese,
        names: ['山田太郎'],
      }),
    ).toBe('ok');
    expect(
      readings('𠮷野は12時')
        .map(({ from, to }) => [from, to])
        .at(-1)?.[1],
    ).toBe('𠮷野は12時'.length);
  });

  it('allows names of the cast, and what a word list changes, as they are heard', () => {
    expect(
      judge('Ukridge went to see Zsazsa Featherstonehaugh.', 'you cridge went to see saw saw fanshaw', {
        language: 'en',
        names: ['Ukridge', 'Zsazsa Featherstonehaugh'],
      }),
    ).toBe('ok');
    const spelled = 'The soup was called pho-ting-day-lee-cious and hot.';
    expect(
      judge(spelled, 'the soup was called phở and hot', {
        language: 'en',
        written: 'The soup was called Phở and hot.',
      }),
    ).toBe('ok');
  });
});

describe('what is not as it must be', () => {
  const text = 'The old lighthouse keeper climbed the narrow stairs, and lit the great lamp before the storm came in.';
  const heard = text.toLowerCase().replace(/[^a-z ]/g, '');

  it('finds words that lack, and another text, also when a recogniser writes the other script of Chinese', () => {
    const traditional = '她說這個國家的歷史很長，我們應該學習，還要寫書。';
    const missing = judge(traditional, '她说这个国家的历史很长，还要写书。', { language: 'zh' });
    expect(missing).toEqual([expect.stringContaining('我們應該')]);
    const other = judge(traditional, '昨天晚上他们在图书馆看了三个小时的电视节目。', { language: 'zh' });
    expect(other).toEqual([expect.stringMatching(/^other/)]);
  });

  it('finds words that lack', () => {
    expect(judge(text, heard.replace('narrow stairs ', ''))).toEqual(['missing: narrow stairs']);
    expect(judge(text, heard.replace(' before the storm came in', ''))).toEqual(['missing: before the storm came in']);
    expect(judge(text, heard.replace('the old lighthouse ', ''))).toEqual(['missing: The old lighthouse']);
    expect(judge('他昨天晚上在图书馆里看了三个小时的书。', '他在图书馆里看了三个小时的书', { language: 'zh' })).toEqual(
      ['missing: 昨天晚上'],
    );
  });

  it('finds what is said twice, what is too many, and what comes after the end', () => {
    expect(judge(text, heard.replace('narrow stairs', 'narrow stairs climbed the narrow stairs'))).toEqual([
      expect.stringMatching(/^repeated: .*narrow stairs/),
    ]);
    expect(judge(text, `${heard} ${heard}`)).toEqual([expect.stringMatching(/^repeated: /)]);
    expect(judge(text, heard.replace('lit', 'quickly repaired and lit'))).toEqual([expect.stringMatching(/^added: /)]);
    expect(judge(text, `${heard} thank you for watching`)).toEqual(['after-end: thank you for watching']);
  });

  it('tells another text, and when', () => {
    expect(
      judge(text, 'many years later the general remembered a distant afternoon of ice and snow with his father'),
    ).toEqual([expect.stringMatching(/^other: /)]);
    const words = heard.split(' ').map((word, at) => ({ text: word, startSeconds: at, endSeconds: at + 0.5 }));
    const more = [
      ...words,
      ...['thank', 'you', 'so', 'much'].map((word, at) => ({ text: word, startSeconds: 30 + at, endSeconds: 31 })),
    ];
    const { findings } = compareWords(
      { text, language: 'en' },
      { text: more.map((word) => word.text).join(' '), words: more },
    );
    expect(findings).toEqual([expect.objectContaining({ kind: 'after-end', atSeconds: 30 })]);
  });

  it('says nothing where nothing was heard, where the text has no words, and of a recogniser that hears too little', () => {
    expect(judge(text, '')).toBe('inconclusive');
    expect(judge('…!', 'hmm')).toBe('inconclusive');
    expect(judge('Oh!', 'uh')).toBe('inconclusive');
    expect(
      judge(text, 'the cold light how skipper blamed a marrow star san lidded grade ham be for a storm gay min'),
    ).not.toContain('missing');
  });

  it('does not mind words that a recogniser writes otherwise', () => {
    expect(
      judge(text, heard.replace('keeper', 'kiefer').replace('lit the', 'let a').replace('came in', 'came inn')),
    ).toBe('ok');
    expect(judge('No, no, no! Never again.', 'no no no never again')).toBe('ok');
  });
});
