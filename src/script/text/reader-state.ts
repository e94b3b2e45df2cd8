/** The state of `readScript`, and the steps that add to it. */
import { noteOffset } from '../../manifest/yaml/offsets.ts';
import { type Exclusion, isSpeakable, type Line } from '../lines/line.ts';
import type { SpeakerNames } from '../speakers/speaker-names.ts';
import { type LineTags, lineFieldsOf } from '../tags/line-tags.ts';
import { invalidPause, type PauseTag, pauseWithoutEffect } from '../tags/pause-tags.ts';
import { foldWhitespace } from './fold-whitespace.ts';
import type { Paragraph } from './paragraphs.ts';
import type { TextProblems } from './text-problems.ts';

/** The text, and its lines and exclusions so far. */
export interface ReaderState {
  /** The text with Markdown masked and entities decoded. */
  text: string;
  /** The author's text. */
  source: string;
  speakers: SpeakerNames;
  narrator: string | undefined;
  /** A missing narrator is reported only once. */
  narratorReported: boolean;
  lines: Line[];
  exclusions: Exclusion[];
  /** A paragraph of symbols only, to be joined to the next one of its character. */
  pending: Line | undefined;
  lastPause: PauseTag | undefined;
  /** Tags of lines with an uncertain speaker. */
  reviews: Paragraph[];
  problems: TextProblems;
}

/** Adds a paragraph, or a part of one, as a line; text without letters or digits joins a line of the same character. */
export function addLine({
  state,
  body,
  character,
  number,
  direction,
  tags,
}: {
  state: ReaderState;
  body: Paragraph;
  character: string;
  number: number;
  direction: string | undefined;
  tags: LineTags;
}): void {
  const folded = foldWhitespace(state.text, body.start, body.end);
  // Only masked markup, which is already excluded.
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
  const before = state.lines.at(-1);
  if (isSpeakable(line.text)) {
    if (state.pending?.character === character) state.lines.push(joined(state.pending, line));
    else {
      excludePending(state);
      state.lines.push(line);
    }
    state.pending = undefined;
  } else if (
    before &&
    !state.pending &&
    before.character === character &&
    !before.sceneAfter &&
    before.pauseAfterMs === undefined
  ) {
    state.lines[state.lines.length - 1] = joined(before, line);
  } else if (state.pending?.character === character) {
    state.pending = joined(state.pending, line);
  } else {
    excludePending(state);
    state.pending = line;
  }
}

/** Two paragraphs of one character as one line. It takes over the first one's offsets: thousands may be joined one by one. */
function joined(a: Line, b: Line): Line {
  const { offsets } = a;
  const shift = a.text.length + 1;
  for (const [index, at] of b.offsets.at.entries()) noteOffset(offsets, at + shift, b.offsets.source[index]!);
  const pickup = a.pickup ?? b.pickup;
  const retake = a.retake ?? b.retake;
  const hasTakeTag = a.hasTakeTag ?? b.hasTakeTag;
  return {
    ...a,
    ...(pickup && { pickup }),
    ...(retake !== undefined && { retake }),
    ...(hasTakeTag && { hasTakeTag }),
    text: `${a.text} ${b.text}`,
    end: b.end,
    sceneAfter: b.sceneAfter,
    offsets,
  };
}

/** Adds a pause after the last line; consecutive pauses add up. */
export function addPause(state: ReaderState, pause: PauseTag): void {
  excludePending(state);
  const before = state.lines.at(-1);
  if (pause.pauseMs === 'unclear') state.problems.add(invalidPause(pause.start, pause.end));
  else if (before) {
    before.pauseAfterMs = (before.pauseAfterMs ?? 0) + pause.pauseMs;
    state.lastPause = pause;
  } else state.problems.add(pauseWithoutEffect(pause, 'start'));
}

/** Excludes and reports the pending paragraph, which has no line to join. */
export function excludePending(state: ReaderState): void {
  const line = state.pending;
  if (!line) return;
  state.pending = undefined;
  state.exclusions.push({ kind: 'unspoken', start: line.start, end: line.end });
  state.problems.add({
    code: 'nothing-to-speak',
    severity: 'warning',
    start: line.start,
    end: line.end,
    message: 'This paragraph has no letter or digit; it is left out.',
    fix: 'Remove it, or write *** for a scene break.',
  });
}

/** Ends the scene after the last line. */
export function endScene(state: ReaderState): void {
  excludePending(state);
  const before = state.lines.at(-1);
  if (before) before.sceneAfter = true;
}
