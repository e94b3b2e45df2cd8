import type { Diagnostic } from '../../manifest/diagnostics/diagnostic.ts';
import { perhapsNarrator } from '../../manifest/fields/names.ts';
import type { Position } from '../../manifest/yaml/position.ts';
import { type Exclusion, isSpeakable, type Line } from '../lines/line.ts';
import { lineIndexAt } from '../lines/line-at.ts';
import { formatLineName } from '../lines/line-name.ts';
import { type Speaker, type SpeakerNames, speakerNames } from '../speakers/speaker-names.ts';
import { speechLabel } from '../speakers/speech-labels.ts';
import { type LineTags, lineTagProblems, lineTagsOf } from '../tags/line-tags.ts';
import { pauseTagsIn, pauseWithoutEffect } from '../tags/pause-tags.ts';
import { misplacedTags, OTHER_TAGS, speakersToReview, type Tag, tagOf } from '../tags/tags.ts';
import { unknownSpeaker } from '../tags/unknown-speaker.ts';
import { decodeEntities } from './entities.ts';
import { maskMarkdown } from './markdown.ts';
import { type Paragraph, paragraphsOf } from './paragraphs.ts';
import { addLine, addPause, endScene, excludePending, type ReaderState } from './reader-state.ts';
import { type TextProblem, TextProblems, textProblems } from './text-problems.ts';

/** Most lines of speech in one text, and most segments in one book. A novel of 20 hours has about 15,000. */
export const MOST_LINES = 200_000;

/** A text in speaking order. Every source character except white space is in one line or one exclusion. */
export interface Script {
  /** What is spoken before the text; the program composed it. Absent: nothing. */
  head?: Line;
  lines: Line[];
  exclusions: Exclusion[];
  diagnostics: Diagnostic[];
  /** 0-based numbers of the lines that are Markdown headings. Absent: none. */
  headings?: number[];
}

/**
 * Reads a chapter's text. Blank lines separate paragraphs; `[name]` or `【name】` (a name or alias, in any case) at the start
 * of a paragraph names its speaker, `[name: direction]` also how to say it; `narrator` reads paragraphs without a tag. `***`,
 * `* * *`, `---` alone or `[scene]` is a scene break, `[pause 1.5s]` a pause, `\[` a plain bracket. Before the name,
 * `[audio: path]` selects the author's recording and `[take 2]` another take. HTML entities are decoded. Pure and linear.
 *
 * @param text without a byte order mark; CRLF, tabs and all kinds of spaces are allowed
 * @param markdown read as Markdown: its markup is not spoken
 * @param file the name to print in diagnostics
 * @param chapter the chapter's number, for the numbers of lines in diagnostics; absent: they have none
 * @param locate position of an offset of `text` in that file, as the author's editor counts it
 * @param names those of `characters`, prepared once for all texts of a book
 * @param narrator name of the character that reads untagged text; if undefined, such text is an error
 */
export function readScript({
  file,
  chapter,
  text,
  markdown = false,
  locate,
  characters,
  names = namesInTags(characters),
  narrator,
}: {
  file: string;
  chapter?: number;
  text: string;
  markdown?: boolean;
  locate: (offset: number) => Position;
  characters: readonly Speaker[];
  names?: SpeakerNames;
  narrator: string | undefined;
}): Script {
  const masked = markdown ? maskMarkdown(text) : { text, exclusions: [], problems: [], headings: [] };
  const decoded = decodeEntities(text, masked.text);
  const state: ReaderState = {
    text: decoded.text,
    source: text,
    speakers: names,
    narrator,
    narratorReported: false,
    lines: [],
    exclusions: [...masked.exclusions, ...decoded.exclusions],
    pending: undefined,
    lastPause: undefined,
    reviews: [],
    problems: new TextProblems(),
  };
  state.problems.add(...textProblems(text));
  for (const problem of masked.problems) state.problems.add(problem);
  let number = 0;
  for (const paragraph of paragraphsOf(decoded.text)) {
    readParagraph(state, paragraph, number++);
    if (state.lines.length <= MOST_LINES) continue;
    state.problems.add(tooManyLines(paragraph));
    break;
  }
  excludePending(state);
  if (state.reviews.length > 0) state.problems.add(speakersToReview(state.reviews));
  const last = state.lines.at(-1);
  if (last?.pauseAfterMs !== undefined && state.lastPause)
    state.problems.add(pauseWithoutEffect(state.lastPause, 'end'));
  const headings = linesAt(masked.headings, state.lines);
  return {
    ...(headings.length > 0 && { headings }),
    lines: state.lines,
    exclusions: state.exclusions.sort((a, b) => a.start - b.start),
    diagnostics: diagnosticsOf(state, { file, chapter, locate }),
  };
}

