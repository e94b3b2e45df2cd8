/** Merges review files decision by decision and field by field. Pure. */
import type { ChapterDecision, Comment, Decision, Review } from './review.ts';

/** A field that both sides changed to different values. */
export interface MergeConflict {
  /** The line, `3:37`, or the chapter's title; undefined for the book. */
  at: string | undefined;
  field: string;
  ours: unknown;
  theirs: unknown;
}

/** The result of a merge; in a conflict it has the value of `ours`. */
export interface MergedReview {
  review: Review;
  conflicts: MergeConflict[];
}

/**
 * Merges two reviews that come from `base`. What only one side changed is as that side has it; comments of both are kept. A
 * decision that one side removed and the other changed is kept. Without a base, nothing counts as removed.
 */
export function mergeReviews(base: Review | undefined, ours: Review, theirs: Review): MergedReview {
  const conflicts: MergeConflict[] = [];
  const merge = <Item extends object>(of: Versions<Item>, at: string | undefined): Item | undefined =>
    mergeFields(of, (field, a, b) => conflicts.push({ at, field, ours: a, theirs: b }));
  const lines = mergeLists({ base: base?.lines, ours: ours.lines, theirs: theirs.lines, keyOf: decisionKey }, (of) =>
    merge<Decision>(of, (of.ours ?? of.theirs)?.at),
  );
  const chapters = mergeLists(
    { base: base?.chapters, ours: ours.chapters, theirs: theirs.chapters, keyOf: ({ title }) => title },
    (of) => merge<ChapterDecision>(of, (of.ours ?? of.theirs)?.title),
  );
  const head = merge({ base: base && headOf(base), ours: headOf(ours), theirs: headOf(theirs) }, undefined);
  return { review: { ...head, chapters, lines }, conflicts };
}

/** Joins two decisions about one line, as if each had been made on its own. */
export function joinDecisions(
  first: Decision,
  second: Decision,
): { decision: Decision; conflicts: { field: string; ours: unknown; theirs: unknown }[] } {
  const conflicts: { field: string; ours: unknown; theirs: unknown }[] = [];
  const decision = mergeFields({ base: undefined, ours: first, theirs: second }, (field, ours, theirs) =>
    conflicts.push({ field, ours, theirs }),
  );
  return { decision: decision ?? first, conflicts };
}

/** What identifies a decision in its file. One that a person wrote may have no ID. */
export function decisionKey({ id, at, words }: Decision): string {
  return id === '' ? `${at} ${words}` : id;
}

interface Versions<Item> {
  base: Item | undefined;
  ours: Item | undefined;
  theirs: Item | undefined;
}

function headOf({ book, approved, more }: Review): Omit<Review, 'lines' | 'chapters'> {
  return { ...(book !== undefined && { book }), ...(approved && { approved }), ...(more && { more }) };
}

function mergeLists<Item>(
  of: {
    base: readonly Item[] | undefined;
    ours: readonly Item[];
    theirs: readonly Item[];
    keyOf: (item: Item) => string;
  },
  merge: (versions: Versions<Item>) => Item | undefined,
): Item[] {
  const byKey = (items: readonly Item[]): Map<string, Item> => new Map(items.map((item) => [of.keyOf(item), item]));
  const [base, ours, theirs] = [byKey(of.base ?? []), byKey(of.ours), byKey(of.theirs)];
  return [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((key) => {
    const merged = merge({ base: base.get(key), ours: ours.get(key), theirs: theirs.get(key) });
    return merged === undefined ? [] : [merged];
  });
}

/** Where the sides differ in these, the newer description of the line does not matter: ours stays. */
const DESCRIBES: ReadonlySet<string> = new Set([
  'at',
  'words',
  'before',
  'after',
  'occurrence',
  'chapterTitle',
  'book',
]);

function mergeFields<Item extends object>(
  { base, ours, theirs }: Versions<Item>,
  onConflict: (field: string, ours: unknown, theirs: unknown) => void,
): Item | undefined {
  if (ours === undefined || theirs === undefined) {
    const kept = ours ?? theirs;
    // Removed by the other side, unless this one has changed it.
    return kept !== undefined && base !== undefined && isSame(base, kept) ? undefined : kept;
  }
  const [b, a, t] = [fieldsOf(base), fieldsOf(ours), fieldsOf(theirs)];
  const merged: Record<string, unknown> = {};
  for (const field of new Set([...Object.keys(a), ...Object.keys(t)])) {
    const value = mergeValue({ field, base: b[field], ours: a[field], theirs: t[field] }, onConflict);
    if (value !== undefined) merged[field] = value;
  }
  return merged as Item;
}

function mergeValue(
  { field, base, ours, theirs }: { field: string } & Versions<unknown>,
  onConflict: (field: string, ours: unknown, theirs: unknown) => void,
): unknown {
  if (isSame(ours, theirs)) return ours;
  if (field === 'comments') return mergeComments(base as Comment[], ours as Comment[], theirs as Comment[]);
  if (field === 'more')
    return mergeFields(
      { base: base as object, ours: (ours ?? {}) as object, theirs: (theirs ?? {}) as object },
      onConflict,
    );
  if (isSame(base, theirs)) return ours;
  if (isSame(base, ours)) return theirs;
  if (ours === undefined || theirs === undefined) return ours ?? theirs;
  if (!DESCRIBES.has(field)) onConflict(field, ours, theirs);
  return ours;
}

/** The comments of both sides, without those that one side removed. */
function mergeComments(base: Comment[] = [], ours: Comment[] = [], theirs: Comment[] = []): Comment[] | undefined {
  const has = (list: readonly Comment[], one: Comment): boolean => list.some((other) => isSame(other, one));
  const kept = ours.filter((one) => !has(base, one) || has(theirs, one));
  const merged = [...kept, ...theirs.filter((one) => !has(base, one) && !has(ours, one))];
  return merged.length === 0 ? undefined : merged;
}

function fieldsOf(item: object | undefined): Record<string, unknown> {
  return (item ?? {}) as Record<string, unknown>;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, sorted(inner)]);
}
