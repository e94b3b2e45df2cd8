/** What the watcher asks of the rest of the program: to look a book over, and to run it. */
import type { Emit, RunFinishedEvent, Trouble } from '../events.ts';
import type { Price } from './state-machine.ts';

/** How a run ended. */
export interface RunEnd {
  finished: RunFinishedEvent;
  /** What stopped it early, if anything did. */
  stoppedBy: Trouble | undefined;
}

/** A book that can be run as it is. */
export interface ReadyBook {
  verdict: 'ready';
  title: string;
  author: string;
  segments: number;
  /** Of what is still to be made; null when the model's price is not published. */
  price: Price | null;
  /** Billed units of what is still to be spoken. */
  billedCharacters: number;
  /**
   * Runs it to its end. Aborting the signal leaves what is not begun; segments under way are finished. What is urgent goes
   * before the segments of all books that are not.
   */
  run(of: { emit: Emit; signal: AbortSignal; urgent: boolean }): Promise<RunEnd>;
}

/** What looking over a book came to. */
export type Preparation =
  | ReadyBook
  /** Nothing is wrong but that these files are not there, or may not be read. */
  | { verdict: 'incomplete'; missing: string[] }
  /** Every mistake with line, caret and fix, ready to print. */
  | { verdict: 'refused'; text: string };

/** Reads a manifest and all that it names, and plans it; sends nothing. Rejects with a `PipelineError` of the world. */
export type Prepare = (manifestPath: string, signal: AbortSignal) => Promise<Preparation>;
