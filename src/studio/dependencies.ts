/** What the studio is given by the command that opens it: it reads the book and the store itself, but it neither speaks nor masters. */
import type { Account } from '../account.ts';
import type { Ffmpeg } from '../audio/ffmpeg/ffmpeg-binary.ts';
import type { Book } from '../book/load-book.ts';
import type { Emit } from '../events.ts';
import type { BookLine } from '../plan/book-lines.ts';
import type { Draft } from '../plan/draft.ts';
import type { SynthesizeStep } from '../plan/step.ts';
import type { RunOutcome } from '../run/run-options.ts';
import type { Store } from '../store/store.ts';
import type { HandoutProgram } from './handing-out/handout-page.ts';
import type { Price, Book as ShownBook } from './shapes.ts';

/** A book as it is written now, and its store. */
export interface StudioBook {
  /** As the user gave it. */
  manifest: string;
  book: Book;
  account: Account;
  store: Store;
  draft: Draft;
  lines: BookLine[];
  simulated: boolean;
}

/** A price before money is spent. */
export interface PricedWork extends Price {
  /** Why it cannot be paid: the budget. */
  refused?: string;
}

/** What a piece of work tells and obeys. */
export interface Working {
  /** Who has the store, and what a step tells. */
  notice(message: string): void;
  signal: AbortSignal;
}

/** Where proposals for the author's texts are, in a watched folder. */
export interface ProposalsFolder {
  /** Those of the book. */
  folder: string;
  /** Where earlier versions put those of all books together: read, and not written. */
  earlier: string;
}

/** What came of speaking. */
export interface Spoken {
  /** What it really cost, as text; undefined when that is unknown. */
  spent?: string;
  /** Why a segment could not be spoken. */
  failures: string[];
}

/** What the command does for the studio. Rejects with a `PipelineError` when the world fails. */
export interface StudioDependencies {
  /** Reads the book. Its errors, in words, when it has any. */
  open(): Promise<StudioBook | { errors: string }>;
  /** What was spent on the book, and what it may cost. */
  money(book: StudioBook): Promise<ShownBook['money']>;
  /** What speaking these segments costs. */
  price(book: StudioBook, segments: readonly SynthesizeStep[]): Promise<PricedWork>;
  /** Speaks what the store lacks of them, within grant and budget. What was spoken is kept, also when it is cancelled. */
  speak(
    book: StudioBook,
    of: { segments: readonly SynthesizeStep[]; isRetake: boolean; onResult(): void } & Working,
  ): Promise<Spoken>;
  /** A person looks at a price: work is likely to come soon. Takes no lock. */
  expectWork?(book: StudioBook): Promise<void>;
  /** What a run for these chapters, or for the whole book, costs. */
  runPrice(book: StudioBook, only: readonly number[] | undefined): Promise<PricedWork>;
  /** The run. */
  run(book: StudioBook, of: { only: readonly number[] | undefined; emit: Emit } & Working): Promise<RunOutcome>;
  /** Where proposals for the author's texts go; undefined when the texts themselves may be changed: nobody makes the book as soon as one is. */
  proposalsFolder(book: Pick<StudioBook, 'book'>): Promise<ProposalsFolder | undefined>;
  /** Why a recording cannot be used for a line; undefined when it can. */
  recordingProblem(
    book: StudioBook,
    of: { bytes: Uint8Array; text: string; signal: AbortSignal },
  ): Promise<string | undefined>;
  /** What a page for a reviewer is made with. */
  handoutParts(): Promise<{ program: HandoutProgram; ffmpeg: Ffmpeg }>;
}
