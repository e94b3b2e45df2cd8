/** Runs a book so that everybody who sees the store can see it, pause it and cancel it. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import { PipelineError } from '../errors.ts';
import type { FailureCode } from '../events.ts';
import { runPublished } from '../publish/run.ts';
import { watchBookControl } from '../run/control.ts';
import { runBook } from '../run/run-book.ts';
import type { RunOptions, RunOutcome } from '../run/run-options.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import { findControlRequest, putControlRequest, putSubmission, type Submission } from '../store/submissions.ts';
import { bookId, runPrefix } from './book-id.ts';
import { openStateRecorder } from './state-recorder.ts';

/** Failures that may pass by themselves: a detached book is tried again. */
const TRANSIENT_CODES: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'service-unreachable',
  'queue-unreachable',
  'store-unreachable',
  'disk-full',
]);
/** After so long, in milliseconds. */
const RETRY_DELAY_MS = 60_000;

/** A submission of a book, from now. */
export function submissionOf(of: { book: Book; account: Account; outDir: string; urgent?: boolean }): Submission {
  const { title, author = '' } = of.book.manifest;
  const { outDir, account } = of;
  return {
    id: bookId({ title, author, outDir }),
    title,
    author,
    revision: randomUUID(),
    account: account.id,
    manifest: of.book.manifestPath,
    outDir,
    urgent: of.urgent ?? false,
    host: hostname(),
    submittedAt: new Date().toISOString(),
  };
}

/** What a run on the shelf works with. */
export interface SubmissionRunOptions extends RunOptions {
  /** Where the book is delivered to when that is on S3; `outDir` is then its address. */
  out?: Bucket | undefined;
}

/**
 * `runBook`, on the shelf. Without `submission` the book is handed in here, for this process to see it through: running a
 * book that was cancelled takes it up again. Throws what `runBook` throws.
 */
export async function runSubmission(
  options: SubmissionRunOptions,
  { submission }: { submission?: Submission } = {},
): Promise<RunOutcome> {
  const { book, store, account, outDir } = options;
  const notice = (message: string): void => options.emit({ type: 'notice', level: 'warning', message });
  const current = submission ?? submissionOf({ book, account, outDir, urgent: options.urgent ?? false });
  // The shelf shows and steers; a run must not fail for want of it.
  if (submission === undefined) {
    await putSubmission(store, current).catch(() => undefined);
    if ((await findControlRequest(store, current.id).catch(() => undefined)) === 'cancel')
      await putControlRequest(store, current.id, undefined);
  }
  const who = `${hostname()}:${process.pid}`;
  const recorder = openStateRecorder(store, current, who);
  const control = await watchBookControl(store, current.id, notice);
  const mode = submission === undefined ? 'run' : 'conducted';
  try {
    const runOptions: RunOptions = {
      ...options,
      jobPrefix: `${runPrefix(current.id)}${mode}-`,
      urgent: current.urgent,
      control,
      emit: (event) => {
        recorder.record(event);
        options.emit(event);
      },
    };
    const outcome = await (options.out === undefined ? runBook(runOptions) : runPublished(runOptions, options.out));
    await recorder.end(...ending(outcome, submission !== undefined));
    return outcome;
  } catch (error) {
    const trouble =
      error instanceof PipelineError
        ? { code: error.code, message: error.message }
        : { code: 'internal' as const, message: String(error) };
    await recorder.end('failed', { trouble });
    throw error;
  } finally {
    control.close();
  }
}

type Ending = Parameters<ReturnType<typeof openStateRecorder>['end']>;

function ending({ finished, stoppedBy: trouble }: RunOutcome, isDetached: boolean): Ending {
  if (trouble === undefined) return [finished.ok ? 'done' : 'failed'];
  if (trouble.code === 'cancelled') return ['cancelled', { trouble }];
  // Whoever saw it through had to stop; the next one goes on at once.
  if (trouble.code === 'interrupted') return isDetached ? ['queued'] : ['interrupted', { trouble }];
  if (isDetached && TRANSIENT_CODES.has(trouble.code)) {
    return ['queued', { trouble, notBefore: new Date(Date.now() + RETRY_DELAY_MS) }];
  }
  return ['failed', { trouble }];
}
