/** Words whose letters the file does not say, so that what a program reads in them is nonsense. Pure. */
import { sampleOf } from '../tape.ts';
import type { PdfDocument, PdfItem, PdfPage } from './document.ts';

/** Signs that no text has: without a meaning of their own, or not to be written. */
const NO_SIGN = /[\p{Co}\p{Cn}\ufffd\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/u;
const IN_WORD = new RegExp(`(?:\\p{L}${NO_SIGN.source}|${NO_SIGN.source}\\p{L})`, 'u');
/** From so many letters on, a font tells whether its text is one. */
const ENOUGH = 300;
const VOWELS = /[aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿ]/giu;

/** Why the letters of a page are not known; undefined when they are. */
export function unknownLetters(
  page: PdfPage,
  fonts: PdfDocument['fonts'],
  garbled: ReadonlySet<string>,
): string | undefined {
  for (const item of page.items) {
    if (!/\S/.test(item.text)) continue;
    const font = fonts[item.font];
    if (font?.isVertical) return 'its lines run from top to bottom';
    if (/[\u0590-\u08ff]/.test(item.text)) return 'its lines run from right to left';
    if (!/[\p{L}\p{N}]/u.test(item.text) && !NO_SIGN.test(item.text)) continue;
    const isUnknown = font?.isWithoutLetters || garbled.has(item.font) || IN_WORD.test(item.text) || isAllSigns(item);
    if (isUnknown) return `the file does not say which letters its signs are ("${sampleOf(printable(item.text))}")`;
  }
  return undefined;
}

function isAllSigns({ text }: PdfItem): boolean {
  return [...text.trim()].length > 2 && [...text.trim()].every((one) => NO_SIGN.test(one) || one === ' ');
}

function printable(text: string): string {
  return [...text.slice(0, 40)].map((one) => (NO_SIGN.test(one) ? '\u2423' : one)).join('');
}

/** Fonts with many Latin letters and no text: vowels are a third of every language's. */
export function garbledFonts(pages: readonly PdfPage[]): ReadonlySet<string> {
  const counts = new Map<string, { letters: number; vowels: number }>();
  for (const { items } of pages) {
    for (const { font, text } of items) {
      const count = counts.get(font) ?? { letters: 0, vowels: 0 };
      counts.set(font, count);
      count.letters += text.match(/\p{Script=Latin}/gu)?.length ?? 0;
      count.vowels += text.match(VOWELS)?.length ?? 0;
    }
  }
  const isGarbled = ({ letters, vowels }: { letters: number; vowels: number }): boolean =>
    letters >= ENOUGH && (vowels < letters * 0.2 || vowels > letters * 0.65);
  return new Set([...counts].flatMap(([font, count]) => (isGarbled(count) ? [font] : [])));
}
