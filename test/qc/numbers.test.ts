/** Numbers of a text, and how they are heard, in each language whose numbers can be read. */
import { describe, expect, it } from 'vitest';
import { codedDoubt } from '../../src/qc/translations/doubt-texts.ts';
import { compareWords } from '../../src/qc/words/compare-words.ts';
import { spansIn } from '../../src/qc/words/numbers/match-numbers.ts';
import { numberReader } from '../../src/qc/words/numbers/number-value.ts';
import { tokensOf } from '../../src/qc/words/numbers/tokens.ts';
import { doubtsOfWords } from '../../src/qc/words/word-doubts.ts';
import { CARDINALS } from '../../src/reading/numerals.ts';

const judge = (language: string, text: string, heard: string) => {
  const { verdict, findings } = compareWords({ text, language }, { text: heard });
  return verdict === 'drift'
    ? findings.map(({ kind, words, heard }) => `${kind}: ${words}${heard === undefined ? '' : ` ← ${heard}`}`)
    : verdict;
};

/** A text, what is right, and what is wrong with what is found there. */
interface Sentence {
  text: string;
  right: string[];
  wrong: [heard: string, found: string][];
}

const SENTENCES: Record<string, Sentence[]> = {
  de: [
    {
      text: 'Im Jahre 1821 waren es 35 Häuser.',
      right: [
        'im jahre achtzehnhunderteinundzwanzig waren es fünfunddreißig häuser',
        'im jahre tausendachthunderteinundzwanzig waren es fünf und dreißig häuser',
        'Im Jahre 1821 waren es 35 Häuser.',
      ],
      wrong: [
        ['im jahre achtzehnhundertzwölf waren es fünfunddreißig häuser', 'number: 1821 ← achtzehnhundertzwölf'],
        ['im jahre achtzehnhunderteinundzwanzig waren es häuser', 'missing: 35'],
        ['im jahre achtzehnhunderteinundzwanzig waren es 53 häuser', 'number: 35 ← 53'],
        ['im jahre waren es fünfunddreißig häuser', 'missing: 1821'],
      ],
    },
    {
      text: 'Am 3. Mai kamen 1.234 Leute, etwa 25 % mehr, z. B. aus Köln.',
      right: [
        'am dritten mai kamen eintausendzweihundertvierunddreißig leute etwa fünfundzwanzig prozent mehr zum beispiel aus köln',
        'Am dritten Mai kamen 1234 Leute, etwa 25 Prozent mehr, zum Beispiel aus Köln.',
        'am dritten mai kamen zwölfhundertvierunddreißig leute etwa fünfundzwanzig prozent mehr z.B. aus köln',
      ],
      wrong: [
        ['am dritten mai kamen leute etwa fünfundzwanzig prozent mehr zum beispiel aus köln', 'missing: 1.234'],
        [
          'am fünften mai kamen eintausendzweihundertvierunddreißig leute etwa fünfundzwanzig prozent mehr zum beispiel aus köln',
          'number: 3 ← fünften',
        ],
      ],
    },
    {
      text: 'Der Zug fährt um 10:30 Uhr und kostet 3,50 €.',
      right: [
        'der zug fährt um zehn uhr dreißig und kostet drei euro fünfzig',
        'der zug fährt um halb elf und kostet drei euro und fünfzig cent',
        'Der Zug fährt um 10.30 Uhr und kostet 3,50 Euro',
        'der zug fährt um zehn uhr dreißig und kostet drei komma fünf euro',
      ],
      wrong: [['der zug fährt und kostet drei euro fünfzig', 'missing: um 10:30 Uhr']],
    },
    {
      text: 'Ludwig XIV. regierte 72 Jahre lang im 17. Jahrhundert, in den 1660er Jahren.',
      right: [
        'ludwig der vierzehnte regierte zweiundsiebzig jahre lang im siebzehnten jahrhundert in den sechzehnhundertsechziger jahren',
      ],
      wrong: [
        [
          'ludwig der vierzehnte regierte siebenundzwanzig jahre lang im siebzehnten jahrhundert in den sechzehnhundertsechziger jahren',
          'number: 72 ← siebenundzwanzig',
        ],
      ],
    },
    {
      text: 'Er lief 5 km in 20 min bei −5 °C, dann 1,5 Mio. Schritte.',
      right: [
        'er lief fünf kilometer in zwanzig minuten bei minus fünf grad celsius dann eins komma fünf millionen schritte',
        'er lief fünf kilometer in zwanzig minuten bei minus fünf grad celsius dann anderthalb millionen schritte',
      ],
      wrong: [
        [
          'er lief fünfzig kilometer in zwanzig minuten bei minus fünf grad celsius dann eins komma fünf millionen schritte',
          'number: 5 ← fünfzig',
        ],
      ],
    },
  ],
  fr: [
    {
      text: 'En 1984, il avait 71 ans et 3,14 enfants, soit 20 % de plus.',
      right: [
        'en mille neuf cent quatre-vingt-quatre il avait soixante et onze ans et trois virgule quatorze enfants soit vingt pour cent de plus',
        'en dix-neuf cent quatre-vingt-quatre il avait septante et un ans et trois virgule un quatre enfants soit vingt pour cent de plus',
        'En 1984 il avait 71 ans et 3,14 enfants soit 20% de plus',
      ],
      wrong: [
        [
          'en mille neuf cent quatre-vingt-quatre il avait soixante et un ans et trois virgule quatorze enfants soit vingt pour cent de plus',
          'number: 71 ← soixante et un',
        ],
        [
          'en mille neuf cent quatre-vingt-quatre il avait ans et trois virgule quatorze enfants soit vingt pour cent de plus',
          'missing: 71',
        ],
      ],
    },
    {
      text: 'Le 1er mai, au XIXe siècle, François Ier a vendu 12 000 vaches à 14 h 30.',
      right: [
        'le premier mai au dix-neuvième siècle françois premier a vendu douze mille vaches à quatorze heures trente',
        'le premier mai au dix-neuvième siècle françois premier a vendu douze mille vaches à deux heures et demie',
      ],
      wrong: [
        [
          'le premier mai au dix-neuvième siècle françois premier a vendu deux mille vaches à quatorze heures trente',
          'number: 12 000 ← deux mille',
        ],
      ],
    },
  ],
  es: [
    {
      text: 'En 1492 había 21 barcos y 300 hombres, el 15 % enfermos.',
      right: [
        'en mil cuatrocientos noventa y dos había veintiún barcos y trescientos hombres el quince por ciento enfermos',
        'En 1492 había 21 barcos y 300 hombres, el 15% enfermos',
      ],
      wrong: [
        [
          'en mil cuatrocientos noventa y dos había treinta y un barcos y trescientos hombres el quince por ciento enfermos',
          'number: 21 ← treinta y un',
        ],
        [
          'en mil cuatrocientos noventa y dos había barcos y trescientos hombres el quince por ciento enfermos',
          'missing: 21',
        ],
      ],
    },
    {
      text: 'Pagó $5.50 a las 8:45 en la calle 45.',
      right: [
        'pagó cinco dólares con cincuenta centavos a las ocho cuarenta y cinco en la calle cuarenta y cinco',
        'pagó cinco dólares cincuenta a las nueve menos cuarto en la calle cuarenta y cinco',
      ],
      wrong: [],
    },
  ],
  it: [
    {
      text: 'Nel 1984 aveva 28 anni e 1.250 euro.',
      right: [
        'nel millenovecentottantaquattro aveva ventotto anni e milleduecentocinquanta euro',
        'nel mille novecento ottantaquattro aveva ventotto anni e mille duecento cinquanta euro',
      ],
      wrong: [
        [
          'nel millenovecentottantaquattro aveva ottantadue anni e milleduecentocinquanta euro',
          'number: 28 ← ottantadue',
        ],
        ['nel millenovecentottantaquattro aveva anni e milleduecentocinquanta euro', 'missing: 28'],
      ],
    },
  ],
  pt: [
    {
      text: 'Em 1984 ele tinha 21 anos e 250 livros, no século XIX.',
      right: [
        'em mil novecentos e oitenta e quatro ele tinha vinte e um anos e duzentos e cinquenta livros no século dezenove',
        'em mil novecentos e oitenta e quatro ele tinha vinte e um anos e duzentos e cinquenta livros no século dezanove',
      ],
      wrong: [
        [
          'em mil novecentos e oitenta e quatro ele tinha doze anos e duzentos e cinquenta livros no século dezenove',
          'number: 21 ← doze',
        ],
        ['em mil novecentos e oitenta e quatro ele tinha vinte e um anos e livros no século dezenove', 'missing: 250'],
      ],
    },
  ],
  ru: [
    {
      text: 'В 1984 г. ему было 42 года, и он жил с 5 друзьями в 20 км от города.',
      right: [
        'в тысяча девятьсот восемьдесят четвёртом году ему было сорок два года и он жил с пятью друзьями в двадцати километрах от города',
        'В 1984 году ему было 42 года и он жил с 5 друзьями в 20 километрах от города',
      ],
      wrong: [
        [
          'в тысяча девятьсот восемьдесят четвертом году ему было двадцать четыре года и он жил с пятью друзьями в двадцати километрах от города',
          'missing: ему было 42',
        ],
        [
          'в тысяча девятьсот восемьдесят четвёртом году ему было года и он жил с пятью друзьями в двадцати километрах от города',
          'missing: 42',
        ],
      ],
    },
    {
      text: 'К 21-му веку осталось 3 млн рублей и 15 % жителей.',
      right: ['к двадцать первому веку осталось три миллиона рублей и пятнадцать процентов жителей'],
      wrong: [
        [
          'к двадцать первому веку осталось тридцать миллионов рублей и пятнадцать процентов жителей',
          'number: 3 ← тридцать миллионов',
        ],
      ],
    },
  ],
  zh: [
    {
      text: '他在1984年3月买了25本书，涨了15%。',
      right: ['他在一九八四年三月买了二十五本书涨了百分之十五', '他在1984年3月买了25本书，涨了15%。'],
      wrong: [
        ['他在一九八四年三月买了五十二本书涨了百分之十五', 'number: 25 ← 五十二'],
        ['他在一九八四年三月买了本书涨了百分之十五', 'missing: 25'],
      ],
    },
    {
      text: '2026年有3.5万人，其中2个人来自$20的店。',
      right: [
        '二零二六年有三点五万人其中两个人来自二十美元的店',
        '二〇二六年有三万五千人其中两个人来自二十美元的店',
        '两千零二十六年有三万五千人其中两个人来自二十美元的店',
      ],
      wrong: [['二零六二年有三点五万人其中两个人来自二十美元的店', 'number: 2026 ← 二零六二']],
    },
    { text: '二〇二六年他花了三百五十元。', right: ['2026年他花了350元'], wrong: [] },
  ],
  ja: [
    {
      text: '1984年に25冊の本を買いました。',
      right: ['千九百八十四年に二十五冊の本を買いました', '1984年に２５冊の本を買いました'],
      wrong: [['千九百八十四年に五十二冊の本を買いました', 'number: 25 ← 五十二']],
    },
  ],
  ko: [
    {
      text: '1984년에 학생이 15명이고 사과가 25개였다.',
      right: [
        '천구백팔십사 년에 학생이 십오 명이고 사과가 스물다섯 개였다',
        '1984년에 학생이 15명이고 사과가 25개였다',
      ],
      wrong: [
        ['천구백팔십사 년에 학생이 오십 명이고 사과가 스물다섯 개였다', 'number: 15 ←'],
        ['천구백팔십사 년에 학생이 명이고 사과가 스물다섯 개였다', 'missing: 15'],
      ],
    },
    {
      text: '3만 5천 원을 냈고 20% 올랐다.',
      right: ['삼만 오천 원을 냈고 이십 퍼센트 올랐다', '35,000원을 냈고 20퍼센트 올랐다'],
      wrong: [['삼만 육천 원을 냈고 이십 퍼센트 올랐다', 'number: 5 ←']],
    },
  ],
};

