/** Starts a run and hands out its events and its end. */
import type { Config } from '../config/config.ts';
import { PipelineError } from '../errors.ts';
import type { RunFinishedEvent } from '../events.ts';
import { carryOut } from './carry-out.ts';
import { createEventStream } from './event-stream.ts';
import { ManifestError } from './manifest-error.ts';
import { numberEvents } from './numbered-events.ts';
import { prepareRun } from './prepare-run.ts';
import { requireChapters } from './require-chapters.ts';
import { type Kinds, requireKinds } from './require-kinds.ts';
import type { Run, RunOptions } from './run-handle.ts';

const KINDS: Kinds = {
  ...({ manifest: 'text', budget: 'money?', chapters: 'wholes?' } as const),
  ...({ signal: 'signal?', retryRefused: 'flag?', lock: 'flag?' } as const),
};

/** Starts it at once. */
export function startRun(manifest: string, options: RunOptions & { config: Config }): Run {
  const {
    config,
    budget,
    chapters,
    signal = new AbortController().signal,
    retryRefused = false,
    lock = true,
  } = options;
  const stream = createEventStream();
  const emit = numberEvents((event) => stream.push(event));
  const run = async (): Promise<RunFinishedEvent> => {
    requireKinds({ manifest, ...options }, KINDS);
    const prepared = await prepareRun({
      ...{ manifest, config, budget, sends: true, signal },
      read: () => undefined,
      accept: (book) => requireChapters(book, chapters),
      notice: (message) => emit({ type: 'notice', level: 'info', message }),
    });
    if (prepared.book === undefined) throw new ManifestError(manifest, prepared.diagnostics);
    const mode = { chapters, keepLock: lock && chapters === undefined, retryRefused };
    const { finished, stoppedBy } = await carryOut(prepared, mode, { emit, signal });
    if (stoppedBy === undefined) return finished;
    const { code, message } = stoppedBy;
    throw code === 'internal' ? new Error(message) : new PipelineError({ code, message, retry: 'never' });
  };
  const finished = run().finally(() => stream.end());
  // Whoever only reads the events must not end the process; whoever awaits `finished` still gets the failure.
  finished.catch(() => undefined);
  return { finished, [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator]() };
}
