/** What a manuscript says about its book. Pure. */
import { isbnOf } from '../../manifest/fields/isbn.ts';
import type { Publication } from '../../manifest/fields/publication.ts';

/** Title, authors, language, and how it was published; absent where the manuscript does not say it. */
export interface BookFacts {
  /** Empty for none. */
  title: string;
  author?: string;
  language?: string;
  publication: Publication;
}

/** Words of a manuscript by what they are; several where it has several. Empty ones count as none. */
export interface RawFacts {
  title?: readonly string[];
  authors?: readonly string[];
  language?: readonly string[];
  subtitle?: readonly string[];
  seriesName?: readonly string[];
  seriesNumber?: readonly string[];
  description?: readonly string[];
  publisher?: readonly string[];
  /** Identifiers of any kind; the first valid ISBN counts. */
  identifiers?: readonly string[];
  rights?: readonly string[];
  date?: readonly string[];
}

/** The facts, cleaned: valid for a manifest, without markup, without names of programs. */
export function factsOf(raw: RawFacts): BookFacts {
  const first = (values: readonly string[] = [], most = 300): string | undefined =>
    values.map((value) => plainText(value, most)).find((value) => value !== '');
  const authors = [...new Set((raw.authors ?? []).map((name) => plainText(name, 300)))].filter(
    (name) => name !== '' && !PROGRAM.test(name),
  );
  const language = first(raw.language, 35);
  const title = first(raw.title) ?? '';
  const subtitle = first(raw.subtitle);
  const name = first(raw.seriesName);
  const number = (raw.seriesNumber ?? []).map(numberOf).find((value) => value !== '');
  const description = (raw.description ?? []).map(descriptionOf).find((text) => text !== '' && !BY_PROGRAM.test(text));
  const publisher = first(raw.publisher);
  const isbn = (raw.identifiers ?? []).map(isbnOf).find((value) => value !== undefined);
  const rights = first(raw.rights, 2000);
  const date = (raw.date ?? []).map(dateOf).find((value) => value !== undefined);
  return {
    title: NO_TITLE.test(title) ? '' : title,
    ...(authors.length > 0 && { author: authors.join(', ') }),
    ...(language !== undefined && { language }),
    publication: {
      ...(subtitle !== undefined && subtitle !== title && { subtitle }),
      ...(name !== undefined && { series: { name, ...(number !== undefined && { number }) } }),
      ...(description !== undefined && { description }),
      ...(publisher !== undefined && !PROGRAM.test(publisher) && { publisher }),
      ...(isbn !== undefined && { isbn }),
      ...(rights !== undefined && { rights }),
      ...(date !== undefined && { date }),
    },
  };
}

/** What programs write for want of a title, and names of files. */
const NO_TITLE =
  /^(?:untitled(?: document)?|unknown|no title|(?:word )?document\d*|microsoft word - .*|(?:new|neues) (?:microsoft )?word[ -](?:document|dokument).*|\S+\.(?:docx?|odt|rtf|html?|xhtml|txt|indd|pdf)|无标题|無題|제목 없음|未命名|unbenannt\d*|sans (?:titre|nom) ?\d*|sin título ?\d*|senza nome ?\d*|sem título ?\d*|без имени ?\d*)$/iu;

/** Programs sign where authors do. */
const PROGRAM =
  /^(?:calibre\b.*|python-docx|(?:microsoft )?office user|microsoft(?: corporation)?|(?:windows )?user|admin(?:istrator)?|unknown|author|anonymous user|pandoc\b.*|sigil\b.*|libreoffice\b.*|openoffice\b.*|wps office\b.*|www\..*|https?:.*|作者|未知|用户)$/i;
const BY_PROGRAM = /^(?:generated|created|converted|produced|exported) (?:by|with|using) /i;

/** One line of plain words. */
function plainText(text: string, most: number): string {
  const words = withoutMarkup(withoutControls(text)).replace(/\s+/g, ' ').trim();
  return [...words]
    .slice(0, most - 1)
    .join('')
    .trim();
}

const LONGEST_DESCRIPTION = 5000;

/** A description is often HTML inside of XML. */
function descriptionOf(text: string): string {
  const lines = withoutControls(text)
    .replace(/\s+/g, ' ')
    .replace(/<\s*(?:br|\/p|\/div|\/li|\/h\d)\b[^>]{0,200}>/gi, '\n')
    .replace(/[^\n]+/g, withoutMarkup)
    .split('\n')
    .map((line) => line.replace(/ +/g, ' ').trim())
    .filter((line) => line !== '');
  return [...lines.join('\n')].slice(0, LONGEST_DESCRIPTION).join('').trim();
}

/** Without the HTML that some programs write into a name. */
function withoutMarkup(text: string): string {
  return text
    .replace(/<\/?[a-z][^<>]{0,500}>/gi, '')
    .replace(/&(?:amp|lt|gt|quot|nbsp|#39|apos);/g, (entity) => ENTITIES[entity] ?? ' ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
};

function withoutControls(text: string): string {
  return text.replace(/[^\P{C}\n\r\t]|\u2028|\u2029/gu, ' ');
}

/** `2.0` → `2`. */
function numberOf(text: string): string {
  const number = text.trim().replace(/^(\d+)\.0+$/, '$1');
  return /^[\p{L}\p{N}.,/ -]{1,20}$/u.test(number) ? number : '';
}

/** The day, month or year of a date such as `2019-05-01T00:00:00Z`, `2019/5/1` or `May 2019`; the year 0101 of calibre is none. */
function dateOf(text: string): string | undefined {
  const [, year, month, day] = /^\s*(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?![\d])/.exec(text) ?? [];
  const alone = year ?? /\b(1[5-9]\d\d|20\d\d)\b/.exec(text)?.[1];
  if (alone === undefined || Number(alone) < 1000) return undefined;
  const parts = [month, day].filter((part) => part !== undefined).map((part) => part.padStart(2, '0'));
  const date = [alone, ...parts].join('-');
  const whole = `${date}-01-01`.slice(0, 10);
  const time = new Date(`${whole}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(whole) ? date : alone;
}
