/** A line as the page shows it. */
import { anchorsIn } from '../../captions/word-anchors.ts';
import type { TakeDoubt } from '../../events.ts';
import type { BookLine } from '../../plan/book-lines.ts';
import type { PlannedSegment } from '../../plan/plan.ts';
import { codedDoubt } from '../../qc/translations/doubt-texts.ts';
import { SOUND_FIELDS } from '../../review/review.ts';
import type { HeardLines } from '../heard/heard.ts';
import { heardTakes, isApproved } from '../heard/heard-takes.ts';
import type { Doubt, Line, LineDecision, Word } from '../shapes.ts';
import { chapterOf, type HeardChapter, placeOfLine } from '../sound/chapter-sounds.ts';
import type { Moment } from './moment.ts';

/** What a line is shown with: its chapter, and what was heard of the book. */
export interface ShownIn {
  chapter: HeardChapter;
  heard: HeardLines;
}

/** The lines of a chapter. */
export function showLines(moment: Moment, shown: ShownIn): Line[] {
  const { number } = shown.chapter.planned;
  return moment.lines.flatMap((line, index) => (line.chapter === number ? [showLine(moment, index, shown)] : []));
}

/** One line, by its index in the book. */
export function showLine(moment: Moment, index: number, { chapter, heard }: ShownIn): Line {
  const line = moment.lines[index]!;
  const { number, id, character, text, takes, numbers, chosen, inStore, verdict, doubts, reason, pickup } =
    moment.states[index]!;
  const { from, to } = placeOfLine(chapter, line);
  const toMs = (samples: number): number => Math.round((samples * 1000) / chapter.sampleRateHz);
  const [first] = line.segments;
  const decision = moment.decisions.get(index);
  const words = wordsOf(line, chapter, toMs);
  const file = fileOf(chapter, line);
  const pause = chapter.planned.master.step.takes[line.first + line.segments.length - 1]?.pauseAfterMs;
  return {
    ...{ number, id, chapter: line.chapter, line: line.line, character, text },
    ...(decision?.say !== undefined && { say: decision.say }),
    ...(first?.direction !== undefined && { direction: first.direction }),
    ...(pause !== undefined && { pauseAfterMs: pause }),
    ...{ takes, numbers, chosen, inStore, verdict, doubts: doubts.map(showDoubt) },
    ...(reason !== undefined && { refusal: reason }),
    pickup,
    ...{ startMs: toMs(from), endMs: toMs(to) },
    ...(words.length > 0 && { words }),
    ...decidedOf(moment, index),
    ...(file && { file }),
    editedNotSpoken: isEdited(moment, line),
    ...(inStore && { of: heardTakes(line), heard: heard.isHeard(moment, index) }),
  };
}

/** A doubt in words. */
export function showDoubt({ check, measured, wanted, atSeconds }: TakeDoubt): Doubt {
  const told = codedDoubt({ measured, wanted });
  return { check, reason: `${measured}, expected ${wanted}`, ...told, ...(atSeconds !== undefined && { atSeconds }) };
}

function decidedOf(moment: Moment, index: number): Pick<Line, 'decision' | 'comments' | 'approved'> {
  const decision = moment.decisions.get(index);
  if (decision === undefined) return {};
  const fields = SOUND_FIELDS.flatMap((field) =>
    decision[field] === undefined ? [] : [[field, decision[field]] as const],
  );
  const { comments = [], approved } = decision;
  return {
    ...(fields.length > 0 && { decision: Object.fromEntries(fields) as LineDecision }),
    ...(comments.length > 0 && { comments: comments.map((one) => withoutId(untilNow(moment, withoutMore(one)))) }),
    ...(approved && isApproved(moment, index) && { approved: { ...withoutOf(withoutMore(approved)) } }),
  };
}

/** The note with the number that its last line has now. */
export function untilNow<T extends { until?: string; untilId?: string }>({ states }: Moment, note: T): T {
  const { untilId } = note;
  const last = untilId === undefined ? undefined : states.find(({ id }) => id === untilId);
  return last === undefined ? note : { ...note, until: last.number };
}

function withoutId<T extends { untilId?: unknown }>({ untilId: _, ...rest }: T): Omit<T, 'untilId'> {
  return rest;
}

function withoutMore<T extends { more?: unknown }>({ more: _, ...rest }: T): Omit<T, 'more'> {
  return rest;
}

function withoutOf<T extends { of?: unknown }>({ of: _, ...rest }: T): Omit<T, 'of'> {
  return rest;
}

/** The author's words where the service told when they are heard, with their places in the chapter and in the line's text. */
function wordsOf(line: BookLine, chapter: HeardChapter, toMs: (samples: number) => number): Word[] {
  const { placements } = chapter.sound.arrangement;
  const rate = chapter.sampleRateHz;
  let cursor = 0;
  return line.segments.flatMap((segment, own) => {
    const text = segment.written ?? segment.text;
    const begin = Math.max(cursor, line.words.indexOf(text, cursor));
    cursor = begin + text.length;
    const heard = chapter.words[line.first + own];
    const place = placements[line.first + own];
    if (heard === undefined || place === undefined) return [];
    const inChapter = (seconds: number): number =>
      toMs(place.startSample + Math.min(place.samples, Math.max(0, Math.round(seconds * rate) - place.skipSamples)));
    return anchorsIn(text, heard).map(({ from, to, startSeconds, endSeconds }) => ({
      text: text.slice(from, to),
      ...{ startMs: inChapter(startSeconds), endMs: inChapter(endSeconds), from: begin + from, to: begin + to },
    }));
  });
}

/** The file that has the line's words, and the place in it. Credits that the program composed have none. */
function fileOf({ text }: HeardChapter, { first }: BookLine): Line['file'] {
  const start = text?.starts[first];
  if (text === undefined || start === undefined) return undefined;
  return { name: text.name, line: text.lines.position(start).line, version: text.version };
}

/** Whether its words, or what is decided about them, are new since the chapter was spoken. */
function isEdited(moment: Moment, line: BookLine): boolean {
  const planned = chapterOf(moment, line.chapter);
  const own = planned?.segments.slice(line.first, line.first + line.segments.length) ?? [];
  const missing = own.filter(({ need }) => need === 'speak' || need === 'convert');
  if (planned === undefined || missing.length === 0) return false;
  const stored = planned.segments.filter(({ need }) => need === 'reuse').length;
  return stored * 2 > planned.segments.length - missing.length || missing.some(isChanged);
}

function isChanged({ reason, before }: PlannedSegment): boolean {
  return before !== undefined || !(reason === 'new' || reason === 'damaged' || reason === 'pickup');
}
