/**
 * A watched folder for tests: real files, the real reading of manifests, and runs whose end the test decides. What it starts
 * is stopped, what it writes is removed.
 */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { loadBook } from '../../src/book/load-book.ts';
import type { Emit, ReportedFailure, RunFinishedEvent } from '../../src/events.ts';
import { formatDiagnostics } from '../../src/manifest/diagnostics/diagnostic.ts';
import type { Preparation, RunEnd } from '../../src/watch/book-work.ts';
import type { InboxEvent } from '../../src/watch/events.ts';
import type { WatchOptions } from '../../src/watch/options.ts';
import { watchFolder } from '../../src/watch/watcher.ts';

const schemas = new Ajv2020({ strict: false, allErrors: true });
/** What programs rely on: every event of every test with a watched folder must be as the schema says. */
const isInboxEvent = schemas.compile(JSON.parse(await readFile('schema/inbox-event.schema.json', 'utf8')));

/** A run that is under way; the test ends it. */
export interface HeldRun {
  title: string;
  /** The text of the first chapter, as it was read for this run. */
  text: string;
  emit: Emit;
  signal: AbortSignal;
  /** What a person has approved for it. */
  agreement: { amount: number; id: string } | undefined;
  /** A person asked for another try. */
  retryRefused: boolean;
  finish(): void;
  /** Ends the run with a failure; not `early`: emits it for a segment, of the line `number`. */
  fail(trouble: ReportedFailure, of?: { early?: boolean; number?: string }): void;
  ended: boolean;
}

export interface WatchRig {
  folder: string;
  events: InboxEvent[];
  notices: string[];
  runs: HeldRun[];
  /** Manifests that were read completely. */
  prepared: string[];
  drop(name: string, content: string | Uint8Array): Promise<void>;
  path(...parts: string[]): string;
  /** The status file of a book, without its newline; empty when there is none. */
  status(name: string): Promise<string>;
  exists(name: string): Promise<boolean>;
  /** Resolves when the condition holds; rejects with what was seen after `withinMs`. */
  until(what: string, condition: () => boolean | Promise<boolean>, withinMs?: number): Promise<void>;
  /** Stops the watcher and starts it again on the same folder. */
  restart(parts?: Partial<WatchOptions>): Promise<void>;
  stop(): Promise<void>;
  destroy(): Promise<void>;
}

/** Runs end at once unless `hold`. `price`: the price of a book by its title and text. */
export interface RigOptions extends Partial<WatchOptions> {
  hold?: boolean;
  price?: (title: string, text: string) => number;
  /** A folder that another rig watches already. */
  shared?: string;
  start?: boolean;
}

/** A manifest with its text inside. */
export function manifest(title: string, text = 'Hello there.', language = 'en'): string {
  return [
    `book: { title: "${title}", language: ${language} }`,
    'characters: { narrator: { voice: qwen-tts-vc-a-voice-20250812105009984-838b } }',
    `chapters: [{ title: One, text: "${text}" }]`,
    '',
  ].join('\n');
}

/** A manifest whose chapter is in a file beside it. */
export function manifestOf(title: string, file: string): string {
  return manifest(title).replace('text: "Hello there."', `file: "${file}"`);
}

