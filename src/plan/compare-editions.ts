/** Compares two editions of a book line by line: text, voice and sound. Pure. */
import { align } from '../script/lines/align.ts';
import { formatLineName } from '../script/lines/line-name.ts';
import { diffWords, type WordChange } from '../script/lines/word-diff.ts';
import { chapterNumber, type Edition, type EditionChapter, modelInEdition } from './edition.ts';
import { type EditionLine, editionLines } from './edition-lines.ts';
import { pairSimilar } from './pair-similar.ts';

/** A property of the whole book that differs. */
export interface HeadChange {
  what: string;
  before: unknown;
  after: unknown;
}

/** What can differ in a line that both editions have. `sound` alone: the same words were spoken again. */
export type LineAspect =
  | 'text'
  | 'word list'
  | 'speaker'
  | 'voice'
  | 'model'
  | 'direction'
  | 'take'
  | 'pause'
  | 'setting'
  | 'sound';

/** A line that differs. */
export interface LineChange {
  change: 'changed' | 'added' | 'removed' | 'moved';
  aspects: LineAspect[];
  before?: LineInEdition;
  after?: LineInEdition;
  /** Word by word, when the author's text differs. */
  words?: WordChange[];
  /** A decision of the review file explains it: the line's number and the file's name (decided-changes.ts). */
  decided?: { at: string; in: string };
}

/** A line and its place in its edition. */
export interface LineInEdition extends Pick<EditionLine, 'line' | 'character' | 'retake' | 'pauseMs'> {
  /** The chapter's 1-based place in its edition; opening credits count. */
  chapter: number;
  /** The line's number, such as `3:37`, the same as in every other output. */
  number: string;
  text: string;
  spoken: string;
}

/** A chapter that differs, or whose files differ. */
export interface ChapterChange {
  change: 'changed' | 'added' | 'removed' | 'moved';
  /** 1-based places; null when the edition does not have the chapter. */
  before: number | null;
  after: number | null;
  /** Its number, as in the numbers of its lines: opening credits have 0. Of the first edition when it was removed. */
  index: number;
  /** Its number in the first edition; null when it was not there. */
  oldIndex: number | null;
  title: string;
  /** Its title in the first edition, when it was renamed. */
  oldTitle?: string;
  lines: LineChange[];
  /** Formats whose bytes differ. */
  files: string[];
}

/** All differences. */
export interface EditionChanges {
  equal: boolean;
  head: HeadChange[];
  chapters: ChapterChange[];
  counts: Record<LineChange['change'], number>;
}

/** Compares two editions. Ignores what one of them does not know, such as the sound of a book that was not spoken. */
export function compareEditions(before: Edition, after: Edition): EditionChanges {
  const head = headChanges(before, after);
  const chapters = pairChapters(before.chapters, after.chapters).map(([b, a]) => compareChapter(before, after, b, a));
  markMovedLines(chapters);
  // Another model, language or server changes every take's key, so it is reported once and not for each line.
  if (head.some(({ what }) => CHANGES_EVERY_TAKE.has(what)))
    for (const chapter of chapters) chapter.lines = chapter.lines.filter(({ aspects }) => aspects.join() !== 'setting');
  markMovedChapters(chapters, before, after);
  const differing = chapters.filter(
    ({ change, lines, files, oldTitle }) =>
      change !== 'changed' || lines.length > 0 || files.length > 0 || oldTitle !== undefined,
  );
  // Last, because any of the changes above may explain another key.
  const remastered = before.chapters.flatMap(({ master }, at) =>
    master === after.chapters[at]?.master ? [] : [chapterNumber(after, at)],
  );
  if (head.length === 0 && differing.length === 0 && remastered.length > 0)
    head.push({ what: 'mastering', before: 'as before', after: `different in chapter ${remastered.join(', ')}` });
  const counts = { changed: 0, added: 0, removed: 0, moved: 0 };
  for (const { change } of differing.flatMap(({ lines }) => lines)) counts[change] += 1;
  return { equal: head.length === 0 && differing.length === 0, head, chapters: differing, counts };
}

const CHANGES_EVERY_TAKE: ReadonlySet<string> = new Set(['model', 'engine', 'language', 'realm']);

