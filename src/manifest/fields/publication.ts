import type { z } from 'zod';
import { isbnOf } from './isbn.ts';
import type { publicationFields } from './publication-schema.ts';

/** How a book was published. Descriptive only: in no key, and never spoken. */
export interface Publication {
  subtitle?: string;
  /** `number` as it is written, such as `2` or `2.5`. */
  series?: { name: string; number?: string };
  description?: string;
  publisher?: string;
  /** 10 or 13 characters without hyphens; the check digit is right. */
  isbn?: string;
  rights?: string;
  /** `yyyy`, `yyyy-mm` or `yyyy-mm-dd`. */
  date?: string;
}

/** The publication fields of the checked group `book`; absent ones stay absent. */
export function publicationOf(book: z.infer<z.ZodObject<typeof publicationFields>>): Publication {
  const { subtitle, series, description, publisher, rights } = book;
  const isbn = book.isbn === undefined ? undefined : isbnOf(String(book.isbn));
  const date = book.date === undefined ? undefined : String(book.date).trim();
  const number = series?.number === undefined ? undefined : String(series.number).trim();
  return {
    ...(subtitle !== undefined && { subtitle }),
    ...(series && { series: { name: series.name, ...(number !== undefined && { number }) } }),
    ...(description !== undefined && { description }),
    ...(publisher !== undefined && { publisher }),
    ...(isbn !== undefined && { isbn }),
    ...(rights !== undefined && { rights }),
    ...(date !== undefined && { date }),
  };
}

/** The publication fields of a manifest; undefined when it has none. */
export function publicationIn(of: Publication): Publication | undefined {
  const { subtitle, series, description, publisher, isbn, rights, date } = of;
  const all: Publication = {
    ...(subtitle !== undefined && { subtitle }),
    ...(series && { series }),
    ...(description !== undefined && { description }),
    ...(publisher !== undefined && { publisher }),
    ...(isbn !== undefined && { isbn }),
    ...(rights !== undefined && { rights }),
    ...(date !== undefined && { date }),
  };
  return Object.keys(all).length === 0 ? undefined : all;
}
