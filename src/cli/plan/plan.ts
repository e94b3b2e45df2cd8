/** `pipeline plan`: what a run would do, why, and what it would cost. Does none of it. */
import type { consentOf } from '../../book/consent.ts';
import { coverShapeText, oddCoverShape } from '../../book/cover/cover-shape.ts';
import { spokenDisclosure, spokenDisclosureText } from '../../book/warnings/spoken-disclosure.ts';
import { modelChoiceText } from '../../composition/choose-model.ts';
import { type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { planManifest } from '../../library/plan-manifest.ts';
import { requireChapters } from '../../library/require-chapters.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { diagnosticsEvent, printBriefly, printDiagnostics } from '../screen/diagnostics-screen.ts';
import { plain } from '../screen/format.ts';
import { headLines } from '../screen/head-lines.ts';
import { planLines } from '../screen/plan-screen.ts';
import { reviewLines } from '../screen/review-lines.ts';
import { spelledLines } from '../screen/spelled-lines.ts';
import { openTerminal } from '../screen/terminal.ts';
import { deadlineOf } from './deadline.ts';

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
  const planned = await planManifest({
    manifest,
    config: given,
    budget: flags.budget,
    chapters: flags.chapter,
    deadline,
    warn: (found) => {
      if (!flags.json) printBriefly({ ...found, manifest }, terminal);
    },
    accept: (book) => requireChapters(book, flags.chapter),
    note: (message) => terminal.err(plain(message)),
  });
  if (planned.book === undefined) {
    if (flags.json) printDiagnostics(planned, terminal);
    else printBriefly({ ...planned, manifest }, terminal);
    if (flags.json) terminal.raw(JSON.stringify(diagnosticsEvent(manifest, planned.diagnostics)));
    return EXIT.wrongInput;
  }
  const { book, report, consents, modelChoice } = planned;
  if (flags.json)
    terminal.raw(
      JSON.stringify({
        ...report,
        consent: consents,
        spokenDisclosure: spokenDisclosure(book.manifest),
        modelFrom: modelChoice?.from ?? 'manifest',
        ...(book.review && { review: book.review }),
        ...(book.spelled && { spelled: book.spelled }),
      }),
    );
  else {
    terminal.out(terminal.paint('bold', plain(report.title)));
    for (const line of consentLines(consents)) terminal.out(line);
    const untold = spokenDisclosureText(spokenDisclosure(book.manifest));
    if (untold !== undefined) terminal.out(`  ${plain(untold)}`);
    const cover = await oddCoverShape(book);
    if (cover !== undefined) terminal.out(`  ${coverShapeText(cover)}`);
    if (modelChoice !== undefined) terminal.out(`  ${modelChoiceText(modelChoice)}`);
    for (const line of reviewLines(book.review, { all: flags.verbose ?? false })) terminal.out(line);
    for (const line of [...headLines(book.chapters), ...spelledLines(book.spelled)]) terminal.out(line);
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
    consent === null
      ? []
      : [
          `  ${plain(character)}: consent by ${plain(consent.by)} on ${consent.on}${consent.until === undefined ? '' : `, until ${consent.until}`}`,
        ],
  );
  const others = consents.filter(({ consent }) => consent === null).map(({ character }) => plain(character));
  return others.length === 0 ? stated : [...stated, `  consent not stated: ${others.join(', ')}`];
}
