/** Which line is open, which of its tools, and the way from line to line. */
import { signal } from '@preact/signals';
import type { Line } from '../../shapes.ts';
import { hearInContext } from './decide.ts';
import { keepDraft, keptDraft } from './kept.ts';
import { noteLine, route } from './route.ts';
import { chapters, queue } from './studio.ts';

/** The tools of a line. */
export const TOOLS = ['again', 'words', 'say', 'pause', 'direction', 'speaker', 'recording', 'comment'] as const;
/** A tool of a line. */
export type Tool = (typeof TOOLS)[number];

/** The tool that is open in the open line. */
export const openTool = signal<Tool | undefined>(keptTool());
/** Raised when the open line is to be brought into view. */
export const bringOpen = signal(0);

/** Number of the open line. */
export function openNumber(): string | undefined {
  const { value } = route;
  return value.at === 'overview' ? undefined : value.line;
}

/** Opens a line, or closes it. */
export function openLine(number: string | undefined, { scroll = false } = {}): void {
  if (number !== openNumber()) setTool(undefined);
  noteLine(number);
  if (scroll) bringOpen.value++;
}

/** Opens a tool; the same tool again closes it. */
export function setTool(tool: Tool | undefined): void {
  openTool.value = tool;
  keepDraft('tool', tool);
}

/** The lines that J and K go through. */
export function walkedLines(): readonly Line[] {
  const { value } = route;
  if (value.at === 'suspects') return queue.value ?? [];
  return value.at === 'chapter' ? (chapters.value.get(value.chapter)?.lines ?? []) : [];
}

/** Goes to the next or the previous line; in the queue it is heard at once. */
export function step(by: 1 | -1): void {
  const lines = walkedLines();
  if (lines.length === 0) return;
  const at = lines.findIndex(({ number }) => number === openNumber());
  const next = lines[at < 0 ? 0 : Math.max(0, Math.min(lines.length - 1, at + by))]!;
  openLine(next.number, { scroll: true });
  if (route.value.at === 'suspects') void hearInContext(next.number);
}

function keptTool(): Tool | undefined {
  return TOOLS.find((tool) => tool === keptDraft('tool'));
}
