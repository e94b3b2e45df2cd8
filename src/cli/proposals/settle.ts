/** `pipeline proposals show`, `accept`, `put-aside` and `undo`: the same that the studio does. */
import { realpath } from 'node:fs/promises';
import { ConfigError } from '../../config/values.ts';
import type { OpenedBook } from '../../library/opened-book.ts';
import { momentOf } from '../../studio/book/moment.ts';
import { takeBack } from '../../studio/changes/take-back.ts';
import { openUndoStack, type UndoStack } from '../../studio/changes/undo.ts';
import { settleProposal } from '../../studio/proposals/proposals.ts';
import { StudioProblem } from '../../studio/server/problem.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { openBook } from '../lines/open-book.ts';
import { proposalsFolder } from '../review/proposals-folder.ts';
import { counted, plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { type FoundProposal, findProposals, pickProposal } from './find-proposals.ts';
import { asJson, type ProposalsFlags } from './proposals.ts';

/** Exit code 0; 2 when there is no such proposal. Changes nothing. */
export async function showCommand(place: string, id: string, flags: ProposalsFlags): Promise<number> {
  const terminal = openTerminal();
  const { found } = await findProposals(place, { flags, terminal });
  const picked = pickProposal(found, id);
  if (flags.json) terminal.raw(JSON.stringify({ type: 'proposal', ...asJson(picked) }));
  else
    for (const line of picked.proposal.difference.replace(/\n$/, '').split('\n')) terminal.out(painted(line, terminal));
  return EXIT.ok;
}

function painted(line: string, { paint }: Terminal): string {
  const text = plain(line);
  if (/^(?:---|\+\+\+|By:|Book:|@@)/.test(text)) return paint('dim', text);
  return text.startsWith('-') ? paint('red', text) : text.startsWith('+') ? paint('green', text) : text;
}

/**
 * Answers proposals, each by itself. Exit code 0; 1 when one could not be taken over, because its text or the proposal is another one by
 * now; 2 when there is no such proposal: then none is answered.
 */
export async function settleCommand(
  place: string,
  { ids, how }: { ids: readonly string[]; how: 'take' | 'aside' },
  flags: ProposalsFlags,
): Promise<number> {
  const terminal = openTerminal();
  const { found } = await findProposals(place, { flags, terminal });
  const picked = [...new Set(ids.map((id) => pickProposal(found, id)))];
  const undos = new Map<OpenedBook, UndoStack>();
  const did = how === 'take' ? 'accepted' : 'put aside';
  let failed = 0;
  for (const one of picked) {
    const { book, proposal, id } = one;
    const undo = undos.get(book) ?? (await undoOf(book));
    undos.set(book, undo);
    const problem = await settleOne(one, { undo, how });
    if (problem !== undefined) failed += 1;
    if (flags.json) {
      const told = problem === undefined ? { did } : { did: null, problem: problem.code, message: problem.message };
      terminal.raw(
        JSON.stringify({ type: 'proposal.settled', id, manifest: book.manifest, file: proposal.file, ...told }),
      );
      continue;
    }
    const what = `${id.slice(0, 8)} ${proposal.line ?? 'speakers'} in ${plain(proposal.file)}`;
    if (problem === undefined) terminal.out(`${what}: ${did}`);
    else terminal.err(terminal.paint('yellow', `${what}: ${plain(problem.message)}`));
  }
  if (failed === 0 && !flags.json) {
    const [first] = picked;
    terminal.out(`To take the last one back: pipeline proposals undo ${plain(first!.book.manifest)}`);
  } else if (failed > 0 && picked.length > 1 && !flags.json)
    terminal.err(`${counted(failed, 'proposal')} of ${picked.length} could not be answered.`);
  return failed === 0 ? EXIT.ok : EXIT.incomplete;
}

async function settleOne(
  { book, proposal: { name, of } }: FoundProposal,
  { undo, how }: { undo: UndoStack; how: 'take' | 'aside' },
): Promise<StudioProblem | undefined> {
  try {
    await settleProposal({ given: { proposalsFolder }, undo }, book, { name, of, how });
    return undefined;
  } catch (error) {
    if (error instanceof StudioProblem) return error;
    throw error;
  }
}

/**
 * Takes back what was last done to the book, if that was an answer to a proposal. Exit code 0; 1 when its text has changed since; 2 when
 * something else was done last, or nothing.
 */
export async function undoCommand(manifest: string, flags: ProposalsFlags): Promise<number> {
  const terminal = openTerminal();
  const book = await openBook({ manifest, flags, terminal });
  if (book === undefined) return EXIT.wrongInput;
  const undo = await undoOf(book);
  const last = undo.last();
  if (last === undefined) throw new ConfigError(`Nothing was done to ${plain(manifest)} that can be taken back.`);
  if (last.way.kind !== 'proposal' && !(last.way.kind === 'file' && last.way.proposal !== undefined))
    throw new ConfigError(
      `The last change of ${plain(manifest)} was no answer to a proposal, but ${plain(last.what)}. Nothing was changed. To take that back, open the studio: pipeline review ${plain(manifest)}`,
    );
  try {
    await undo.undo(last.id);
  } catch (error) {
    if (!(error instanceof StudioProblem)) throw error;
    if (flags.json)
      terminal.raw(JSON.stringify({ type: 'proposal.undone', did: null, problem: error.code, message: error.message }));
    else terminal.err(terminal.paint('yellow', plain(error.message)));
    return EXIT.incomplete;
  }
  if (flags.json) terminal.raw(JSON.stringify({ type: 'proposal.undone', did: 'taken back', what: last.what }));
  else terminal.out(`Taken back: ${plain(last.what)}. The proposal is in the list again.`);
  return EXIT.ok;
}

async function undoOf(book: OpenedBook): Promise<UndoStack> {
  const { store } = book;
  const { title } = book.book.manifest;
  return openUndoStack({
    ...{ store, book: [title, await realpath(book.book.manifestPath).catch(() => book.book.manifestPath)] },
    takeBack: async (done) =>
      takeBack({ proposalsFolder }, await momentOf({ ...book, simulated: book.config.simulate }, ''), done),
  });
}
