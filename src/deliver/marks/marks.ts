/** The marks of one delivery: what an earlier run wrote into the folder, and what this one has written so far. */
import type { MarkedFile } from './deliver-marked.ts';

/** Collects the marked files of a run. */
export interface Marks {
  /** By name; what an earlier run wrote, by its own account. */
  readonly earlier: ReadonlyMap<string, MarkedFile>;
  /** By name; what this run delivered. */
  readonly delivered: Map<string, MarkedFile>;
  /** Digests that files must have, by those of the stored files. Absent, or without one: any. */
  readonly wanted?: ReadonlyMap<string, string>;
}

/** Marks of a run in a folder with these files of an earlier one. */
export function openMarks(earlier: Iterable<MarkedFile>, wanted?: ReadonlyMap<string, string>): Marks {
  const byName = new Map([...earlier].map((file) => [file.name, file]));
  return { earlier: byName, delivered: new Map(), ...(wanted && { wanted }) };
}
