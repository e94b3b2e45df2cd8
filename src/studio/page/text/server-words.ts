/** What the server says in English, in the language of the page. */
import type { CodedMessage } from '../../shapes.ts';
import { EN } from '../words/en.ts';
import { language, t, translated } from '../words/words.ts';

/** A price, as the server writes it in English: `about 0.0123 CNY and 0.002 USD`. */
export function priceText(text: string): string {
  if (language.value === 'en') return text;
  if (text === EN.priceUnknown) return t('priceUnknown');
  const price = text.replace(/^about /, '').replaceAll(' and ', ' + ');
  return text.startsWith('about ') ? t('aboutPrice', { price }) : price;
}

/** What was done, as undo names it. */
export function doneText(what: string, code: CodedMessage | undefined): string {
  return code === undefined ? what : translated('done', code, what);
}

/** Why the service does not speak a line; its own words stay as they came. */
export function refusalText(refusal: string): string {
  return t('refusedBecause', { reason: translated('failure', { code: 'text-refused' }, refusal) });
}
