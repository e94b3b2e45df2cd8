/** What the bindings of all versions have in common: a book to bind, and what comes of it. */
import type { Cover } from '../src/audio/ffmpeg/encode.ts';
import type { BoundBook } from '../src/audio/m4b/bound-book.ts';
import type { PipelineError } from '../src/errors.ts';
import type { BookTags } from '../src/plan/step.ts';
import type { MasterRecord } from '../src/store/masters.ts';
import type { BlobRef } from '../src/store/store.ts';
import type { Attempt, JobContext } from './context.ts';

/** A book whose chapters are all there. */
export interface BookToBind {
  /** In order: the title of a chapter's mark, and the digest of its M4A. */
  sources: readonly { master: MasterRecord; title: string; digest: string }[];
  tags: BookTags;
  cover?: Cover;
}

/** Binds a book and stores the M4B. Rejects with `DamagedChapter` for a chapter that must be made again. */
export type Binding = (
  book: BookToBind,
  of: {
    attempt: Attempt;
    context: JobContext;
    /** Called before the M4B is stored; throws for a chapter that is shorter or longer in it than it is. */
    proveUncut(bound: BoundBook): void;
  },
) => Promise<{ file: BlobRef } & BoundBook>;

/** A stored chapter cannot go into a book. */
export class DamagedChapter extends Error {
  readonly failure: PipelineError;
  readonly master: MasterRecord;

  constructor(failure: PipelineError, master: MasterRecord) {
    super(failure.message);
    this.failure = failure;
    this.master = master;
  }
}
