/** `pipeline plan`: what a run would do, why, and what it would cost. Does none of it. */
import { consentOf } from '../../book/consent.ts';
import { type BookReading, loadBook } from '../../book/load-book.ts';
import { modelChoiceText, modelChooser } from '../../composition/choose-model.ts';
import { furtherDiagnostics, withDiagnostics } from '../../composition/further-diagnostics.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { serviceOfBook } from '../../composition/own-server.ts';
import { termsOf } from '../../composition/prices-and-budget.ts';
import { voiceDiagnostics } from '../../composition/voice-diagnostics.ts';
import type { Flags } from '../../config/config.ts';
import { readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { hasErrors } from '../../manifest/diagnostic.ts';
import { planReport } from '../../plan/report.ts';
import { planRun, planTermsOf } from '../../run/plan.ts';
import { requireChapters } from '../command-line/chosen-chapters.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { diagnosticsEvent, printBriefly, printDiagnostics } from '../screen/diagnostics-screen.ts';
import { plain } from '../screen/format.ts';
import { planLines } from '../screen/plan-screen.ts';
import { reviewLines } from '../screen/review-lines.ts';
import { spelledLines } from '../screen/spelled-lines.ts';
import { openTerminal } from '../screen/terminal.ts';
import { deadlineOf } from './deadline.ts';

/** A plan takes at most two seconds; what is measured is kept, so that the next plan goes on from there. */
const MOST_JUDGING_MS = 700;

/** Flags of `plan`. */
export interface PlanFlags extends Flags {
  json?: boolean;
  verbose?: boolean;
  by?: string;
  /** Only these chapters. */
  chapter?: number[];
}

/**
 * Exit code 0; 2 when the manifest, the prices or the budget are wrong; 4 when the plan is over its budget. Needs no key:
 * without one, no voice counts as enrolled. Writes nothing but what it measures of recordings, and calls nothing but one's own server, to ask what it is.
 */
export async function planCommand(manifest: string, flags: PlanFlags): Promise<number> {
  const terminal = openTerminal();
  const given = readConfig(flags);
  const deadline = flags.by === undefined ? undefined : readDeadline(flags.by);
  const read = await loadBook({ manifestPath: manifest, modelFor: modelChooser(given) });
  const loaded = withDiagnostics(read, await furtherDiagnostics(read, { config: given }));
  const refuse = ({ diagnostics, sources }: Pick<BookReading, 'diagnostics' | 'sources'>): number => {
    if (flags.json) printDiagnostics({ diagnostics, sources }, terminal);
    else printBriefly({ diagnostics, sources, manifest }, terminal);
    if (flags.json) terminal.raw(JSON.stringify(diagnosticsEvent(manifest, diagnostics)));
    return EXIT.wrongInput;
  };
  const { book } = loaded;
  if (book === undefined) return refuse(loaded);
  if (!flags.json) printBriefly({ ...loaded, manifest }, terminal);
  requireChapters(book, flags.chapter);
  const { account, config, note } = await serviceOfBook(given, book.manifest, { sends: false });
  if (note !== undefined) terminal.err(plain(note));
  const terms = await termsOf(config, book.manifest, flags, { account });
  const store = await openConfiguredStore(config);
  const plan = await planRun({ book, store, account, only: flags.chapter });
  const voices = await voiceDiagnostics(book, { config, account, store, plan, withinMs: MOST_JUDGING_MS });
  const ofVoices = { diagnostics: voices, sources: loaded.sources };
  if (hasErrors(voices)) return refuse(ofVoices);
  if (!flags.json) printBriefly({ ...ofVoices, manifest }, terminal);
  const report = planReport(plan, { ...(await planTermsOf({ store, account, terms }, plan)), deadline });
  const consents = consentOf(book);
  if (flags.json)
    terminal.raw(
      JSON.stringify({
        ...report,
        consent: consents,
        modelFrom: loaded.modelChoice?.from ?? 'manifest',
        ...(book.review && { review: book.review }),
        ...(book.spelled && { spelled: book.spelled }),
      }),
    );
  else {
    terminal.out(terminal.paint('bold', plain(report.title)));
    for (const line of consentLines(consents)) terminal.out(line);
    if (loaded.modelChoice !== undefined) terminal.out(`  ${modelChoiceText(loaded.modelChoice)}`);
    for (const line of reviewLines(book.review, { all: flags.verbose ?? false })) terminal.out(line);
    for (const line of spelledLines(book.spelled)) terminal.out(line);
    for (const line of planLines(report, terminal, { verbose: flags.verbose ?? false })) terminal.out(line);
  }
  return report.budget?.kept === false ? EXIT.overBudget : EXIT.ok;
}

function readDeadline(text: string): { byMs: number; nowMs: number } {
  const now = new Date();
  const by = deadlineOf(text, now);
  if (by === undefined)
    throw new ConfigError(`--by must be a time such as 18:00 or 2026-12-01T18:00, not "${plain(text)}".`);
  return { byMs: by.getTime(), nowMs: now.getTime() };
}

/** A line for each stated consent, and one for all characters without one. */
function consentLines(consents: ReturnType<typeof consentOf>): string[] {
  const stated = consents.flatMap(({ character, consent }) =>
    consent === null ? [] : [`  ${plain(character)}: consent by ${plain(consent.by)} on ${consent.on}`],
  );
  const others = consents.filter(({ consent }) => consent === null).map(({ character }) => plain(character));
  return others.length === 0 ? stated : [...stated, `  consent not stated: ${others.join(', ')}`];
}
