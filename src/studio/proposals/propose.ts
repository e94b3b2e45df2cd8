/** Proposals are written: other words for a line, or speakers of a whole text. What one stands in place of is kept, put aside. */
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeWhole } from '../../book/edit/edit-text.ts';
import { readDifference } from './apply-difference.ts';
import { contentOf, dealtWith, inTurn, type OfBook } from './proposal-folder.ts';
import { earlierProposalName, proposalName } from './proposal-names.ts';

/** Other words for a line, as a difference. */
export interface ProposedWords {
  folder: string;
  /** The text, and the line's number in the book. */
  file: string;
  number: string;
  difference: string;
}

/** Writes the proposal and returns its path. One for the same words is put aside for it. Rejects with `input-unreadable`. */
export async function proposeWords(of: ProposedWords, { book }: OfBook, by: string | undefined): Promise<string> {
  const { folder, difference } = of;
  const text = `Book: ${basename(book.manifestPath)}\n${by === undefined ? '' : `By: ${oneLine(by)}\n`}${difference}`;
  return inTurn(folder, async () => {
    const path = await pathForWords(of);
    const there = await contentOf(path);
    if (there !== undefined && there !== text) await dealtWith(folder, { name: basename(path), to: 'aside' });
    await writeWhole(path, text);
    return path;
  });
}

/** Where it would be: in place of one for the same words; not of one for others, whose line had this number before. */
export async function pathForWords({ folder, file, number, difference }: ProposedWords): Promise<string> {
  const [base = '', earlier = ''] = [proposalName(file), earlierProposalName(file)].map((name) =>
    join(folder, `${name} ${number.replace(':', '-')}`),
  );
  const old = await contentOf(`${earlier}.diff`);
  if (old !== undefined && isForSameWords(old, difference)) return `${earlier}.diff`;
  for (let n = 1; n <= MOST_PROPOSALS; n++) {
    const path = n === 1 ? `${base}.diff` : `${base} (${n}).diff`;
    const there = await contentOf(path);
    if (there === undefined || isForSameWords(there, difference)) return path;
  }
  return `${base} (${Date.now()}).diff`;
}

/** For lines that had one number, one after the other. */
const MOST_PROPOSALS = 100;

function isForSameWords(one: string, other: string): boolean {
  const [a, b] = [one, other].map((difference) => {
    const { file, hunks } = readDifference(difference);
    return { file, removed: hunks.flatMap((hunk) => hunk.removed) };
  });
  return isDeepStrictEqual(a, b);
}

/** A text with its speakers, as it would be. */
export interface ProposedText {
  folder: string;
  /** Name of the file of the whole text. */
  name: string;
  text: string;
  difference: string;
  /** What was in that file, and in others that it continues from, when it was read. */
  continues: { read(): Promise<unknown>; from: unknown; isContinued: boolean };
}

/**
 * Writes the whole text and the difference for people. Returns false, and writes nothing, when somebody has written another one since it
 * was read. One that it does not continue is put aside.
 */
export async function proposeText(of: ProposedText, { book }: OfBook): Promise<boolean> {
  const { folder, name, text, difference, continues } = of;
  return inTurn(folder, async () => {
    if (!isDeepStrictEqual(await continues.read(), continues.from)) return false;
    if (!continues.isContinued && (await contentOf(join(folder, name))) !== undefined)
      await dealtWith(folder, { name: `${name}.diff`, to: 'aside' });
    await writeWhole(join(folder, name), text);
    await writeWhole(join(folder, `${name}.diff`), `Book: ${basename(book.manifestPath)}\n${difference}`);
    return true;
  });
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