export async function watchRig(options: RigOptions = {}): Promise<WatchRig> {
  const { hold = false, price, shared, start = true, ...parts } = options;
  const base = await mkdtemp(join(tmpdir(), 'watch-rig-'));
  const folder = shared ?? join(base, 'inbox');
  await mkdir(folder, { recursive: true });
  const events: InboxEvent[] = [];
  /** Events that are not as the schema says. */
  const wrong: string[] = [];
  const notices: string[] = [];
  const runs: HeldRun[] = [];
  const prepared: string[] = [];
  let watching: Promise<void> = Promise.resolve();
  let stopper = new AbortController();

  const prepare = async (manifestPath: string): Promise<Preparation> => {
    const { book, diagnostics, sources } = await loadBook({ manifestPath });
    if (book === undefined) {
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      if (errors.every(({ code }) => code === 'file-not-found' || code === 'file-not-readable'))
        return { verdict: 'incomplete', missing: errors.map(({ message }) => /"(.+)"/.exec(message)?.[1] ?? message) };
      return { verdict: 'refused', text: formatDiagnostics({ diagnostics, sources, color: false }) };
    }
    prepared.push(manifestPath);
    const { title, author = '' } = book.manifest;
    const text = book.chapters[0]?.segments.map((segment) => segment.text).join(' ') ?? '';
    const amount = price?.(title, text) ?? 0;
    return {
      verdict: 'ready',
      title,
      author,
      segments: 1,
      price: { amount, currency: 'CNY' },
      billedCharacters: 100,
      run: ({ emit, signal, agreement, retryRefused = false }) =>
        run({ runs, hold, title, text, emit, signal, agreement, retryRefused, folder: join(folder, 'done', title) }),
    };
  };

  const begin = (more: Partial<WatchOptions> = {}): void => {
    stopper = new AbortController();
    watching = watchFolder({
      folder,
      outDir: join(folder, 'done'),
      workDir: join(base, 'work'),
      prepare,
      diagnose: async (manifestPath, decided) =>
        (await loadBook({ manifestPath, ...(decided && { decided }) })).diagnostics,
      emit: (event) => {
        // As a program gets it: one line of JSON.
        if (!isInboxEvent(JSON.parse(JSON.stringify(event))))
          wrong.push(`${JSON.stringify(event)}: ${schemas.errorsText(isInboxEvent.errors)}`);
        events.push(event);
      },
      notice: (message) => notices.push(message),
      signal: stopper.signal,
      booksAtOnce: 2,
      ...parts,
      ...more,
    });
    watching.catch(() => undefined);
  };
  const stop = async (): Promise<void> => {
    stopper.abort();
    await watching;
  };
  if (start) begin();

  const rig: WatchRig = {
    folder,
    events,
    notices,
    runs,
    prepared,
    path: (...names) => join(folder, ...names),
    drop: async (name, content) => {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    },
    status: async (name) => (await readFile(join(folder, `${name}.status.txt`), 'utf8').catch(() => '')).trim(),
    exists: async (name) => (await stat(join(folder, name)).catch(() => undefined)) !== undefined,
    until: async (what, condition, withinMs = 60_000) => {
      const end = performance.now() + withinMs;
      while (!(await condition())) {
        if (performance.now() > end) {
          const said = events.slice(-12).map((event) => JSON.stringify(event));
          throw new Error(`never: ${what}\n${said.join('\n')}\n${notices.join('\n')}\n${runs.length} runs`);
        }
        await new Promise((done) => setTimeout(done, 15));
      }
    },
    restart: async (more) => {
      await stop();
      begin(more);
    },
    stop,
    destroy: async () => {
      for (const held of runs) if (!held.ended) held.finish();
      await stop().catch(() => undefined);
      await rm(base, { recursive: true, force: true, maxRetries: 5 });
      if (wrong.length > 0) throw new Error(`schema/inbox-event.schema.json: ${wrong.join('\n')}`);
    },
  };
  return rig;
}

function run(of: {
  runs: HeldRun[];
  hold: boolean;
  title: string;
  text: string;
  emit: Emit;
  signal: AbortSignal;
  agreement: HeldRun['agreement'];
  retryRefused: boolean;
  folder: string;
}): Promise<RunEnd> {
  const { runs, hold, title, text, emit, signal, agreement, retryRefused, folder } = of;
  return new Promise((resolve) => {
    const end = (stoppedBy?: ReportedFailure, delivered = true): void => {
      if (held.ended) return;
      held.ended = true;
      resolve({ finished: finishedEvent(title, folder, delivered), stoppedBy });
    };
    const held: HeldRun = {
      title,
      text,
      emit,
      signal,
      agreement,
      retryRefused,
      ended: false,
      finish: () => end(),
      fail: (trouble, { early = true, number } = {}) => {
        const at = { chapter: 1, ordinal: 1, ...(number !== undefined && { number }), character: 'narrator', text };
        if (!early) emit({ type: 'segment.failed', ...at, ...trouble });
        end(early ? trouble : undefined, false);
      },
    };
    runs.push(held);
    const interrupt = (): void => end({ code: 'interrupted', message: 'Interrupted.' }, false);
    signal.addEventListener('abort', interrupt);
    // The watcher may have been asked to stop just before.
    if (signal.aborted) interrupt();
    if (!hold) end();
  });
}

/** The last event of a run of one chapter. */
export function finishedEvent(title: string, folder: string, delivered: boolean): RunFinishedEvent {
  const files = delivered ? [join(folder, '01 - One.mp3')] : [];
  return {
    type: 'run.finished',
    ok: delivered,
    simulated: true,
    voices: { enrolled: 0, reused: 1 },
    segments: { total: 1, synthesized: delivered ? 1 : 0, reused: 0, failed: delivered ? 0 : 1 },
    billedCharacters: delivered ? 100 : 0,
    calls: { enroll: 0, list: 0, synthesize: 1 },
    chapters: [{ index: 1, title, files, durationSeconds: 1, loudnessLufs: -20, verdict: delivered ? 'pass' : 'none' }],
    book: null,
    takes: { doubtful: 0, spokenAgain: 0 },
    planned: { billedCharacters: 100, cost: null, estimated: false, tokens: null },
    cost: null,
    billedDifference: 0,
    usage: null,
    unanswered: { calls: 0, billedCharacters: 0 },
    budget: null,
    folder,
    seconds: 1,
  };
}
