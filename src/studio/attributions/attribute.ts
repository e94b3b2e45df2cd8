/** Who speaks, written into the author's own texts: only the names in the tags change, and each only as it was seen. */

import { isDeepStrictEqual } from 'node:util';
import { hasErrors } from '../../manifest/diagnostics/diagnostic.ts';
import { NARRATOR, nameKey } from '../../manifest/fields/names.ts';
import { edited } from '../../script/lines/edit-line.ts';
import type { Line } from '../../script/lines/line.ts';
import { joinedEdits, type NamedPart, namingEdits, writtenName } from '../../script/tags/rename-in-tags.ts';
import { readScript, type Script } from '../../script/text/read.ts';
import type { Moment } from '../book/moment.ts';
import type { Done, NamedBefore, UndoStack, WayBack } from '../changes/undo.ts';
import type { StudioDependencies } from '../dependencies.ts';
import { doneWords } from '../server/done-words.ts';
import { StudioProblem } from '../server/problem.ts';
import type { Attributed, AttributeRequest, Said } from './attribution-shapes.ts';
import { type AttributionText, readAttributionTexts, writeAttributions } from './attribution-texts.ts';

/** What attributing needs of a studio. */
interface Attributing {
  given: Pick<StudioDependencies, 'proposalsFolder'>;
  undo: Pick<UndoStack, 'push'>;
}

/**
 * Writes the acts of a request, all or nothing. Each act can be undone by itself. What is written already is no error: a page that
 * lost the answer asks again. Throws a `StudioProblem` when the words have changed since, and for a part that somebody else named.
 */
export async function attribute(
  studio: Attributing,
  moment: Moment,
  of: { chapter: number; request: AttributeRequest },
): Promise<Attributed> {
  const { chapter, request } = of;
  const text = await textOfChapter(studio, moment, chapter);
  if (text.words !== request.of) throw changed(text.file);
  // What acts before this one have named.
  const now = new Map<number, string>();
  const acts = request.acts.map(({ say }) => say.flatMap((one) => namedPart(moment, text, { said: one, now })));
  const named = [...new Map(acts.flat().map((one) => [one.index, one])).values()];
  if (named.length > 0) await write(moment, text, named);
  await Promise.all(acts.filter((act) => act.length > 0).map((act) => studio.undo.push(doneOf(text, act))));
  const indexes = new Set(named.map(({ index }) => index));
  const open = text.parts.filter(({ isOpen }, index) => isOpen && !indexes.has(index)).length;
  return { of: text.words, open, ...(text.proposal && { proposal: text.proposal.path }) };
}

interface Named extends NamedPart {
  index: number;
  /** What the tag had before. */
  before: string;
}

function namedPart(
  moment: Moment,
  text: AttributionText,
  { said: { at, character, instead }, now }: { said: Said; now: Map<number, string> },
): Named[] {
  const part = text.parts[at];
  const name = characterNamed(moment, character);
  if (part === undefined) throw changed(text.file);
  const known = now.get(at) ?? (part.speaker === undefined ? undefined : characterOf(moment, part.speaker));
  if (known === name) return [];
  if (!(part.isOpen && known === undefined) && (known === undefined || known !== instead))
    throw new StudioProblem(
      409,
      'named-already',
      `Somebody else named ${known ?? NARRATOR} as the speaker here, in ${text.file}. It stays so.`,
      { values: { name: known ?? NARRATOR, file: text.file } },
    );
  const before = now.get(at) ?? writtenName(text.text, part);
  now.set(at, name);
  return [{ index: at, part, name, before }];
}

async function write(moment: Moment, text: AttributionText, named: readonly Named[]): Promise<void> {
  const edits = namingEdits(text.text, named);
  const edit = joinedEdits(text.text, edits);
  if (edit === undefined) return;
  if (!isReadAlike(moment, text, { after: edited(text.text, edit), named })) throw byHand(text.file);
  const written = await writeAttributions(moment, text, edits);
  if (written === 'changed') throw changed(text.file);
  if (written === 'by-hand') throw byHand(text.file);
}

