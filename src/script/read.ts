import type { Diagnostic } from '../manifest/diagnostic.ts';
import { emptyOffsetMap, noteOffset } from '../manifest/offsets.ts';
import type { Position } from '../manifest/position.ts';
import { fold } from './fold.ts';
import { type Exclusion, isSpeakable, type Line } from './line.ts';
import { type Paragraph, paragraphsOf } from './paragraphs.ts';
import { type Speaker, speakersByName, strayTags, tagOf, unknownSpeaker } from './tags.ts';
import { type Trouble, textTroubles } from './troubles.ts';

/** Diagnostics of one text before the rest is left out: whoever has a hundred has one cause for most of them. */
const MOST_DIAGNOSTICS = 100;

/** A text in the order it is spoken. Every character of the source that is no white space is in one line or one exclusion. */
export interface Script {
  lines: Line[];
  exclusions: Exclusion[];
  diagnostics: Diagnostic[];
}

/**
 * Reads a chapter's text. Blank lines part paragraphs; `[name]` or `【name】` (a name or alias, in any case) at the start of
 * a paragraph hands it to that character, and what has no tag is read by `narrator`. `***`, `* * *` or `---` alone is a
 * scene break; `\[` is a plain bracket. Pure and linear in the length.
 *
 * @param text without a byte order mark; CRLF, tabs and all kinds of spaces are fine
 * @param file the name to print in diagnostics
 * @param locate position of an offset of `text` in that file, as the author's editor counts it
 * @param narrator name of the character that reads untagged text; undefined when the manifest has none, which is an error
 *   as soon as there is such text
 */
export function readScript({
  file,
  text,
  locate,
  characters,
  narrator,
}: {
  file: string;
  text: string;
  locate: (offset: number) => Position;
  characters: readonly Speaker[];
  narrator: string | undefined;
}): Script {
  const speakers = speakersByName(characters);
  const troubles: Trouble[] = textTroubles(text);
  const read: Reading = { lines: [], exclusions: [], pending: undefined, troubles };
  let number = 0;
  let narratorMissed = false;
  for (const paragraph of paragraphsOf(text)) {
    const tag = tagOf(text, paragraph);
    const character = tag.name === undefined ? narrator : speakers.get(tag.name)?.name;
    if (tag.trouble) troubles.push(tag.trouble);
    if (tag.end > paragraph.start) read.exclusions.push({ kind: 'tag', start: paragraph.start, end: tag.end });
    if (tag.name !== undefined && character === undefined)
      troubles.push(unknownSpeaker({ tag, characters, paragraph }));
    troubles.push(...strayTags({ text, from: tag.end, to: paragraph.end, speakers }));
    const body = { start: skipSpace(text, tag.end), end: paragraph.end };
    const scene = tag.name === undefined && isSceneBreak(text, body);
    if (scene) breakScene(read, body);
    else if (
      tag.name === undefined &&
      character === undefined &&
      !narratorMissed &&
      isSpeakable(text.slice(body.start, body.end))
    ) {
      narratorMissed = true;
      troubles.push(noNarrator(body));
    }
    // Without a speaker the book is refused; the text is still read, so that its other mistakes show.
    if (!scene)
      speak({ read, text, body, character: character ?? tag.name ?? '', number, tagged: tag.name !== undefined });
    number++;
  }
  leaveUnspoken(read);
  return { lines: read.lines, exclusions: read.exclusions, diagnostics: diagnosticsOf({ troubles, file, locate }) };
}

interface Reading {
  lines: Line[];
  exclusions: Exclusion[];
  /** A paragraph of signs only, waiting for the next one of its character. */
  pending: Line | undefined;
  troubles: Trouble[];
}

function speak({
  read,
  text,
  body,
  character,
  number,
  tagged,
}: {
  read: Reading;
  text: string;
  body: Paragraph;
  character: string;
  number: number;
  tagged: boolean;
}): void {
  if (body.start >= body.end) {
    if (tagged) read.troubles.push(emptyTag(read.exclusions.at(-1) ?? body));
    return;
  }
  const line: Line = { character, ...fold(text, body.start, body.end), ...body, paragraph: number, sceneAfter: false };
  const before = read.lines.at(-1);
  if (isSpeakable(line.text)) {
    if (read.pending?.character === character) read.lines.push(joined(read.pending, line));
    else {
      leaveUnspoken(read);
      read.lines.push(line);
    }
    read.pending = undefined;
  } else if (before && !read.pending && before.character === character && !before.sceneAfter) {
    read.lines[read.lines.length - 1] = joined(before, line);
  } else if (read.pending?.character === character) {
    read.pending = joined(read.pending, line);
  } else {
    leaveUnspoken(read);
    read.pending = line;
  }
}

/** Two paragraphs of one character as one line. */
function joined(a: Line, b: Line): Line {
  const offsets = emptyOffsetMap();
  for (const [index, at] of a.offsets.at.entries()) noteOffset(offsets, at, a.offsets.source[index]!);
  const shift = a.text.length + 1;
  for (const [index, at] of b.offsets.at.entries()) noteOffset(offsets, at + shift, b.offsets.source[index]!);
  return { ...a, text: `${a.text} ${b.text}`, end: b.end, sceneAfter: b.sceneAfter, offsets };
}

function leaveUnspoken(read: Reading): void {
  const line = read.pending;
  if (!line) return;
  read.pending = undefined;
  read.exclusions.push({ kind: 'unspoken', start: line.start, end: line.end });
  read.troubles.push({
    code: 'nothing-to-speak',
    severity: 'warning',
    start: line.start,
    end: line.end,
    message: 'This paragraph has no letter or digit; it is left out.',
    fix: 'Remove it, or write *** for a scene break.',
  });
}

function breakScene(read: Reading, { start, end }: Paragraph): void {
  leaveUnspoken(read);
  read.exclusions.push({ kind: 'scene', start, end });
  const before = read.lines.at(-1);
  if (before) before.sceneAfter = true;
}

/** Three or more of one sign with or without spaces between, or an asterism. */
const SCENE_BREAK = /^(?:([*\-_#~—–])(?:\s*\1){2,}|[⁂※])$/u;
const LONGEST_SCENE_BREAK = 200;

function isSceneBreak(text: string, { start, end }: Paragraph): boolean {
  return end - start <= LONGEST_SCENE_BREAK && SCENE_BREAK.test(text.slice(start, end));
}

function skipSpace(text: string, from: number): number {
  const space = /\s*/y;
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
