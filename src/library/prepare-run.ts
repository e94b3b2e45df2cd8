/** What a run needs before it starts: the book without errors, its service, its prices and its store. For the command and the library. */
import type { Account } from '../account.ts';
import { type Book, type BookReading, loadBook, type ModelChoice } from '../book/load-book.ts';
import { modelChooser } from '../composition/choose-model.ts';
import { furtherDiagnostics, withDiagnostics } from '../composition/further-diagnostics.ts';
import { openConfiguredStore } from '../composition/open-store.ts';
import { serviceOfBook } from '../composition/own-server.ts';
import { termsOf } from '../composition/prices-and-budget.ts';
import { voiceDiagnostics } from '../composition/voice-diagnostics.ts';
import type { Config } from '../config/config.ts';
import { type Diagnostic, hasErrors } from '../manifest/diagnostics/diagnostic.ts';
import type { Terms } from '../run/run-options.ts';
import type { Store } from '../store/store.ts';
import { newGrantId } from '../submissions/grant-id.ts';

/** A book that can be run. */
export interface PreparedRun {
  book: Book;
  /** What was found about it: warnings. */
  diagnostics: Diagnostic[];
  /** Absent when the manifest names its model. */
  modelChoice?: ModelChoice;
  account: Account;
  /** Of this book: with its own server, for example. */
  config: Config;
  terms: Terms;
  store: Store;
}

/** A book with errors: nothing was sent and nothing was made. */
export interface RefusedRun extends Pick<BookReading, 'diagnostics' | 'sources'> {
  book?: undefined;
  /** They were shown with the reading. */
  shown: boolean;
}

/** Reads a manifest and everything it names, and finds the service, the prices and the store. Rejects as these do. */
export async function prepareRun(of: {
  manifest: string;
  config: Config;
  budget?: string | undefined;
  /** Whether the run may call the service, so that it needs a key. */
  sends: boolean;
  /** Shows what was found in the files, before the store is opened. */
  read: (reading: BookReading) => void;
  /** Called with the book before anything else happens; throws when the run makes no sense for it. */
  accept?: (book: Book) => void;
  notice: (message: string) => void;
  signal: AbortSignal;
}): Promise<PreparedRun | RefusedRun> {
  const { manifest, config: given, budget, sends, read: tell, accept, notice, signal } = of;
  const read = await loadBook({ manifestPath: manifest, signal, modelFor: modelChooser(given) });
  const loaded = withDiagnostics(read, await furtherDiagnostics(read, { config: given, signal }));
  tell(loaded);
  const { book, sources, modelChoice } = loaded;
  if (book === undefined) return { diagnostics: loaded.diagnostics, sources, shown: true };
  accept?.(book);
  const { account, config } = await serviceOfBook(given, book.manifest, { sends });
  const flags = budget === undefined ? {} : { budget };
  const terms = await termsOf(config, book.manifest, flags, { account, grantId: newGrantId() });
  const store = await openConfiguredStore(config, { notice, stop: signal });
  const voices = await voiceDiagnostics(book, { config, account, store, signal });
  if (hasErrors(voices)) return { diagnostics: voices, sources, shown: false };
  const diagnostics = [...loaded.diagnostics, ...voices];
  return { book, diagnostics, account, config, terms, store, ...(modelChoice && { modelChoice }) };
}
