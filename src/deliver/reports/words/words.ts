/** The texts of report.html in the language of its book. Pure. */
import { isChinese } from '../../../manifest/diagnostics/chinese/is-chinese.ts';
import { EN, type Text } from './en.ts';
import { ZH } from './zh.ts';

/** A language that the report is written in. */
export type ReportLanguage = 'en' | 'zh';
/** Name of a text. */
export type TextName = keyof typeof EN;
/** A text with its values, which stand in it as they are: escape those that come from outside where HTML is meant. */
export type Words = (name: TextName, values?: Readonly<Record<string, string | number>>) => string;

const TABLES: Readonly<Record<ReportLanguage, Readonly<Record<TextName, Text>>>> = { en: EN, zh: ZH };

/** The report's language for a book in `language` (an ISO code): the rule of the status files. Default: English. */
export function reportLanguage(language: string | undefined): ReportLanguage {
  return isChinese(language) ? 'zh' : 'en';
}

/** The texts of a language. A number under `n` also decides between one and many. */
export function wordsIn(language: ReportLanguage): Words {
  const table = TABLES[language];
  return (name, values = {}) => {
    const text = table[name];
    const form = typeof text === 'string' ? text : values['n'] === 1 ? text.one : text.other;
    return form.replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole));
  };
}

/** Whether a name has a text. */
export function hasText(name: string): name is TextName {
  return name in EN;
}
