/** What a reviewer decides in the page, kept by the browser until it is saved as a file. */
import { computed, signal } from '@preact/signals';
import type { Handout, HandoutLine } from '../../handing-out/handout-shapes.ts';
import { personName } from '../state/kept.ts';

/** What is decided about a line here. */
export interface Verdict {
  take?: number;
  comment?: string;
  approved?: true;
  /** The day, `yyyy-mm-dd`. */
  on: string;
}

/** The content of the page; empty where it cannot be read. */
export const handout: Handout = readHandout();
/** By the number of the line. */
export const verdicts = signal<ReadonlyMap<string, Verdict>>(new Map());
/** Index of the line that is shown. */
export const at = signal(0);
/** Decisions that are in no file yet. */
export const unsaved = signal(false);
/** Name of the last file. */
export const savedAs = signal<string | undefined>(undefined);
/** The line that is shown; undefined in a page without any. */
export const line = computed<HandoutLine | undefined>(() => handout.lines[at.value]);
/** How many lines something is decided about. */
export const decidedCount = computed(() => verdicts.value.size);

const KEPT = `handout.${handout.id}`;

/** Reads what the browser has kept of this page; call it once. */
export function readVerdicts(): void {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
    const known = new Set(handout.lines.map(({ number }) => number));
    if (Array.isArray(kept)) verdicts.value = new Map(kept.filter(([number]) => known.has(number)));
    unsaved.value = verdicts.value.size > 0;
  } catch {
    // A browser that keeps nothing is fine: there is Save.
  }
}

/** The decision about a line; an empty one when there is none. */
export function verdictOf({ number }: HandoutLine): Partial<Verdict> {
  return verdicts.value.get(number) ?? {};
}

/** The take that a line has by now. */
export function takeOf(of: HandoutLine): number {
  return verdictOf(of).take ?? of.chosen;
}

/** Whether it is approved, here or before; a new take has to be approved again. */
export function isApproved(of: HandoutLine): boolean {
  const { approved, take } = verdictOf(of);
  return approved === true || (of.approved !== undefined && (take ?? of.chosen) === of.chosen);
}

/** Decides: what is undefined is taken back. */
export function decide(
  of: HandoutLine,
  change: { [Name in 'take' | 'comment' | 'approved']?: Verdict[Name] | undefined },
): void {
  const { on: _, ...known } = verdictOf(of);
  const entries = Object.entries({ ...known, ...change }).filter(([, value]) => value !== undefined && value !== '');
  const next = new Map(verdicts.value);
  if (entries.length === 0) next.delete(of.number);
  else next.set(of.number, { ...Object.fromEntries(entries), on: today() });
  verdicts.value = next;
  unsaved.value = next.size > 0;
  try {
    localStorage.setItem(KEPT, JSON.stringify([...next]));
  } catch {
    // As above.
  }
}

/** Chooses a take; the one that is in use takes the choice back. An approval of another take is no approval of this one. */
export function chooseTake(of: HandoutLine, take: number): void {
  if (takeOf(of) === take || !of.clips.some((clip) => clip.take === take)) return;
  decide(of, { take: take === of.chosen ? undefined : take, approved: undefined });
}

/** The line after, or before. */
export function step(by: number): void {
  at.value = Math.min(Math.max(0, handout.lines.length - 1), Math.max(0, at.value + by));
}

/** Name of the reviewer for the file, without what a file's name cannot have. */
export function fileName(): string {
  const plain = (text: string): string => text.replace(/[^\p{L}\p{M}\p{N}._-]+/gu, ' ').trim();
  const by = plain(personName.value);
  return `${plain(handout.title) || 'book'}${by === '' ? '' : ` - ${by}`}.review`;
}

function today(): string {
  const now = new Date();
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

function readHandout(): Handout {
  const empty = { version: 1, id: '', title: '', language: 'en', madeOn: '', simulated: false, scope: 'all' } as const;
  const text = document.getElementById('handout-data')?.textContent;
  return text ? (JSON.parse(text) as Handout) : { ...empty, chapters: [], lines: [] };
}