/** The names that tags may have, as `readScript` takes them. */
export function namesInTags(characters: readonly Speaker[]): SpeakerNames {
  return speakerNames(characters, OTHER_TAGS);
}

/** Indices of the lines that begin at these places; a heading that is not spoken has none. */
function linesAt(places: readonly { start: number }[], lines: readonly Line[]): number[] {
  const found: number[] = [];
  let line = 0;
  for (const [index, { start }] of places.entries()) {
    while (line < lines.length && lines[line]!.start < start) line++;
    if (line < lines.length && lines[line]!.start < (places[index + 1]?.start ?? Infinity)) found.push(line);
  }
  return found;
}

function readParagraph(state: ReaderState, paragraph: Paragraph, number: number): void {
  // A loop: a paragraph may begin with thousands of pauses.
  for (let rest: Paragraph | undefined = paragraph; rest; ) rest = readFrom(state, rest, number);
}

/** Reads a paragraph, or only its first pause or scene break when another tag follows; returns the rest. */
function readFrom(state: ReaderState, whole: Paragraph, number: number): Paragraph | undefined {
  const { text, speakers, problems } = state;
  const tags = lineTagsOf(state.source, whole);
  const isTagged = tags.end > whole.start;
  if (isTagged) state.exclusions.push({ kind: 'tag', start: whole.start, end: tags.end });
  const paragraph = isTagged ? { start: Math.min(whole.end, skipSpace(text, tags.end)), end: whole.end } : whole;
  const tag = tagOf(text, paragraph);
  const character = tag.name === undefined ? state.narrator : speakers.byKey.get(tag.name)?.name;
  if (tag.problem) problems.add(tag.problem);
  if (tag.end > paragraph.start) state.exclusions.push({ kind: 'tag', start: paragraph.start, end: tag.end });
  if (tag.name !== undefined && character === undefined) problems.add(unknownSpeaker({ tag, speakers, paragraph }));
  if (tag.kind === 'review') state.reviews.push({ start: paragraph.start, end: tag.end });
  const rest = { start: skipSpace(text, tag.end), end: paragraph.end };
  const isFollowed = (tag.kind === 'pause' || tag.kind === 'scene') && beginsWithTag(state, rest);
  if (!isFollowed && !problems.hasAllErrors)
    problems.add(...misplacedTags({ text, from: tag.end, to: paragraph.end, speakers }));
  if (tag.kind === 'pause') addPause(state, { start: paragraph.start, end: tag.end, pauseMs: tag.pauseMs ?? 0 });
  if (tag.kind === 'scene') endScene(state);
  if (isFollowed) return rest;
  const body = { start: skipSpace(text, tag.end), end: paragraph.end };
  if (tag.name === undefined && isSceneBreak(text, body)) {
    state.exclusions.push({ kind: 'scene', ...body });
    endScene(state);
    return undefined;
  }
  if (tag.name === undefined && character === undefined) reportMissingNarrator(state, body);
  const label = tag.end === paragraph.start ? speechLabel({ text, body, speakers }) : undefined;
  if (label) problems.add(label);
  addLines({ state, body, tag, tags, character: character ?? tag.name ?? '', number });
  return undefined;
}

