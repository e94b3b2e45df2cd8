/** `pipeline plan`: what a run would do and what it would cost, without doing any of it. */
import { type BookReading, loadBook } from '../book.ts';
import { castMistakes } from '../cast.ts';
import type { Flags } from '../config.ts';
import { readConfig } from '../config.ts';
import { consentOf } from '../consent.ts';
import { type Plan, type PlanTotals, planTotals } from '../plan/plan.ts';
import { planRun } from '../run.ts';
import { mistakesEvent, printDiagnostics } from './check.ts';
import { EXIT } from './exit.ts';
import { openConfiguredStore } from './open-store.ts';
import { accountToLookAt } from './service.ts';
import { counted, grouped, openTerminal, plain, type Terminal } from './terminal.ts';

/** Exit code 0, or 2 when the manifest has mistakes. Needs no key: without one, no voice counts as enrolled. */
export async function planCommand(manifest: string, flags: Flags & { json?: boolean }): Promise<number> {
  const terminal = openTerminal();
  const config = readConfig(flags);
  const loaded = await loadBook({ manifestPath: manifest });
  const refuse = ({ diagnostics, sources }: Pick<BookReading, 'diagnostics' | 'sources'>): number => {
    printDiagnostics({ diagnostics, sources }, terminal);
    if (flags.json) terminal.out(JSON.stringify(mistakesEvent(manifest, diagnostics)));
    return EXIT.wrongInput;
  };
  if (loaded.book === undefined) return refuse(loaded);
  if (!flags.json) printDiagnostics(loaded, terminal);
  const account = accountToLookAt(config);
  const store = await openConfiguredStore(config);
  const miscast = await castMistakes(loaded.book, { store, account: account.id });
  if (miscast.length > 0) return refuse({ diagnostics: miscast, sources: loaded.sources });
  const plan = await planRun({ book: loaded.book, store, account });
  const totals = planTotals(plan);
  const consents = consentOf(loaded.book);
  if (flags.json) terminal.out(JSON.stringify(planEvent(plan, totals, consents)));
  else printPlan({ plan, totals, consents, terminal });
  return EXIT.ok;
}

/** The plan as `plan --json` prints it. Relied upon from outside: add, never rename. */
function planEvent(plan: Plan, { voices, segments, billedCharacters, cost }: PlanTotals, consent: Consents): object {
  return {
    type: 'plan',
    voices,
    segments,
    billedCharacters,
    cost,
    consent,
    chapters: plan.chapters.map((chapter) => ({
      index: chapter.number,
      title: chapter.title,
      synthesize: chapter.segments.filter((segment) => segment.need === 'speak').length,
      reasons: reasonsOf(chapter),
      pickups: chapter.segments.filter(({ step }) => step.pickup !== undefined).length,
      coverage: chapter.coverage,
    })),
  };
}

/** Why: how many segments for each reason, and why the chapter is mastered or not. */
function reasonsOf(chapter: Plan['chapters'][number]): Record<string, number | string> {
  const reasons: Record<string, number | string> = { master: chapter.master.reason };
  for (const { reason } of chapter.segments) reasons[reason] = Number(reasons[reason] ?? 0) + 1;
  return reasons;
}

type Consents = ReturnType<typeof consentOf>;

function printPlan(of: { plan: Plan; totals: PlanTotals; consents: Consents; terminal: Terminal }): void {
  const { plan, totals, consents, terminal } = of;
  terminal.out(terminal.paint('bold', plain(plan.title)));
  for (const { character, consent } of consents) {
    const said = consent === null ? 'consent not stated' : `consent by ${plain(consent.by)} on ${consent.on}`;
    terminal.out(`  ${plain(character)}: ${said}`);
  }
  for (const { step, need } of plan.voices) {
    terminal.out(
      `  voice of ${plain(step.characters.join(', '))}: ${need === 'enroll' ? 'to be enrolled' : 'nothing to enrol'}`,
    );
  }
  for (const chapter of plan.chapters) {
    const speak = chapter.segments.filter((segment) => segment.need === 'speak').length;
    const pickups = chapter.segments.filter(({ step }) => step.pickup !== undefined).length;
    const what = [
      pickups > 0 ? `${counted(pickups, 'pickup')}` : undefined,
      speak > 0 ? `speak ${grouped(speak)} of ${counted(chapter.segments.length, 'segment')}` : undefined,
      chapter.master.need === 'make' ? `master (${MASTER_REASONS[chapter.master.reason]})` : undefined,
    ].filter((part) => part !== undefined);
    terminal.out(
      `  chapter ${chapter.number} “${plain(chapter.title)}”: ${what.length === 0 ? 'nothing to do' : what.join(', ')}`,
    );
  }
  const { voices, segments, billedCharacters, cost } = totals;
  terminal.out(
    `${counted(voices.enroll, 'voice')} to enrol, ${counted(segments.synthesize, 'segment')} to speak, ${counted(billedCharacters, 'billed character')}` +
      (cost === null ? ', price unknown.' : `, about ${cost.amount.toFixed(2)} ${cost.currency}.`),
  );
  terminal.out(terminal.paint('dim', `Prices: ${plan.model.source}.`));
}

const MASTER_REASONS: Readonly<Record<Plan['chapters'][number]['master']['reason'], string>> = {
  new: 'new or changed',
  'takes-missing': 'its text changed or is new',
  'takes-changed': 'a take was spoken again',
  stored: 'in the store',
};
