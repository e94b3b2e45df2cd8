/** The texts of a book as its attributions see them: written paragraphs, each with who speaks, in the author's files or in proposals. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type CurrentText, editCurrentText, type NotEdited, readCurrentTexts } from '../../book/edit/current-text.ts';
import { writeWhole } from '../../book/edit/edit-text.ts';
import { edited, type TextEdit } from '../../script/lines/edit-line.ts';
import { joinedEdits } from '../../script/tags/rename-in-tags.ts';
import { type WrittenParagraph, type WrittenPart, writtenParagraphs } from '../../script/text/written-paragraphs.ts';
import type { Moment } from '../book/moment.ts';
import { hunksOf } from '../changes/difference.ts';
import type { StudioDependencies } from '../dependencies.ts';
import { earlierProposalName, proposalName } from '../proposals/proposal-names.ts';

/** A chapter's text with its paragraphs. */
export interface AttributionText extends CurrentText {
  paragraphs: WrittenParagraph[];
  /** All parts of all paragraphs, in order; a part is named by its index here. */
  parts: WrittenPart[];
  /** Names the words of the text and their order: the same whoever speaks them, so that an index still means the same part. */
  words: string;
  /** In a watched folder: where the text is proposed, and whether `text` comes from there. */
  proposal?: { path: string; isWritten: boolean; original: string };
}

/** The texts now: of one chapter, or of all. */
export async function readAttributionTexts(
  { given }: { given: Pick<StudioDependencies, 'proposalsFolder'> },
  moment: Moment,
  only?: number,
): Promise<AttributionText[]> {
  const proposals = await given.proposalsFolder(moment);
  const texts = await readCurrentTexts(moment.book, only);
  return Promise.all(
    texts.map(async (current) => {
      const own = withParagraphs(current);
      if (proposals === undefined) return own;
      const path = join(proposals.folder, proposalName(current.file));
      const earlier = earlierProposalName(current.file);
      const isWhole = current.inManifest === undefined;
      const read = (from: string): Promise<string | undefined> => readFile(from, 'utf8').catch(() => undefined);
      const places = [path, join(proposals.folder, earlier), join(proposals.earlier, earlier)];
      const proposed = isWhole ? await Promise.all([...new Set(places)].map(read)) : [];
      const texts = proposed.flatMap((text) => (text === undefined ? [] : [withParagraphs({ ...current, text })]));
      const found = texts.find(({ words }) => words === own.words);
      const isWritten = found !== undefined;
      const proposal = { path, isWritten, original: current.text };
      // A proposal for a text that has other words by now is not shown, and stays until the next one.
      return { ...(isWritten ? found : own), proposal };
    }),
  );
}

function withParagraphs(current: CurrentText): AttributionText {
  const paragraphs = writtenParagraphs(current.text);
  const parts = paragraphs.flatMap((paragraph) => paragraph.parts);
  const hash = createHash('sha256').update(JSON.stringify(parts.map(({ text }) => text)));
  return { ...current, paragraphs, parts, words: hash.digest('hex').slice(0, 16) };
}

/** Writes edits: into the author's file, or beside it as a proposal. Nothing is written when the file has another text by now. */
export async function writeAttributions(
  moment: Moment,
  text: AttributionText,
  edits: readonly TextEdit[],
): Promise<'written' | NotEdited> {
  const { proposal } = text;
  if (proposal === undefined) {
    const written = await editCurrentText(moment.book, text, edits);
    if (typeof written === 'string') return written;
    return 'written';
  }
  if (text.inManifest !== undefined) return 'by-hand';
  const edit = joinedEdits(text.text, edits);
  if (edit === undefined) return 'changed';
  await writeProposal(text, proposal, edited(text.text, edit));
  return 'written';
}

/** The whole text as it would be, and the difference for people. */
async function writeProposal(
  { file }: AttributionText,
  { path, original }: NonNullable<AttributionText['proposal']>,
  text: string,
): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeWhole(path, text);
  await writeWhole(`${path}.diff`, hunksOf({ name: basename(file), before: original, after: text }));
}
