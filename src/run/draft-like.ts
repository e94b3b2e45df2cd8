/** A book with the keys of the program that wrote a lock. */
import type { Draft } from '../plan/draft.ts';
import type { Edition } from '../plan/edition.ts';
import { EARLIER_MASTERING_VERSIONS } from '../plan/keys.ts';
import { spokenChapters } from '../plan/plan.ts';
import { draftRun } from './plan.ts';

/**
 * The draft of a book, with the keys of an earlier version of mastering when all masters of the edition are of that version;
 * `masteringVersion` is undefined for this version's. Pure.
 */
export function draftLike(
  of: Pick<Parameters<typeof draftRun>[0], 'book' | 'account'>,
  edition: Edition,
): { draft: Draft; masteringVersion: number | undefined } {
  for (const masteringVersion of EARLIER_MASTERING_VERSIONS) {
    const draft = draftRun({ ...of, masteringVersion, locked: edition });
    if (hasMastersOf(draft, edition)) return { draft, masteringVersion };
  }
  return { draft: draftRun({ ...of, locked: edition }), masteringVersion: undefined };
}

function hasMastersOf(draft: Draft, { chapters }: Edition): boolean {
  const spoken = spokenChapters(draft);
  return spoken.length === chapters.length && spoken.every(({ master }, at) => master.key === chapters[at]?.master);
}
