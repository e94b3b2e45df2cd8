/** What the watcher needs from the rest of the program: to check a book and to run it. */
import type { Emit, ReportedFailure, RunFinishedEvent } from '../events.ts';
import type { MoneySource } from '../limits.ts';
import type { Price } from './state-machine.ts';

/** How a run ended. */
export interface RunEnd {
  finished: RunFinishedEvent;
  /** What stopped it early; undefined for a run that ended by itself. */
  stoppedBy: ReportedFailure | undefined;
}

/** A book that can be run as it is. */
export interface ReadyBook {
  verdict: 'ready';
  title: string;
  author: string;
  segments: number;
  /** Price of what is still to be made; null when the model's price is not published. */
  price: Price | null;
  /** The price is an estimate. Default: no. */
  estimated?: boolean;
  /** Its budget: what may be spent on it besides approvals. Default: none. */
  budget?: Price | undefined;
  /** Billed characters of what is still to be spoken. */
  billedCharacters: number;
  /**
   * Runs the book to its end. After the signal aborts, no new segment starts; segments under way are finished. The segments
   * of an urgent book go before those of all others. `retryRefused`: a person asks for it, so texts that the service refused
   * are sent again; default: no. `further`: limits its money besides its budget;
   * `agreement`: what a person has approved, for all runs of this version.
   */
  run(of: {
    emit: Emit;
    signal: AbortSignal;
    urgent: boolean;
    retryRefused?: boolean;
    further?: MoneySource | undefined;
    agreement?: { amount: number; id: string } | undefined;
  }): Promise<RunEnd>;
}

/** The result of checking a book. */
export type Preparation =
  | ReadyBook
  /** These files are missing or cannot be read; everything else is right. */
  | { verdict: 'incomplete'; missing: string[] }
  /** All errors with line, caret and fix, ready to print. */
  | { verdict: 'refused'; text: string };

/** Reads a manifest with every file that it names, and plans the run; sends nothing. Rejects with a `PipelineError`. */
export type Prepare = (manifestPath: string, signal: AbortSignal) => Promise<Preparation>;