/** The proof: the same lines, of which those of the named parts, and no other, have their new speaker. */
function isReadAlike(
  { book }: Moment,
  { file, text, parts, inManifest }: AttributionText,
  { after, named }: { after: string; named: readonly Named[] },
): boolean {
  const { characters } = book.manifest;
  const narrator = characters.find(({ name }) => nameKey(name) === NARRATOR)?.name;
  const markdown = inManifest === undefined && /\.(?:md|markdown)$/i.test(file);
  const read = (source: string): Script =>
    readScript({ file, text: source, characters, narrator, markdown, locate: () => ({ line: 1, column: 1 }) });
  const [was, is] = [read(text), read(after)];
  if (hasErrors(is.diagnostics) && !hasErrors(was.diagnostics)) return false;
  const ranges = named.map(({ index, part, name }) => ({
    from: part.tag,
    to: parts[index + 1]?.tag ?? Infinity,
    name,
  }));
  const expected = was.lines.map((line) => {
    const range = ranges.find(({ from, to }) => line.start >= from && line.start < to);
    return readOf(line, range === undefined ? line.character : /^[?？]/.test(range.name) ? narrator : range.name);
  });
  return isDeepStrictEqual(
    is.lines.map((line) => readOf(line, line.character)),
    expected,
  );
}

/** What a reader makes of a line, without its places. A direction counts only for who speaks it. */
function readOf(
  { text, paragraph, sceneAfter, pauseAfterMs, retake, pickup }: Line,
  character: string | undefined,
): object {
  return { text, paragraph, sceneAfter, pauseAfterMs, retake, pickup: pickup?.path, character };
}

function doneOf(text: AttributionText, act: readonly Named[]): Done {
  const named = act.map(({ index, name, before }) => ({ index, name, before }));
  return {
    ...doneWords.speakers(act[0]!.name, act.length, text.file),
    ids: [],
    place: { chapter: text.number, at: act[0]!.index },
    way: { kind: 'names', chapter: text.number, words: text.words, named },
  };
}

/** Gives the speakers back that they had. Returns whether the text is as it was left; otherwise it stays as it is. */
export async function takeBackNames(
  attributing: Pick<Attributing, 'given'>,
  moment: Moment,
  { chapter, words, named }: Extract<WayBack, { kind: 'names' }>,
): Promise<boolean> {
  const now = await textOfChapter(attributing, moment, chapter);
  const isOurs = ({ index, name }: NamedBefore): boolean => {
    const part = now.parts[index];
    return part !== undefined && part.tagEnd > part.tag && writtenName(now.text, part) === name;
  };
  if (now.words !== words || !named.every(isOurs)) return false;
  const back = named.map(({ index, before }) => ({ index, before, part: now.parts[index]!, name: before }));
  await write(moment, now, back);
  return true;
}

async function textOfChapter(
  studio: Pick<Attributing, 'given'>,
  moment: Moment,
  chapter: number,
): Promise<AttributionText> {
  const [text] = await readAttributionTexts(studio, moment, chapter);
  if (text !== undefined) return text;
  throw new StudioProblem(404, 'no-chapter', `The text of chapter ${chapter} cannot be read now. Load the page again.`);
}

/** The character that a name or alias means, as the manifest names it. Throws a `StudioProblem` for another name. */
export function characterNamed(moment: Moment, name: string): string {
  const found = characterOf(moment, name);
  if (found !== undefined) return found;
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  throw new StudioProblem(422, 'unknown-speaker', `No character is named ${shown}. Add it to the manifest first.`, {
    values: { name: shown },
  });
}

/** The same; undefined for nobody. */
export function characterOf({ book }: Pick<Moment, 'book'>, name: string): string | undefined {
  const key = nameKey(name);
  return book.manifest.characters.find((one) => [one.name, ...one.aliases].some((other) => nameKey(other) === key))
    ?.name;
}

function changed(file: string): StudioProblem {
  return new StudioProblem(
    409,
    'text-changed',
    `${file} was saved by somebody else since you read it. Nothing was changed. Here it is as it is now.`,
    { values: { file } },
  );
}

function byHand(file: string): StudioProblem {
  return new StudioProblem(
    422,
    'by-hand',
    `${file} is written in a way that only a person can edit here. Write the name into the brackets there.`,
    { values: { file } },
  );
}
