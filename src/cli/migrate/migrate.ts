/** `pipeline migrate`: shows what another model would cost, lets people listen, and then changes the manifest. */
import { join, resolve } from 'node:path';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { type BookService, serviceOfBook } from '../../composition/own-server.ts';
import { termsOf } from '../../composition/prices-and-budget.ts';
import { accountWithoutCalls } from '../../composition/service.ts';
import { speakPart, throwIfOverBudget } from '../../composition/speak-part.ts';
import { type Config, type Flags, readConfig } from '../../config/config.ts';
import type { Money } from '../../events/plan-report.ts';
import { type ComparedLine, comparedLines } from '../../plan/compared-lines.ts';
import { bookFolderName } from '../../plan/names.ts';
import type { Plan } from '../../plan/plan.ts';
import { planNanos, planTotals } from '../../plan/plan-totals.ts';
import { moneyOf, moneyText } from '../../plan/price.ts';
import { type PlanTerms, planReport } from '../../plan/report.ts';
import { draftRun, planRun, planTermsOf } from '../../run/plan.ts';
import { NO_LINES, type SpokenLines } from '../../run/speak-lines.ts';
import type { Store } from '../../store/store.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { samePlace } from '../command-line/same-place.ts';
import { confirm } from '../screen/confirm.ts';
import { diagnosticsEvent, printDiagnostics } from '../screen/diagnostics-screen.ts';
import { plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { proveChangeable, replaceManifest } from './change-manifest.ts';
import { type ListeningLine, writeListeningFiles } from './listening-files.ts';
import { changeScreen, listeningLines, workText } from './migrate-screen.ts';
import { type OtherModel, readOtherModel } from './other-model.ts';

/** Flags of `migrate`. */
export interface MigrateFlags extends Flags {
  model: string;
  character?: string;
  yes?: boolean;
  dryRun?: boolean;
  listenOnly?: boolean;
  json?: boolean;
}

/**
 * Exit code 0; 1 when a line could not be spoken, 2 when the change is not possible, 4 when the lines cost more than the
 * budget: in all three the manifest stays as it is. Safe to repeat: what was spoken is not paid again.
 */
export async function migrateCommand(manifest: string, flags: MigrateFlags): Promise<number> {
  const terminal = openTerminal();
  const interrupt = onInterrupt(() => terminal.err('Stopping. The manifest stays as it is.'));
  try {
    return await migrate({ manifest, flags, terminal, signal: interrupt.signal });
  } finally {
    interrupt.release();
  }
}

interface Command {
  manifest: string;
  flags: MigrateFlags;
  terminal: Terminal;
  signal: AbortSignal;
}

async function migrate(command: Command): Promise<number> {
  const { manifest, flags, terminal, signal } = command;
  const config = readConfig(flags);
  const { model, character } = flags;
  const openStore = async () => ({ store: await openConfiguredStore(config), account: accountWithoutCalls(config) });
  const change = await readOtherModel({ manifest, model, character, config, openStore, signal });
  if ('refused' in change) return refuse(command, change.refused);
  printDiagnostics(change.warnings, terminal);
  const isSame = Buffer.from(change.before.bytes).equals(change.after.bytes);
  if (isSame) return endUnchanged(command);
  const sends = flags.dryRun !== true;
  const service = await serviceOfBook(config, change.after.book.manifest, { sends });
  const store = await openConfiguredStore(config);
  const planned = await planChange({ change, config, service, store, flags });
  const { report, lines, listening, terms } = planned;
  const totals = planTotals(listening, terms.tariff);
  if (!flags.json)
    for (const line of changeScreen({ change, model, report, listening: totals, lines }, terminal)) terminal.out(line);
  const outcome: Outcome = { change, planned, spoken: NO_LINES, heard: [], changed: false };
  if (!sends) return end(command, outcome);
  if (flags.listenOnly !== true) await proveChangeable(manifest);
  throwIfOverBudget(
    { part: listening, terms },
    { what: 'The lines to listen to', nothing: 'Nothing was sent, and the manifest stays as it is.' },
  );
  const isPaid = totals.voices.enroll + totals.segments.synthesize > 0;
  if (isPaid && !(await confirm(`Continue with ${workText(totals)}?`, { yes: flags.yes ?? false, signal }))) {
    terminal.err('Nothing was sent, and nothing was changed.');
    return EXIT.ok;
  }
  if (isPaid) outcome.spoken = await speak({ change, planned, service, store, terminal, flags, signal });
  const folder = listeningFolder(config, report.title);
  outcome.heard = await writeListeningFiles(folder, { store, lines });
  if (!flags.json) for (const line of listeningLines(outcome.heard, folder)) terminal.out(line);
  for (const { message } of outcome.spoken.failures.values()) terminal.err(plain(message));
  if (outcome.spoken.failures.size > 0 || flags.listenOnly === true) return end(command, outcome);
  if (await confirm(`Change ${manifest}?`, { yes: flags.yes ?? false, signal })) {
    await replaceManifest(manifest, { before: change.before.bytes, after: change.after.bytes });
    outcome.changed = true;
  }
  return end(command, outcome);
}

interface PlannedChange {
  plan: Plan;
  report: ReturnType<typeof planReport>;
  terms: PlanTerms;
  /** One line of each character that gets the model. */
  lines: ComparedLine[];
  /** The part of the plan that these lines need. */
  listening: Plan;
}

async function planChange(of: {
  change: OtherModel;
  config: Config;
  service: BookService;
  store: Store;
  flags: MigrateFlags;
}): Promise<PlannedChange> {
  const { change, service, store, flags } = of;
  const { account } = service;
  const book = change.after.book;
  const [old, plan] = [
    await planRun({ book: change.before.book, store, account }),
    await planRun({ book, store, account }),
  ];
  const terms = await planTermsOf(
    { store, account, terms: await termsOf(service.config, book.manifest, flags, { account }) },
    plan,
  );
  const stored = new Set(
    old.chapters.flatMap(({ segments }) =>
      segments.flatMap(({ step, reason }) => (reason === 'stored' ? [step.key] : [])),
    ),
  );
  const drafts = [change.before.book, book].map((each) => draftRun({ book: each, account })) as [
    ReturnType<typeof draftRun>,
    ReturnType<typeof draftRun>,
  ];
  const lines = comparedLines(...drafts, (key) => stored.has(key));
  return { plan, report: planReport(plan, terms), terms, lines, listening: partOf(plan, lines) };
}

/** What of the plan these lines need. */
function partOf(plan: Plan, lines: readonly ComparedLine[]): Plan {
  const keys = new Set(lines.map(({ next }) => next.key));
  const voices = new Set(lines.flatMap(({ next: { voice } }) => ('enrollment' in voice ? [voice.enrollment.key] : [])));
  return {
    ...plan,
    voices: plan.voices.filter(({ step, need }) => need === 'enroll' && voices.has(step.key)),
    chapters: plan.chapters.map((chapter) => ({
      ...chapter,
      segments: chapter.segments.filter(({ step, need }) => need === 'speak' && keys.has(step.key)),
    })),
  };
}

async function speak(of: {
  change: OtherModel;
  planned: PlannedChange;
  service: BookService;
  store: Store;
  terminal: Terminal;
  flags: MigrateFlags;
  signal: AbortSignal;
}): Promise<SpokenLines> {
  const { change, planned, service, terminal, flags } = of;
  const { listening: part, terms } = planned;
  return speakPart({
    ...of,
    ...service,
    part,
    terms,
    segments: part.chapters.flatMap((chapter) => chapter.segments.map(({ step }) => step)),
    book: change.after.book,
    notice: (message) => (flags.json ? undefined : terminal.err(plain(message))),
  });
}

/** Beside the finished books; for books on S3 in the folder where the command runs. */
function listeningFolder({ outDir, s3Out }: Config, title: string): string {
  return join(s3Out === undefined ? outDir : resolve('.'), 'migrate-listen', bookFolderName(title));
}

interface Outcome {
  change: OtherModel;
  planned: PlannedChange;
  spoken: SpokenLines;
  heard: ListeningLine[];
  changed: boolean;
}

function end({ manifest, flags, terminal }: Command, outcome: Outcome): number {
  const { change, planned, spoken, heard, changed } = outcome;
  const { report, listening, terms } = planned;
  const { voices, segments, cost, costs } = planTotals(listening, terms.tariff);
  if (flags.json) {
    const event = {
      type: 'migrate',
      title: report.title,
      model: flags.model,
      manifest,
      changed,
      moved: change.moved,
      plan: report,
      listening: { voices: voices.enroll, lines: segments.synthesize, cost, ...(costs && { costs }) },
      lines: heard,
      voices: { enrolled: spoken.enrolled },
      calls: spoken.calls,
      cost: spentOf(outcome),
      simulated: spoken.simulated,
      failures: [...spoken.failures.values()],
      warnings: change.warnings.diagnostics,
    };
    terminal.raw(JSON.stringify(event));
  } else for (const line of endLines({ manifest, flags, outcome })) terminal.out(line);
  return spoken.failures.size > 0 ? EXIT.incomplete : EXIT.ok;
}

function endLines({ manifest, flags, outcome }: { manifest: string; flags: MigrateFlags; outcome: Outcome }): string[] {
  const { changed, spoken } = outcome;
  const spent = spentOf(outcome);
  const paid =
    spoken.enrolled + spoken.spoken > 0 && spent !== null && !spoken.simulated ? [`Spent: ${moneyText(spent)}.`] : [];
  if (changed)
    return [
      ...paid,
      `${plain(manifest)} now says "model: ${flags.model}". Next: pipeline run ${plain(manifest)}${samePlace(flags)}`,
    ];
  if (spoken.failures.size > 0)
    return [...paid, `${plain(manifest)} stays as it is, because a line could not be spoken.`];
  return [...paid, `${plain(manifest)} stays as it is.`];
}

function spentOf({ planned: { listening, terms }, spoken: { balance } }: Outcome): Money | null {
  const planned = planNanos(listening, terms.tariff);
  if (planned === undefined || balance === undefined) return null;
  return moneyOf(balance.spentNanos + balance.reservedNanos - balance.unsentNanos, planned.currency);
}

function endUnchanged({ manifest, flags, terminal }: Command): number {
  const whom = flags.character === undefined ? 'The book' : `"${flags.character}"`;
  if (flags.json) {
    const event = { type: 'migrate', model: flags.model, manifest, changed: false, moved: [], lines: [] };
    terminal.raw(JSON.stringify(event));
  } else terminal.out(`${plain(whom)} is already spoken with ${flags.model}; nothing to change.`);
  return EXIT.ok;
}

function refuse({ manifest, flags, terminal }: Command, refused: Parameters<typeof printDiagnostics>[0]): number {
  printDiagnostics(refused, terminal);
  if (flags.json) terminal.raw(JSON.stringify(diagnosticsEvent(manifest, refused.diagnostics)));
  return EXIT.wrongInput;
}
