/** Facts that an author entered in fields of their own. Pure. */
import type { RawFacts } from './facts.ts';

const FIELDS: readonly (readonly [field: keyof RawFacts, name: RegExp])[] = [
  ['subtitle', /^(?:sub-?title|untertitel|sous-titre|subt[íi]tulo|sottotitolo|подзаголовок|副标题|副題|부제)$/i],
  ['seriesName', /^(?:series|series[ _-]?(?:name|title)|reihe|série|serie|серия|丛书|系列|シリーズ)$/i],
  ['seriesNumber', /^(?:series[ _-]?(?:number|index|no\.?)|volume|band|tome|volumen|том)$/i],
  ['description', /^(?:description|blurb|beschreibung|résumé|descripción|descrizione|описание|简介|内容简介)$/i],
  ['publisher', /^(?:publisher|verlag|éditeur|editorial|editora?|editore|издательство|出版社|출판사)$/i],
  ['identifiers', /^(?:e-?)?isbn(?:-?1[03])?$/i],
  ['rights', /^(?:rights|copyright|rechte|droits|derechos|diritti|direitos|права|版权)$/i],
  ['date', /^(?:date|published|publication date|pub\.? ?date|erscheinungsdatum|release date|出版日期)$/i],
];

/** The facts among named values, such as `ISBN: 978-…`; other names are ignored. */
export function namedFacts(values: readonly (readonly [name: string, value: string])[]): RawFacts {
  const found: { [field in keyof RawFacts]: string[] } = {};
  for (const [name, value] of values) {
    const field = FIELDS.find(([, pattern]) => pattern.test(name.trim()))?.[0];
    if (field !== undefined) found[field] = [...(found[field] ?? []), value];
  }
  return found;
}
