/** What a thread that reads books is asked, and what it answers. Everything here can be copied between threads. */
import { PipelineError, type Retry } from '../../errors.ts';
import type { Speaker } from '../../script/speakers/speaker-names.ts';
import type { ModelChoice, ModelChooser } from '../load-book.ts';
import type { Frame, Piece } from '../pieces.ts';

/** What to read. */
export type ReadingTask =
  /** `loadBook`. */
  | { read: 'book'; manifestPath: string; decided?: Uint8Array | undefined }
  /** `readReferences`. */
  | { read: 'references'; path: string }
  /** `openSpeakers`. */
  | { read: 'speakers'; of: SpeakersOf };

/** What `openSpeakers` is given. */
export interface SpeakersOf {
  texts: readonly string[];
  characters: readonly Speaker[];
  language?: string | undefined;
}

/** To the thread: a task, the answer to its question, or that it may go on. */
export type ToReader = { task: ReadingTask } | { choice: ModelChoice } | { refusal: ThrownFailure } | { next: true };

/** From the thread. After `frame` and each piece it waits for `next`; `end` ends the task. */
export type FromReader =
  | { choose: Parameters<ModelChooser>[0] }
  | { frame: Frame }
  | { piece: Piece }
  | { end: true }
  | { failure: ThrownFailure };

/** An error between threads: a copied one would lose its class. */
export interface ThrownFailure {
  message: string;
  stack: string | undefined;
  code?: PipelineError['code'];
  retry?: Retry;
}

/** The error as data. */
export function thrownFailure(error: unknown): ThrownFailure {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { message, stack, ...(error instanceof PipelineError && { code: error.code, retry: error.retry }) };
}

/** The error of another thread, to throw in this one. */
export function errorOf({ message, stack, code, retry }: ThrownFailure): Error {
  const error = code === undefined ? new Error(message) : new PipelineError({ code, message, retry: retry ?? 'never' });
  if (stack !== undefined) error.stack = stack;
  return error;
}
