/** Titles of books as people type them. */
import { ConfigError } from '../../config/values.ts';
import { nearestName } from '../../manifest/diagnostics/nearest.ts';
import { plain } from '../screen/format.ts';

/** Titles that differ only in case or width are equal when folded. */
export function foldTitle(title: string): string {
  return title.normalize('NFKC').toLowerCase().trim();
}

/** The error for a title that a store lacks; names the nearest one, or what to do. */
export function unknownTitle(of: {
  wanted: string;
  titles: Iterable<string>;
  /** What it lacks: `book`, `delivered edition of`. */
  what: string;
  /** `The store`, `The store /books/.pipeline`. */
  store: string;
  /** When the store has no book at all: `It has no book yet.` */
  ifNone: string;
  /** The command that lists all books. */
  listedBy: string;
}): ConfigError {
  const titles = [...of.titles];
  const near = nearestName(of.wanted, titles);
  const hint =
    near !== undefined
      ? `Did you mean "${plain(near)}"?`
      : titles.length === 0
        ? `${of.ifNone} Name another store with --store.`
        : `To list all: ${of.listedBy}`;
  return new ConfigError(`${of.store} has no ${of.what} "${plain(of.wanted)}". ${hint}`);
}
