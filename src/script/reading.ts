/** What was read of a text so far: lines, and what lies between them. */
import { emptyOffsetMap, noteOffset } from '../manifest/offsets.ts';
import { fold } from './fold.ts';
import { type Exclusion, isSpeakable, type Line } from './line.ts';
import { type LineTags, lineFieldsOf } from './line-tags.ts';
import type { Paragraph } from './paragraphs.ts';
import { badPause, idlePause, type PauseTag } from './pause-tags.ts';
import type { Speaker } from './tags.ts';
import type { Trouble } from './troubles.ts';

/** A text on its way into lines. */
export interface Reading {
  /** With Markdown masked and entities decoded. */
  text: string;
  /** As the author wrote it. */
  source: string;
  speakers: ReadonlyMap<string, Speaker>;
  characters: readonly Speaker[];
  narrator: string | undefined;
  /** That there is no narrator is said once. */
  narratorMissed: boolean;
  lines: Line[];
  exclusions: Exclusion[];
  /** A paragraph of signs only, waiting for the next one of its character. */
  pending: Line | undefined;
  lastPause: PauseTag | undefined;
  /** Tags of lines whose speaker is not certain. */
  reviews: Paragraph[];
  troubles: Trouble[];
}

/** Adds a paragraph, or a part of one, as a line; signs that nobody can say go with a line of the same character. */
export function speak({
  read,
  body,
  character,
  number,
  direction,
  tags,
}: {
  read: Reading;
  body: Paragraph;
  character: string;
  number: number;
  direction: string | undefined;
  tags: LineTags;
}): void {
  const folded = fold(read.text, body.start, body.end);
  // Nothing but masked markup: it is in an exclusion already.
  if (folded.text === '') return;
  const line: Line = {
    character,
    ...folded,
    ...body,
    paragraph: number,
    sceneAfter: false,
    ...(direction && { direction }),
    ...lineFieldsOf(tags),
  };
  const before = read.lines.at(-1);
  if (isSpeakable(line.text)) {
    if (read.pending?.character === character) read.lines.push(joined(read.pending, line));
    else {
      leaveUnspoken(read);
      read.lines.push(line);
    }
    read.pending = undefined;
  } else if (
    before &&
    !read.pending &&
    before.character === character &&
    !before.sceneAfter &&
    before.pauseAfterMs === undefined
  ) {
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
  const pickup = a.pickup ?? b.pickup;
  const retake = a.retake ?? b.retake;
  return {
    ...a,
    ...(pickup && { pickup }),
    ...(retake !== undefined && { retake }),
    text: `${a.text} ${b.text}`,
    end: b.end,
    sceneAfter: b.sceneAfter,
    offsets,
  };
}

/** Makes the pause after what was spoken last; several in a row add up. */
export function wait(read: Reading, pause: PauseTag): void {
  leaveUnspoken(read);
  const before = read.lines.at(-1);
  if (pause.pauseMs === 'unclear') read.troubles.push(badPause(pause.start, pause.end));
  else if (before) {
    before.pauseAfterMs = (before.pauseAfterMs ?? 0) + pause.pauseMs;
    read.lastPause = pause;
  } else read.troubles.push(idlePause(pause, 'start'));
}

/** Tells of a paragraph of signs that found no line to go with. */
export function leaveUnspoken(read: Reading): void {
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

/** A scene ends with what was spoken last. */
export function breakScene(read: Reading): void {
  leaveUnspoken(read);
  const before = read.lines.at(-1);
  if (before) before.sceneAfter = true;
}
