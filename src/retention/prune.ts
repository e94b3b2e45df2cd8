/**
 * Deletes what a store may do without, in two phases: what nothing needs is marked, and a later prune deletes it if nothing
 * needs it then. Killed anywhere, it loses nothing: marks are only names, and records go before the blobs that they name.
 */
import { randomUUID } from 'node:crypto';
import { PipelineError } from '../errors.ts';
import { startStopwatch } from '../signals.ts';
import { amendEdition, type EditionRecord } from '../store/editions.ts';
import { recordName } from '../store/layout.ts';
import { newPruneRecord, PRUNE_BEAT_MS, PRUNE_DEAD_MS, PRUNE_KEY, waitForPrune } from '../store/needs.ts';
import type { Store, StoredObject } from '../store/store.ts';
import { garbageOf, type RetentionRule } from './garbage.ts';
import { surveyStore } from './survey.ts';

/** How to prune. */
export interface PruneOptions extends RetentionRule {
  /** What was marked at least this long ago is deleted, in milliseconds by the store's own time; 0: all garbage, marked or not. */
  graceMs: number;
  signal?: AbortSignal | undefined;
  /** Another prune deletes; called once. */
  onWait?: () => void;
  /** For tests; default: `PRUNE_DEAD_MS`. */
  deadMs?: number;
}

/** What a prune would do, or has done. */
export interface PrunePlan {
  /** To delete now. */
  due: StoredObject[];
  /** Marked by this prune or an earlier one, and not due yet. */
  marked: StoredObject[];
  /** Editions whose finished files are not kept. */
  unkept: EditionRecord[];
}

/** A mark that an earlier prune wrote. */
interface Mark {
  key: string;
  names: string[];
  /** A person wants them gone, whatever the age of takes. */
  unwanted: boolean;
  ageMs: number;
}

/** What a prune would delete and mark now. Changes nothing. Rejects with `store-damaged` where a record cannot be read. */
export async function planPrune(store: Store, options: PruneOptions): Promise<PrunePlan> {
  return (await plan(store, options)).plan;
}

async function plan(store: Store, options: PruneOptions): Promise<{ plan: PrunePlan; marks: Mark[] }> {
  const survey = await surveyStore(store);
  if (survey.unreadable.length > 0) throw unreadable(store, survey.unreadable);
  const ages = new Map(survey.objects.map(({ name, ageMs }) => [name, ageMs]));
  const marks = await readMarks(store, ages);
  const unwanted = new Set([
    ...marks.filter((mark) => mark.unwanted).flatMap(({ names }) => names),
    ...(options.unwanted ?? []),
  ]);
  const { objects, unkept } = garbageOf(survey, { ...options, unwanted });
  const since = new Map<string, number>();
  for (const { names, ageMs } of marks)
    for (const name of names) since.set(name, Math.max(ageMs, since.get(name) ?? 0));
  const isDue = ({ name, ageMs }: StoredObject): boolean => {
    if (options.graceMs === 0) return true;
    const markedMs = since.get(name);
    return markedMs !== undefined && markedMs >= options.graceMs && ageMs >= options.graceMs;
  };
  const due = objects.filter(isDue);
  return { plan: { due, marked: objects.filter((object) => !isDue(object)), unkept }, marks };
}

/**
 * Prunes. Only objects of `approved` are deleted, so that what a person saw is what goes; what became garbage since is
 * marked. Returns what was deleted and what is marked.
 */
export async function prune(
  store: Store,
  options: PruneOptions & { approved: ReadonlySet<string> },
): Promise<PrunePlan> {
  return whileDeleting(store, options, async (throwIfSilent) => {
    const { plan: now, marks } = await plan(store, options);
    const due = now.due.filter(({ name }) => options.approved.has(name));
    const deleted: StoredObject[] = [];
    for (const object of due) {
      options.signal?.throwIfAborted();
      throwIfSilent();
      if (await store.deleteObject(object)) deleted.push(object);
    }
    const gone = new Set(deleted.map(({ name }) => name));
    const marked = [...now.marked, ...now.due].filter(({ name }) => !gone.has(name));
    await updateMarks(store, { marks, garbage: new Set(marked.map(({ name }) => name)), unwanted: options.unwanted });
    // With nothing left to delete, an earlier prune was killed before it noted this.
    if (deleted.length > 0 || marked.length === 0)
      for (const edition of now.unkept)
        if (edition.isFreed !== true) await amendEdition(store, edition, { isFreed: true });
    return { due: deleted, marked, unkept: now.unkept };
  });
}