function headChanges(before: Edition, after: Edition): HeadChange[] {
  const changes: HeadChange[] = [];
  const compare = (what: string, b: unknown, a: unknown): void => {
    if (JSON.stringify(b) !== JSON.stringify(a)) changes.push({ what, before: b ?? null, after: a ?? null });
  };
  for (const field of ['title', 'author', 'model', 'engine', 'language', 'realm', 'words'] as const)
    compare(field, before[field], after[field]);
  const names = new Set([...Object.keys(before.voices), ...Object.keys(after.voices)]);
  for (const name of [...names].sort()) {
    compareModels(name);
    compare(`voice of ${name}`, before.voices[name], after.voices[name]);
  }
  const settings = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)]);
  for (const name of settings) compare(name, before.settings[name], after.settings[name]);
  if (before.book !== null && after.book !== null) compare('book file', before.book, after.book);
  return changes;

  /** A character that has the book's model in both editions is covered by the line on the book's. */
  function compareModels(name: string): void {
    const isInBoth = before.voices[name] !== undefined && after.voices[name] !== undefined;
    const isOwn = before.models?.[name] !== undefined || after.models?.[name] !== undefined;
    if (isInBoth && isOwn) compare(`model of ${name}`, modelInEdition(before, name), modelInEdition(after, name));
  }
}

type Place<T> = { at: number; it: T } | undefined;
type ChapterPair = [before: Place<EditionChapter>, after: Place<EditionChapter>];

/** Pairs chapters by title; the remaining ones by their place. */
function pairChapters(before: readonly EditionChapter[], after: readonly EditionChapter[]): ChapterPair[] {
  const usedBefore = new Set<number>();
  const partner = new Map<number, number>();
  for (const [at, { title }] of after.entries()) {
    const unchanged = before.findIndex((chapter, index) => chapter.title === title && !usedBefore.has(index));
    if (unchanged < 0) continue;
    usedBefore.add(unchanged);
    partner.set(at, unchanged);
  }
  // A chapter with another title at the same place was renamed.
  for (const [at] of after.entries()) {
    if (partner.has(at) || at >= before.length || usedBefore.has(at)) continue;
    usedBefore.add(at);
    partner.set(at, at);
  }
  const pairs: ChapterPair[] = after.map((it, at) => {
    const other = partner.get(at);
    return [other === undefined ? undefined : { at: other, it: before[other]! }, { at, it }];
  });
  const removed = before.flatMap((it, at): ChapterPair[] => (usedBefore.has(at) ? [] : [[{ at, it }, undefined]]));
  return [...pairs, ...removed].sort(([b1, a1], [b2, a2]) => (a1?.at ?? b1!.at) - (a2?.at ?? b2!.at));
}

function compareChapter(
  editionBefore: Edition,
  editionAfter: Edition,
  before: Place<EditionChapter>,
  after: Place<EditionChapter>,
): ChapterChange {
  const b = before === undefined ? [] : editionLines(editionBefore, before.it.segments);
  const a = after === undefined ? [] : editionLines(editionAfter, after.it.segments);
  const inEdition = (edition: Edition, line: EditionLine, place: Place<EditionChapter>): LineInEdition => ({
    chapter: (place?.at ?? 0) + 1,
    number: formatLineName({ chapter: chapterNumber(edition, place?.at ?? 0), line: line.line }),
    line: line.line,
    character: line.character,
    retake: line.retake,
    text: line.written,
    spoken: line.spoken,
    pauseMs: line.pauseMs,
  });
  const lines: LineChange[] = [];
  // Another model of the whole book stands in the head; that of one character is shown with its lines.
  const comparesModels = editionBefore.models !== undefined || editionAfter.models !== undefined;
  for (const [inB, inA] of pairLines(b, a)) {
    if (inB === undefined) lines.push({ change: 'added', aspects: [], after: inEdition(editionAfter, inA!, after) });
    else if (inA === undefined)
      lines.push({ change: 'removed', aspects: [], before: inEdition(editionBefore, inB, before) });
    else {
      const aspects = aspectsOf(inB, inA, comparesModels);
      if (aspects.length === 0) continue;
      const words = aspects.includes('text') && { words: diffWords(inB.written, inA.written) };
      lines.push({
        change: 'changed',
        aspects,
        before: inEdition(editionBefore, inB, before),
        after: inEdition(editionAfter, inA, after),
        ...words,
      });
    }
  }
  const renamed = before && after && before.it.title !== after.it.title && { oldTitle: before.it.title };
  return {
    change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    before: before === undefined ? null : before.at + 1,
    after: after === undefined ? null : after.at + 1,
    index: after === undefined ? chapterNumber(editionBefore, before!.at) : chapterNumber(editionAfter, after.at),
    oldIndex: before === undefined ? null : chapterNumber(editionBefore, before.at),
    title: (after ?? before)!.it.title,
    ...renamed,
    lines,
    files: before && after ? differingFiles(before.it, after.it) : [],
  };
}

