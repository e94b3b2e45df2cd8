/** `pipeline store forget`: deletes a book from the store. */
import { ConfigError } from '../../config/values.ts';
import { recordsOfBook } from '../../retention/forget.ts';
import { surveyStore } from '../../retention/survey.ts';
import { usageOf } from '../../retention/usage.ts';
import { readSpending } from '../../store/spending/read-spending.ts';
import { listBooks } from '../../submissions/list.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { confirm } from '../screen/confirm.ts';
import { counted, plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';
import { bookNamed, pickTitle } from './known-books.ts';
import { pruneStore, refuseWhileRunning } from './prune.ts';
import { sizeText } from './size-text.ts';
import { type StoreFlags, withStore } from './with-store.ts';

/** Flags of the command. */
export type ForgetFlags = StoreFlags & { now?: boolean };

/** A day: the default of `prune`. */
const GRACE_MS = 24 * 60 * 60 * 1_000;
/** More than a book has: forgetting one book is no reason to delete editions of another. */
const ALL_EDITIONS = Number.MAX_SAFE_INTEGER;

/** Exit code 0; 2 when the store has no such book, or it is running. */
export async function storeForgetCommand(name: string, flags: ForgetFlags): Promise<number> {
  const terminal = openTerminal();
  return withStore(flags, { terminal, changes: true }, async (opened) => {
    const { store, signal } = opened;
    if (flags.now) await refuseWhileRunning(store);
    const survey = await surveyStore(store);
    const book = pickTitle(usageOf(survey).books, await bookNamed(name));
    const open = (await listBooks(store)).find(
      ({ status, submission }) =>
        submission.title === book.title &&
        submission.author === book.author &&
        (status === 'running' || status === 'queued' || status === 'paused'),
    );
    if (open !== undefined)
      throw new ConfigError(
        `“${plain(book.title)}” is ${open.status}. Cancel it first: pipeline cancel ${open.submission.id}`,
      );
    const { calls } = await readSpending(store, book);
    const paidKeys = calls.map(({ key }) => key);
    const { records, unwanted, editions, unnamedBytes } = recordsOfBook(survey, book, paidKeys);
    const question = `Forget “${plain(book.title)}”: ${counted(editions, 'edition')}, ${sizeText(book.ownBytes + unnamedBytes)} that no other book uses? Its takes cost money again.`;
    if (!(await confirm(question, { yes: flags.yes === true, signal }))) {
      terminal.out('Nothing was deleted.');
      return EXIT.ok;
    }
    const byName = new Map(survey.objects.map((object) => [object.name, object]));
    for (const record of records) await store.deleteObject(byName.get(record)!);
    const rule = { keepEditions: ALL_EDITIONS, grace: GRACE_MS, yes: true };
    return pruneStore({ ...flags, ...rule }, { opened, terminal, unwanted });
  });
}
