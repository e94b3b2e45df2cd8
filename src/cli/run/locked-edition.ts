/** `run --locked`: the edition of the lock, if this book and this store can reproduce it. */
import { basename } from 'node:path';
import type { Account } from '../../account.ts';
import { decisionsInEdition } from '../../book/decisions-in-edition.ts';
import type { Book } from '../../book/load-book.ts';
import { ConfigError } from '../../config/values.ts';
import { findLock } from '../../deliver/lock-file.ts';
import { PipelineError } from '../../errors.ts';
import { markDecisions } from '../../plan/decided-changes.ts';
import type { Edition } from '../../plan/edition.ts';
import { type LockDifference, lockDifference } from '../../plan/lock-difference.ts';
import { draftLike } from '../../run/draft-like.ts';
import { editionOfDraft } from '../../run/prove.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { snapshotOf } from '../../store/snapshot.ts';
import type { Store } from '../../store/store.ts';
import { changeLines } from '../screen/diff-screen.ts';
import { counted, plain } from '../screen/format.ts';
import { shorten } from '../screen/text-width.ts';

/** Differences that are listed; the others are only counted. */
const MOST_LISTED = 20;

/**
 * Reads the lock of a book and makes sure, before anything starts, that its edition can be reproduced here. Throws
 * `ConfigError` (exit 2) when there is no lock, the lock is damaged, or manifest and texts differ from it, and
 * `lock-unmet` (exit 3) when the store lacks takes; both list the differences. Calls nothing, changes nothing. With the version
 * of mastering that made the edition, when it is an earlier one.
 */
export async function editionToReproduce(of: {
  book: Book;
  store: Store;
  account: Account;
}): Promise<{ edition: Edition; masteringVersion: number | undefined }> {
  const { book, store, account } = of;
  const lock = await lockOf(book, account);
  const { draft, masteringVersion } = draftLike(of, lock.edition);
  const { takes } = await snapshotOf(store, draft, { account: account.id, realm: account.realm });
  const difference = lockDifference(lock.edition, editionOfDraft(of, draft), takes);
  markDecisions(difference.changes, decisionsInEdition(book));
  if (difference.in === 'book') throw new ConfigError(bookDiffers(lock.name, difference));
  if (difference.in === 'store') {
    throw new PipelineError({
      code: 'lock-unmet',
      message: storeDiffers(lock.name, store, difference),
      retry: 'never',
    });
  }
  return { edition: lock.edition, masteringVersion };
}

async function lockOf(book: Book, account: Account): Promise<{ name: string; edition: Edition }> {
  const manifest = basename(book.manifestPath);
  const simulated = account.realm === 'local';
  const { name, read } = await findLock({ folder: book.folder, manifest, simulated, use: 'read' });
  const rewrite = `Nothing was done. To write a new ${name}, run without --locked.`;
  if (read === undefined)
    throw new ConfigError(`There is no ${name} beside ${manifest}, so there is nothing to reproduce. ${rewrite}`);
  if (read.problem !== undefined) throw new ConfigError(`${name} ${read.message} ${rewrite}`);
  const { edition } = read;
  const { title, author = '' } = book.manifest;
  if (edition.title !== title || edition.author !== author)
    throw new ConfigError(
      `${name} is the lock of ${bookName(edition)}, not of ${bookName({ title, author })}. ${rewrite}`,
    );
  if (edition.realm === account.realm) return { name, edition };
  throw new ConfigError(
    edition.simulated
      ? `${name} is a lock of simulated speech. To reproduce it, add --simulate. Nothing was done.`
      : `${name} is a lock of the real service's speech. To reproduce it, omit --simulate. Nothing was done.`,
  );
}

function bookName({ title, author }: { title: string; author: string }): string {
  return `“${plain(title)}”${author === '' ? '' : ` by ${plain(author)}`}`;
}

function bookDiffers(name: string, { changes }: LockDifference): string {
  const lines = changeLines(changes, (_style, text) => text);
  return [
    `The book differs from ${name}:`,
    ...bounded(lines),
    'Nothing was done and nothing was sent. Undo the changes, or run without --locked for a new edition.',
  ].join('\n');
}

function storeDiffers(name: string, store: Store, { takes }: LockDifference): string {
  const lines = takes.map(
    ({ number, title, text, problem }) =>
      `  line ${number} (“${plain(title)}”): ${problem === 'missing' ? 'no take' : 'another take'} of “${shorten(wordsInQuotes(plain(text)), 60)}”`,
  );
  return [
    `The store in ${store.location} cannot reproduce ${name}: ${counted(takes.length, 'take')} ${takes.length === 1 ? 'is' : 'are'} missing or different.`,
    ...bounded(lines),
    'Nothing was done and nothing was sent. Use the store that made the lock (--store), or run without --locked.',
  ].join('\n');
}

function bounded(lines: readonly string[]): string[] {
  if (lines.length <= MOST_LISTED) return [...lines];
  return [...lines.slice(0, MOST_LISTED), `  … and ${counted(lines.length - MOST_LISTED, 'more line', 'more lines')}`];
}
