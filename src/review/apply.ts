/** Applies a review to the lines of a book. Decisions use the fields that tags in the text set; comments and approvals change nothing. Pure. */
import { nameKey } from '../manifest/fields/names.ts';
import type { Line } from '../script/lines/line.ts';
import { type KnownLine, resolveAnchors } from '../script/lines/line-identity.ts';
import { formatLineName } from '../script/lines/line-name.ts';
import type { SpeakerNames } from '../script/speakers/speaker-names.ts';
import { type Finding, findings } from './findings.ts';
import { decisionKey, joinDecisions } from './merge.ts';
import type { Decision, LineDecision, Review } from './review.ts';

/** A chapter's lines, as its text has them. */
export interface ChapterLines {
  /** Its number: 0 for opening credits, the one after the last chapter for closing credits. */
  number: number;
  title: string;
  lines: readonly Line[];
  /** The first line is the chapter's head, which is line 0. */
  hasHead?: boolean;
}

/** A decision that changes how a line sounds; only the fields that have an effect. */
export interface AppliedDecision extends LineDecision {
  /** The line's number now, such as `3:37`. */
  at: string;
  id: string;
}

/** The result of `applyReview`. */
export interface AppliedReview {
  /** The lines of each chapter, in the given order; lines without a decision are the given ones. */
  chapters: Line[][];
  applied: AppliedDecision[];
  /** By the line: the key of the decision that names its recording. */
  recordings: Map<Line, string>;
  findings: Finding[];
  /** Decisions whose line is gone. */
  orphans: number;
}

/**
 * Applies the decisions to their lines. `title`: of the book. The author's `[take …]` and `[audio: …]` win over a decision;
 * a recording wins over words and takes. A take, a spelling and a recording are of the words that they were decided for: when
 * those were edited, they are reported and not applied. A decision whose line is not found is reported and applied to nothing; when the file
 * has the title of another book and most of its lines are not in this one, nothing of it is applied.
 */
export function applyReview(of: {
  review: Review;
  title: string;
  chapters: readonly ChapterLines[];
  speakers: SpeakerNames;
}): AppliedReview {
  const { review, title, chapters, speakers } = of;
  const result: AppliedReview = {
    chapters: chapters.map(({ lines }) => [...lines]),
    applied: [],
    recordings: new Map(),
    findings: [],
    orphans: 0,
  };
  const places = chapters.flatMap(({ lines }, chapter) => lines.map((_, line) => ({ chapter, line })));
  const known = chapters.flatMap((chapter) => knownLines(chapter));
  const found = linesOfDecisions(review.lines, known);
  const lost = found.filter((index) => index === undefined).length;
  if (review.book !== undefined && review.book !== title && lost * 2 > found.length) {
    const finding = findings.otherBook({ of: review.book, title, lost, all: found.length });
    return { ...result, findings: [finding], orphans: lost };
  }
  result.orphans = lost;
  for (const [index, decision] of byLine(review.lines, found, result.findings)) {
    const { chapter, line } = places[index]!;
    const lines = result.chapters[chapter]!;
    const at = formatLineName({ chapter: chapters[chapter]!.number, line: line + firstNumber(chapters[chapter]!) });
    const change = changeOf({ decision, line: lines[line]!, at, isLast: line === lines.length - 1, speakers });
    result.findings.push(...change.findings);
    if (Object.keys(change.effect).length === 0) continue;
    lines[line] = change.line;
    result.applied.push({ at, id: decision.id, ...change.effect });
    if (change.effect.recording !== undefined) result.recordings.set(change.line, decisionKey(decision));
  }
  return result;
}

function firstNumber({ hasHead }: ChapterLines): number {
  return hasHead ? 0 : 1;
}

function knownLines(chapter: ChapterLines): KnownLine[] {
  const { number, title, lines } = chapter;
  return lines.map(({ character, text }, index) => ({
    chapter: number,
    line: index + firstNumber(chapter),
    character,
    words: text,
    chapterTitle: title,
  }));
}

/** The index of each decision's line; undefined when it is gone, or when it cannot be told which one it is. */
export function linesOfDecisions(decisions: readonly Decision[], known: readonly KnownLine[]): (number | undefined)[] {
  const withId = decisions.filter(({ id }) => id !== '');
  const resolved = resolveAnchors(withId, known);
  const byDecision = new Map(withId.map((decision, index) => [decision, resolved[index]]));
  return decisions.map((decision) => (decision.id === '' ? lineByWords(decision, known) : byDecision.get(decision)));
}

