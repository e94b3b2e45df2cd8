/** Reads a novel of the Project Dialogism Novel Corpus: its text, its quotations with their true speakers, and its characters. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A novel as the corpus marks it. */
export interface MarkedNovel {
  text: string;
  quotations: { spans: (readonly [start: number, end: number])[]; speaker: string }[];
  /** All names of a character, by its main name. */
  characters: ReadonlyMap<string, readonly string[]>;
}

/** Reads a folder such as `data/Emma`. */
export function readMarkedNovel(folder: string): MarkedNovel {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const characters = new Map(
    table(read('character_info.csv')).map((row) => [row['Main Name']!, [row['Main Name']!, ...words(row['Aliases']!)]]),
  );
  const quotations = table(read('quotation_info.csv')).map((row) => ({
    spans: JSON.parse(row['quoteByteSpans']!) as [number, number][],
    speaker: mainName(row['speaker']!, characters),
  }));
  return { text: read('novel_text.txt'), quotations, characters };
}

/** Some quotations name their speaker by an alias: that character, if only one has it. */
function mainName(speaker: string, characters: MarkedNovel['characters']): string {
  if (characters.has(speaker)) return speaker;
  const having = [...characters].filter(([, names]) => names.includes(speaker));
  return having.length === 1 ? having[0]![0] : speaker;
}

/** The strings of a Python list or set. */
function words(list: string): string[] {
  return [...list.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? match[2] ?? '').replace(/\\(.)/g, '$1'),
  );
}

/** The rows of a CSV file by its heading; cells may have quotes and line breaks. */
function table(text: string): Record<string, string>[] {
  const rows = [...text.matchAll(/((?:"(?:[^"]|"")*"|[^",\r\n]*)(?:,(?:"(?:[^"]|"")*"|[^",\r\n]*))*)\r?(?:\n|$)/g)]
    .map(([, row]) => row!)
    .filter((row) => row !== '')
    .map((row) =>
      [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    );
  const [heading = [], ...body] = rows;
  return body.map((row) => Object.fromEntries(heading.map((name, index) => [name, row[index] ?? ''])));
}
