/** `pipeline diff`: two editions of a book, line by line. */

import type { Flags } from '../../config/config.ts';
import { compareEditions, type EditionChanges } from '../../plan/compare-editions.ts';
import { markDecisions } from '../../plan/decided-changes.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { changeLines } from '../screen/diff-screen.ts';
import { counted, plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { openEdition } from './open-edition.ts';

/** Exit code 0 when the editions are equal, 1 when they differ, 2 when one cannot be read. */
export async function diffCommand(before: string, after: string, flags: Flags & { json?: boolean }): Promise<number> {
  const terminal = openTerminal();
  const [b, a] = [await openEdition(before, flags), await openEdition(after, flags)];
  for (const { warning } of [b, a]) if (warning !== undefined) terminal.err(`! ${plain(warning)}`);
  // A manifest belongs to no realm: it is compared in the realm of the other edition.
  const realm = b.realm ?? a.realm ?? 'dashscope';
  // What was delivered, if a side was; a manifest beside it is planned as the same version of mastering would.
  const delivered = [b, a].find((side) => side.realm !== undefined)?.edition(realm);
  const compared = compareEditions(b.edition(b.realm ?? realm, delivered), a.edition(a.realm ?? realm, delivered));
  const changes = markDecisions(compared, a.decisions ?? []);
  if (flags.json) terminal.raw(JSON.stringify({ type: 'diff', before, after, ...changes }));
  else print(changes, terminal);
  return changes.equal ? EXIT.ok : EXIT.incomplete;
}

function print(changes: EditionChanges, terminal: Terminal): void {
  if (changes.equal) {
    terminal.out('The editions are equal.');
    return;
  }
  for (const line of changeLines(changes, terminal.paint)) terminal.out(line);
  const { changed, added, removed, moved } = changes.counts;
  terminal.out(
    `${counted(changed, 'line')} changed, ${added} added, ${removed} removed, ${moved} moved; ${counted(changes.chapters.length, 'chapter')} changed.`,
  );
}
