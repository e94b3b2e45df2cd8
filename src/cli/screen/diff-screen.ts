/** The changes between two editions, for people. */
import type { ChapterChange, EditionChanges, HeadChange, LineChange } from '../../plan/compare-editions.ts';
import type { WordChange } from '../../script/lines/word-diff.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { counted, plain } from './format.ts';
import type { Terminal } from './terminal.ts';
import { shorten } from './text-width.ts';
import { withContext } from './word-context.ts';

type Paint = Terminal['paint'];

/** Longest quotation of a line whose words did not change, in columns. */
const QUOTE_COLUMNS = 70;

/** One line for each change of the book, and one to three for each changed line. Nothing when nothing differs. */
export function changeLines({ head, chapters }: EditionChanges, paint: Paint): string[] {
  return [...head.map(headLine), ...chapters.flatMap((chapter) => chapterLines(chapter, paint))];
}

function headLine({ what, before, after }: HeadChange): string {
  return `  ${plain(what)}: ${shown(before)} → ${shown(after)}`;
}

function shown(value: unknown): string {
  if (value === null) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // The first digits of a digest are enough for people.
  return shorten(plain(text.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1…')), 100);
}

function chapterLines(chapter: ChapterChange, paint: Paint): string[] {
  const { change, title, oldTitle, index, oldIndex, lines, files } = chapter;
  const place = `chapter ${index} “${plain(title)}”`;
  const note =
    change === 'added' || change === 'removed'
      ? ` ${change}, ${counted(lines.length, 'line')}`
      : [
          oldTitle === undefined ? '' : `, was “${plain(oldTitle)}”`,
          change === 'moved' ? `, was chapter ${oldIndex}` : '',
          files.length === 0 ? '' : ` (${files.join(', ')}: different bytes)`,
        ].join('');
  const sign =
    change === 'moved'
      ? paint('yellow', '>')
      : change === 'added'
        ? paint('green', '+')
        : change === 'removed'
          ? paint('red', '-')
          : ' ';
  const [single, groups] = grouped(lines);
  return [
    `${sign} ${paint('bold', place)}${note}`,
    ...(change === 'changed' || change === 'moved'
      ? [...groups.map(groupLine), ...single.flatMap((line) => lineLines(line, paint))]
      : []),
  ];
}

/** So many lines or more that differ only in the voice or a setting are counted instead of listed. */
const LEAST_GROUPED = 4;

interface Group {
  character: string;
  aspects: string;
  count: number;
}

const GROUPED_ASPECTS: ReadonlySet<string> = new Set(['voice', 'model', 'setting', 'sound']);

function grouped(lines: readonly LineChange[]): [LineChange[], Group[]] {
  const groups = new Map<string, Group>();
  const keyOf = ({ aspects, after }: LineChange): string | undefined =>
    aspects.length > 0 && aspects.every((aspect) => GROUPED_ASPECTS.has(aspect))
      ? JSON.stringify([after?.character, aspects])
      : undefined;
  for (const line of lines) {
    const key = keyOf(line);
    if (key === undefined || line.after === undefined) continue;
    const group = groups.get(key) ?? { character: line.after.character, aspects: line.aspects.join(', '), count: 0 };
    group.count += 1;
    groups.set(key, group);
  }
  const counted = new Map([...groups].filter(([, { count }]) => count >= LEAST_GROUPED));
  return [lines.filter((line) => !counted.has(keyOf(line) ?? '')), [...counted.values()]];
}

function groupLine({ character, aspects, count }: Group): string {
  return `    ~ ${counted(count, 'line')} of ${plain(character)}: ${aspects}`;
}

function lineLines(line: LineChange, paint: Paint): string[] {
  const { change, before, after, aspects, words } = line;
  if (change === 'added') return [paint('green', `    + ${after!.number} ${quotedLine(after!)}`)];
  if (change === 'removed') return [paint('red', `    - ${before!.number} ${quotedLine(before!)}`)];
  if (change === 'moved')
    return [paint('yellow', `    > ${after!.number}, was ${before!.number}: ${quotedLine(after!)}`)];
  const speakers = aspects.includes('speaker') ? `${plain(before!.character)} → ` : '';
  const head = `    ~ ${after!.number} ${speakers}${plain(after!.character)}: ${aspects.map((aspect) => aspectWord(aspect, line)).join(', ')}${decidedText(line)}`;
  if (words !== undefined) return [head, `        ${wordLine(words, paint)}`.trimEnd()];
  if (aspects.includes('word list'))
    return [
      head,
      `        - ${paint('red', plain(before!.spoken))}`,
      `        + ${paint('green', plain(after!.spoken))}`,
    ];
  return [`${head}  “${shorten(wordsInQuotes(plain(after!.text)), QUOTE_COLUMNS)}”`];
}

function decidedText({ decided }: LineChange): string {
  return decided === undefined ? '' : ` (${decided.at} in ${plain(decided.in)})`;
}

function aspectWord(aspect: LineChange['aspects'][number], { before, after }: LineChange): string {
  if (aspect === 'take') return `take ${before!.retake ?? 1} → ${after!.retake ?? 1}`;
  if (aspect === 'pause') return `pause ${before!.pauseMs} → ${after!.pauseMs} ms`;
  return aspect === 'sound' ? 'sound (spoken again)' : aspect;
}

function quotedLine({ character, text }: { character: string; text: string }): string {
  return `${plain(character)}: “${shorten(wordsInQuotes(plain(text)), QUOTE_COLUMNS)}”`;
}

/** `The [-old-] {+new+} words`, as git shows them; long unchanged stretches are shortened. */
function wordLine(words: readonly WordChange[], paint: Paint): string {
  return words
    .map(({ kind, text }, index, all) => {
      const shownWords = plain(text);
      if (kind === 'removed') return paint('red', `[-${shownWords}-]`);
      if (kind === 'added') return paint('green', `{+${shownWords}+}`);
      return withContext(shownWords, index > 0, index < all.length - 1);
    })
    .join('');
}