/**
 * Announces the deletion, so that runs that start wait for its end (src/store/needs.ts). One prune at a time. `throwIfSilent`
 * rejects once others may take this prune for a dead one, because it slept or could not write: a run may need by now what
 * was garbage.
 */
async function whileDeleting<T>(
  store: Store,
  options: PruneOptions,
  work: (throwIfSilent: () => void) => Promise<T>,
): Promise<T> {
  const { signal, onWait = () => undefined, deadMs = PRUNE_DEAD_MS } = options;
  const record = newPruneRecord();
  let shown = startStopwatch();
  while (!(await store.addRecord('prune', PRUNE_KEY, record))) {
    await waitForPrune(store, { signal, onWait, deadMs });
    // It has ended, or it is dead.
    await store.deleteRecord('prune', PRUNE_KEY);
    shown = startStopwatch();
  }
  let isSilent = false;
  const look = (): boolean => (isSilent ||= shown.ms() > PRUNE_DEAD_MS / 2);
  const beating = setInterval(() => {
    // The record may be another prune's by now.
    if (look()) return;
    record.beat += 1;
    const begun = startStopwatch();
    store.writeRecord('prune', PRUNE_KEY, record).then(
      () => {
        shown = begun;
      },
      () => undefined,
    );
  }, PRUNE_BEAT_MS);
  try {
    return await work(() => {
      if (look()) throw slept();
    });
  } finally {
    clearInterval(beating);
    if (!look()) await store.deleteRecord('prune', PRUNE_KEY);
  }
}

function slept(): PipelineError {
  const message =
    'Pruning has stopped: this process slept, and a run that has begun since then may need what was to be deleted. Prune again.';
  return new PipelineError({ code: 'interrupted', message, retry: 'never' });
}

async function readMarks(store: Store, ages: ReadonlyMap<string, number>): Promise<Mark[]> {
  const marks: Mark[] = [];
  for await (const piece of store.readRecords('prune-mark', await store.listRecords('prune-mark'))) {
    for (const [key, value] of piece) {
      const { names, unwanted } = value as { names?: unknown; unwanted?: unknown };
      const ageMs = ages.get(recordName('prune-mark', key)) ?? 0;
      if (Array.isArray(names))
        marks.push({
          key,
          ageMs,
          unwanted: unwanted === true,
          names: names.filter((name) => typeof name === 'string'),
        });
    }
  }
  return marks;
}

/**
 * What became needed again loses its mark. A mark that is rewritten is young again, so its other objects wait once more; that
 * is rare, and on the safe side.
 */
async function updateMarks(
  store: Store,
  of: { marks: Mark[]; garbage: ReadonlySet<string>; unwanted: ReadonlySet<string> | undefined },
): Promise<void> {
  const marked = new Set<string>();
  for (const { key, names, unwanted } of of.marks) {
    const left = names.filter((name) => of.garbage.has(name));
    for (const name of left) marked.add(name);
    if (left.length === 0) await store.deleteRecord('prune-mark', key);
    else if (left.length < names.length) await store.writeRecord('prune-mark', key, markOf(left, unwanted));
  }
  const fresh = [...of.garbage].filter((name) => !marked.has(name));
  const unwanted = fresh.filter((name) => of.unwanted?.has(name));
  for (const [names, isUnwanted] of [
    [fresh.filter((name) => !of.unwanted?.has(name)), false],
    [unwanted, true],
  ] as const)
    if (names.length > 0) await store.writeRecord('prune-mark', randomUUID(), markOf(names, isUnwanted));
}

function markOf(names: string[], unwanted: boolean): object {
  return unwanted ? { names, unwanted } : { names };
}

function unreadable(store: Store, objects: readonly StoredObject[]): PipelineError {
  const names = objects.slice(0, 3).map(({ name }) => name);
  const more = objects.length > names.length ? ` and ${objects.length - names.length} more` : '';
  return new PipelineError({
    code: 'store-damaged',
    message: `Nothing can be pruned: ${store.location} has records that cannot be read, so what they need is unknown: ${names.join(', ')}${more}. Run the books again, which writes them again, or delete the files.`,
    retry: 'never',
  });
}
