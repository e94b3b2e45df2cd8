import type { Diagnostic } from '../manifest/diagnostic.ts';
import type { Position } from '../manifest/position.ts';
import { decodeEntities } from './entities.ts';
import { type Exclusion, isSpeakable, type Line } from './line.ts';
import { type LineTags, lineTagsOf, lineTagTroubles } from './line-tags.ts';
import { maskMarkdown } from './markdown.ts';
import { type Paragraph, paragraphsOf } from './paragraphs.ts';
import { idlePause, pauseTagsIn } from './pause-tags.ts';
import { breakScene, leaveUnspoken, type Reading, speak, wait } from './reading.ts';
import { speechLabel } from './speech-labels.ts';
import { type Speaker, speakersByName, strayTags, type Tag, tagOf, toReview, unknownSpeaker } from './tags.ts';
import { type Trouble, textTroubles } from './troubles.ts';

/** Diagnostics of one text before the rest is left out: whoever has a hundred has one cause for most of them. */
const MOST_DIAGNOSTICS = 100;

/** A text in the order it is spoken. Every character of the source that is no white space is in one line or one exclusion. */
export interface Script {
  lines: Line[];
  exclusions: Exclusion[];
  diagnostics: Diagnostic[];
  /** 0-based numbers of the lines that are headings in Markdown; absent for none. */
  headings?: number[];
}

/**
 * Reads a chapter's text. Blank lines part paragraphs; `[name]` or `【name】` (a name or alias, in any case) at the start of
 * a paragraph hands it to that character, `[name: direction]` with words on how to say it, and what has no tag is read by
 * `narrator`. `***`, `* * *`, `---` alone or `[scene]` is a scene break, `[pause 1.5s]` a pause of that length, `\[` a plain
 * bracket. `[audio: path]` before a paragraph's own tag has the author's recording heard instead, and `[take 2]` another
 * take of it. HTML entities are decoded.
 * Pure and linear in the length.
 *
 * @param text without a byte order mark; CRLF, tabs and all kinds of spaces are fine
 * @param markdown read it as Markdown: its markup is not spoken
 * @param file the name to print in diagnostics
 * @param locate position of an offset of `text` in that file, as the author's editor counts it
 * @param narrator name of the character that reads untagged text; undefined when the manifest has none, which is an error
 *   as soon as there is such text
 */
export function readScript({
  file,
  text,
  markdown = false,
  locate,
  characters,
  narrator,
}: {
  file: string;
  text: string;
  markdown?: boolean;
  locate: (offset: number) => Position;
  characters: readonly Speaker[];
  narrator: string | undefined;
}): Script {
  const masked = markdown ? maskMarkdown(text) : { text, exclusions: [], troubles: [], headings: [] };
  const decoded = decodeEntities(text, masked.text);
  const read: Reading = {
    text: decoded.text,
    source: text,
    speakers: speakersByName(characters),
    characters,
    narrator,
    narratorMissed: false,
    lines: [],
    exclusions: [...masked.exclusions, ...decoded.exclusions],
    pending: undefined,
    lastPause: undefined,
    reviews: [],
    troubles: [...textTroubles(text), ...masked.troubles],
  };
  let number = 0;
  for (const paragraph of paragraphsOf(decoded.text)) readParagraph(read, paragraph, number++);
  leaveUnspoken(read);
  if (read.reviews.length > 0) read.troubles.push(toReview(read.reviews));
  const last = read.lines.at(-1);
  if (last?.pauseAfterMs !== undefined && read.lastPause) read.troubles.push(idlePause(read.lastPause, 'end'));
  const headings = linesAt(masked.headings, read.lines);
  return {
    ...(headings.length > 0 && { headings }),
    lines: read.lines,
    exclusions: read.exclusions.sort((a, b) => a.start - b.start),
    diagnostics: diagnosticsOf({ troubles: read.troubles, file, locate }),
  };
}

/** Which lines begin at these places; a heading that is not spoken has none. */
function linesAt(places: readonly { start: number }[], lines: readonly Line[]): number[] {
  const found: number[] = [];
  let line = 0;
  for (const [index, { start }] of places.entries()) {
    while (line < lines.length && lines[line]!.start < start) line++;
    if (line < lines.length && lines[line]!.start < (places[index + 1]?.start ?? Infinity)) found.push(line);
  }
  return found;
}

