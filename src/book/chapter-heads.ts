/** The heads of chapters that the manifest asks for (`chapterHeads`): lines of the narrator, or of another, that are in no text. */
import { titleShape } from '../import/headings/heading-shapes.ts';
import { unknownChoice } from '../manifest/diagnostics/issues.ts';
import { HEAD_PLACEHOLDERS, usualHead } from '../manifest/fields/chapter-heads.ts';
import { nameKey, perhapsNarrator } from '../manifest/fields/names.ts';
import type { ChapterHead, ChapterSource, Manifest } from '../manifest/manifest.ts';
import { CARDINALS } from '../reading/numerals.ts';
import { creditLines } from '../script/lines/credit-lines.ts';
import type { Line } from '../script/lines/line.ts';
import type { SpeakerNames } from '../script/speakers/speaker-names.ts';
import type { Script } from '../script/text/read.ts';
import { addDiagnostic, type ReadingContext } from './reading-context.ts';

/** The heads of a book. */
export interface ChapterHeads {
  /** A chapter's text with its head; the same text when it has none, or begins with it. */
  add(script: Script, chapter: number): Script;
  /** Reports the chapters whose texts begin with their heads. */
  warn(): void;
}

/** Heads that cannot be composed are reported in the context. `narrator`: absent for a book without one. */
export function chapterHeads(of: {
  context: ReadingContext;
  manifest: Manifest;
  narrator: string | undefined;
  speakers: SpeakerNames;
}): ChapterHeads {
  const { context, manifest, narrator, speakers } = of;
  const heads = headsOf(context, manifest);
  reportUnknown(context, manifest, speakers);
  if (narrator === undefined) {
    const first = [...heads.values()].find(({ speaker }) => speaker === undefined);
    const message = 'The chapter heads have no speaker: there is no narrator.';
    const fix = `${perhapsNarrator(speakers.all)}Add a character "narrator", or remove "chapterHeads".`;
    if (first !== undefined) addDiagnostic(context, first.at, { code: 'no-narrator', message, fix });
  }
  const inTexts = new Set<number>();
  return {
    add(script, chapter) {
      const head = heads.get(chapter);
      const speaker = head?.speaker === undefined ? narrator : speakers.byKey.get(nameKey(head.speaker.name))?.name;
      if (head === undefined || speaker === undefined) return script;
      const words = wordsBefore(head, script.lines);
      if (words === undefined) inTexts.add(chapter);
      const line = words === undefined ? undefined : headLine(words, speaker);
      if (line === undefined) return script;
      return { ...script, head: { ...line, ...(head.pauseMs !== undefined && { pauseAfterMs: head.pauseMs }) } };
    },
    warn() {
      if (inTexts.size === 0) return;
      const numbers = [...inTexts].sort((a, b) => a - b);
      const listed = `${numbers.slice(0, MOST_LISTED).join(', ')}${numbers.length > MOST_LISTED ? ', …' : ''}`;
      const message =
        numbers.length === 1
          ? `The text of chapter ${listed} already begins with its head, so none is added.`
          : `The texts of ${numbers.length} chapters already begin with their heads, so none is added: chapters ${listed}.`;
      const fix = 'Nothing to do, unless it should be heard in other words: then remove it from the text.';
      addDiagnostic(context, heads.get(numbers[0]!)!.at, { code: 'head-in-text', message, fix }, 'warning');
    },
  };
}

/** Speakers that are no characters, each once. */
function reportUnknown(
  context: ReadingContext,
  { chapterHeads: own, chapters }: Manifest,
  speakers: SpeakerNames,
): void {
  const reported = new Set<string>();
  for (const head of [own, ...chapters.map((chapter) => chapter.head)]) {
    const key = nameKey(head?.speaker?.name ?? '');
    if (head?.speaker === undefined || speakers.byKey.has(key) || reported.has(key)) continue;
    reported.add(key);
    const words = unknownChoice({ what: 'character', word: head.speaker.name, known: speakers.all });
    addDiagnostic(context, head.speaker.at, { code: 'unknown-speaker', ...words });
  }
}

const MOST_LISTED = 12;

/** A head before it is compared with its text. */
interface Head {
  template: string;
  /** Without its number, when the template says that. */
  title: string;
  /** As the template has it, by placeholder. */
  values: Record<string, string>;
  number: number | undefined;
  at: ChapterHead['at'];
  speaker?: ChapterHead['speaker'];
  pauseMs?: number | undefined;
}

/** What counts like a chapter, and is called otherwise. */
const OTHER_WORDS = /stave|canto|letter|episode|[回节節话話幕折화회막]/iu;

/** By the chapter's number. */
function headsOf(context: ReadingContext, manifest: Manifest): Map<number, Head> {
  const heads = new Map<number, Head>();
  const failed = new Set<ChapterHead>();
  let counted = 0;
  for (const chapter of manifest.chapters) {
    const number = numberOf(chapter, counted);
    counted = number ?? counted;
    const wanted = chapter.head ?? manifest.chapterHeads;
    if (wanted === undefined || wanted.words === false) continue;
    const template = typeof wanted.words === 'string' ? wanted.words : usualOf(manifest);
    const problem = problemOf(template, manifest);
    if (template === undefined || problem !== undefined) {
      // One report for the book's own words, however many chapters have them.
      if (problem && !failed.has(wanted)) addDiagnostic(context, wanted.at, problem);
      failed.add(wanted);
      continue;
    }
    const isUsual = typeof wanted.words !== 'string' && typeof manifest.chapterHeads?.words !== 'string';
    const { language } = manifest;
    // What a chapter does not say of its head, the book says.
    const { speaker = manifest.chapterHeads?.speaker, pauseMs = manifest.chapterHeads?.pauseMs } = wanted;
    const head = headOf(chapter, { template, isUsual, number, at: wanted.at, language });
    heads.set(chapter.number, { ...head, ...(speaker && { speaker }), pauseMs });
  }
  return heads;
}