describe.each(Object.entries(SENTENCES))('numbers in %s', (language, sentences) => {
  it.each(sentences)('$text', ({ text, right, wrong }) => {
    for (const heard of right) expect(judge(language, text, heard), heard).toBe('ok');
    for (const [heard, found] of wrong)
      expect(judge(language, text, heard), heard).toContainEqual(expect.stringContaining(found));
  });

  it('reads every number as another program writes it', () => {
    const reader = numberReader(language)!;
    const read = (words: string) => {
      const tokens = tokensOf(words, { language, reader, names: new Set() });
      return spansIn(tokens, reader).find(({ from, to }) => from === 0 && to === tokens.length)?.digits;
    };
    for (let value = 0; value < 1_000_000_000; value = value < 400 ? value + 1 : Math.ceil(value * 1.21) + 7)
      expect(read(CARDINALS[language]!(value)), CARDINALS[language]!(value)).toContain(String(value));
  });
});

describe('what is known of a number', () => {
  it('stays anything in a language whose numbers cannot be read', () => {
    expect(judge('nl', 'Hij was 42 jaar oud.', 'hij was drieënveertig jaar oud')).toBe('ok');
  });

  it('is no doubt where the rest is heard badly, or where the text has it in words', () => {
    const text = 'Gestern standen dort noch 35 alte Häuser.';
    expect(judge('de', text, 'gestern standen dort noch 53 alte häuser')).toEqual(['number: 35 ← 53']);
    expect(judge('de', text, 'gasten standet dar nach 53 alle haus')).not.toContain('number: 35 ← 53');
    expect(judge('de', text.replace('35', 'drei'), 'gestern standen dort noch zwei alte häuser')).toBe('ok');
  });

  it('is told with both numbers, in words that can be translated', () => {
    const heard = { text: 'gestern standen dort noch 53 alte häuser' };
    const judgment = compareWords({ text: 'Gestern standen dort noch 35 alte Häuser.', language: 'de' }, heard);
    const [doubt] = doubtsOfWords(judgment);
    expect(doubt).toMatchObject({ check: 'other-number', measured: '“53” is heard for “35”' });
    expect(codedDoubt(doubt!)).toEqual({
      found: { code: 'heard-for', values: { words: '53', text: '35' } },
      wanted: { code: 'want-numbers', values: {} },
    });
  });

  it('is found in time in a page of figures', () => {
    const text = 'Es waren 5 und 7 und 12. '.repeat(40);
    const from = performance.now();
    expect(judge('de', text, text)).toBe('ok');
    expect(performance.now() - from).toBeLessThan(5_000);
  });
});
