/**
 * Runs ffmpeg. The only file that uses fluent-ffmpeg, which is archived upstream, so that only this file needs to change to
 * replace it with `spawn`.
 */
import type { ChildProcess } from 'node:child_process';
import { stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type fluent from 'fluent-ffmpeg';
import { interrupted, PipelineError } from '../../errors.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';
import { type FfmpegExit, failureOf, isBrokenPipe } from './ffmpeg-failure.ts';
import { type ProgressWatch, STALL_LIMIT_MS, watchProgress } from './ffmpeg-progress.ts';
import { type OnBytes, type OutputPipe, openOutputPipe } from './output-pipe.ts';

/** One run of ffmpeg. Options are passed unchanged, without a shell and without splitting at spaces. */
export interface FfmpegRun {
  ffmpeg: Ffmpeg;
  /** The purpose, for messages such as `ffmpeg failed while ${doing}`. */
  doing: string;
  /**
   * A local file by absolute path, or bytes (at most one input) for standard input. A chunk is written completely before the
   * next one is requested, so its memory may then be reused.
   */
  inputs: { from: string | AsyncIterable<Uint8Array>; options: string[] }[];
  /** Filter graph (`-filter_complex`). */
  graph?: string;
  /**
   * A local file by absolute path, or (at most one) a receiver of standard output: a stream created with `emitClose: false`, or what is
   * to be called with its bytes, which costs least. ffmpeg is stopped when that throws.
   */
  outputs: { to: string | Writable | OnBytes; options: string[] }[];
  signal?: AbortSignal;
}

/**
 * Runs ffmpeg to its end and returns its log (the last 5000 lines, each with its level: `[info] …`).
 *
 * Opens only local files and pipes, whatever a file refers to. When it rejects, the process has ended (or does not even end
 * when it is killed) and the output stream is destroyed with the same error; the caller must remove incomplete files. Errors:
 * `interrupted`, `disk-full`, `ffmpeg-missing` (deleted, or without an encoder), `ffmpeg-failed` with the decisive line
 * (retried when the process was killed, hung, or ended without its files), or the error of the input stream or the receiver.
 */
export async function runFfmpeg(run: FfmpegRun): Promise<{ log: string }> {
  const { doing, signal } = run;
  let receiverFailure: { error: unknown } | undefined;
  const onBytes = run.outputs.map(({ to }) => to).find((to) => typeof to === 'function');
  const pipe = await pipeTo(onBytes, (error) => {
    receiverFailure ??= { error };
    kill();
  });
  const command = await build(run, pipe);
  const source = run.inputs.map(({ from }) => from).find((from) => typeof from !== 'string');
  let feeding: Promise<unknown> = Promise.resolve(undefined);
  let feedError: unknown;

  let watch: ProgressWatch | undefined;
  let killed: NodeJS.Timeout | undefined;
  let isStalled = false;
  const started = new Promise<FfmpegExit>((resolve) => {
    command.on('start', () => {
      if (command.ffmpegProc) pipe?.attach(command.ffmpegProc);
      watch = watchRun({ run, child: command.ffmpegProc, pipe }, () => {
        isStalled = true;
        kill();
      });
      feeding = feed(command.ffmpegProc?.stdin, source, watch).catch((error: unknown) => {
        feedError = error;
        // A broken pipe means that ffmpeg ended, and its log explains why; other errors come from the source.
        if (!isBrokenPipe(error)) kill();
      });
      if (signal?.aborted) kill();
    });
    command.on('stderr', () => watch?.moved());
    command.on('end', (_stdout, stderr) => resolve({ error: null, log: stderr ?? '' }));
    command.on('error', (error: Error, _stdout, stderr) => resolve({ error, log: stderr ?? '' }));
  });
  function kill(): void {
    command.kill('SIGKILL');
    killed ??= setTimeout(() => abandon(command, pipe), KILL_LIMIT_MS);
  }
  try {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', kill, { once: true });
    command.run();
    const ended = await started;
    await feeding;
    // A program that could not be started has closed nothing.
    if (ended.error === null) await pipe?.ended;
    if (receiverFailure !== undefined) throw receiverFailure.error;
    const failure = signal?.aborted
      ? interrupted(doing)
      : isStalled
        ? stalledError(run)
        : (failureOf(run, ended, feedError) ?? (await missingOutput(run)));
    if (failure !== null) throw failure;
    return { log: ended.log };
  } catch (error) {
    const failure = signal?.aborted ? interrupted(doing) : error;
    for (const { to } of run.outputs) {
      if (isStream(to)) to.destroy(failure instanceof Error ? failure : undefined);
    }
    throw failure;
  } finally {
    watch?.stop();
    pipe?.close();
    clearTimeout(killed);
    signal?.removeEventListener('abort', kill);
  }
}

/** How long a killed ffmpeg may take to end, in milliseconds; its own children may hold its pipes open. */
const KILL_LIMIT_MS = 1_000;

/** Stops waiting for a process that does not end, or whose pipes its children hold open. */
function abandon(command: fluent.FfmpegCommand & FluentInternals, pipe: OutputPipe | undefined): void {
  const child = command.ffmpegProc;
  pipe?.close();
  for (const pipe of [child?.stdin, child?.stdout, child?.stderr]) pipe?.destroy();
  const isGone = child === undefined || child.exitCode !== null || child.signalCode !== null;
  if (!isGone) command.emit('error', new Error('it does not end when it is killed'), '', '');
}

/** A pipe to a receiver, if there is one; `onFailure` is told what it throws, and it is called no more. */
async function pipeTo(
  onBytes: OnBytes | undefined,
  onFailure: (error: unknown) => void,
): Promise<OutputPipe | undefined> {
  if (onBytes === undefined) return undefined;
  let hasFailed = false;
  return openOutputPipe((bytes) => {
    if (hasFailed) return;
    try {
      onBytes(bytes);
    } catch (error) {
      hasFailed = true;
      onFailure(error);
    }
  });
}

function isStream(to: string | Writable | OnBytes): to is Writable {
  return typeof to === 'object';
}

function watchRun(
  { run, child, pipe }: { run: FfmpegRun; child: ChildProcess | undefined; pipe: OutputPipe | undefined },
  onStall: () => void,
): ProgressWatch {
  const files = run.outputs.flatMap(({ to }) => (typeof to === 'string' ? [to] : []));
  const stream = run.outputs.map(({ to }) => to).find(isStream);
  const bytesRead = () => pipe?.bytesRead() ?? (child?.stdout as { bytesRead?: number } | null)?.bytesRead ?? 0;
  return watchProgress({ bytesRead, files, stream, limitMs: run.ffmpeg.stallLimitMs ?? STALL_LIMIT_MS, onStall });
}

function stalledError({ ffmpeg, doing }: FfmpegRun): PipelineError {
  const seconds = (ffmpeg.stallLimitMs ?? STALL_LIMIT_MS) / 1_000;
  const message = `ffmpeg made no progress for ${seconds} s while ${doing}, so it was stopped. If that happens again, check the machine and its disk, or try another ffmpeg (FFMPEG_PATH).`;
  return new PipelineError({ code: 'ffmpeg-failed', message, retry: 'backoff' });
}

/** The failure of an ffmpeg that reports success but has not written a file; null when all are there. */
async function missingOutput({ doing, outputs }: FfmpegRun): Promise<PipelineError | null> {
  for (const { to } of outputs) {
    if (typeof to !== 'string' || ((await stat(to).catch(() => undefined))?.size ?? 0) > 0) continue;
    const message = `ffmpeg reported success but wrote nothing while ${doing}. Try another ffmpeg (FFMPEG_PATH).`;
    return new PipelineError({ code: 'ffmpeg-failed', message, retry: 'backoff' });
  }
  return null;
}

/** The members of a fluent command that its types omit. */
interface FluentInternals {
  ffmpegProc?: ChildProcess;
  _spawnFfmpeg(
    args: string[],
    options: object,
    onStart: (...started: unknown[]) => void,
    onEnd: (error: Error | null, stdout?: Lines, stderr?: Lines) => void,
  ): void;
}
interface Lines {
  get(): string;
}

const NO_LINES: Lines = { get: () => '' };
// The description of the input comes first, and a book with chapters has many lines; ffmpeg truncates each at 1 KiB.
const MOST_LOG_LINES = 5000;

async function build(
  { ffmpeg, inputs, graph, outputs }: FfmpegRun,
  pipe: OutputPipe | undefined,
): Promise<fluent.FfmpegCommand & FluentInternals> {
  // Loaded here, because most commands never run ffmpeg and would wait for it at each start.
  const { default: start } = await import('fluent-ffmpeg');
  const command = start({ stdoutLines: MOST_LOG_LINES }) as fluent.FfmpegCommand & FluentInternals;
  const spawn = command._spawnFfmpeg;
  Object.assign(command, {
    // Before each run the library would start ffmpeg to list its formats and encoders, which findFfmpeg has done.
    _checkCapabilities: (done: () => void) => done(),
    availableEncoders: (done: (error: null, encoders: object) => void) => done(null, {}),
    // The library's own path setting is global to the process.
    _getFfmpegPath: (done: (error: null, path: string) => void) => done(null, ffmpeg.path),
    // When the program cannot be started, the library passes no lines and then throws when it reads them.
    _spawnFfmpeg(...[args, options, onStart, onEnd]: Parameters<FluentInternals['_spawnFfmpeg']>) {
      // The library would keep the lines of a standard output that is no stream of ours.
      const piped = pipe && { stdio: ['pipe', pipe.childEnd, 'pipe'], captureStdout: false };
      spawn.call(command, args, { ...options, ...piped }, onStart, (error, stdout = NO_LINES, stderr = NO_LINES) =>
        onEnd(error, stdout, stderr),
      );
    },
  });
  const quiet = ['-hide_banner', '-y', '-nostdin', '-nostats', '-loglevel', 'level+info'];
  inputs.forEach(({ from, options }, index) => {
    const access = ['-protocol_whitelist', 'file,pipe'];
    command.input(typeof from === 'string' ? `file:${from}` : 'pipe:0');
    // Several arguments, not one list: the library splits lists at spaces ("title=Two words").
    command.inputOptions(...(index === 0 ? quiet : []), ...access, ...options);
  });
  if (graph !== undefined) command.complexFilter(graph);
  for (const { to, options } of outputs) {
    command.output(typeof to === 'string' ? `file:${to}` : isStream(to) ? to : 'pipe:1');
    // Drop the input's tags, unless the run selects some.
    const untagged = options.includes('-map_metadata') ? [] : ['-map_metadata', '-1'];
    command.outputOptions(...untagged, ...options);
  }
  return command;
}

async function feed(
  stdin: ChildProcess['stdin'] | undefined,
  source: AsyncIterable<Uint8Array> | undefined,
  watch: ProgressWatch,
): Promise<void> {
  if (!stdin) return;
  // Errors are reported by the failed write; without a listener the event would crash the process.
  stdin.on('error', () => {});
  const chunks = source?.[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = chunks && (await watch.ours(chunks.next()));
      if (next === undefined || next.done) break;
      await written(stdin, next.value);
      watch.moved();
    }
  } finally {
    await chunks?.return?.();
  }
  stdin.end();
}

function written(stdin: Writable, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stdin.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
