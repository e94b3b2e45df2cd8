/** The book as the page shows it: chapters with what is open in them, characters, money. */
import { errorsInChinese } from '../../manifest/diagnostics/chinese/in-chinese.ts';
import { modelsInUse } from '../../manifest/fields/character-model.ts';
import { countOpen } from '../attributions/count-open.ts';
import type { Done } from '../changes/undo.ts';
import type { HeardLines } from '../heard/heard.ts';
import { isApproved } from '../heard/heard-takes.ts';
import type { Approved, Book, Chapter, ChapterSummary, CodedMessage, NoteCode } from '../shapes.ts';
import { chapterOf, type HeardChapter } from '../sound/chapter-sounds.ts';
import type { Moment } from './moment.ts';
import { showLines } from './show-line.ts';

/** What the server knows beyond the book's moment. */
export interface Beside {
  heard: HeardLines;
  money: Book['money'];
  undo?: NextUndo | undefined;
  busy?: Book['busy'] | undefined;
  /** Changes that are proposed. */
  proposals?: number;
}

type NextUndo = Pick<Done, 'what' | 'told'> & { id: string };

/** What is taken back next, as a part of the book. */
export function shownUndo(undo: NextUndo | undefined): Pick<Book, 'undo' | 'undoTold' | 'undoOf'> {
  return undo === undefined ? {} : { undo: undo.what, ...(undo.told && { undoTold: undo.told }), undoOf: undo.id };
}

/** The book. Reads nothing. */
export function showBook(moment: Moment, { heard, money, undo, busy, proposals = 0 }: Beside): Book {
  const { book, plan, version, simulated, lines } = moment;
  const { title, author, language, model } = book.manifest;
  const open = countOpen(book);
  const counts = heard.counts(moment);
  const notes = notesOf(moment);
  return {
    title,
    ...(author !== undefined && { author }),
    ...{ language, version },
    chapters: plan.chapters.flatMap(({ number, role }) =>
      role === 'retail-sample' ? [] : [{ ...chapterSummary(moment, number), heard: counts.get(number) ?? 0 }],
    ),
    characters: charactersOf(lines),
    model,
    takesDirections: modelsInUse(book.manifest).some((used) => used.model.takesDirections === true),
    ...{ simulated, money },
    ...shownUndo(undo),
    ...(busy && { busy }),
    notes: notes.map(({ words }) => words),
    notesTold: notes.map(({ told }) => told),
    ...(open > 0 && { openSpeakers: open }),
    ...(proposals > 0 && { proposals }),
  };
}

/** A chapter with all its lines. */
export function showChapter(moment: Moment, shown: { chapter: HeardChapter; heard: HeardLines }): Chapter {
  const { chapter } = shown;
  const { number, title, role, finished, approved } = chapterSummary(moment, chapter.planned.number);
  return {
    ...{ number, title },
    ...(role !== undefined && { role }),
    version: moment.version,
    lines: showLines(moment, shown),
    seconds: chapter.totalSamples / chapter.sampleRateHz,
    finished,
    ...(approved && { approved }),
  };
}

/** What is open in a chapter. Its length is that of its takes and pauses, without what is not spoken. */
export function chapterSummary(moment: Moment, number: number): ChapterSummary {
  const planned = chapterOf(moment, number);
  if (planned === undefined) throw new Error('Internal error: a summary of a chapter that the book lacks.');
  const { title, role, master } = planned;
  const summary = { lines: 0, seconds: 0, passed: 0, toHear: 0, unspoken: 0 };
  for (const [index, { chapter, verdict, durationSeconds }] of moment.states.entries()) {
    if (chapter !== number) continue;
    summary.lines += 1;
    summary.seconds += durationSeconds ?? 0;
    if (verdict === 'none') summary.unspoken += 1;
    else if (verdict === 'good' || isApproved(moment, index)) summary.passed += 1;
    else summary.toHear += 1;
  }
  // Pauses alone are no length: nobody has spoken the chapter yet.
  const isSpoken = summary.unspoken < summary.lines;
  const pausesMs = isSpoken ? master.step.takes.reduce((sum, { pauseAfterMs }) => sum + pauseAfterMs, 0) : 0;
  const approved = approvalOf(moment, number);
  return {
    ...{ number, title },
    ...(role !== undefined && { role }),
    ...{ ...summary, seconds: Math.round((summary.seconds + pausesMs / 1000) * 10) / 10 },
    finished: master.need === 'reuse',
    ...(approved && { approved }),
  };
}

/** What identifies the sound of a chapter that somebody has heard and approved. */
export function heardChapter({ plan }: Moment, number: number): string {
  const step = chapterOf({ plan }, number)?.master.step;
  return step === undefined ? '' : step.key.slice(0, 16);
}

function approvalOf(moment: Moment, number: number): Approved | undefined {
  const planned = chapterOf(moment, number);
  const approved = moment.review.chapters.find(({ title }) => title === planned?.title)?.approved;
  if (approved === undefined || (approved.of !== undefined && approved.of !== heardChapter(moment, number)))
    return undefined;
  const { by, on } = approved;
  return { ...(by !== undefined && { by }), ...(on !== undefined && { on }) };
}

function charactersOf(lines: Moment['lines']): Book['characters'] {
  const counts = new Map<string, number>();
  for (const { character } of lines) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ name, lines: count, hue: hueOf(name) }))
    .sort((a, b) => b.lines - a.lines);
}

/** A color for a name, the same in every book. */
function hueOf(name: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) value = Math.imul(value ^ name.charCodeAt(index), 0x01000193);
  return (value >>> 0) % 360;
}

function notesOf({ orphans, errors, storeGone }: Moment): { words: string; told: CodedMessage<NoteCode> }[] {
  const lost: { words: string; told: CodedMessage<NoteCode> }[] = orphans.map(({ at, words }) => {
    const short = shortened(words);
    const where = at === '' ? 'a line' : at;
    return {
      words: `The line of a decision about ${where} no longer exists. The decision is kept, but has no effect: ${short}`,
      told: {
        code: at === '' ? ('orphan-nowhere' as const) : ('orphan' as const),
        values: { words: short, ...(at !== '' && { number: at }) },
      },
    };
  });
  if (storeGone !== undefined) {
    const words = `The store at ${storeGone} is gone. This is the book as it was; nothing can be changed until the store is back.`;
    lost.unshift({ words, told: { code: 'store-gone', values: { place: storeGone } } });
  }
  if (errors === undefined) return lost;
  const words = `The book has errors; this is how it was before.\n${errors}`;
  return [{ words, told: { code: 'errors', values: { errors: errorsInChinese(errors) } } }, ...lost];
}

function shortened(words: string): string {
  return words.length > 80 ? `${words.slice(0, 79)}…` : words;
}
