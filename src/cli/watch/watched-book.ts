/** A book in a watched folder: checked, priced and run with the settings of the command line. */
import { basename } from 'node:path';
import type { Account } from '../../account.ts';
import type { Book } from '../../book/load-book.ts';
import { openReader, type Reader } from '../../book/threads/reading-thread.ts';
import { keepChosenModel, modelChooser } from '../../composition/choose-model.ts';
import { furtherDiagnostics, withDiagnostics } from '../../composition/further-diagnostics.ts';
import { openOutBucket } from '../../composition/open-out-bucket.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { type BookService, serviceOfBook } from '../../composition/own-server.ts';
import { termsOf } from '../../composition/prices-and-budget.ts';
import { accountFor } from '../../composition/service.ts';
import { type SharedWork, shareWork } from '../../composition/shared-workbench.ts';
import { voiceDiagnostics } from '../../composition/voice-diagnostics.ts';
import { type Config, type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { putIntoLibrary } from '../../deliver/audiobookshelf.ts';
import { type Diagnostic, formatDiagnostics, hasErrors } from '../../manifest/diagnostics/diagnostic.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { Plan } from '../../plan/plan.ts';
import { planTotals } from '../../plan/plan-totals.ts';
import { moneyOf, nanosOf } from '../../plan/price.ts';
import { planRun, planTermsOf } from '../../run/plan.ts';
import type { Terms, Work } from '../../run/run-options.ts';
import { refuseLinks } from '../../store/no-links.ts';
import { readSpending } from '../../store/spending/read-spending.ts';
import { spendingSummary } from '../../store/spending/sums.ts';
import { hashed } from '../../submissions/grant-id.ts';
import { runSubmission } from '../../submissions/run-submission.ts';
import { paidSince } from '../../watch/book-money.ts';
import type { Preparation, Prepare } from '../../watch/book-work.ts';
import type { PaidSince } from '../../watch/daily-budget.ts';
import type { WatchOptions } from '../../watch/options.ts';
import { failureOf } from '../../watch/outage.ts';

/** Errors that another dropped file fixes: the book waits for it and is not rejected. */
const MISSING_FILE: ReadonlySet<string> = new Set(['file-not-found', 'file-not-readable']);

/** Prepares watched books, and opens what they share; close it when the watcher has ended. */
export function watchedBooks(of: {
  flags: Flags;
  notice: (message: string) => void;
  /** Ends the wait for another run on the same store. */
  signal: AbortSignal;
  /** The watched folder, when finished books go below it: a link on the way is not followed. */
  outRoot?: string | undefined;
  /** Absolute path of an Audiobookshelf library that finished books are put into as well. */
  library?: string | undefined;
}): {
  prepare: Prepare;
  readReferences: Reader['readReferences'];
  diagnose: WatchOptions['diagnose'];
  spentOn: NonNullable<WatchOptions['spentOn']>;
  paidSince: PaidSince;
  expectWork(): void;
  /** The shared work, as far as it is open. */
  work(): Promise<Work> | undefined;
  close(): Promise<void>;
} {
  const { flags, notice, signal: stopped } = of;
  const open = async ({ account, config, model }: BookService & { model?: string }): Promise<Work> => {
    const [{ openWorkbench }, store] = await Promise.all([
      import('../../composition/workbench.ts'),
      openConfiguredStore(config, { notice, stop: stopped }),
    ]);
    return openWorkbench({ config, account, ...(model !== undefined && { model }), store, notice, signal: stopped });
  };
  // Read again each time it is opened: a key in a file may have been replaced.
  const bench = shareWork(async () => {
    const config = readConfig(flags);
    return open({ config, account: accountFor(config) });
  });
  /** Of one's own servers, by account: one server that is started again as another one is another account. */
  const own = new Map<string, SharedWork>();
  const benchOf: BenchOf = (service, { engine, model }) => {
    if (engine === undefined) return bench;
    const shared = own.get(service.account.id) ?? shareWork(() => open({ ...service, model }));
    own.set(service.account.id, shared);
    return shared;
  };
  const reader = openReader();
  return {
    prepare: (manifestPath, signal) =>
      prepare({ manifestPath, signal, flags, reader, benchOf, library: of.library, outRoot: of.outRoot }),
    readReferences: (path) => reader.readReferences(path),
    diagnose: async (manifestPath, decided) => {
      const config = readConfig(flags);
      const read = await reader.loadBook({ manifestPath, modelFor: modelChooser(config), decided });
      return withDiagnostics(read, await furtherDiagnostics(read, { config })).diagnostics;
    },
    spentOn: async (book) => {
      const store = await openConfiguredStore(readConfig(flags), { stop: stopped });
      return spendingSummary((await readSpending(store, book)).calls);
    },
    paidSince: async (book, since) => {
      const store = await openConfiguredStore(readConfig(flags), { stop: stopped });
      return paidSince((await readSpending(store, book)).calls, since);
    },
    expectWork: () => bench.warm(),
    work: () => [bench, ...own.values()].map((each) => each.now()).find((open) => open !== undefined),
    close: async () => {
      await Promise.all([reader, bench, ...own.values()].map((each) => each.close()));
    },
  };
}

type BenchOf = (service: BookService, manifest: Manifest) => SharedWork;

async function prepare(of: {
  manifestPath: string;
  signal: AbortSignal;
  flags: Flags;
  reader: Reader;
  benchOf: BenchOf;
  library: string | undefined;
  outRoot: string | undefined;
}): Promise<Preparation> {
  const { manifestPath, flags } = of;
  const given = readConfig(flags);
  const read = await of.reader.loadBook({ manifestPath, signal: of.signal, modelFor: modelChooser(given) });
  const further = await furtherDiagnostics(read, { config: given, signal: of.signal });
  const { book, diagnostics, sources } = withDiagnostics(read, further);
  if (book === undefined) return preparationOf(diagnostics, sources);
  const service = await serviceOfBook(given, book.manifest, { sends: true });
  const { account, config } = service;
  const bookTerms = await termsFor(book, { config, flags, account });
  if ('verdict' in bookTerms) return bookTerms;
  const store = await openConfiguredStore(config, { stop: of.signal });
  const plan = await planRun({ book, store, account });
  const voices = await voiceDiagnostics(book, { config, account, store, plan, signal: of.signal });
  if (hasErrors(voices)) return preparationOf(voices, sources);
  const terms =
    flags.budget === undefined
      ? bookTerms
      : { ...bookTerms, grantId: grantOfDrop(plan, { account, budget: flags.budget, outDir: config.outDir }) };
  const { tariff } = await planTermsOf({ store, account, terms }, plan);
  const { billedCharacters, cost, estimated, segments } = planTotals(plan, tariff);
  return {
    verdict: 'ready',
    title: book.manifest.title,
    author: book.manifest.author ?? '',
    segments: segments.total,
    price: cost,
    estimated,
    ...(terms.budgetNanos !== undefined && { budget: moneyOf(terms.budgetNanos, tariff.currency) }),
    billedCharacters,
    run: async ({ emit, signal, urgent, retryRefused = false, further, agreement }) => {
      if (of.outRoot !== undefined) await refuseLinks(of.outRoot, config.outDir);
      const end = await runSubmission({
        book,
        store,
        account,
        simulated: config.simulate,
        outDir: config.outDir,
        out: await openOutBucket(config, signal),
        retryRefused: flags.retryRefused ?? retryRefused,
        ...granted({ terms, account, agreement, isContinued: flags.budget !== undefined }),
        further,
        openWork: async () => {
          await keepChosenModel({ store, account, manifest: book.manifest, choice: read.modelChoice });
          return of.benchOf(service, book.manifest).open();
        },
        urgent,
        emit,
        signal,
      });
      if (of.library === undefined || !end.finished.ok || end.stoppedBy !== undefined) return end;
      try {
        await putIntoLibrary({ library: of.library, book, finished: end.finished, store: store.id });
        return end;
      } catch (error) {
        // It is missing from the library, so it is not done; tried again like after any other failure of one book.
        return { ...end, stoppedBy: failureOf(error) };
      }
    },
  };
}

/**
 * The terms of one run. With --budget every version of a book has a grant of its own, and so has an approval; what runs the
 * version again continues that. Of two limits the lower one counts.
 */
function granted(of: {
  terms: Terms;
  account: Account;
  agreement: { amount: number; id: string } | undefined;
  isContinued: boolean;
}): { terms: Terms; isContinued: boolean } {
  const { terms, account, agreement, isContinued } = of;
  if (agreement === undefined || terms.tariff.speech === undefined) return { terms, isContinued };
  const nanos = nanosOf(agreement.amount);
  if (terms.budgetNanos !== undefined && terms.budgetNanos <= nanos) return { terms, isContinued };
  const grantId = hashed('approval', account.id, agreement.id);
  return { terms: { ...terms, budgetNanos: nanos, grantId }, isContinued: true };
}

/** The grant of `watch --budget`: of the book as it is now, wherever it lies in the folder. */
function grantOfDrop(
  plan: Plan,
  { account, budget, outDir }: { account: Account; budget: string; outDir: string },
): string {
  const masters = plan.chapters.map(({ master }) => master.step.key);
  return hashed('watch', account.id, outDir, budget, plan.title, ...masters);
}

/** Prices and budget of the book. An error in them can be fixed in the folder, so it is reported there. */
async function termsFor(
  book: Book,
  { config, flags, account }: { config: Config; flags: Flags; account: Account },
): Promise<Terms | Preparation> {
  try {
    return await termsOf(config, book.manifest, flags, { account });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { verdict: 'refused', text: `${basename(book.manifestPath)} error: ${error.message}\n\n1 error` };
  }
}

function preparationOf(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): Preparation {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.every(({ code }) => MISSING_FILE.has(code))) {
    // The message quotes the name of the file, as the manifest has it.
    const missing = errors.map(({ message }) => /"(.+)"/.exec(message)?.[1] ?? message);
    return { verdict: 'incomplete', missing: [...new Set(missing)] };
  }
  return { verdict: 'refused', text: formatDiagnostics({ diagnostics, sources, color: false }) };
}
