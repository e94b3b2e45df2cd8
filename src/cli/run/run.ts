/** `pipeline run`: one book from manifest to delivered files. */
import { type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import type { Emit, ReportedFailure } from '../../events.ts';
import { carryOut, keepModel } from '../../library/carry-out.ts';
import { numberEvents } from '../../library/numbered-events.ts';
import { prepareRun } from '../../library/prepare-run.ts';
import { requireChapters } from '../../library/require-chapters.ts';
import { EXIT, exitCodeOf } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { diagnosticsEvent, printBriefly, printDiagnostics } from '../screen/diagnostics-screen.ts';
import { plain } from '../screen/format.ts';
import { humanReporter, jsonReporter } from '../screen/run-screen.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { detach } from './detach.ts';
import { editionToReproduce } from './locked-edition.ts';
import { tellPerson } from './tell-person.ts';

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

/** How a run ended. */
interface RunEnd {
  code: number;
  /** Why it had to stop. */
  stoppedBy?: ReportedFailure | undefined;
}

/** Exit codes as in src/cli/command-line/exit-codes.ts. With `json`, stdout carries events and nothing else. */
export async function runCommand(manifest: string, flags: RunFlags): Promise<number> {
  const terminal = openTerminal();
  const emit = flags.json ? numberEvents(jsonReporter(terminal)) : humanReporter(terminal, flags.simulate === true);
  const interrupt = onInterrupt(() =>
    terminal.err('Stopping: takes in progress have a moment to finish. To stop at once, press Ctrl-C again.'),
  );
  try {
    const { locked, lock: keepLock } = flags;
    const { signal } = interrupt;
    const notice = (message: string): void => terminal.err(plain(message));
    return await tellPerson({ manifest, flags, emit, notice }, (told, knowLanguage) =>
      runManifest({ manifest, flags, terminal, emit: told, signal, locked, keepLock, knowLanguage }),
    );
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
  knowLanguage,
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
  knowLanguage: (language: string) => void;
}): Promise<RunEnd> {
  refuseOtherModes(flags);
  const given = readConfig(flags);
  const prepared = await prepareRun({
    manifest,
    // A reproduction uses no shared queue: no other worker may speak for it.
    config: locked ? { ...given, redisUrl: undefined } : given,
    budget: flags.budget,
    sends: !locked,
    read: (reading) => {
      if (flags.json) printDiagnostics(reading, terminal);
      else printBriefly({ ...reading, manifest }, terminal);
    },
    accept: (book) => {
      knowLanguage(book.manifest.language);
      requireChapters(book, flags.chapter);
    },
    notice: (message) => emit({ type: 'notice', level: 'info', message }),
    signal,
  });
  if (prepared.book === undefined) {
    if (!prepared.shown) printDiagnostics(prepared, terminal);
    emit(diagnosticsEvent(manifest, prepared.diagnostics));
    return { code: EXIT.wrongInput };
  }
  if (flags.detach) {
    await keepModel(prepared);
    return { code: await detach({ ...prepared, emit, flags }) };
  }
  const mode = {
    chapters: flags.chapter,
    locked: locked ? await editionToReproduce(prepared) : undefined,
    keepLock,
    retryRefused: flags.retryRefused ?? false,
  };
  const { finished, stoppedBy } = await carryOut(prepared, mode, { emit, signal });
  if (stoppedBy !== undefined) {
    terminal.err(
      signal.aborted
        ? 'Interrupted. To continue from here, run the same command again.'
        : `pipeline: ${stoppedBy.message}`,
    );
    return { code: signal.aborted ? EXIT.interrupted : exitCodeOf(stoppedBy.code), stoppedBy };
  }
  return { code: finished.ok ? EXIT.ok : EXIT.incomplete };
}
