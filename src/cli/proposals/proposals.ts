/** `pipeline proposals`: the changes of texts that wait for a person. */
import { ConfigError } from '../../config/values.ts';
import { nearestName } from '../../manifest/diagnostics/nearest.ts';
import { readDifference } from '../../studio/proposals/apply-difference.ts';
import type { Proposal } from '../../studio/proposals/proposal-shapes.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import type { BookFlags } from '../lines/open-book.ts';
import { counted, plain } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { shorten } from '../screen/text-width.ts';
import { type FoundProposal, type FoundProposals, findProposals } from './find-proposals.ts';

/** Flags of `proposals`. */
export type ProposalsFlags = BookFlags;

/** Exit code 0, also of an empty list; 2 when a manifest is wrong, or the place is in no watched folder. Changes nothing. */
export async function proposalsCommand(place: string | undefined, flags: ProposalsFlags): Promise<number> {
  const terminal = openTerminal();
  const all = await findProposals(place ?? '.', { flags, terminal });
  if (flags.json) {
    const proposals = all.found.map(asJson);
    terminal.raw(JSON.stringify({ type: 'proposals', proposals, withoutBook: all.withoutBook }));
  } else print(all, place, terminal);
  return all.hasErrors ? EXIT.wrongInput : EXIT.ok;
}

/** Throws `ConfigError` that names the subcommand that may be meant. */
export async function refuseMore([first = '']: readonly string[]): Promise<never> {
  const names = ['show', 'accept', 'put-aside', 'undo'];
  const near = nearestName(first, names);
  const hint = near === undefined ? `Give one place, or one of: ${names.join(', ')}.` : `Did you mean ${near}?`;
  throw new ConfigError(`"${plain(first)}" is no command of \`pipeline proposals\`. ${hint}`);
}

/** A proposal for programs. */
export function asJson({ id, proposal, book }: FoundProposal): object {
  const { file, chapter, line, difference, at, by, state } = proposal;
  return {
    ...{ id, manifest: book.manifest, title: book.book.manifest.title, file },
    ...{ chapter: chapter ?? null, line: line ?? null, at, by: by ?? null, state, difference },
  };
}

function print({ found, isUnwatched, withoutBook, hasErrors }: FoundProposals, place = '.', terminal: Terminal): void {
  const { out, err } = terminal;
  if (found.length > 0) printTable(found, terminal);
  else if (isUnwatched)
    out('Nothing is proposed: the book is in no watched folder, so changes of its texts are written at once.');
  else if (!hasErrors) out('Nothing is proposed.');
  if (found.length > 0) {
    out(counted(found.length, 'proposal'));
    out(`To take one over: pipeline proposals accept ${plain(place)} ${found[0]!.id.slice(0, SHOWN_ID)}`);
  }
  if (withoutBook.length > 0)
    err(
      `${counted(withoutBook.length, 'proposal')} of books that are gone: ${plain(withoutBook.slice(0, 3).join(', '))}`,
    );
}

/** Characters of an ID that are shown: more than are needed to tell 1,000 apart. */
const SHOWN_ID = 8;

function printTable(found: readonly FoundProposal[], { out, paint, columns: width }: Terminal): void {
  const titles = new Set(found.map(({ book }) => book.manifest));
  const columns = [
    { head: 'proposal' },
    ...(titles.size > 1 ? [{ head: 'book', narrow: { how: 'shorten' as const, least: 12 } }] : []),
    { head: 'text', narrow: { how: 'shorten' as const, least: 12 } },
    { head: 'line', align: 'right' as const },
    { head: 'when' },
    { head: 'by', narrow: { how: 'shorten' as const, least: 8 } },
    { head: '' },
  ];
  const rows = found.map(({ id, proposal, book }) => [
    id.slice(0, SHOWN_ID),
    ...(titles.size > 1 ? [plain(book.book.manifest.title)] : []),
    plain(proposal.file),
    proposal.line ?? 'speakers',
    proposal.at.slice(0, 16).replace('T', ' '),
    plain(proposal.by ?? ''),
    STATES[proposal.state],
  ]);
  const below = (row: number): string[] =>
    changedLines(found[row]!.proposal).map(({ kind, text }) => {
      const shown = shorten(plain(`${kind === 'added' ? '+' : '-'} ${text}`), Math.max(20, width - 6));
      return `      ${paint(kind === 'added' ? 'green' : 'red', shown)}`;
    });
  for (const line of tableLines({ columns, rows, width, paintHead: (text) => paint('dim', text), below })) out(line);
}

/** Lines of a difference that the list shows; all of them: `show`. */
const MOST_LINES = 4;

function changedLines({ difference }: Proposal): { kind: 'removed' | 'added'; text: string }[] {
  return readDifference(difference)
    .hunks.flatMap(({ removed, added }) => [
      ...removed.map((text) => ({ kind: 'removed' as const, text })),
      ...added.map((text) => ({ kind: 'added' as const, text })),
    ])
    .slice(0, MOST_LINES);
}

/** What keeps one from being taken over. */
const STATES: Readonly<Record<Proposal['state'], string>> = {
  open: '',
  done: 'the text has it already',
  unfitting: 'no longer fits',
  'read-only': 'the text is read-only',
  'no-text': 'no chapter has this text',
};
