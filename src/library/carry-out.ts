/** A prepared book, spoken, mastered and delivered. For the command and the library. */
import { isNews, keepChosenModel, modelChoiceText } from '../composition/choose-model.ts';
import { missingReadings } from '../composition/hearing.ts';
import { openOutBucket } from '../composition/open-out-bucket.ts';
import type { Emit } from '../events.ts';
import type { Edition } from '../plan/edition.ts';
import type { RunOutcome } from '../run/run-options.ts';
import { runSubmission } from '../submissions/run-submission.ts';
import type { PreparedRun } from './prepare-run.ts';

/** How a run is carried out. */
export interface RunMode {
  /** Only these chapters, by their numbers. */
  chapters?: readonly number[] | undefined;
  /** Reproduce this edition, made by a version of mastering; nothing is called. */
  locked?: { edition: Edition; masteringVersion: number | undefined } | undefined;
  /** Write `book.lock` beside the manifest. */
  keepLock: boolean;
  /** Send texts again that the service refused in an earlier run. */
  retryRefused: boolean;
}

/** Keeps the model that was chosen for the book; call it before anything is paid. */
export function keepModel({ store, account, book, modelChoice }: PreparedRun): Promise<void> {
  return keepChosenModel({ store, account, manifest: book.manifest, choice: modelChoice });
}

/** Runs the book and tells everything with events. Rejects as `runBook` does. */
export async function carryOut(
  prepared: PreparedRun,
  mode: RunMode,
  { emit, signal }: { emit: Emit; signal: AbortSignal },
): Promise<RunOutcome> {
  const { book, config, account, store, terms, modelChoice } = prepared;
  const { chapters, locked, keepLock, retryRefused } = mode;
  const notice = (message: string): void => emit({ type: 'notice', level: 'info', message });
  emit({ type: 'run.started', title: book.manifest.title, manifest: book.manifestPath, simulated: config.simulate });
  // A book that was begun keeps its model; only a choice that is made now is news.
  if (modelChoice !== undefined && isNews(modelChoice)) notice(modelChoiceText(modelChoice));
  const missing = missingReadings(terms.hearing, book.manifest);
  if (missing !== undefined) notice(missing);
  return runSubmission({
    book,
    store,
    account,
    simulated: config.simulate,
    outDir: config.outDir,
    out: await openOutBucket(config, signal),
    ...(chapters && { only: chapters }),
    retryRefused,
    terms,
    openWork: async () => {
      await keepModel(prepared);
      const { openWorkbench } = await import('../composition/workbench.ts');
      const { model } = book.manifest;
      return openWorkbench({ config, account, model, store, notice, signal, offline: locked !== undefined });
    },
    emit,
    signal,
    ...(locked === undefined ? { keepLock } : { locked: locked.edition, masteringVersion: locked.masteringVersion }),
  });
}
