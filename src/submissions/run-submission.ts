/** Runs a book and records its state in the store, so that it can be listed, paused and cancelled from any machine. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import { PipelineError } from '../errors.ts';
import type { FailureCode, ReportedFailure } from '../events.ts';
import { NEW_BUDGET } from '../manifest/fields/budget.ts';
import { moneyText } from '../plan/price.ts';
import { runPublished } from '../publish/run.ts';
import { watchBookControl } from '../run/control.ts';
import { runBook } from '../run/run-book.ts';
import type { RunOptions, RunOutcome } from '../run/run-options.ts';
import { endNeeds, waitForPrune } from '../store/needs.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import { findControlRequest, putControlRequest, putSubmission, type Submission } from '../store/submissions.ts';
import { bookId, runPrefix } from './book-id.ts';
import { declareBookNeeds } from './book-needs.ts';
import { openStateRecorder } from './state-recorder.ts';

/** Failures that may pass by themselves: a detached book is retried. */
const TRANSIENT_CODES: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'service-unreachable',
  'queue-unreachable',
  'store-unreachable',
  'disk-full',
]);
/** Delay before the retry, in milliseconds. */
const RETRY_DELAY_MS = 60_000;

/** A new submission of a book. */
export function submissionOf(of: {
  book: Book;
  account: Account;
  outDir: string;
  urgent?: boolean;
  grant?: string | undefined;
}): Submission {
  const { title, author = '' } = of.book.manifest;
  const { outDir, account, grant } = of;
  return {
    id: bookId({ title, author, outDir }),
    title,
    author,
    revision: randomUUID(),
    account: account.id,
    manifest: of.book.manifestPath,
    outDir,
    urgent: of.urgent ?? false,
    ...(grant !== undefined && { grant }),
    host: hostname(),
    submittedAt: new Date().toISOString(),
  };
}

/** Options of the run of a submission. */
export interface SubmissionRunOptions extends RunOptions {
  /** The S3 prefix to which the book is delivered; `outDir` is then its address. */
  out?: Bucket | undefined;
}

/**
 * `runBook` with a record of its state. Without `submission` the book is submitted here and runs in this process; that also
 * ends an earlier cancellation. Throws what `runBook` throws.
 */
export async function runSubmission(
  options: SubmissionRunOptions,
  { submission }: { submission?: Submission } = {},
): Promise<RunOutcome> {
  const { book, store, account, outDir } = options;
  const notice = (message: string): void => options.emit({ type: 'notice', level: 'warning', message });
  const current =
    submission ??
    submissionOf({ book, account, outDir, urgent: options.urgent ?? false, grant: options.terms.grantId });
  // The record is for people; a run must not fail because it cannot be written.
  if (submission === undefined) {
    await putSubmission(store, current).catch(() => undefined);
    if ((await findControlRequest(store, current.id).catch(() => undefined)) === 'cancel')
      await putControlRequest(store, current.id, undefined);
  }
  const runner = `${hostname()}:${process.pid}`;
  const recorder = openStateRecorder(store, current, runner);
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
    await declareBookNeeds(store, { book, account, submission: current });
    await waitForPrune(store, {
      signal: options.signal,
      onWait: () => options.emit({ type: 'notice', level: 'info', message: 'Waiting for `pipeline store prune` …' }),
    });
    const outcome = await (options.out === undefined ? runBook(runOptions) : runPublished(runOptions, options.out));
    const end = ending(outcome, submission !== undefined);
    // A book that is queued again still needs them.
    if (end[0] !== 'queued') await endNeeds(store, current.id).catch(() => undefined);
    await recorder.end(...end);
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
  if (trouble === undefined) return finished.ok ? ['done'] : ['failed', { trouble: usedUp(finished) }];
  if (trouble.code === 'cancelled') return ['cancelled', { trouble }];
  // The conductor had to stop; the next one continues at once.
  if (trouble.code === 'interrupted') return isDetached ? ['queued'] : ['interrupted', { trouble }];
  if (isDetached && TRANSIENT_CODES.has(trouble.code)) {
    return ['queued', { trouble, notBefore: new Date(Date.now() + RETRY_DELAY_MS) }];
  }
  return ['failed', { trouble }];
}

/** Why a run ended early that had no money left; undefined for any other. */
function usedUp({ budget }: RunOutcome['finished']): ReportedFailure | undefined {
  if (!budget?.reached) return undefined;
  const message = `The budget of ${moneyText(budget)} is used up; segments not spoken: ${budget.unspoken}. ${NEW_BUDGET}`;
  return { code: 'over-budget', message };
}
