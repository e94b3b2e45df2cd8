import { LONGEST_CHARACTER_NAME, NARRATOR, nameKey } from '../manifest/names.ts';
import { nearestName } from '../manifest/nearest.ts';
import type { Paragraph } from './paragraphs.ts';
import { badPause, pauseOf } from './pause-tags.ts';
import { isRetakeName } from './retake-tags.ts';
import type { Trouble } from './troubles.ts';

/** What a script needs to know of a character. */
export interface Speaker {
  name: string;
  aliases: readonly string[];
}

/** The tag at the start of a paragraph. */
export interface Tag {
  /** The form to look names up by; undefined when there is no (whole) tag, or none that names a speaker. */
  name: string | undefined;
  /** The name as it is written. */
  written: string;
  /** What stands behind a colon: how the line is to be spoken. */
  direction?: string;
  /** A tag that is no speaker's. `review` marks a line whose speaker an import was not sure of; the narrator reads it. */
  means?: 'scene' | 'review' | 'pause';
  /** Of a `pause`. */
  pauseMs?: number;
  /** Offset just behind the tag; the paragraph's start when there is none. */
  end: number;
  trouble?: Trouble;
}

/** Characters by every name and alias, each in the form that `nameKey` gives. */
export function speakersByName(characters: readonly Speaker[]): Map<string, Speaker> {
  return new Map(
    characters.flatMap((speaker) => [speaker.name, ...speaker.aliases].map((name) => [nameKey(name), speaker])),
  );
}

/** Longest direction, in UTF-16 code units. */
const LONGEST_DIRECTION = 300;
/** Furthest that a closing bracket is looked for. */
const LONGEST_TAG = LONGEST_CHARACTER_NAME * 2 + LONGEST_DIRECTION;
/** Square brackets in the three forms that keyboards give: Western, Chinese, and full-width. */
const TAG = /^(?:\[([^[\]【】［］\n\r]*)\]|【([^[\]【】［］\n\r]*)】|［([^[\]【】［］\n\r]*)］)/;

