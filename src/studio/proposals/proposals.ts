/** The proposals for a book's texts: what waits, written into the author's text, or put aside. Nothing is deleted. */
import { stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { editFile, inverseEdit } from '../../book/edit/edit-text.ts';
import type { UndoStack, WayBack } from '../changes/undo.ts';
import { doneWords } from '../server/done-words.ts';
import { StudioProblem } from '../server/problem.ts';
import { dealtWith, foundProposals, inTurn, type OfBook, type OfStudio, prepareFolder } from './proposal-folder.ts';
import type { Proposal, ProposalRequest } from './proposal-shapes.ts';
import { openProposals, type ReadProposal } from './read-proposals.ts';

/** More are not shown at once, the oldest; nor more than these characters of differences, but for the first. */
const MOST_SHOWN = 200;
const MOST_CHARACTERS = 8 * 1024 * 1024;

/** How many proposals a book has. */
export async function countProposals(studio: OfStudio, of: OfBook): Promise<number> {
  return (await foundProposals(studio, of)).names.length;
}

/** The proposals, the newest first, each with whether its text still takes it. `most`: how many are shown at once. */
export async function showProposals(studio: OfStudio, of: OfBook, most = MOST_SHOWN): Promise<Proposal[]> {
  const { folder, names } = await foundProposals(studio, of);
  const timed = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0 })),
  );
  timed.sort((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1));
  const read = openProposals(folder, of);
  const shown: Proposal[] = [];
  let characters = 0;
  for (const { name } of timed.slice(0, most)) {
    const one = (await read(name))?.shown;
    if (one === undefined) continue;
    characters += one.difference.length;
    if (characters > MOST_CHARACTERS && shown.length > 0) break;
    shown.push(one);
  }
  return shown;
}

/** What is done with a proposal. */
export type Settling = ProposalRequest & { how: 'take' | 'aside' };

/**
 * Writes a proposal into its text, or puts it aside; its file goes into a folder beside the others. Both can be undone. One after the
 * other, also in several processes. Throws a `StudioProblem` when the proposal or the text is another one by now.
 */
export async function settleProposal(
  studio: OfStudio & { undo: Pick<UndoStack, 'push'> },
  of: OfBook,
  { name, of: wanted, how }: Settling,
): Promise<void> {
  const { folder, names } = await foundProposals(studio, of);
  if (!names.includes(name)) throw gone();
  await inTurn(folder, async () => {
    const found = await openProposals(folder, of)(name);
    if (found === undefined || found.shown.of !== wanted) throw gone();
    const { file, state } = found.shown;
    await prepareFolder(folder, how);
    const written = how === 'take' && state !== 'done' ? await write(found, of) : undefined;
    const proposal = await dealtWith(folder, { name, to: how });
    const way: WayBack = written === undefined ? { kind: 'proposal', proposal } : { ...written, proposal };
    const done = how === 'take' ? doneWords.proposal(file) : doneWords.proposalAside(file);
    await studio.undo.push({ ...done, ids: [], way });
  });
}

async function write({ shown, target }: ReadProposal, { book }: OfBook): Promise<Extract<WayBack, { kind: 'file' }>> {
  const { file } = shown;
  if (target === undefined)
    throw new StudioProblem(
      409,
      'proposal-without-text',
      `No chapter of the book has the text ${file} now. Nothing was changed. Put the proposal aside, or name the text in the manifest again.`,
      { values: { file } },
    );
  const { path, text, edit } = target;
  const written = edit && (await editFile({ path, folder: book.folder, text, edit }));
  if (written === undefined)
    throw new StudioProblem(
      409,
      'proposal-unfitting',
      `${file} has other words there now. Nothing was changed. Edit the line again, or put the proposal aside.`,
      { values: { file } },
    );
  return { kind: 'file', file: relative(book.folder, path), edit: inverseEdit(written) };
}

function gone(): StudioProblem {
  return new StudioProblem(
    409,
    'no-proposal',
    'Somebody else dealt with this proposal, or changed it. Load the list again.',
  );
}