function readParagraph(read: Reading, whole: Paragraph, number: number): void {
  const { text, speakers, characters, troubles } = read;
  const tags = lineTagsOf(read.source, whole);
  const isTagged = tags.end > whole.start;
  if (isTagged) read.exclusions.push({ kind: 'tag', start: whole.start, end: tags.end });
  const paragraph = isTagged ? { start: Math.min(whole.end, skipSpace(text, tags.end)), end: whole.end } : whole;
  const tag = tagOf(text, paragraph);
  const character = tag.name === undefined ? read.narrator : speakers.get(tag.name)?.name;
  if (tag.trouble) troubles.push(tag.trouble);
  if (tag.end > paragraph.start) read.exclusions.push({ kind: 'tag', start: paragraph.start, end: tag.end });
  if (tag.name !== undefined && character === undefined) troubles.push(unknownSpeaker({ tag, characters, paragraph }));
  if (tag.means === 'review') read.reviews.push({ start: paragraph.start, end: tag.end });
  troubles.push(...strayTags({ text, from: tag.end, to: paragraph.end, speakers }));
  if (tag.means === 'pause') wait(read, { start: paragraph.start, end: tag.end, pauseMs: tag.pauseMs ?? 0 });
  if (tag.means === 'scene') breakScene(read);
  const body = { start: skipSpace(text, tag.end), end: paragraph.end };
  if (tag.name === undefined && isSceneBreak(text, body)) {
    read.exclusions.push({ kind: 'scene', ...body });
    breakScene(read);
    return;
  }
  if (tag.name === undefined && character === undefined) missNarrator(read, body);
  const label = tag.end === paragraph.start ? speechLabel({ text, body, speakers }) : undefined;
  if (label) troubles.push(label);
  speakParts({ read, body, tag, tags, character: character ?? tag.name ?? '', number });
}

function missNarrator(read: Reading, body: Paragraph): void {
  if (read.narratorMissed || !isSpeakable(read.text.slice(body.start, body.end))) return;
  read.narratorMissed = true;
  read.troubles.push(noNarrator(body));
}

/** Speaks a paragraph's text; pauses in it part it into several lines of the same speaker. */
function speakParts({
  read,
  body,
  tag,
  tags,
  character,
  number,
}: {
  read: Reading;
  body: Paragraph;
  tag: Tag;
  tags: LineTags;
  character: string;
  number: number;
}): void {
  const pauses = pauseTagsIn(read.text, body.start, body.end);
  const ends = [...pauses.map(({ start }) => start), body.end];
  const parts = ends.map((end, index) => ({ start: pauses[index - 1]?.end ?? body.start, end }));
  const hasWords = parts.some(({ start, end }) => isSpeakable(read.text.slice(start, end)));
  read.troubles.push(...lineTagTroubles(tags, { hasWords, hasPauses: pauses.length > 0 }));
  if (body.start >= body.end) {
    if (tag.name !== undefined || tag.means === 'review')
      read.troubles.push(emptyTag({ start: body.start, end: body.end, ...read.exclusions.at(-1) }));
    return;
  }
  for (const [index, part] of parts.entries()) {
    const start = skipSpace(read.text, part.start);
    const end = start + read.text.slice(start, part.end).trimEnd().length;
    if (start < end) speak({ read, body: { start, end }, character, number, direction: tag.direction, tags });
    const pause = pauses[index];
    if (pause === undefined) continue;
    read.exclusions.push({ kind: 'tag', start: pause.start, end: pause.end });
    wait(read, pause);
  }
}

/** Three or more of one sign with or without spaces between, or an asterism. */
const SCENE_BREAK = /^(?:([*\-_#~—–])(?:\s*\1){2,}|[⁂※])$/u;
const LONGEST_SCENE_BREAK = 200;

function isSceneBreak(text: string, { start, end }: Paragraph): boolean {
  return end > start && end - start <= LONGEST_SCENE_BREAK && SCENE_BREAK.test(text.slice(start, end));
}

function skipSpace(text: string, from: number): number {
  const space = /[\s\u0001]*/y;
  space.lastIndex = from;
  return from + (space.exec(text)?.[0].length ?? 0);
}

function noNarrator({ start }: Paragraph): Trouble {
  return {
    code: 'no-narrator',
    severity: 'error',
    start,
    end: start + 1,
    message: 'This text has no tag, and there is no character called "narrator" to read it.',
    fix: 'Add a character "narrator" to the manifest, or begin the paragraph with [name].',
  };
}

function emptyTag({ start, end }: Paragraph): Trouble {
  const message = 'Nothing follows this tag in its paragraph.';
  const fix = 'Write the text directly behind the tag, without an empty line between.';
  return { code: 'empty-tag', severity: 'error', start, end, message, fix };
}

function diagnosticsOf({
  troubles,
  file,
  locate,
}: {
  troubles: Trouble[];
  file: string;
  locate: (offset: number) => Position;
}): Diagnostic[] {
  const errorsFirst = troubles.length > MOST_DIAGNOSTICS ? troubles.toSorted(bySeverity) : troubles;
  return errorsFirst
    .slice(0, MOST_DIAGNOSTICS)
    .map(({ start, end, ...rest }) => ({ ...rest, file, start: locate(start), end: locate(end) }));
}

function bySeverity(a: Trouble, b: Trouble): number {
  return Number(a.severity === 'warning') - Number(b.severity === 'warning');
}
