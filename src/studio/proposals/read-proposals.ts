/** Proposals as they are read: the text of the book that each is for, and whether that text still takes it. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isReadOnly } from '../../book/edit/edit-text.ts';
import { decodeText } from '../../manifest/yaml/decode.ts';
import type { TextEdit } from '../../script/lines/edit-line.ts';
import { headingName } from '../changes/difference.ts';
import { editOfDifference, readDifference, reversed, type TextLines, textLines } from './apply-difference.ts';
import { contentOf, type OfBook, readHead } from './proposal-folder.ts';
import { earlierProposalName, lineOfProposal, proposalName, wholeOfProposal } from './proposal-names.ts';
import type { Proposal } from './proposal-shapes.ts';

/** A difference of a whole novel's tags is smaller; of a larger file only the beginning is shown. */
const MOST_BYTES = 2 * 1024 * 1024;

/** A proposal, its text, and the edit that does what it says. */
export interface ReadProposal {
  shown: Proposal;
  /** Absent when the book has no such text. */
  target?: { path: string; text: string; edit: TextEdit | undefined };
}

/** Reads one of a folder; undefined when it is not there any more. */
export type ReadOne = (name: string) => Promise<ReadProposal | undefined>;

/** What reads proposals of a folder. Each text is read once for all of them, so that it is used for one look only. */
export function openProposals(folder: string, of: OfBook): ReadOne {
  const texts = new Map<string, Promise<NowText>>();
  const textAt = (path: string): Promise<NowText> => {
    const reading = texts.get(path) ?? readNow(path);
    texts.set(path, reading);
    return reading;
  };
  return async (name) => {
    const at = join(folder, name);
    const known = await stat(at).catch(() => undefined);
    if (known === undefined) return undefined;
    const isWhole = known.size <= MOST_BYTES;
    const difference = isWhole ? ((await contentOf(at)) ?? '') : `${await readHead(at)}\n`;
    const read = readDifference(difference);
    const found = targetOf(of, { name, named: read.file });
    const line = lineOfProposal(name);
    const shown = {
      ...{ name, file: found?.file ?? read.file ?? wholeOfProposal(name) ?? name },
      ...(found && { chapter: found.chapter }),
      ...(line !== undefined && { line }),
      difference,
      of: createHash('sha256').update(difference).digest('hex').slice(0, 16),
      at: known.mtime.toISOString(),
      ...(read.by !== undefined && { by: read.by }),
    };
    if (found === undefined) return { shown: { ...shown, state: 'no-text' } };
    const { path } = found;
    const { lines, isLocked } = await textAt(path);
    const edit = isWhole ? editOfDifference(lines, read) : undefined;
    const isDone =
      edit === undefined && isWhole && editOfDifference(lines, reversed(read), { around: false }) !== undefined;
    const state = isDone ? 'done' : edit === undefined ? 'unfitting' : isLocked ? 'read-only' : 'open';
    return { shown: { ...shown, state }, target: { path, text: lines.text, edit } };
  };
}

/** A text as its file has it now. */
interface NowText {
  lines: TextLines;
  isLocked: boolean;
}

async function readNow(path: string): Promise<NowText> {
  const bytes = await readFile(path).catch(() => undefined);
  const decoded = bytes && decodeText({ file: path, bytes });
  const text = decoded !== undefined && 'text' in decoded ? decoded.text : '';
  const mode = (await stat(path).catch(() => undefined))?.mode ?? 0;
  return { lines: textLines(text), isLocked: isReadOnly(mode) };
}

/** The text of the book that a proposal is for: that of its line, or the one whose name it has. */
function targetOf(
  { book }: OfBook,
  { name, named }: { name: string; named: string | undefined },
): { path: string; file: string; chapter: { number: number; title: string } } | undefined {
  const line = lineOfProposal(name);
  const whole = wholeOfProposal(name);
  const texts = book.chapters.flatMap(({ source, number, title }) =>
    source === undefined ? [] : [{ source, number, title }],
  );
  type Text = (typeof texts)[number];
  const isOf = ({ source: { file } }: Text, nameOf: (file: string) => string): boolean =>
    whole === undefined ? headingName(file) === named : nameOf(file) === whole;
  // Texts of which one name was made, and the one of them that the difference names.
  const isNamed = ({ source: { file } }: Text): boolean => headingName(basename(file)) === named;
  // A number that a file had when it was proposed tells apart chapters in one file.
  const candidates = [
    ...texts.filter((one) => isOf(one, proposalName) && (line === undefined || line.startsWith(`${one.number}:`))),
    ...texts.filter((one) => isOf(one, proposalName)),
    ...texts.filter((one) => isOf(one, earlierProposalName) && isNamed(one)),
    ...texts.filter((one) => isOf(one, earlierProposalName)),
  ];
  const [found] = candidates;
  if (found === undefined) return undefined;
  const { source, number, title } = found;
  const path = source.kind === 'file' ? join(book.folder, source.file) : book.manifestPath;
  return { path, file: source.file, chapter: { number, title } };
}
