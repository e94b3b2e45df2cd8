/** Books that are edited at random, with the truth about which line became which: from the edits, not from any comparison. */
import type { KnownLine } from '../../src/script/lines/line-identity.ts';

/** Numbers from 0 to below `below`, the same for the same seed. */
export type Chance = (below: number) => number;

/** Seeded chance (mulberry32). */
export function seededChance(seed: number): Chance {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** A line, and who it is, whatever its words and its place. */
export interface TrueLine {
  who: number;
  character: string;
  words: string;
  /** The lines that were joined to it: it becomes them again when it is split between them. */
  parts?: TrueLine[];
  /** The line that it is a half of: both become it again when they are joined. */
  half?: { of: TrueLine; other: number };
}

/** A book that can be edited. */
export interface TrueBook {
  chapters: { title: string; lines: TrueLine[] }[];
  /** The next line that is written is this one. */
  next: number;
  /** How a text is cut where it is split, and put together where it is joined. */
  gap: string;
}

/** The lines as the program knows them, and who they are. */
export function linesOf({ chapters }: TrueBook): { lines: KnownLine[]; who: number[] } {
  const lines = chapters.flatMap(({ title, lines }, chapter) =>
    lines.map(({ character, words }, index) => ({
      chapter: chapter + 1,
      line: index + 1,
      character,
      words,
      chapterTitle: title,
    })),
  );
  return { lines, who: chapters.flatMap(({ lines }) => lines.map(({ who }) => who)) };
}

/** A line of so many letters is short: it is repeated elsewhere by the edits. */
const LONGEST_SHORT = 20;

/** The edits that an author makes. */
export const EDITS = ['insert', 'delete', 'move', 'split', 'join', 'rename', 'repeat'] as const;

/** Makes one edit, chosen at random; returns its name. */
export function editOnce(book: TrueBook, chance: Chance, write: (chance: Chance) => string): (typeof EDITS)[number] {
  const edit = EDITS[chance(EDITS.length)]!;
  const lines = book.chapters[chance(book.chapters.length)]!.lines;
  const at = chance(lines.length);
  const line = (words: string, character = 'narrator'): TrueLine => ({ who: book.next++, character, words });
  const elsewhere = (): [TrueLine[], number] => {
    const others = book.chapters[chance(book.chapters.length)]!.lines;
    return [others, chance(others.length + 1)];
  };
  if (edit === 'insert') lines.splice(at, 0, line(write(chance)));
  if (edit === 'delete' && lines.length > 1) lines.splice(at, 1);
  if (edit === 'move' && lines.length > 1) {
    const [moved] = lines.splice(at, 1);
    const [others, place] = elsewhere();
    others.splice(place, 0, moved!);
  }
  if (edit === 'split') lines.splice(at, 1, ...splitLine(lines[at]!, { book, chance }));
  if (edit === 'join' && at + 1 < lines.length) {
    const both = lines.slice(at, at + 2);
    const joined = line(both.map(({ words }) => words).join(book.gap), both[0]!.character);
    const isPutBack = both[0]!.half !== undefined && both[0]!.half.other === both[1]!.who;
    lines.splice(
      at,
      2,
      isPutBack ? both[0]!.half!.of : { ...joined, parts: both.flatMap((one) => one.parts ?? [one]) },
    );
  }
  if (edit === 'rename') book.chapters[chance(book.chapters.length)]!.title = `Chapter ${chance(1e9)}`;
  if (edit === 'repeat') {
    const short = book.chapters
      .flatMap((chapter) => chapter.lines)
      .filter(({ words }) => lengthOf(words) <= LONGEST_SHORT);
    const [others, place] = elsewhere();
    const copied = short[chance(short.length)];
    if (copied !== undefined) others.splice(place, 0, line(copied.words, copied.character));
  }
  return edit;
}

function splitLine(line: TrueLine, { book, chance }: { book: TrueBook; chance: Chance }): TrueLine[] {
  const pieces = line.words.split(book.gap);
  if (pieces.length < 2) return [line];
  const cut = 1 + chance(pieces.length - 1);
  const halves = [pieces.slice(0, cut), pieces.slice(cut)].map((half) => half.join(book.gap));
  const { parts = [] } = line;
  // Between two lines that were joined before, the author has put things back.
  for (let count = 1; count < parts.length; count++) {
    const sides = [parts.slice(0, count), parts.slice(count)];
    if (sides.every((side, at) => side.map(({ words }) => words).join(book.gap) === halves[at]))
      return sides.map((side, at) =>
        side.length === 1 ? side[0]! : { who: book.next++, character: line.character, words: halves[at]!, parts: side },
      );
  }
  const [first, second] = [book.next++, book.next++];
  return halves.map((words, at) => ({
    who: at === 0 ? first : second,
    character: line.character,
    words,
    ...(at === 0 && { half: { of: line, other: second } }),
  }));
}

const ENGLISH =
  'the a of and to in she he they it was had said looked turned walked door window road house rain light night morning old small grey quiet garden letter table water horse voice mother captain river lamp paper stone winter hand eyes never always slowly again before after under over against between without something nothing nobody'.split(
    ' ',
  );
const CHINESE =
  '他她我你们的了在是不有人这那来去说看见门窗路雨夜灯水马声母河纸石冬手眼从来总又前后上下之间没什么谁也慢';
const SHORT = ['Yes.', 'No.', 'I know.', 'Why?', 'Of course.', 'Well?', 'Come in.', 'What?', 'Thank you.', 'Perhaps.'];
const SHORT_CHINESE = [
  '是。',
  '不。',
  '我知道。',
  '为什么？',
  '当然。',
  '请进。',
  '什么？',
  '谢谢。',
  '也许吧。',
  '好。',
];

/** A kind of book: how its lines are written. */
export interface Kind {
  name: string;
  gap: string;
  write: Writer;
}

type Writer = (chance: Chance) => string;

const sentence = (chance: Chance, least: number, most: number): string => {
  const words = Array.from({ length: least + chance(most - least) }, () => ENGLISH[chance(ENGLISH.length)]!);
  return `${words.join(' ').replace(/^./, (letter) => letter.toUpperCase())}.`;
};
const chineseSentence = (chance: Chance, least: number, most: number): string =>
  `${Array.from({ length: least + chance(most - least) }, () => CHINESE[chance(CHINESE.length)]!).join('')}。`;

/** Prose with some dialogue, a play of short answers, and a Chinese novel. */
export const KINDS: readonly Kind[] = [
  { name: 'novel', gap: ' ', write: (chance) => (chance(5) === 0 ? pick(SHORT, chance) : sentence(chance, 4, 30)) },
  { name: 'play', gap: ' ', write: (chance) => (chance(2) === 0 ? pick(SHORT, chance) : sentence(chance, 2, 12)) },
  {
    name: 'Chinese novel',
    gap: '，',
    write: (chance) =>
      chance(4) === 0
        ? pick(SHORT_CHINESE, chance)
        : `${Array.from({ length: 1 + chance(3) }, () => chineseSentence(chance, 4, 14).slice(0, -1)).join('，')}。`,
  },
];

function pick(texts: readonly string[], chance: Chance): string {
  return texts[chance(texts.length)]!;
}

/** Writes a book. */
export function writeBook({ gap, write }: Kind, size: { chapters: number; lines: number }, chance: Chance): TrueBook {
  let next = 0;
  const chapters = Array.from({ length: size.chapters }, (_, chapter) => ({
    title: `Chapter ${chapter + 1}`,
    lines: Array.from({ length: size.lines }, () => ({ who: next++, character: 'narrator', words: write(chance) })),
  }));
  return { chapters, next, gap };
}

/** What became of the lines of a book by its edits. */
export interface Outcome {
  /** Lines found as another line than they are. */
  wrong: number;
  /** Lines that are there still with the same words, and how many of them were found. */
  unchanged: number;
  kept: number;
}

/** Adds two outcomes. */
export function sumOf(a: Outcome, b: Outcome): Outcome {
  return { wrong: a.wrong + b.wrong, unchanged: a.unchanged + b.unchanged, kept: a.kept + b.kept };
}

/**
 * Compares what was found with the truth. It is not wrong to find the same words between the same two lines: that is the same
 * text, whichever edit wrote it. Nor a sentence that was gone and is there again, once: its words came back, for example when
 * a joined line is split again.
 */
export function outcomeOf(before: TrueBook, after: TrueBook, found: readonly (number | undefined)[]): Outcome {
  const [b, a] = [linesOf(before), linesOf(after)];
  const places = new Map(a.who.map((who, place) => [who, place]));
  const copies = new Map<string, number>();
  for (const { words } of a.lines) copies.set(words, (copies.get(words) ?? 0) + 1);
  const outcome = { wrong: 0, unchanged: 0, kept: 0 };
  for (const [index, who] of b.who.entries()) {
    const at = found[index];
    const place = places.get(who);
    if (place !== undefined) outcome.unchanged += 1;
    if (at === undefined) continue;
    const isSameText =
      a.lines[at]!.words === b.lines[index]!.words &&
      a.who[at - 1] === b.who[index - 1] &&
      a.who[at + 1] === b.who[index + 1];
    const { words } = b.lines[index]!;
    const isBack =
      place === undefined && lengthOf(words) > LONGEST_SHORT && copies.get(words) === 1 && a.lines[at]!.words === words;
    if (at === place) outcome.kept += 1;
    else if (!isSameText && !isBack) outcome.wrong += 1;
  }
  return outcome;
}

/** In letters; a Chinese character says as much as two or three of them. */
function lengthOf(words: string): number {
  return words.length + 1.5 * (words.match(/\p{Script=Han}/gu)?.length ?? 0);
}
