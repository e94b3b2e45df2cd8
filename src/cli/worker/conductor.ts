/** Lets a worker run submitted books until they are delivered. */
import { randomUUID } from 'node:crypto';
import type { Account } from '../../account.ts';
import type { Book } from '../../book/load-book.ts';
import { openOutBucket } from '../../composition/open-out-bucket.ts';
import { termsOf } from '../../composition/prices-and-budget.ts';
import { type VoiceCheck, voiceDiagnostics } from '../../composition/voice-diagnostics.ts';
import type { Workbench } from '../../composition/workbench.ts';
import { type Config, readConfig } from '../../config/config.ts';
import { PipelineError } from '../../errors.ts';
import type { PipelineEvent } from '../../events.ts';
import type { LogLine } from '../../observe/step-log.ts';
import { bookLeases } from '../../queue/book-leases.ts';
import type { Store } from '../../store/store.ts';
import type { Submission } from '../../store/submissions.ts';
import { startConductor } from '../../submissions/conductor.ts';
import { submissionGrantId } from '../../submissions/grant-id.ts';
import type { Note } from '../../web/note-format.ts';
import { noteOfFailure } from '../../web/note-of-failure.ts';

/** Starts to look for submitted books; any worker may carry out their steps. `close` leaves the books to other workers. */
export function openConductor(of: {
  config: Config;
  account: Account;
  store: Store;
  work: Workbench;
  /** The worker stops: soon after, nothing waits for a silent server. */
  stop: AbortSignal;
  log: (entry: LogLine) => void;
  /** Notifies a person; undefined when no address is set. */
  tell: ((note: Note) => void) | undefined;
}): { close(): Promise<void> } {
  const { config, account, store, work, stop, log, tell } = of;
  const who = `${work.workerId}-conductor`;
  return startConductor({
    store,
    account,
    queue: work.queue,
    leases: bookLeases({ redis: work.queue.redis!, prefix: work.queue.prefix }),
    conductorId: who,
    runOptionsFor: async (book, submission) => {
      await refuseBadSamples(book, { config, account, store });
      return {
        out: await openOutBucket(readConfig({ out: submission.outDir }), stop),
        simulated: false,
        retryRefused: submission.retryRefused ?? false,
        keepLock: submission.keepLock ?? false,
        isContinued: true,
        terms: await termsOf(
          config,
          book.manifest,
          submission.budget === undefined ? {} : { budget: submission.budget },
          {
            account,
            grantId: submissionGrantId(submission),
          },
        ),
        openWork: async () => ({
          queue: work.queue,
          budgets: work.budgets,
          // Not the worker's own ID: the calls of a book are counted from the results of its steps.
          workerId: `${who}-${randomUUID().slice(0, 8)}`,
          calls: () => ({ enroll: 0, list: 0, synthesize: 0 }),
          isShared: true,
          stopWorkers: async () => undefined,
          close: async () => undefined,
        }),
      };
    },
    emit: (submission, event) => {
      const entry = entryOf(submission, event);
      if (entry !== undefined) log(entry);
    },
    notice: (message) => log({ level: 'warn', message, fields: {} }),
    onFailed: ({ id, title, manifest, revision }, { trouble, failures }, language) =>
      tell?.(
        noteOfFailure({
          ...{ title, manifest, language },
          failures: [...(trouble === undefined ? [] : [trouble]), ...failures],
          command: `pipeline retry ${id}`,
          // `retry` makes another revision, whose failure is told again.
          sameAs: ['submission', id, revision],
        }),
      ),
  });
}

/**
 * Fails with `sample-refused` when recordings of the book cannot be cloned, before any voice is enrolled: whoever submitted it
 * may have had no ffmpeg. What cannot be judged now is judged when its voice is enrolled.
 */
async function refuseBadSamples(book: Book, check: VoiceCheck): Promise<void> {
  const found = await voiceDiagnostics(book, check).catch(() => []);
  const refused = found.filter(({ code }) => code === 'sample-refused');
  if (refused.length === 0) return;
  const reasons = refused.map(({ message, fix }) => `${message} ${fix}`);
  throw new PipelineError({
    code: 'sample-refused',
    message: `Nothing was sent. ${reasons.join(' ')}`,
    retry: 'never',
  });
}

/** Log lines of a book; its steps are logged by the workers that carry them out. */
function entryOf({ id }: Submission, event: PipelineEvent): LogLine | undefined {
  const fields = { book: id };
  switch (event.type) {
    case 'run.planned':
      return { level: 'info', message: 'book started', fields: { ...fields, toSpeak: event.segments.synthesize } };
    case 'chapter.delivered':
      return { level: 'info', message: 'chapter delivered', fields: { ...fields, chapter: event.index } };
    case 'book.delivered':
      return { level: 'info', message: 'book file delivered', fields };
    case 'chapter.failed':
      return {
        level: 'error',
        message: `chapter not delivered: ${event.message}`,
        fields: { ...fields, chapter: event.index },
      };
    case 'book.failed':
      return { level: 'error', message: `book file not delivered: ${event.message}`, fields };
    case 'notice':
      return { level: event.level === 'warning' ? 'warn' : 'info', message: event.message, fields };
    case 'run.finished':
      return {
        level: event.ok ? 'info' : 'warn',
        message: 'book ended',
        fields: { ...fields, ok: event.ok, seconds: event.seconds },
      };
    default:
      return undefined;
  }
}
