/**
 * Which grant a run spends. A command with `--budget` opens a new one, and whatever continues its submission continues it. A
 * `budget:` in the manifest is one grant for the book until its amount changes.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Manifest } from '../manifest/manifest.ts';
import type { Submission } from '../store/submissions.ts';

/** The grant of a command with `--budget`. */
export function newGrantId(): string {
  return randomUUID();
}

/** The grant of a manifest's `budget:`; undefined without one. */
export function manifestGrantId(
  { title, author = '', budget }: Pick<Manifest, 'title' | 'author' | 'budget'>,
  account: string,
): string | undefined {
  if (budget === undefined) return undefined;
  return hashed('manifest', account, title, author, budget.amount, budget.currency ?? '');
}

/** The grant of a submission with `--budget`. One of an earlier version names none. */
export function submissionGrantId({ grant, budget, id, revision }: Submission): string | undefined {
  if (budget === undefined) return undefined;
  return grant ?? hashed('submission', id, revision);
}

/** A grant that is told apart by these. */
export function hashed(...parts: (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
