/** What identifies the sound that somebody has heard. */
import { createHash } from 'node:crypto';
import type { Moment } from '../book/moment.ts';

const known = new WeakMap<object, string>();

/** What identifies the takes of a line that somebody has heard and approved: 16 hexadecimal digits. */
export function heardTakes({ segments }: { segments: readonly { key: string }[] }): string {
  const before = known.get(segments);
  if (before !== undefined) return before;
  const keys = segments.map(({ key }) => key).join(' ');
  const own = createHash('sha256').update(keys).digest('hex').slice(0, 16);
  known.set(segments, own);
  return own;
}

/** Whether a person has heard the line as it is now and found it good. */
export function isApproved(moment: Moment, index: number): boolean {
  const approved = moment.decisions.get(index)?.approved;
  if (approved === undefined) return false;
  return approved.of === undefined || approved.of === heardTakes(moment.lines[index]!);
}