function differingFiles({ files: b }: EditionChapter, { files: a }: EditionChapter): string[] {
  return Object.keys(b).filter((format) => a[format] !== undefined && a[format] !== b[format]);
}

function aspectsOf(b: EditionLine, a: EditionLine, comparesModels: boolean): LineAspect[] {
  const aspects: LineAspect[] = [];
  if (b.written !== a.written) aspects.push('text');
  else if (b.spoken !== a.spoken) aspects.push('word list');
  if (b.character !== a.character) aspects.push('speaker');
  const hasOtherModel = comparesModels && b.model !== a.model;
  if (hasOtherModel) aspects.push('model');
  // Another model has another voice of the same sample.
  const isSameSample = hasOtherModel && b.sample !== undefined && b.sample === a.sample;
  if (b.voice !== undefined && a.voice !== undefined && b.voice !== a.voice && !isSameSample) aspects.push('voice');
  if (b.direction !== a.direction) aspects.push('direction');
  if (b.retake !== a.retake) aspects.push('take');
  if (b.pauseMs !== a.pauseMs) aspects.push('pause');
  const sameTakes = b.takes.join() === a.takes.join();
  const isExplained = aspects.some((aspect) => aspect !== 'pause' && aspect !== 'speaker');
  // The same words and voice with another key: the model, language, server or repeat differs.
  if (!sameTakes && !isExplained) aspects.push('setting');
  if (sameTakes && b.sounds.some((sound, at) => sound !== null && a.sounds[at] !== null && sound !== a.sounds[at]))
    aspects.push('sound');
  return aspects;
}

/** Pairs lines with equal text, and the most similar lines between them. */
function pairLines(
  b: readonly EditionLine[],
  a: readonly EditionLine[],
): [EditionLine | undefined, EditionLine | undefined][] {
  const pairs: [EditionLine | undefined, EditionLine | undefined][] = [];
  const unchanged = align(
    b.map(({ written }) => written),
    a.map(({ written }) => written),
  );
  let atB = 0;
  let atA = 0;
  for (const [toB, toA] of [...unchanged, [b.length, a.length] as const]) {
    const [removed, added] = [b.slice(atB, toB), a.slice(atA, toA)];
    for (const [x, y] of pairSimilar(
      removed.map(({ written }) => written),
      added.map(({ written }) => written),
    ))
      pairs.push([x === undefined ? undefined : removed[x], y === undefined ? undefined : added[y]]);
    if (toB < b.length) pairs.push([b[toB], a[toA]]);
    atB = toB + 1;
    atA = toA + 1;
  }
  return pairs;
}

/** Marks chapters whose order changed. A chapter that only has new chapters before it was not moved. */
function markMovedChapters(chapters: readonly ChapterChange[], before: Edition, after: Edition): void {
  const titles = ({ chapters }: Edition): string[] => chapters.map(({ title }) => title);
  const inOrder = new Set(align(titles(before), titles(after)).map(([, at]) => at + 1));
  for (const chapter of chapters)
    if (
      chapter.before !== null &&
      chapter.after !== null &&
      chapter.oldTitle === undefined &&
      !inOrder.has(chapter.after)
    )
      chapter.change = 'moved';
}

/** Marks a line as moved when it was removed in one place and added in another. It is listed once, at its new place. */
function markMovedLines(chapters: readonly ChapterChange[]): void {
  const removed = new Map<string, LineChange[]>();
  for (const line of chapters.flatMap(({ lines }) => lines)) {
    if (line.change !== 'removed') continue;
    const text = line.before!.text;
    removed.set(text, [...(removed.get(text) ?? []), line]);
  }
  const moved = new Set<LineChange>();
  for (const line of chapters.flatMap(({ lines }) => lines)) {
    if (line.change !== 'added') continue;
    const from = removed.get(line.after!.text)?.shift();
    if (from?.before === undefined) continue;
    moved.add(from);
    line.change = 'moved';
    line.before = from.before;
    if (from.before.character !== line.after!.character) line.aspects.push('speaker');
  }
  for (const chapter of chapters) chapter.lines = chapter.lines.filter((line) => !moved.has(line));
}
