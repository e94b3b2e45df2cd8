import type { NearestNames } from '../../manifest/diagnostics/nearest.ts';
import { LONGEST_CHARACTER_NAME, NARRATOR, nameKey } from '../../manifest/fields/names.ts';
import type { SpeakerNames } from '../speakers/speaker-names.ts';
import type { Paragraph } from '../text/paragraphs.ts';
import { MOST_PROBLEMS, type TextProblem } from '../text/text-problems.ts';
import { invalidPause, pauseOf } from './pause-tags.ts';
import { isRetakeName } from './retake-tags.ts';

/** The tag at the start of a paragraph. */
export interface Tag {
  /** The name's lookup key; undefined when there is no valid tag or the tag is not a speaker. */
  name: string | undefined;
  /** The name as written. */
  written: string;
  /** The text after a colon: how to speak the line. */
  direction?: string;
  /** The kind of a tag that is not a speaker. `review` marks a line whose speaker an import was unsure of; the narrator reads it. */
  kind?: 'scene' | 'review' | 'pause';
  /** Only for a `pause`. */
  pauseMs?: number;
  /** Offset just after the tag; the paragraph's start when there is none. */
  end: number;
  problem?: TextProblem;
}

/** Longest direction, in UTF-16 code units. */
const LONGEST_DIRECTION = 300;
/** Longest tag, in UTF-16 code units. */
const LONGEST_TAG = LONGEST_CHARACTER_NAME * 2 + LONGEST_DIRECTION;
/** Square brackets in the three forms that keyboards have: Western, Chinese, and full-width. */
const TAG = /^(?:\[([^[\]【】［］\n\r]*)\]|【([^[\]【】［］\n\r]*)】|［([^[\]【】［］\n\r]*)］)/;

/** Reads the tag at the start of a paragraph, if there is one. */
export function tagOf(text: string, { start, end }: Paragraph): Tag {
  const none = { name: undefined, written: '', end: start };
  if (!/[[【［]/.test(text[start] ?? '')) return none;
  const match = TAG.exec(text.slice(start, Math.min(end, start + LONGEST_TAG)));
  if (!match) {
    const message = 'This bracket opens a tag that is not closed on the same line.';
    const problem: TextProblem = {
      code: 'unclosed-tag',
      severity: 'error',
      start,
      end: start + 1,
      message,
      fix: ESCAPE,
    };
    return { ...none, problem };
  }
  const after = start + match[0].length;
  const { written, direction } = partsOf(match[1] ?? match[2] ?? match[3] ?? '');
  const name = nameKey(written);
  if (/^(?:scene|场景|場景)$/.test(name)) return { name: undefined, written, kind: 'scene', end: after };
  if (written.startsWith('?') || written.startsWith('？'))
    return { name: undefined, written, kind: 'review', end: after };
  const pauseMs = pauseOf(match[0]);
  if (pauseMs === 'unclear')
    return { name: undefined, written, kind: 'pause', pauseMs: 0, end: after, problem: invalidPause(start, after) };
  if (pauseMs !== undefined) return { name: undefined, written, kind: 'pause', pauseMs, end: after };
  return { name, written, ...(direction && { direction }), end: after };
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

const ESCAPE = 'Write [name] with a name from the manifest, or \\[ for a plain bracket.';

/** Tags that are not speakers, as suggestions for a mistyped one. */
export const OTHER_TAGS: readonly string[] = ['scene', 'pause 1s', 'take 2', 'audio: pickups/….wav'];

/** One warning for all lines of a text that an import marked for review, at the first. */
export function speakersToReview(marks: readonly Paragraph[]): TextProblem {
  const others = marks.length === 1 ? '' : ` (and ${marks.length - 1} more in this text)`;
  return {
    code: 'speaker-to-review',
    severity: 'warning',
    start: marks[0]!.start,
    end: marks[0]!.end,
    message: `The speaker of this line is uncertain${others}; the ${NARRATOR} reads it.`,
    fix: "Write the character's name in the brackets, or remove them.",
  };
}

// The name is bounded, so that a text of only opening brackets takes linear time.
const BRACKETS =
  /(?<!\\)(?:\[([^[\]【】［］\n\r\\]{1,200})\]|【([^[\]【】［］\n\r\\]{1,200})】|［([^[\]【】［］\n\r\\]{1,200})］)/g;
/** The `nameKey` of tags that are not speakers. */
const OTHER_NAMES = /^(?:scene|场景|場景|audio|录音|錄音)$/;

/**
 * Errors for tags that would be read aloud because they do not begin a paragraph: brackets at the start of a line, and a
 * character's name in brackets anywhere, even mistyped.
 */
export function misplacedTags({
  text,
  from,
  to,
  speakers,
}: {
  text: string;
  from: number;
  to: number;
  speakers: SpeakerNames;
}): TextProblem[] {
  const problems: TextProblem[] = [];
  const body = text.slice(from, to);
  for (const match of body.matchAll(BRACKETS)) {
    if (problems.length === MOST_PROBLEMS) break;
    if (pauseOf(match[0]) !== undefined) continue;
    const content = match[1] ?? match[2] ?? match[3] ?? '';
    const { written } = partsOf(content);
    const key = nameKey(written);
    const known = speakers.byKey.has(key) || OTHER_NAMES.test(key) || isRetakeName(content);
    const startsLine = /[\n\r][^\S\n\r]*$/.test(body.slice(Math.max(0, match.index - 40), match.index));
    const wasExhausted = speakers.nearest.isExhausted;
    const near = known || startsLine ? undefined : mistypedName(written, speakers.nearest);
    if (!wasExhausted && speakers.nearest.isExhausted) problems.push(notCompared(from + match.index));
    if (!known && !startsLine && near === undefined) continue;
    problems.push({
      code: 'tag-inside-paragraph',
      severity: 'error',
      start: from + match.index,
      end: from + match.index + match[0].length,
      message: 'This tag is inside a paragraph and would be read aloud.',
      fix: `${near === undefined ? '' : `Did you mean "${near}"? `}Put an empty line before it, or write \\[ for a plain bracket.`,
    });
  }
  return problems;
}

/** The warning from where on words in brackets are not compared with the names. It is given once for a book. */
function notCompared(start: number): TextProblem {
  const message = 'From here on, words in brackets are too many to be compared with the names of all characters.';
  const fix = `Check that no tag with a mistyped name is inside a paragraph; the ${NARRATOR} would read it aloud.`;
  return { code: 'brackets-not-compared', severity: 'warning', start, end: start + 1, message, fix };
}

/** Short text such as [sic] resembles too many names; only a clear typo counts. */
function mistypedName(written: string, names: NearestNames): string | undefined {
  if ([...written].length < 4) return undefined;
  const near = names.to(written);
  return near !== undefined && Math.abs(near.length - written.length) <= 2 ? near : undefined;
}
