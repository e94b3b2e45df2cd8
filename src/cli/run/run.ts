/** `pipeline run`: one book from manifest to delivered files. */
import { loadBook } from '../../book/load-book.ts';
import { isNews, keepChosenModel, modelChoiceText, modelChooser } from '../../composition/choose-model.ts';
import { furtherDiagnostics, withDiagnostics } from '../../composition/further-diagnostics.ts';
import { openOutBucket } from '../../composition/open-out-bucket.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { serviceOfBook } from '../../composition/own-server.ts';
import { termsOf } from '../../composition/prices-and-budget.ts';
import { voiceDiagnostics } from '../../composition/voice-diagnostics.ts';
import { type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import type { Emit } from '../../events.ts';
import { hasErrors } from '../../manifest/diagnostic.ts';
import { newGrantId } from '../../submissions/grant-id.ts';
import { runSubmission } from '../../submissions/run-submission.ts';
import { requireChapters } from '../command-line/chosen-chapters.ts';
import { EXIT, exitCodeOf } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { diagnosticsEvent, printBriefly, printDiagnostics } from '../screen/diagnostics-screen.ts';
import { humanReporter, jsonReporter } from '../screen/run-screen.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { detach } from './detach.ts';
import { editionToReproduce } from './locked-edition.ts';

/** Flags of `run`. */
export interface RunFlags extends Flags {
  json?: boolean;
  /** Reproduce the edition of the lock. */
  locked?: boolean;
  /** False with `--no-lock`. */
  lock?: boolean;
  /** Submit the book and exit. */
  detach?: boolean;
  /** Only these chapters. */
  chapter?: number[];
}

/** Exit codes as in src/cli/command-line/exit-codes.ts. With `json`, stdout carries events and nothing else. */
export async function runCommand(manifest: string, flags: RunFlags): Promise<number> {
  const terminal = openTerminal();
  const emit = flags.json ? jsonReporter(terminal) : humanReporter(terminal);
  const interrupt = onInterrupt(() =>
    terminal.err('Stopping: takes in progress have a moment to finish. To stop at once, press Ctrl-C again.'),
  );
  try {
    const { locked, lock: keepLock } = flags;
    return await runManifest({ manifest, flags, terminal, emit, signal: interrupt.signal, locked, keepLock });
  } finally {
    interrupt.release();
  }
}

/** A part of a book is made here and now, and it is no edition. */
function refuseOtherModes({ chapter, locked, detach }: RunFlags): void {
  if (chapter === undefined) return;
  if (locked)
    throw new ConfigError(
      '--chapter and --locked do not go together: book.lock describes the whole book. Omit one of them. Nothing was done.',
    );
  if (detach)
    throw new ConfigError(
      '--chapter and --detach do not go together: workers make whole books. Omit --detach; with REDIS_URL the workers share this run, too. Nothing was done.',
    );
}

/** Runs one manifest, or prints its errors. */
async function runManifest({
  manifest,
  flags,
  terminal,
  emit,
  signal,
  locked = false,
  keepLock = false,
}: {
  manifest: string;
  flags: RunFlags;
  terminal: Terminal;
  emit: Emit;
  signal: AbortSignal;
  /** Reproduce the edition of the lock and call nothing. Default: no. */
  locked?: boolean | undefined;
  /** Write the lock beside the manifest. Default: no. */
  keepLock?: boolean | undefined;
}): Promise<number> {
  refuseOtherModes(flags);
  const given = readConfig(flags);
  // A reproduction uses no shared queue: no other worker may speak for it.
  const wanted = locked ? { ...given, redisUrl: undefined } : given;
  const read = await loadBook({ manifestPath: manifest, signal, modelFor: modelChooser(wanted) });
  const loaded = withDiagnostics(read, await furtherDiagnostics(read, { config: wanted, signal }));
  if (flags.json) printDiagnostics(loaded, terminal);
  else printBriefly({ ...loaded, manifest }, terminal);
  const { book } = loaded;
  if (book === undefined) {
    emit(diagnosticsEvent(manifest, loaded.diagnostics));
    return EXIT.wrongInput;
  }
  requireChapters(book, flags.chapter);
  const { account, config } = await serviceOfBook(wanted, book.manifest, { sends: !locked });
  const terms = await termsOf(config, book.manifest, flags, { account, grantId: newGrantId() });
  const notice = (message: string): void => emit({ type: 'notice', level: 'info', message });
  const store = await openConfiguredStore(config, { notice });
  const diagnostics = await voiceDiagnostics(book, { config, account, store, signal });
  if (hasErrors(diagnostics)) {
    printDiagnostics({ diagnostics, sources: loaded.sources }, terminal);
    emit(diagnosticsEvent(manifest, diagnostics));
    return EXIT.wrongInput;
  }
  const keepModel = (): Promise<void> =>
    keepChosenModel({ store, account, manifest: book.manifest, choice: loaded.modelChoice });
  if (flags.detach) {
    await keepModel();
    return detach({ book, config, account, store, terms, emit, flags });
  }
  const toReproduce = locked ? await editionToReproduce({ book, store, account }) : undefined;
  emit({ type: 'run.started', title: book.manifest.title, manifest: book.manifestPath, simulated: config.simulate });
  // A book that was begun keeps its model; only a choice that is made now is news.
  if (loaded.modelChoice !== undefined && isNews(loaded.modelChoice)) notice(modelChoiceText(loaded.modelChoice));
  const { finished, stoppedBy } = await runSubmission({
    book,
    store,
    account,
    simulated: config.simulate,
    outDir: config.outDir,
    out: await openOutBucket(config),
    ...(flags.chapter && { only: flags.chapter }),
    retryRefused: flags.retryRefused ?? false,
    terms,
    openWork: async () => {
      await keepModel();
      const { openWorkbench } = await import('../../composition/workbench.ts');
      return openWorkbench({ config, account, model: book.manifest.model, store, notice, signal, offline: locked });
    },
    emit,
    signal,
    ...(toReproduce === undefined
      ? { keepLock }
      : { locked: toReproduce.edition, masteringVersion: toReproduce.masteringVersion }),
  });
  if (stoppedBy !== undefined) {
    terminal.err(
      signal.aborted
        ? 'Interrupted. To continue from here, run the same command again.'
        : `pipeline: ${stoppedBy.message}`,
    );
    return signal.aborted ? EXIT.interrupted : exitCodeOf(stoppedBy.code);
  }
  return finished.ok ? EXIT.ok : EXIT.incomplete;
}