/** Reads the tag at the start of a paragraph, if there is one. */
export function tagOf(text: string, { start, end }: Paragraph): Tag {
  const none = { name: undefined, written: '', end: start };
  if (!/[[【［]/.test(text[start] ?? '')) return none;
  const match = TAG.exec(text.slice(start, Math.min(end, start + LONGEST_TAG)));
  if (!match) {
    const message = 'This bracket opens a tag that is not closed on its line.';
    const trouble: Trouble = { code: 'unclosed-tag', severity: 'error', start, end: start + 1, message, fix: ESCAPE };
    return { ...none, trouble };
  }
  const behind = start + match[0].length;
  const { written, direction } = partsOf(match[1] ?? match[2] ?? match[3] ?? '');
  const name = nameKey(written);
  if (/^(?:scene|场景|場景)$/.test(name)) return { name: undefined, written, means: 'scene', end: behind };
  if (written.startsWith('?') || written.startsWith('？'))
    return { name: undefined, written, means: 'review', end: behind };
  const pauseMs = pauseOf(match[0]);
  if (pauseMs === 'unclear')
    return { name: undefined, written, means: 'pause', pauseMs: 0, end: behind, trouble: badPause(start, behind) };
  if (pauseMs !== undefined) return { name: undefined, written, means: 'pause', pauseMs, end: behind };
  return { name, written, ...(direction && { direction }), end: behind };
}

/** `mara: whispering` → the name and the direction. A name has no colon. */
function partsOf(content: string): { written: string; direction?: string } {
  const colon = content.search(/[:：]/);
  if (colon < 0) return { written: content.trim() };
  return {
    written: content.slice(0, colon).trim(),
    direction: content
      .slice(colon + 1)
      .trim()
      .replace(/\s+/g, ' '),
  };
}

const ESCAPE = 'Write [name] with a name of the manifest, or \\[ for a plain bracket.';

/** A tag that names nobody: never the narrator's voice, always an error with the name that was probably meant. */
export function unknownSpeaker({
  tag,
  characters,
  paragraph,
}: {
  tag: Tag;
  characters: readonly Speaker[];
  paragraph: Paragraph;
}): Trouble {
  const names = namesOf(characters);
  const near = nearestName(tag.written, [...names, ...OTHER_TAGS]);
  const known = names.slice(0, 12).join(', ') + (names.length > 12 ? ', …' : '');
  const meant = near === undefined ? `Known are: ${known}.` : `Did you mean "${near}"?`;
  return {
    code: 'unknown-character',
    severity: 'error',
    start: Math.min(paragraph.start + 1, tag.end - 1),
    end: Math.max(tag.end - 1, paragraph.start + 2),
    message: `There is no character called "${tag.written}".`,
    fix: `${meant} For a plain bracket, write \\[.`,
  };
}

/** Tags that name no speaker, as they are suggested to somebody who mistyped one. */
const OTHER_TAGS = ['scene', 'pause 1s', 'take 2', 'audio: pickups/….wav'];

function namesOf(characters: Iterable<Speaker>): string[] {
  return [...characters].flatMap(({ name, aliases }) => [name, ...aliases]);
}

/** Lines with the mark that an import leaves where nobody was sure who speaks; said once for a text, at the first. */
export function toReview(marks: readonly Paragraph[]): Trouble {
  const others = marks.length === 1 ? '' : ` (and ${marks.length - 1} more in this text)`;
  return {
    code: 'speaker-to-review',
    severity: 'warning',
    start: marks[0]!.start,
    end: marks[0]!.end,
    message: `It is not certain who speaks here${others}; the ${NARRATOR} reads it.`,
    fix: 'Put the name of the character into the brackets, or remove them.',
  };
}

// The name is bounded, so that a text of nothing but opening brackets stays linear.
const BRACKETS =
  /(?<!\\)(?:\[([^[\]【】［］\n\r\\]{1,200})\]|【([^[\]【】［］\n\r\\]{1,200})】|［([^[\]【】［］\n\r\\]{1,200})］)/g;
/** Names of tags that are no speaker's, in the form of `nameKey`. */
const OTHER_NAMES = /^(?:scene|场景|場景|audio|录音|錄音)$/;

/**
 * Tags that would be read aloud because they do not begin a paragraph: whatever is in brackets at the start of a line, and
 * a character's name in brackets anywhere, also a mistyped one.
 */
export function strayTags({
  text,
  from,
  to,
  speakers,
}: {
  text: string;
  from: number;
  to: number;
  speakers: ReadonlyMap<string, Speaker>;
}): Trouble[] {
  const troubles: Trouble[] = [];
  const body = text.slice(from, to);
  let names: string[] | undefined;
  for (const match of body.matchAll(BRACKETS)) {
    if (pauseOf(match[0]) !== undefined) continue;
    const content = match[1] ?? match[2] ?? match[3] ?? '';
    const { written } = partsOf(content);
    const key = nameKey(written);
    const known = speakers.has(key) || OTHER_NAMES.test(key) || isRetakeName(content);
    const startsLine = /[\n\r][^\S\n\r]*$/.test(body.slice(Math.max(0, match.index - 40), match.index));
    names ??= namesOf(new Set(speakers.values()));
    const near = known || startsLine ? undefined : nearlyNamed(written, names);
    if (!known && !startsLine && near === undefined) continue;
    troubles.push({
      code: 'tag-inside-paragraph',
      severity: 'error',
      start: from + match.index,
      end: from + match.index + match[0].length,
      message: 'This tag is inside a paragraph, where it would be read aloud.',
      fix: `${near === undefined ? '' : `Did you mean "${near}"? `}Put an empty line before it, or write \\[ for a plain bracket.`,
    });
  }
  return troubles;
}

/** A short bracket such as [sic] is too near to everything; only a plain typing mistake counts. */
function nearlyNamed(written: string, names: readonly string[]): string | undefined {
  if ([...written].length < 4) return undefined;
  const near = nearestName(written, names);
  return near !== undefined && Math.abs(near.length - written.length) <= 2 ? near : undefined;
}
