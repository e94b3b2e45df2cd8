/** What the studio is given: the book as the flags say, its money, and what speaks and masters. */

import { termsOf } from '../../composition/prices-and-budget.ts';
import { formatDiagnostics } from '../../manifest/diagnostic.ts';
import { moneyOf, moneyText } from '../../plan/price.ts';
import { findGrant, grantBalance } from '../../store/grants.ts';
import { readSpending } from '../../store/spending/read-spending.ts';
import { sumsByReason } from '../../store/spending/sums.ts';
import type { Given, StudioBook } from '../../studio/given.ts';
import { type BookFlags, type OpenedBook, readBook } from '../lines/open-book.ts';

/** Flags that decide what may be spent. */
export type StudioFlags = BookFlags & { budget?: string };

/** How the command sees a book of the studio. */
const openings = Symbol('opened');
type Opened = StudioBook & { [openings]: OpenedBook };

/** `first`: the book as it was just read. */
export function givenToStudio(of: { first: OpenedBook; flags: StudioFlags; signal: AbortSignal }): Given {
  const { flags, signal } = of;
  const { manifest, store } = of.first;
  let first: OpenedBook | undefined = of.first;
  return {
    open: async () => {
      const opened = first ?? (await readBook({ manifest, flags, store, signal }));
      first = undefined;
      if (!('reading' in opened)) return shownToStudio(opened);
      const { diagnostics, sources } = opened.reading;
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      return { errors: formatDiagnostics({ diagnostics: errors, sources, color: false }).trimEnd() };
    },
    money: (book) => moneyOfBook(openedOf(book), flags),
  };
}

function shownToStudio(opened: OpenedBook): Opened {
  const { manifest, book, account, store, draft, lines, config } = opened;
  return { manifest, book, account, store, draft, lines, simulated: config.simulate, [openings]: opened };
}

/** The same with the studio's store, which remembers what it has read. */
function openedOf(book: StudioBook): OpenedBook {
  return { ...(book as Opened)[openings], store: book.store };
}

async function moneyOfBook(
  { book, config, account, store }: OpenedBook,
  flags: StudioFlags,
): ReturnType<Given['money']> {
  const { title, author = '' } = book.manifest;
  const terms = await termsOf(config, book.manifest, flags, { account });
  const { currency } = terms.tariff;
  const text = (nanos: number): string => moneyText(moneyOf(nanos, currency));
  const { calls } = await readSpending(store, { title, author });
  const own = sumsByReason(calls).find((sum) => sum.simulated === config.simulate && sum.currency === currency);
  const spent = own?.nanos ?? 0;
  const grant = terms.grantId === undefined ? undefined : await findGrant(store, terms.grantId);
  const { budgetNanos } = terms;
  return {
    currency,
    spent: text(spent),
    ...(budgetNanos !== undefined && {
      granted: text(budgetNanos),
      left: text(Math.max(0, budgetNanos - (grant === undefined ? 0 : grantBalance(grant).spentNanos))),
    }),
  };
}
