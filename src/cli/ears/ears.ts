/** `pipeline ears`: hears a book's stored takes again, and lists the suspects. Speaks nothing, and changes no take. */

import { missingReadings } from '../../composition/hearing.ts';
import { termsOf } from '../../composition/prices-and-budget.ts';
import type { TakeDoubt } from '../../events.ts';
import { requireChapters } from '../../library/require-chapters.ts';
import { storedTakes } from '../../lines/stored-takes.ts';
import { chosenTake } from '../../plan/book-lines.ts';
import { hearingNanos } from '../../plan/hearing.ts';
import { nanosText } from '../../plan/price.ts';
import { badnessOf } from '../../qc/take.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { type BookFlags, openBook } from '../lines/open-book.ts';
import { confirm } from '../screen/confirm.ts';
import { counted, plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { type HeardLine, hearLines } from './hear-lines.ts';

/** Flags of `ears`. */
export interface EarsFlags extends BookFlags {
  chapter?: number[];
  words?: boolean;
  budget?: string;
  yes?: boolean;
}

/**
 * Exit code 0, whatever is found; 2 when the manifest or a setting is wrong; 3 without a key for the recogniser; 130 when the
 * price is declined. Without `--words` it calls nothing.
 */
export async function earsCommand(manifest: string, flags: EarsFlags): Promise<number> {
  const terminal = openTerminal();
  const interrupt = onInterrupt(() => terminal.err('Stopping; takes that are being heard are finished first.'));
  const { signal } = interrupt;
  try {
    const opened = await openBook({ manifest, flags, terminal, signal }, { sends: flags.words ?? false });
    if (opened === undefined) return EXIT.wrongInput;
    const { book, store, account, config, lines } = opened;
    requireChapters(book, flags.chapter);
    const wanted = lines.filter(({ chapter }) => flags.chapter?.includes(chapter) ?? true);
    const takes = await storedTakes(store, wanted, account.realm);
    const stored = wanted.flatMap((line, at) => {
      const take = takes[at]?.find(({ number }) => number === chosenTake(line));
      return take === undefined ? [] : [{ line, records: take.records }];
    });
    const asked = { ...book.manifest, checks: { words: flags.words ? ('all' as const) : ('off' as const) } };
    const { hearing, budgetNanos } = await termsOf(config, asked, flags, { account });
    const readings = missingReadings(hearing, book.manifest);
    if (readings !== undefined && !flags.json) terminal.out(readings);
    const most = stored
      .flatMap(({ records }) => records)
      .reduce((sum, { durationSeconds }) => sum + hearingNanos(hearing, durationSeconds), 0);
    if (hearing !== undefined && most > 0) {
      const price = `at most ${nanosText(most, hearing.currency)}`;
      if (!flags.json) terminal.out(`Hear ${counted(stored.length, 'line')} with ${plain(hearing.model)}: ${price}.`);
      const yes = (flags.yes ?? false) || config.simulate;
      if (!(await confirm(`Hear ${counted(stored.length, 'line')} (${price})?`, { yes, signal })))
        return EXIT.interrupted;
    }
    const { heard, words } = await hearLines({ opened, stored, hearing, budgetNanos, signal });
    const suspects = heard
      .filter(({ doubts }) => doubts.length > 0)
      .sort((a, b) => badnessOf(b.doubts) - badnessOf(a.doubts));
    const missing = wanted.length - stored.length;
    if (flags.json) {
      const counts = { lines: heard.length, missing, words: words ?? null };
      terminal.raw(JSON.stringify({ type: 'ears', title: book.manifest.title, ...counts, suspects }));
    } else print(suspects, terminal, { heard: heard.length, missing, words });
    return EXIT.ok;
  } finally {
    interrupt.release();
  }
}

function print(
  suspects: readonly HeardLine[],
  { out, paint }: Terminal,
  of: { heard: number; missing: number; words: { ok: number; drift: number; inconclusive: number } | undefined },
): void {
  for (const { number, character, text, doubts, isNew } of suspects) {
    out(`${number} ${plain(character)}${isNew ? ', good until now' : ''}: ${plain(text)}`);
    for (const doubt of doubts) out(paint('yellow', `      ${doubtText(doubt)}`));
  }
  const { words } = of;
  const notes = [
    `${counted(of.heard, 'line')} heard`,
    suspects.length === 0 ? 'none in doubt' : `${suspects.length} in doubt`,
    ...(of.missing > 0 ? [`${of.missing} not spoken yet`] : []),
    ...(words === undefined
      ? []
      : [`words: ${words.ok} right, ${words.drift} wrong, ${words.inconclusive} inconclusive`]),
  ];
  out(notes.join(' · '));
}

function doubtText({ check, measured, wanted }: TakeDoubt): string {
  return `${check}: ${plain(measured)}, expected ${wanted}`;
}
