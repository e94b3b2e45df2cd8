/** Finds the book that a person names. */
import { ConfigError } from '../../config/values.ts';
import { nearestName } from '../../manifest/diagnostics/nearest.ts';
import type { SubmittedBook } from '../../submissions/list.ts';
import { foldTitle } from '../command-line/book-title.ts';

/**
 * The book with an ID, the start of one, or a title (in any case). Throws `ConfigError` that lists the books it may be, or
 * names the nearest.
 */
export function pickBook(books: readonly SubmittedBook[], name: string): SubmittedBook {
  const wanted = foldTitle(name);
  const ways: ((book: SubmittedBook) => boolean)[] = [
    ({ submission }) => submission.id === wanted,
    ({ submission }) => foldTitle(submission.title) === wanted,
    ({ submission }) => submission.id.startsWith(wanted) || foldTitle(submission.title).startsWith(wanted),
  ];
  for (const way of wanted === '' ? [] : ways) {
    const found = books.filter(way);
    if (found.length > 1) throw ambiguous(name, found);
    if (found[0] !== undefined) return found[0];
  }
  throw unknown(books, name);
}

/** Whether this is the ID or the title of the book, in any case. */
export function isNamed({ submission: { id, title } }: SubmittedBook, name: string): boolean {
  return id === foldTitle(name) || foldTitle(title) === foldTitle(name);
}

function ambiguous(name: string, found: readonly SubmittedBook[]): ConfigError {
  const list = found.map(({ submission: { id, title, outDir } }) => `\n  ${id}  “${title}” in ${outDir}`).join('');
  return new ConfigError(`"${name}" matches several books. Name one by its ID:${list}`);
}

function unknown(books: readonly SubmittedBook[], name: string): ConfigError {
  const byName = new Map(books.flatMap(({ submission: { id, title } }) => [[id, id] as const, [title, id] as const]));
  const near = nearestName(name, byName.keys());
  const hint =
    near === undefined
      ? books.length === 0
        ? 'No book was run or submitted on this store. Name another with --store.'
        : 'To list all: pipeline status'
      : `Did you mean ${byName.get(near)}?`;
  return new ConfigError(`There is no book "${name}". ${hint}`);
}
