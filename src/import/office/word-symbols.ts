/** Signs that Word writes by a font and a number (`w:sym`, ECMA-376, 17.3.3.30), or in a font of pictures. Pure. */
import { attribute, type Element, isElement } from '../markup/markup.ts';

/** The letters of the font Symbol, from `A` and from `a` on (Adobe's Symbol encoding). */
const CAPITALS = 'ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ';
const SMALL = 'αβχδεφγηιϕκλμνοπθρστυϖωξψζ';
/** Its other signs that a sentence needs. */
const OTHERS: Readonly<Record<number, string>> = {
  ...{ 163: '≤', 165: '∞', 176: '°', 177: '±', 179: '≥', 180: '×', 184: '÷', 185: '≠', 187: '≈', 188: '…', 181: '∝' },
};
/** Fonts whose signs are pictures. */
const PICTURES = /^(?:wingdings|webdings|zapf ?dingbats|marlett)/i;

/** Whether a run is set in a font of pictures: its letters are signs (a smile is `J` in Wingdings). */
export function isInPictureFont(run: Element): boolean {
  const properties = run.childNodes.find((node) => isElement(node, 'w:rpr'));
  if (properties === undefined || !isElement(properties)) return false;
  const fonts = properties.childNodes.find((node) => isElement(node, 'w:rfonts'));
  return fonts !== undefined && isElement(fonts) && PICTURES.test(attribute(fonts, 'w:ascii'));
}

/** The text of a sign; undefined for a picture, and for one that is not known. `code`: hexadecimal. */
export function symbolText(font: string, code: string): string | undefined {
  const number = /^[0-9a-f]{1,6}$/i.test(code) ? Number.parseInt(code, 16) : Number.NaN;
  if (Number.isNaN(number) || number > 0x10ffff || PICTURES.test(font)) return undefined;
  const isPrivate = number >= 0xf000 && number <= 0xf0ff;
  if (/^symbol\b/i.test(font)) return ofSymbol(isPrivate ? number - 0xf000 : number);
  if (isPrivate || number < 0x20 || (number >= 0xd800 && number <= 0xf8ff)) return undefined;
  return String.fromCodePoint(number);
}

function ofSymbol(place: number): string | undefined {
  if (place >= 0x41 && place <= 0x5a) return CAPITALS[place - 0x41];
  if (place >= 0x61 && place <= 0x7a) return SMALL[place - 0x61];
  if (place >= 0x20 && place < 0x40) return String.fromCharCode(place);
  return place > 0xff ? String.fromCodePoint(place) : OTHERS[place];
}