/** `[pause 2s] [?] …`, `[scene] [mara] …`: another tag, or the author's recording or take, follows. A word in brackets does not count. */
function beginsWithTag({ text, source, speakers }: ReaderState, rest: Paragraph): boolean {
  if (rest.start >= rest.end) return false;
  if (lineTagsOf(source, rest).end > rest.start) return true;
  const { kind, name } = tagOf(text, rest);
  return kind !== undefined || (name !== undefined && speakers.byKey.has(name));
}

function reportMissingNarrator(state: ReaderState, body: Paragraph): void {
  if (state.narratorReported || !isSpeakable(state.text.slice(body.start, body.end))) return;
  state.narratorReported = true;
  state.problems.add(noNarrator(body, state.speakers.all));
}

/** Adds a paragraph's text; pauses split it into several lines of the same speaker. */
function addLines({
  state,
  body,
  tag,
  tags,
  character,
  number,
}: {
  state: ReaderState;
  body: Paragraph;
  tag: Tag;
  tags: LineTags;
  character: string;
  number: number;
}): void {
  const pauses = pauseTagsIn(state.text, body.start, body.end);
  const ends = [...pauses.map(({ start }) => start), body.end];
  const parts = ends.map((end, index) => ({ start: pauses[index - 1]?.end ?? body.start, end }));
  const hasWords = parts.some(({ start, end }) => isSpeakable(state.text.slice(start, end)));
  state.problems.add(...lineTagProblems(tags, { hasWords, hasPauses: pauses.length > 0 }));
  if (body.start >= body.end) {
    if (tag.name !== undefined || tag.kind === 'review')
      state.problems.add(emptyTag({ start: body.start, end: body.end, ...state.exclusions.at(-1) }));
    return;
  }
  for (const [index, part] of parts.entries()) {
    const start = skipSpace(state.text, part.start);
    const end = start + state.text.slice(start, part.end).trimEnd().length;
    if (start < end) addLine({ state, body: { start, end }, character, number, direction: tag.direction, tags });
    const pause = pauses[index];
    if (pause === undefined) continue;
    state.exclusions.push({ kind: 'tag', start: pause.start, end: pause.end });
    addPause(state, pause);
  }
}

/** Three or more of the same symbol, perhaps with spaces between, or an asterism. */
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

function tooManyLines({ start }: Paragraph): TextProblem {
  const message = `This text has more than ${MOST_LINES.toLocaleString('en-US')} lines of speech.`;
  const fix = 'Divide the book into several manifests.';
  return { code: 'book-too-long', severity: 'error', start, end: start + 1, message, fix };
}

function noNarrator({ start }: Paragraph, names: readonly string[]): TextProblem {
  return {
    code: 'no-narrator',
    severity: 'error',
    start,
    end: start + 1,
    message: 'This text has no tag, and there is no character "narrator" to read it.',
    fix: `${perhapsNarrator(names)}Add a character "narrator" to the manifest, or begin the paragraph with [name].`,
  };
}

function emptyTag({ start, end }: Paragraph): TextProblem {
  const message = 'No text follows this tag in its paragraph.';
  const fix = 'Write the text directly after the tag, without an empty line between them.';
  return { code: 'empty-tag', severity: 'error', start, end, message, fix };
}

function diagnosticsOf(
  { problems, lines, source }: ReaderState,
  of: { file: string; chapter: number | undefined; locate: (offset: number) => Position },
): Diagnostic[] {
  const { file, chapter, locate } = of;
  return problems.listed().map(({ start, end, ...problem }) => {
    const line = chapter === undefined ? undefined : lineIndexAt(source, lines, start);
    const number = line !== undefined && chapter !== undefined && formatLineName({ chapter, line: line + 1 });
    return { ...problem, file, start: locate(start), end: locate(end), ...(number && { number }) };
  });
}
