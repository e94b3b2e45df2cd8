/** From the bytes of a manuscript to everything that an import writes. Pure; `book/manuscript-thread.ts` runs it within bounds. */
import { pdfLetters } from '../letters/pdf-letters.ts';
import { sourceLetters } from '../letters/source-letters.ts';
import { MOST_CHARACTERS } from '../manifest/fields/names.ts';
import type { Cast } from '../script/speakers/cast.ts';
import { type Account, accountFor } from './account.ts';
import { bookLanguage } from './facts/book-language.ts';
import type { ImportedBook, ImportProblem } from './imported.ts';
import type { PdfDocument } from './pdf/document.ts';
import { type ReadOptions, readManuscript } from './read.ts';
import { type ChapterFile, chapterFiles } from './write/chapter-files.ts';

/** What to import, and how. Can be copied between threads. */
export interface ManuscriptTask {
  /** The file's name, for its extension and for messages. */
  name: string;
  bytes: Uint8Array;
  /** Set for a PDF, whose bytes are read before. */
  pdf?: PdfDocument;
  options: ReadOptions;
  /** Look for the speakers of quotations. */
  cast: boolean;
  /** What the editor says about the book; it takes precedence over the manuscript. `language` is one of `spoken`. */
  asked: { title?: string; author?: string; language?: string };
  /** ISO codes of the languages that the model speaks. */
  spoken: readonly string[];
}

/** Everything that is written. Can be copied between threads. */
export interface ImportedManuscript {
  book: Omit<ImportedBook, 'chapters' | 'omissions'>;
  /** For the manifest: one that the model speaks. */
  language: string;
  files: ChapterFile[];
  /** The speakers, if they were looked for or the manuscript names them. */
  found: FoundCast | undefined;
  account: Account;
}

/** The speakers of a book, without what each says. */
export type FoundCast = Omit<Cast, 'chapters'>;

/** Why nothing can be written. `isIncomplete`: letters of the manuscript are not accounted for. */
export type ManuscriptRefusal = { problem: ImportProblem; isIncomplete?: boolean };

/** Reads a manuscript, finds its language and speakers, and accounts for every letter. Never throws for what is in the file. */
export function importManuscript(task: ManuscriptTask): ImportedManuscript | ManuscriptRefusal {
  const { name, bytes, pdf, options, asked } = task;
  const reading = readManuscript({ name, bytes, pdf, ...options });
  if ('problem' in reading) return reading;
  const { chapters, omissions = [], ...rest } = { ...reading.book, ...asked };
  const chosen =
    asked.language === undefined ? bookLanguage({ ...rest, chapters }, task.spoken) : { language: asked.language };
  const { language } = chosen;
  const { files, found } = chapterFiles({ ...rest, chapters, language }, task.cast);
  const notes = [
    ...rest.notes,
    ...('note' in chosen && chosen.note !== undefined ? [chosen.note] : []),
    ...(found?.others ? [othersNote(found.others)] : []),
  ];
  const source = pdf === undefined ? sourceLetters(bytes, name) : pdfLetters(pdf.pages);
  const account = accountFor({ source, chapters, texts: files.map(({ text }) => text), omissions });
  if ('problem' in account) return { ...account, isIncomplete: true };
  return { book: { ...rest, notes }, language, files, found: found && withoutChapters(found), account };
}

function othersNote(others: number): string {
  return `${MOST_CHARACTERS - 1 + others} people speak, and a manifest has at most ${MOST_CHARACTERS} characters: the ${MOST_CHARACTERS - 1} who say most are characters, the lines of the others are marked [?], and the narrator reads them. To give all of them a voice, divide the manuscript and import each part as a book.`;
}

function withoutChapters({ chapters: _chapters, ...found }: Cast): FoundCast {
  return found;
}
