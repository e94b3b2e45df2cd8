/** Numbers in words. The words are n2words', corrected where ICU and the grammar agree against it. */
import { toCardinal as german } from 'n2words/de-DE';
import { toCardinal as english } from 'n2words/en-US';
import { toCardinal as spanish } from 'n2words/es-ES';
import { toCardinal as french } from 'n2words/fr-FR';
import { toCardinal as indonesian } from 'n2words/id-ID';
import { toCardinal as italian } from 'n2words/it-IT';
import { toCardinal as japanese } from 'n2words/ja-JP';
import { toCardinal as korean } from 'n2words/ko-KR';
import { toCardinal as portuguese } from 'n2words/pt-PT';
import { toCardinal as russian } from 'n2words/ru-RU';
import { toCardinal as chinese } from 'n2words/zh-Hans-CN';

/** Whole numbers from 0 to `MOST`, by language. */
export const CARDINALS: Readonly<Record<string, (value: number) => string>> = {
  en: (value) => english(value),
  de: (value) => german(value).replace(/eins(?=tausend)/, 'ein'),
  fr: (value) => french(value),
  es: (value) =>
    spanish(value)
      .replace(/dieciseis/g, 'dieciséis')
      .replace(/veintidos/g, 'veintidós')
      .replace(/veintitres/g, 'veintitrés')
      .replace(/veintiseis/g, 'veintiséis')
      .replace(/veintiuno(?= mil)/g, 'veintiún')
      .replace(/\buno(?= mil)/g, 'un'),
  it: (value) => italianly(italian(value)),
  pt: (value) => brazilian(portuguese(value), value),
  ru: (value) => russian(value),
  id: (value) => indonesian(value),
  // 一十 is 十 where a number begins with it.
  zh: (value) =>
    chinese(value, { formal: false })
      .replace(/^一十/, '十')
      .replace(/(?<=[十百千][万亿])零(?=[一二三四五六七八九]千)/g, ''),
  ja: (value) => japanese(value),
  ko: (value) => korean(value).replace(/^억/, '일억'),
};

/** Larger numbers are left as they are. */
export const MOST = 999_999_999_999;

/** The spelling of Brazil, where most readers are; and "e" after thousands where it belongs. */
function brazilian(words: string, value: number): string {
  const here = words
    .replace(/dezasseis/g, 'dezesseis')
    .replace(/dezassete/g, 'dezessete')
    .replace(/dezanove/g, 'dezenove');
  const rest = value % 1000;
  return value > 1000 && rest >= 200 && rest % 100 === 0
    ? here.replace(/ mil (?!e )|^mil (?!e )/, (mil) => `${mil}e `)
    : here;
}

/** Italian as it is written: an accent only at the end, and no "e" between the parts. Both ventunomila and ventunmila are right. */
function italianly(words: string): string {
  return words
    .replace(/tré(?=\p{L})/gu, 'tre')
    .replace(/(mila|mille) e /g, '$1')
    .replace(/(milion[ei]|miliard[oi]) e /g, '$1 ');
}
