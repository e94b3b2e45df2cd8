/** Titles of a text file that only signs or capitals make headings. Pure. */
import { type HeadingShape, isTitle } from '../headings/heading-shapes.ts';
import { isBlank, type LineRole, type TextLine } from './text-layout.ts';

/** Levels of headings. */
export const PART = 1;
/** Below a part. */
export const CHAPTER = 2;

const UNDERLINE = /^(?:={3,}|-{3,}|~{3,}|_{3,}|\*{3,}|—{3,})$/u;

/** How the line at an index looks as a heading: a line that is one is asked several times. */
export type ShapeAt = (at: number) => HeadingShape | undefined;

/** A title with a rule of signs below it. */
export function markUnderlined(lines: readonly TextLine[], roles: LineRole[], shapeAt: ShapeAt): void {
  for (let at = 0; at < lines.length; at++) {
    const { text } = lines[at]!;
    const rule = lines[at + 1]?.text ?? '';
    if (roles[at]!.kind !== 'text' || !UNDERLINE.test(rule) || !isTitle(text)) continue;
    const isFramed = at > 0 && UNDERLINE.test(lines[at - 1]!.text);
    if (!isFramed && !isBlank(lines[at - 1])) continue;
    if (rule.length < text.length / 2) continue;
    const kind = shapeAt(at)?.kind;
    roles[at] = { kind: 'heading', level: kind === 'part' ? PART : CHAPTER };
    roles[at + 1] = { kind: 'rule' };
    if (isFramed) roles[at - 1] = { kind: 'rule' };
  }
}

/** `# Title`, as in Markdown, or `== Title ==`, as in a wiki: two or more. */
export function markHashed(lines: readonly TextLine[], roles: LineRole[]): void {
  const signs = lines.map(({ text }) =>
    !/^[#=]/.test(text) ? null : /^(?:(#{1,3})\s+\S|(={1,5})\s*[^\s=][^=]*\2$)/.exec(text),
  );
  const hashed = [...lines.keys()].filter((at) => signs[at] && isBlank(lines[at - 1]));
  if (hashed.length < 2) return;
  for (const at of hashed) roles[at] = { kind: 'heading', level: (signs[at]![1] ?? signs[at]![2])!.length };
}

/** Short lines in capitals, alone between blank lines, where no other chapters are: two or more, with text between them. */
export function markCapitals(lines: readonly TextLine[], roles: LineRole[]): void {
  const found: number[] = [];
  for (const [at, { text }] of lines.entries()) {
    if (roles[at]!.kind !== 'text' || text.length > 60 || text.length < 3 || !isBlank(lines[at - 1])) continue;
    if (text !== text.toUpperCase() || !/\p{Lu}{2}/u.test(text) || /[!?"“”„«»…:]/u.test(text)) continue;
    if (isBlank(lines[at + 1])) found.push(at);
  }
  const withText = found.filter((at, index) => {
    const next = found[index + 1] ?? lines.length;
    return lines.slice(at + 1, next).some(({ text }) => text.length > 60 || /\p{Ll}.*[.!?]/u.test(text));
  });
  const distinct = new Set(withText.map((at) => lines[at]!.text));
  // Who tells a chapter may tell another; who speaks in a play says less.
  if (distinct.size < 2 || (distinct.size < withText.length && !haveChapters(lines, withText))) return;
  for (const at of withText) roles[at] = { kind: 'heading', level: CHAPTER };
}

const FEWEST_CHARACTERS = 1_000;

/** Whether the texts behind lines are mostly as long as chapters are. */
function haveChapters(lines: readonly TextLine[], heads: readonly number[]): boolean {
  const lengths = heads.map((at, index) => (lines[heads[index + 1] ?? lines.length - 1]?.start ?? 0) - lines[at]!.end);
  return lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)]! >= FEWEST_CHARACTERS;
}
