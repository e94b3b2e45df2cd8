/**
 * What was done in the studio of a book, so that it can be taken back, the last first: also by the next session, because it is
 * kept in a journal of the store. What is in it says what to do, and never holds a place in memory.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { InverseEdit } from '../../book/edit/edit-text.ts';
import type { DecidedFields } from '../../lines/decide-line.ts';
import type { Approval } from '../../review/review.ts';
import type { LineAnchor } from '../../script/lines/line-identity.ts';
import { readLines, sealLine } from '../../store/journals.ts';
import type { Store } from '../../store/store.ts';
import type { Moved } from '../proposals/proposal-folder.ts';
import type { CodedMessage, DoneCode } from '../server/message-codes.ts';
import { StudioProblem } from '../server/problem.ts';

/** How something is taken back: it is now as in `after`, and was as in `before`; `proposal` was moved, and goes back to its folder. */
export type WayBack =
  | { kind: 'fields'; line: LineAnchor; before: DecidedFields; after: DecidedFields }
  | { kind: 'approval'; title: string; before: Approval | null; after: Approval | null }
  | { kind: 'file'; file: string; edit: InverseEdit; proposal?: readonly Moved[] }
  | { kind: 'proposal'; proposal: readonly Moved[] }
  | { kind: 'names'; chapter: number; words: string; named: readonly NamedBefore[] };

/** A part of a text whose speaker was named; `words` names the text, in which `index` means the part. */
export interface NamedBefore {
  index: number;
  name: string;
  before: string;
}

/** Something that was done. */
export interface Done {
  /** `the choice of take 2 for 3:37` */
  what: string;
  /** The same as a code; absent in entries of earlier versions. */
  told?: CodedMessage<DoneCode>;
  /** Stable IDs of the lines that it changed. */
  ids: readonly string[];
  /** Where a speaker was named: the chapter, and the part among its parts. */
  place?: { chapter: number; at: number };
  way: WayBack;
}

/** The things done, the last one last. */
export interface UndoStack {
  /** Resolves when the next session knows it, too; a store that cannot be written is no failure. */
  push(done: Done): Promise<void>;
  last(): (Done & { id: string }) | undefined;
  /**
   * Takes the last one back and returns it; undefined when there is nothing. One after the other. `meant` names the one that a person
   * saw: another one stays, and this throws a `StudioProblem`. Rejects as `takeBack`.
   */
  undo(meant?: string): Promise<Done | undefined>;
}

/** More are forgotten, the oldest first. */
const MOST_DONE = 1_000;
/** Each session writes a file of its own. */
const MOST_FILES = 16;

/** An entry of the journal: something done, or the end of one. The order of a journal means nothing, so each has its place. */
type Entry = { id: string; at: number; done: Done } | { id: string; over: true };

/**
 * Opens what was done to a book. `book` names it on this machine: its title and its manifest's real path. `takeBack` does it, and
 * throws a `StudioProblem` when somebody has changed the same since: it then stays as it is.
 */
export async function openUndoStack(of: {
  store: Pick<Store, 'journals'>;
  book: readonly string[];
  takeBack(done: Done): Promise<void>;
}): Promise<UndoStack> {
  const { journals } = of.store;
  const journal = `undo/${createHash('sha256').update(of.book.join('\0')).digest('hex').slice(0, 32)}`;
  const writer = `studio-${randomUUID()}`;
  const done: Kept[] = await readDone(journals, journal).catch(() => []);
  const write = async (entry: Entry): Promise<void> => {
    // This session knows it in any case.
    await journals.append(journal, [sealLine(entry)], { writer, flush: false }).catch(() => undefined);
  };
  let undoing: Promise<unknown> = Promise.resolve();
  const undoLast = async (meant: string | undefined): Promise<Done | undefined> => {
    const last = done.at(-1);
    if (meant !== undefined && meant !== last?.id) throw undoneAlready(last?.done);
    if (last === undefined) return undefined;
    try {
      await of.takeBack(last.done);
    } finally {
      // What cannot be taken back must not be in the way of what can.
      const at = done.indexOf(last);
      if (at >= 0) done.splice(at, 1);
      await write({ id: last.id, over: true });
    }
    return last.done;
  };
  return {
    push: async (one) => {
      const entry = { id: randomUUID(), at: (done.at(-1)?.at ?? 0) + 1, done: one };
      done.push(entry);
      if (done.length > MOST_DONE) done.shift();
      await write(entry);
    },
    last: () => {
      const last = done.at(-1);
      return last && { ...last.done, id: last.id };
    },
    undo: (meant) => {
      const mine = undoing.then(() => undoLast(meant));
      undoing = mine.catch(() => undefined);
      return mine;
    },
  };
}

function undoneAlready(next: Done | undefined): StudioProblem {
  const now = next === undefined ? 'There is nothing more to take back.' : `The last change now is ${next.what}.`;
  const message = `Somebody has taken that back already, or done something else since. Nothing was changed. ${now}`;
  return new StudioProblem(409, 'undone-already', message);
}

type Kept = Extract<Entry, { done: Done }>;

async function readDone(journals: Store['journals'], journal: string): Promise<Kept[]> {
  const files = await journals.files(journal);
  const kept = keptOf(await journals.read(journal));
  if (files.length > MOST_FILES) await journals.fold(journal, (texts) => keptOf(texts).map(sealLine));
  return kept;
}

function keptOf(texts: readonly string[]): Kept[] {
  const entries = readLines(texts).values.filter(isEntry);
  const over = new Set(entries.flatMap((entry) => ('over' in entry ? [entry.id] : [])));
  const kept = new Map(entries.flatMap((entry) => ('done' in entry && !over.has(entry.id) ? [[entry.id, entry]] : [])));
  return [...kept.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).slice(-MOST_DONE);
}

/** Another version may write others; those are not ours to take back. */
function isEntry(value: object): value is Entry {
  const { id, over, at, done } = value as Partial<Record<'id' | 'over' | 'at' | 'done', unknown>>;
  if (typeof id !== 'string') return false;
  if (over === true) return true;
  const { what, ids, way } = (done ?? {}) as Partial<Done>;
  const isKnown = way !== undefined && ['fields', 'approval', 'file', 'names', 'proposal'].includes(way.kind);
  return typeof at === 'number' && typeof what === 'string' && Array.isArray(ids) && isKnown;
}
