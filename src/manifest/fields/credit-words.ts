/** The default credits, in the languages that the service speaks. */

/** The facts that the credits name. */
export interface CreditFacts {
  title: string;
  author?: string;
  /** A person or company to credit. Absent: the credits say that a synthetic voice reads. */
  narrator?: string;
  /** ISO code of the book's language. */
  language: string;
}

/** The credits before the first and after the last chapter, each sentence on its own line. Pure. */
export function creditWords(facts: CreditFacts): { opening: string; closing: string } {
  const words = WORDS[facts.language.slice(0, 2)] ?? WORDS['en']!;
  const author = facts.author === undefined ? [] : [words.writtenBy(facts.author)];
  const narrator = facts.narrator === undefined ? words.synthetic : words.narratedBy(facts.narrator);
  return {
    opening: [words.sentence(facts.title), ...author, narrator].join('\n\n'),
    closing: [words.end, words.heard(facts.title), ...author, narrator].join('\n\n'),
  };
}

/** Titles of these parts in files, tags and tables, in the book's language. */
export interface CreditTitles {
  opening: string;
  closing: string;
  sample: string;
}

/** The titles in a language, by its ISO code. Default: English. Pure. */
export function creditTitles(language: string): CreditTitles {
  return (WORDS[language.slice(0, 2)] ?? WORDS['en']!).titles;
}

interface Words {
  titles: CreditTitles;
  sentence(title: string): string;
  writtenBy(author: string): string;
  narratedBy(narrator: string): string;
  /** Listeners must not take the voice for a person's. */
  synthetic: string;
  end: string;
  heard(title: string): string;
}

/** A name that ends with punctuation gets no second full stop. */
const ended = (text: string, stop: string): string => (/[.!?…。！？]$/u.test(text) ? text : `${text}${stop}`);
const sentence = (text: string): string => ended(text, '.');
const wideSentence = (text: string): string => ended(text, '。');

const WORDS: Readonly<Record<string, Words>> = {
  en: {
    titles: { opening: 'Opening Credits', closing: 'Closing Credits', sample: 'Retail Sample' },
    sentence,
    writtenBy: (name) => sentence(`Written by ${name}`),
    narratedBy: (name) => sentence(`Narrated by ${name}`),
    synthetic: 'Narrated by a synthetic voice.',
    end: 'The end.',
    heard: (title) => sentence(`You have been listening to ${title}`),
  },
  de: {
    titles: { opening: 'Vorspann', closing: 'Abspann', sample: 'Hörprobe' },
    sentence,
    writtenBy: (name) => sentence(`Geschrieben von ${name}`),
    narratedBy: (name) => sentence(`Gelesen von ${name}`),
    synthetic: 'Gelesen von einer synthetischen Stimme.',
    end: 'Ende.',
    heard: (title) => sentence(`Sie hörten: ${title}`),
  },
  fr: {
    titles: { opening: 'Générique de début', closing: 'Générique de fin', sample: 'Extrait' },
    sentence,
    writtenBy: (name) => sentence(`Écrit par ${name}`),
    narratedBy: (name) => sentence(`Lu par ${name}`),
    synthetic: 'Lu par une voix de synthèse.',
    end: 'Fin.',
    heard: (title) => sentence(`Vous venez d’écouter ${title}`),
  },
  es: {
    titles: { opening: 'Créditos iniciales', closing: 'Créditos finales', sample: 'Fragmento de muestra' },
    sentence,
    writtenBy: (name) => sentence(`Escrito por ${name}`),
    narratedBy: (name) => sentence(`Narrado por ${name}`),
    synthetic: 'Narrado por una voz sintética.',
    end: 'Fin.',
    heard: (title) => sentence(`Ha escuchado ${title}`),
  },
  it: {
    titles: { opening: 'Titoli di testa', closing: 'Titoli di coda', sample: 'Estratto' },
    sentence,
    writtenBy: (name) => sentence(`Scritto da ${name}`),
    narratedBy: (name) => sentence(`Letto da ${name}`),
    synthetic: 'Letto da una voce sintetica.',
    end: 'Fine.',
    heard: (title) => sentence(`Avete ascoltato ${title}`),
  },
  pt: {
    titles: { opening: 'Créditos iniciais', closing: 'Créditos finais', sample: 'Amostra' },
    sentence,
    writtenBy: (name) => sentence(`Escrito por ${name}`),
    narratedBy: (name) => sentence(`Narrado por ${name}`),
    synthetic: 'Narrado por uma voz sintética.',
    end: 'Fim.',
    heard: (title) => sentence(`Você ouviu ${title}`),
  },
  ru: {
    titles: { opening: 'Вступительные титры', closing: 'Заключительные титры', sample: 'Ознакомительный фрагмент' },
    sentence,
    writtenBy: (name) => sentence(`Автор: ${name}`),
    narratedBy: (name) => sentence(`Читает ${name}`),
    synthetic: 'Читает синтезированный голос.',
    end: 'Конец.',
    heard: (title) => sentence(`Вы слушали: ${title}`),
  },
  id: {
    titles: { opening: 'Kredit Pembuka', closing: 'Kredit Penutup', sample: 'Cuplikan' },
    sentence,
    writtenBy: (name) => sentence(`Ditulis oleh ${name}`),
    narratedBy: (name) => sentence(`Dibacakan oleh ${name}`),
    synthetic: 'Dibacakan oleh suara sintetis.',
    end: 'Tamat.',
    heard: (title) => sentence(`Anda telah mendengarkan ${title}`),
  },
  zh: {
    titles: { opening: '片头', closing: '片尾', sample: '试听片段' },
    sentence: wideSentence,
    writtenBy: (name) => wideSentence(`作者：${name}`),
    narratedBy: (name) => wideSentence(`朗读：${name}`),
    synthetic: '由合成语音朗读。',
    end: '全书完。',
    heard: (title) => wideSentence(`您刚才收听的是${title}`),
  },
  ja: {
    titles: { opening: 'オープニングクレジット', closing: 'エンディングクレジット', sample: '試聴サンプル' },
    sentence: wideSentence,
    writtenBy: (name) => wideSentence(`著者、${name}`),
    narratedBy: (name) => wideSentence(`朗読、${name}`),
    synthetic: '朗読は合成音声です。',
    end: '終わり。',
    heard: (title) => wideSentence(`お聴きいただいたのは${title}`),
  },
  ko: {
    titles: { opening: '오프닝 크레디트', closing: '클로징 크레디트', sample: '미리 듣기' },
    sentence,
    writtenBy: (name) => sentence(`지은이 ${name}`),
    narratedBy: (name) => sentence(`낭독 ${name}`),
    synthetic: '합성 음성으로 낭독했습니다.',
    end: '끝.',
    heard: (title) => sentence(`지금까지 들으신 책은 ${title}`),
  },
};
