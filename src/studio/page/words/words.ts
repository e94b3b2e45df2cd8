/** Texts of the page in the language that is chosen. */
import { signal } from '@preact/signals';
import type { CodedMessage, Doubt } from '../../shapes.ts';
import { EN, type Text } from './en.ts';
import { ZH } from './zh.ts';

/** Languages of the page, with their own names. */
export const LANGUAGES = { en: 'English', 'zh-CN': '中文' } as const;
/** A language of the page. */
export type Language = keyof typeof LANGUAGES;
/** Name of a text. */
export type TextName = keyof typeof EN;

const TABLES: Record<Language, Record<TextName, Text>> = { en: EN, 'zh-CN': ZH };

/** The language that is chosen; components that read it are drawn again. */
export const language = signal<Language>('en');

/** A text with its values. A number under `n` also decides between one and many. */
export function t(name: TextName, values: Readonly<Record<string, string | number>> = {}): string {
  const text = TABLES[language.value][name];
  const form = typeof text === 'string' ? text : values['n'] === 1 || values['n'] === '1' ? text.one : text.other;
  return form.replace(/\{(\w+)\}/g, (whole, key: string) => {
    const value = values[key];
    if (value === undefined) return whole;
    return typeof value === 'number' ? new Intl.NumberFormat(language.value).format(value) : value;
  });
}

/** What the server tells with a code: in English its own words, which may say more; otherwise ours, where they need no value that it did not send. */
export function translated(
  kind: 'problem' | 'job' | 'doubt' | 'failure' | 'done' | 'note',
  { code, values = {} }: CodedMessage,
  words: string,
): string {
  const name = `${kind}.${code}`;
  if ((language.value === 'en' && words !== '') || !(name in EN)) return words;
  const text = TABLES[language.value][name as TextName];
  const needs = [...(typeof text === 'string' ? text : text.other).matchAll(/\{(\w+)\}/g)].map(([, value]) => value!);
  return needs.every((value) => value in values) ? t(name as TextName, values) : words;
}

/** What a check found and what it expects. */
export function doubtReason({ reason, found, wanted }: Doubt): string {
  if (language.value === 'en' || found === undefined || wanted === undefined) return reason;
  return t('doubt', { found: translated('doubt', found, ''), wanted: translated('doubt', wanted, '') });
}

/** Name of a check in the language that is chosen; an unknown check keeps its own name. */
export function checkTitle(check: string): string {
  const name = `check.${check}`;
  return name in EN ? t(name as TextName) : check;
}

/** The language of a browser that prefers these languages. */
export function languageFor(preferred: readonly string[]): Language {
  for (const one of preferred) {
    if (/^zh\b/i.test(one)) return 'zh-CN';
    if (/^en\b/i.test(one)) return 'en';
  }
  return 'en';
}
