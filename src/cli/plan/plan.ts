/** `pipeline plan`: what a run would do, why, and what it would cost, without doing any of it. */

import { consentOf } from '../../book/consent.ts';
import { type BookReading, loadBook } from '../../book/load-book.ts';
import { voiceModelDiagnostics } from '../../book/voice-models.ts';
import type { Flags } from '../../config.ts';
import { readConfig } from '../../config.ts';
import { planReport } from '../../plan/report.ts';
import { planRun, planTermsOf } from '../../run/plan.ts';
import { diagnosticsEvent, printDiagnostics } from '../check/check.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { openConfiguredStore } from '../composition/open-store.ts';
import { accountToLookAt } from '../composition/service.ts';
import { termsOf } from '../composition/terms.ts';
import { planLines } from '../screen/plan-screen.ts';
import { openTerminal, plain } from '../screen/terminal.ts';

/**
 * Exit code 0; 2 when the manifest, the prices or the budget are wrong; 4 when the plan is over its budget. Needs no key:
 * without one, no voice counts as enrolled. Calls nothing and writes nothing.
 */
export async function planCommand(
  manifest: string,
  flags: Flags & { json?: boolean; verbose?: boolean },
): Promise<number> {
  const terminal = openTerminal();
  const config = readConfig(flags);
  const loaded = await loadBook({ manifestPath: manifest });
  const refuse = ({ diagnostics, sources }: Pick<BookReading, 'diagnostics' | 'sources'>): number => {
    printDiagnostics({ diagnostics, sources }, terminal);
    if (flags.json) terminal.out(JSON.stringify(diagnosticsEvent(manifest, diagnostics)));
    return EXIT.wrongInput;
  };
  const { book } = loaded;
  if (book === undefined) return refuse(loaded);
  if (!flags.json) printDiagnostics(loaded, terminal);
  const terms = await termsOf(config, book.manifest, flags);
  const account = accountToLookAt(config);
  const store = await openConfiguredStore(config);
  const miscast = await voiceModelDiagnostics(book, { store, account: account.id });
  if (miscast.length > 0) return refuse({ diagnostics: miscast, sources: loaded.sources });
  const plan = await planRun({ book, store, account });
  const report = planReport(plan, await planTermsOf({ store, account, terms }, plan));
  const consents = consentOf(book);
  if (flags.json) terminal.out(JSON.stringify({ ...report, consent: consents }));
  else {
    terminal.out(terminal.paint('bold', plain(report.title)));
    for (const { character, consent } of consents) {
      const said = consent === null ? 'consent not stated' : `consent by ${plain(consent.by)} on ${consent.on}`;
      terminal.out(`  ${plain(character)}: ${said}`);
    }
    for (const line of planLines(report, terminal, { verbose: flags.verbose ?? false })) terminal.out(line);
  }
  return report.budget?.kept === false ? EXIT.overBudget : EXIT.ok;
}
