/** What a run of a manifest would do and cost. For the command and the library. */
import { consentOf } from '../book/consent.ts';
import { type Book, type BookReading, loadBook, type ModelChoice } from '../book/load-book.ts';
import { modelChooser } from '../composition/choose-model.ts';
import { furtherDiagnostics, withDiagnostics } from '../composition/further-diagnostics.ts';
import { openConfiguredStore } from '../composition/open-store.ts';
import { serviceOfBook } from '../composition/own-server.ts';
import { termsOf } from '../composition/prices-and-budget.ts';
import { voiceDiagnostics } from '../composition/voice-diagnostics.ts';
import type { Config } from '../config/config.ts';
import type { PlanReport } from '../events/plan-report.ts';
import { type Diagnostic, hasErrors } from '../manifest/diagnostics/diagnostic.ts';
import { type PlanPrice, planPrice } from '../plan/plan-price.ts';
import { planReport } from '../plan/report.ts';
import { planRun, planTermsOf } from '../run/plan.ts';

/** A plan takes at most two seconds; what is measured is kept, so that the next plan goes on from there. */
const MOST_JUDGING_MS = 700;

/** The plan of a book. */
export interface PlannedBook {
  book: Book;
  report: PlanReport;
  consents: ReturnType<typeof consentOf>;
  /** What was found about its files and voices: warnings. */
  diagnostics: Diagnostic[];
  /** Absent when the manifest names its model. */
  modelChoice?: ModelChoice;
  /** Speech, voices and hearing, exactly. Undefined: no price is known, or they are in several currencies. */
  price: PlanPrice | undefined;
}

/** A book with errors: nothing was planned. */
export interface UnplannedBook extends Pick<BookReading, 'diagnostics' | 'sources'> {
  book?: undefined;
}

/**
 * Plans it. Needs no key: without one, no voice counts as enrolled. Writes nothing but what it measures of recordings, and calls
 * nothing but one's own server, to ask what it is. Throws `ConfigError` for wrong prices or a wrong budget.
 */
export async function planManifest(of: {
  manifest: string;
  config: Config;
  budget?: string | undefined;
  chapters?: readonly number[] | undefined;
  deadline?: { byMs: number; nowMs: number } | undefined;
  /** Shows warnings, those of the files before those of the voices. */
  warn?: (found: Pick<BookReading, 'diagnostics' | 'sources'>) => void;
  /** Called with the book before anything else happens; throws when the plan makes no sense for it. */
  accept?: (book: Book) => void;
  note?: (message: string) => void;
}): Promise<PlannedBook | UnplannedBook> {
  const { manifest, config: given, budget, chapters, deadline, warn, accept, note } = of;
  const read = await loadBook({ manifestPath: manifest, modelFor: modelChooser(given) });
  const loaded = withDiagnostics(read, await furtherDiagnostics(read, { config: given }));
  const { book, sources, modelChoice } = loaded;
  if (book === undefined) return { diagnostics: loaded.diagnostics, sources };
  warn?.(loaded);
  accept?.(book);
  const service = await serviceOfBook(given, book.manifest, { sends: false });
  const { account, config } = service;
  if (service.note !== undefined) note?.(service.note);
  const terms = await termsOf(config, book.manifest, budget === undefined ? {} : { budget }, { account });
  const store = await openConfiguredStore(config);
  const plan = await planRun({ book, store, account, only: chapters });
  const voices = await voiceDiagnostics(book, { config, account, store, plan, withinMs: MOST_JUDGING_MS });
  if (hasErrors(voices)) return { diagnostics: voices, sources };
  warn?.({ diagnostics: voices, sources });
  const planTerms = await planTermsOf({ store, account, terms }, plan);
  const report = planReport(plan, { ...planTerms, deadline });
  const diagnostics = [...loaded.diagnostics, ...voices];
  const price = planPrice(plan, planTerms);
  return { book, report, consents: consentOf(book), diagnostics, price, ...(modelChoice && { modelChoice }) };
}