/** The words of `true`: the book's own, or else the usual ones of its language. */
function usualOf({ chapterHeads: own, language }: Manifest): string | undefined {
  return typeof own?.words === 'string' ? own.words : usualHead(language);
}

function problemOf(template: string | undefined, { language }: Manifest) {
  const code = 'head-language';
  if (template === undefined) {
    const message = `There is no usual chapter head in the language "${language}".`;
    return { code, message, fix: 'Write your own, such as "chapterHeads: \'{number}. {title}\'".' };
  }
  if (!/\{number words\}/i.test(template) || cardinalOf(language) !== undefined) return undefined;
  const message = `There are no number words in the language "${language}".`;
  return { code, message, fix: 'Write {number} instead.' };
}

function cardinalOf(language: string): ((value: number) => string) | undefined {
  const primary = language.split('-')[0] ?? language;
  return Object.hasOwn(CARDINALS, primary) ? CARDINALS[primary] : undefined;
}

/** Its own number, that of its title, or one more than the chapter before; undefined for a prologue, a part and the like. */
function numberOf({ title, headNumber }: ChapterSource, before: number): number | undefined {
  if (headNumber !== undefined) return headNumber === false ? undefined : headNumber;
  const shape = numberedTitle(title);
  if (shape?.kind === 'named' || shape?.kind === 'part') return undefined;
  return shape?.value || before + 1;
}

/** The title's own head, if it has one: "Chapter 3: Waterloo", "第三章 灯塔", "III. The Storm", "Prologue". */
function numberedTitle(title: string): ReturnType<typeof titleShape> {
  const shape = titleShape(title);
  if (shape === undefined || shape.kind === 'day' || !shape.isStrict) return undefined;
  // "12 Angry Men" has no number of its own.
  const isApart = !shape.isTitled || /^[\p{L}\p{N} -]+?\s*[.:．：、)）|—–]/u.test(title);
  return shape.kind === 'number' && !isApart ? undefined : shape;
}

function headOf(
  chapter: ChapterSource,
  of: { template: string; isUsual: boolean; number: number | undefined; at: ChapterHead['at']; language: string },
): Head {
  const { number, at, language } = of;
  const saysNumber = /\{number/i.test(of.template);
  const shape = numberedTitle(chapter.title);
  // "Letter 4" is not "Chapter Four".
  const before = shape === undefined ? '' : chapter.title.slice(0, chapter.title.length - shape.title.length);
  const isPlain = saysNumber && (number === undefined || (of.isUsual && OTHER_WORDS.test(before)));
  const isNumbered = shape?.kind === 'chapter' || shape?.kind === 'number';
  const title = saysNumber && !isPlain && isNumbered ? shape.title : chapter.title;
  const words = number === undefined ? '' : (cardinalOf(language)?.(number) ?? '');
  const values = {
    '{number}': String(number ?? ''),
    '{number words}': words,
    '{Number words}': words.charAt(0).toLocaleUpperCase(language) + words.slice(1),
  };
  return { template: isPlain ? '{title}' : of.template, title, values, number, at };
}

/**
 * What is spoken before a text: the head, without the title where the text itself begins with that. Undefined when the text
 * begins with all of it, case and punctuation aside, or with a heading of the same number.
 */
function wordsBefore(head: Head, lines: readonly Line[]): string | undefined {
  const all = filled(head, head.title);
  if (beginsWith(lines, all)) return undefined;
  if (/\{number/i.test(head.template)) {
    const shape = numberedTitle(lines[0]?.text ?? '');
    const isHead = shape?.kind === 'chapter' || (shape?.kind === 'number' && !shape.isTitled);
    if (isHead && shape.value === head.number) return undefined;
  }
  if (!head.template.includes('{title}') || !beginsWith(lines, head.title)) return all;
  return filled(head, '');
}

/** The words; without a title, also without what would stand before it at the end. */
function filled({ template, values }: Head, title: string): string {
  const names = HEAD_PLACEHOLDERS.map((name) => name.replace(/[{}]/g, '\\$&')).join('|');
  const words = template.replace(new RegExp(names, 'g'), (name) => (name === '{title}' ? title : (values[name] ?? '')));
  return (title === '' ? words.replace(/[\s,;:，；：、—–-]+$/u, '') : words).trim();
}

/** Lines that a head may have in a text: a number, a title, a subtitle. */
const MOST_HEAD_LINES = 4;

/** Whether the first lines together are these words. */
function beginsWith(lines: readonly Line[], words: string): boolean {
  const wanted = letters(words);
  let found = '';
  for (const { text } of lines.slice(0, MOST_HEAD_LINES)) {
    found += letters(text);
    if (found === wanted) return true;
  }
  return false;
}

function letters(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** One line, whatever the words are: undefined when nothing of them can be spoken. */
function headLine(words: string, narrator: string): Line | undefined {
  const [line] = creditLines(words.replace(/\s+/g, ' '), narrator);
  return line && { ...line, start: 0, end: 0, paragraph: -1 };
}
