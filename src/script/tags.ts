import { LONGEST_CHARACTER_NAME, nameKey } from '../manifest/names.ts';
import { nearestName } from '../manifest/nearest.ts';
import type { Paragraph } from './paragraphs.ts';
import type { Trouble } from './troubles.ts';

/** What a script needs to know of a character. */
export interface Speaker {
  name: string;
  aliases: readonly string[];
}

/** The tag at the start of a paragraph. */
export interface Tag {
  /** The form to look names up by; undefined when there is no (whole) tag. */
  name: string | undefined;
  /** The name as it is written. */
  written: string;
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

/** Furthest that a closing bracket is looked for. */
const LONGEST_TAG = LONGEST_CHARACTER_NAME * 2;
const TAG = /^(?:\[([^[\]【】\n\r]*)\]|【([^[\]【】\n\r]*)】)/;

/** Reads the tag at the start of a paragraph, if there is one. */
export function tagOf(text: string, { start, end }: Paragraph): Tag {
  const none = { name: undefined, written: '', end: start };
  if (text[start] !== '[' && text[start] !== '【') return none;
  const match = TAG.exec(text.slice(start, Math.min(end, start + LONGEST_TAG)));
  if (!match) {
    const message = 'This bracket opens a tag that is not closed on its line.';
    const trouble: Trouble = { code: 'unclosed-tag', severity: 'error', start, end: start + 1, message, fix: ESCAPE };
    return { ...none, trouble };
  }
  const written = (match[1] ?? match[2] ?? '').trim();
  return { name: nameKey(written), written, end: start + match[0].length };
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
  const names = characters.flatMap(({ name, aliases }) => [name, ...aliases]);
  const near = nearestName(tag.written, names);
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

// The name is bounded, so that a text of nothing but opening brackets stays linear.
const BRACKETS = /(?<!\\)(?:\[([^[\]【】\n\r\\]{1,64})\]|【([^[\]【】\n\r\\]{1,64})】)/g;

/**
 * Tags that would be read aloud because they do not begin a paragraph: whatever is in brackets at the start of a line, and
 * a character's name in brackets anywhere.
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
  for (const match of body.matchAll(BRACKETS)) {
    const name = (match[1] ?? match[2] ?? '').trim();
    const known = speakers.has(nameKey(name));
    const startsLine = /[\n\r][^\S\n\r]*$/.test(body.slice(Math.max(0, match.index - 40), match.index));
    if (!known && !startsLine) continue;
    troubles.push({
      code: 'tag-inside-paragraph',
      severity: 'error',
      start: from + match.index,
      end: from + match.index + match[0].length,
      message: 'This tag is inside a paragraph, where it would be read aloud.',
      fix: 'Put an empty line before it, or write \\[ for a plain bracket.',
    });
  }
  return troubles;
}