/** The only line with these words, or the one of them that is where the decision says. */
function lineByWords({ words, at }: Decision, known: readonly KnownLine[]): number | undefined {
  const same = known.flatMap((line, index) => (folded(line.words) === folded(words) ? [index] : []));
  return same.length === 1 ? same[0] : same.find((index) => formatLineName(known[index]!) === at);
}

function folded(words: string): string {
  return words.normalize('NFC').replace(/\s+/g, ' ').trim();
}

/** One decision for each line, in the order of the book. Several that mean the same line are joined. */
function byLine(
  decisions: readonly Decision[],
  found: readonly (number | undefined)[],
  problems: Finding[],
): [number, Decision][] {
  const joined = new Map<number, Decision>();
  for (const [at, decision] of decisions.entries()) {
    const index = found[at];
    if (index === undefined) {
      problems.push(findings.orphan(decision));
      continue;
    }
    const other = joined.get(index);
    const { decision: both, conflicts } =
      other === undefined ? { decision, conflicts: [] } : joinDecisions(other, decision);
    for (const { field } of conflicts) problems.push(findings.decidedTwice(decision, field, other!.at));
    joined.set(index, both);
  }
  return [...joined].sort(([a], [b]) => a - b);
}

/** Most times that a decision may lengthen the words of a line; a short line may get some more. */
const MOST_TIMES_LONGER = 20;
const SPARE_CHARACTERS = 200;

/** What is decided about the words themselves, and only counts for these words: others have no such take, spelling or recording. */
function decisionsOfWords(
  { words, take, say, recording }: Decision,
  line: Line,
  onOthers: (field: 'take' | 'say' | 'recording') => void,
): Pick<LineDecision, 'take' | 'say' | 'recording'> {
  const decided = {
    ...(take !== undefined && { take }),
    ...(say !== undefined && { say }),
    ...(recording !== undefined && { recording }),
  };
  if (folded(words) === folded(line.text)) return decided;
  for (const field of Object.keys(decided)) onOthers(field as keyof typeof decided);
  return {};
}

/** The line as decided, and what of the decision has an effect. */
function changeOf(of: { decision: Decision; line: Line; at: string; isLast: boolean; speakers: SpeakerNames }): {
  line: Line;
  effect: LineDecision;
  findings: Finding[];
} {
  const { decision, line: given, at, isLast, speakers } = of;
  const { pause, direction, speaker } = decision;
  const line = { ...given };
  const effect: LineDecision = {};
  const problems: Finding[] = [];
  const textWins = (field: keyof LineDecision, tag: string): void => {
    problems.push(findings.textWins(decision, field, { at, tag }));
  };
  if (speaker !== undefined) {
    const name = speakers.byKey.get(nameKey(speaker))?.name;
    if (name === undefined) problems.push(findings.unknownSpeaker(decision, speakers.nearest.to(speaker)));
    else if (name !== line.character) {
      line.character = name;
      effect.speaker = name;
    }
  }
  if (direction !== undefined && direction !== line.direction) {
    line.direction = direction;
    effect.direction = direction;
  }
  if (pause !== undefined) {
    if (isLast) problems.push(findings.idlePause(decision));
    else {
      line.pauseAfterMs = Math.round(pause * 1000);
      effect.pause = pause;
    }
  }
  const { take, say, recording } = decisionsOfWords(decision, given, (field) =>
    problems.push(findings.otherWords(decision, field, at)),
  );
  const tag = given.pickup === undefined ? undefined : `[audio: ${given.pickup.path}]`;
  if (tag !== undefined) {
    if (recording !== undefined && recording !== given.pickup?.path) textWins('recording', tag);
    if (take !== undefined) textWins('take', tag);
    if (say !== undefined) textWins('say', tag);
    return { line, effect, findings: problems };
  }
  if (recording !== undefined) {
    line.pickup = { path: recording, start: line.start, end: line.start };
    effect.recording = recording;
    delete line.retake;
    return { line, effect, findings: problems };
  }
  if (take !== undefined && take !== (line.retake ?? 1)) {
    if (line.hasTakeTag) textWins('take', `[take ${line.retake ?? 1}]`);
    else {
      line.retake = take;
      effect.take = take;
    }
  }
  if (say !== undefined) {
    const spoken = say.replace(/\s+/g, ' ');
    if (spoken.length > line.text.length * MOST_TIMES_LONGER + SPARE_CHARACTERS)
      problems.push(findings.tooLong(decision));
    else {
      line.say = spoken;
      effect.say = spoken;
    }
  }
  return { line, effect, findings: problems };
}
