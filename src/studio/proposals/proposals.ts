/** The proposals for a book's texts: what waits, written into the author's text, or put aside. Nothing is deleted. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { editFile, inverseEdit, isReadOnly } from '../../book/edit/edit-text.ts';
import { decodeText } from '../../manifest/yaml/decode.ts';
import type { TextEdit } from '../../script/lines/edit-line.ts';
import type { Moment } from '../book/moment.ts';
import type { UndoStack } from '../changes/undo.ts';
import type { StudioDependencies } from '../dependencies.ts';
import { doneWords } from '../server/done-words.ts';
import { StudioProblem } from '../server/problem.ts';
import { editOfDifference, fileOfDifference } from './apply-difference.ts';
import { earlierProposalName, lineOfProposal, proposalName } from './proposal-names.ts';
import type { Proposal, ProposalRequest } from './proposal-shapes.ts';

/** More are not shown, the oldest. */
const MOST_SHOWN = 200;
/** A difference of a whole novel's tags is smaller. */
const MOST_BYTES = 2 * 1024 * 1024;
/** Folders beside the proposals, for those that were dealt with. */
const DEALT_WITH = { take: 'taken-over', aside: 'put-aside' } as const;

/** What proposals need of a studio. */
interface OfStudio {
  given: StudioDependencies;
}

/** How many files of proposals a book has; reads none of them. */
export async function countProposals({ given }: OfStudio, moment: Moment): Promise<number> {
  return (await foundFiles({ given }, moment)).names.length;
}

/** The proposals, each with whether its text still takes it. */
export async function showProposals({ given }: OfStudio, moment: Moment): Promise<Proposal[]> {
  const { folder, names } = await foundFiles({ given }, moment);
  const found = await Promise.all(names.map((name) => readProposal(moment, { folder, name })));
  return found
    .flatMap((one) => (one === undefined ? [] : [one.shown]))
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, MOST_SHOWN);
}

/**
 * Writes a proposal into its text, or puts it aside; its file goes into a folder beside the others. What was taken over can be undone.
 * Throws a `StudioProblem` when the proposal or the text is another one by now.
 */
export async function settleProposal(
  { given, undo }: OfStudio & { undo: UndoStack },
  moment: Moment,
  { name, of, how }: ProposalRequest & { how: 'take' | 'aside' },
): Promise<void> {
  const { folder, names } = await foundFiles({ given }, moment);
  const found = names.includes(name) ? await readProposal(moment, { folder, name }) : undefined;
  if (found === undefined || found.shown.of !== of)
    throw new StudioProblem(
      409,
      'no-proposal',
      'Somebody else dealt with this proposal, or changed it. Load the list again.',
    );
  const { path, text, edit, shown } = found;
  if (how === 'take' && shown.state !== 'done') {
    const written = edit && (await editFile({ path, folder: moment.book.folder, text, edit }));
    if (written === undefined)
      throw new StudioProblem(
        409,
        'proposal-unfitting',
        `${shown.file} has other words there now. Nothing was changed. Edit the line again, or put the proposal aside.`,
        { values: { file: shown.file } },
      );
    const way = { kind: 'file' as const, file: relative(moment.book.folder, path), edit: inverseEdit(written) };
    await undo.push({ ...doneWords.proposal(shown.file), ids: [], way });
  }
  await moveTo(folder, { name, to: DEALT_WITH[how] });
}

/** The difference and, for names of speakers, the whole text beside it. */
async function moveTo(folder: string, { name, to }: { name: string; to: string }): Promise<void> {
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  await mkdir(join(folder, to), { recursive: true });
  const whole = lineOfProposal(name) === undefined ? [name.replace(/\.diff$/, '')] : [];
  // The whole text first: without it, nothing continues from there.
  for (const one of [...whole, name])
    await rename(join(folder, one), join(folder, to, `${stamp} ${one}`)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
}

async function foundFiles({ given }: OfStudio, moment: Moment): Promise<{ folder: string; names: string[] }> {
  const proposals = await given.proposalsFolder(moment);
  if (proposals === undefined) return { folder: '', names: [] };
  const { folder } = proposals;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.flatMap((entry) => (entry.isFile() && /^[^.].*\.diff$/.test(entry.name) ? [entry.name] : []));
  return { folder, names };
}

interface ReadProposal {
  shown: Proposal;
  /** Of the text, absolute. */
  path: string;
  text: string;
  edit: TextEdit | undefined;
}

async function readProposal(
  moment: Moment,
  { folder, name }: { folder: string; name: string },
): Promise<ReadProposal | undefined> {
  const at = join(folder, name);
  const known = await stat(at).catch(() => undefined);
  if (known === undefined || known.size > MOST_BYTES) return undefined;
  const difference = await readFile(at, 'utf8').catch(() => undefined);
  const target = difference === undefined ? undefined : targetOf(moment, { name, difference });
  if (difference === undefined || target === undefined) return undefined;
  const { path, file, chapter } = target;
  const bytes = await readFile(path).catch(() => undefined);
  const decoded = bytes && decodeText({ file: path, bytes });
  const text = decoded !== undefined && 'text' in decoded ? decoded.text : '';
  const edit = editOfDifference(text, difference);
  const mode = (await stat(path).catch(() => undefined))?.mode ?? 0;
  const line = lineOfProposal(name);
  const by = /^By: (.+)$/m.exec(difference.split('\n--- ')[0] ?? '')?.[1];
  const isDone = edit === undefined && editOfDifference(text, reversed(difference)) !== undefined;
  const shown: Proposal = {
    ...{ name, file, difference },
    ...(chapter !== undefined && { chapter }),
    ...(line !== undefined && { line }),
    of: createHash('sha256').update(difference).digest('hex').slice(0, 16),
    at: known.mtime.toISOString(),
    ...(by !== undefined && { by }),
    state: isDone ? 'done' : edit === undefined ? 'unfitting' : isReadOnly(mode) ? 'read-only' : 'open',
  };
  return { shown, path, text, edit };
}

/** The text of the book that a proposal is for: that of its line, or the one whose name it has. */
function targetOf(
  { book }: Moment,
  { name, difference }: { name: string; difference: string },
): { path: string; file: string; chapter?: { number: number; title: string } } | undefined {
  const named = fileOfDifference(difference);
  const line = lineOfProposal(name);
  const whole = name.replace(/\.diff$/, '');
  const texts = book.chapters.flatMap(({ source, number, title }) =>
    source === undefined ? [] : [{ source, number, title }],
  );
  const isOf = ({ source: { file } }: (typeof texts)[number], nameOf: (file: string) => string): boolean =>
    line === undefined ? nameOf(file) === whole : file === named;
  // A number that a file had when it was proposed tells apart chapters in one file.
  const candidates = [
    ...texts.filter((one) => isOf(one, proposalName) && (line === undefined || line.startsWith(`${one.number}:`))),
    ...texts.filter((one) => isOf(one, proposalName)),
    ...texts.filter((one) => isOf(one, earlierProposalName)),
  ];
  const [found] = candidates;
  if (found === undefined) return undefined;
  const { source, number, title } = found;
  const path = source.kind === 'file' ? join(book.folder, source.file) : book.manifestPath;
  return { path, file: source.file, chapter: { number, title } };
}

/** The difference that takes it back. */
function reversed(difference: string): string {
  const turned: Record<string, string> = { '-': '+', '+': '-' };
  return difference.replace(/^[-+](?!-- |\+\+ )/gm, (sign) => turned[sign]!);
}
