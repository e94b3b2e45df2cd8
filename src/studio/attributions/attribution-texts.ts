/** The texts of a book as its attributions see them: written paragraphs, each with who speaks, in the author's files or in proposals. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { type CurrentText, editCurrentText, type NotEdited, readCurrentTexts } from '../../book/edit/current-text.ts';
import { edited, type TextEdit } from '../../script/lines/edit-line.ts';
import { joinedEdits } from '../../script/tags/rename-in-tags.ts';
import { type WrittenParagraph, type WrittenPart, writtenParagraphs } from '../../script/text/written-paragraphs.ts';
import type { Moment } from '../book/moment.ts';
import { hunksOf } from '../changes/difference.ts';
import type { StudioDependencies } from '../dependencies.ts';
import { contentOf } from '../proposals/proposal-folder.ts';
import { earlierProposalName, proposalName } from '../proposals/proposal-names.ts';
import { type ProposedText, proposeText } from '../proposals/propose.ts';

/** A chapter's text with its paragraphs. */
export interface AttributionText extends CurrentText {
  paragraphs: WrittenParagraph[];
  /** All parts of all paragraphs, in order; a part is named by its index here. */
  parts: WrittenPart[];
  /** Names the words of the text and their order: the same whoever speaks them, so that an index still means the same part. */
  words: string;
  /** In a watched folder: where the text is proposed, and whether `text` comes from there. */
  proposal?: { path: string; isWritten: boolean; original: string } & Pick<
    ProposedText,
    'folder' | 'name' | 'continues'
  >;
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
      const { folder, earlier: ofAll } = proposals;
      const [name, earlier] = [proposalName(current.file), earlierProposalName(current.file)];
      const isWhole = current.inManifest === undefined;
      const places = isWhole ? [join(folder, name), join(folder, earlier), join(ofAll, earlier)] : [];
      const read = (): Promise<(string | undefined)[]> => Promise.all([...new Set(places)].map(contentOf));
      const from = await read();
      const texts = from.flatMap((text) => (text === undefined ? [] : [withParagraphs({ ...current, text })]));
      const found = texts.find(({ words }) => words === own.words);
      const isWritten = found !== undefined;
      const path = join(folder, name);
      const continues = { read, from, isContinued: isWritten };
      const proposal = { ...{ path, folder, name, continues, isWritten }, original: current.text };
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
  const after = edited(text.text, edit);
  const difference = hunksOf({ name: basename(text.file), before: proposal.original, after });
  return (await proposeText({ ...proposal, text: after, difference }, moment)) ? 'written' : 'changed';
}
