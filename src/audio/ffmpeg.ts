/**
 * Runs ffmpeg. The only file that knows fluent-ffmpeg, which is archived upstream: whoever replaces it by a plain
 * `spawn` rewrites this file and nothing else.
 */
import type { ChildProcess } from 'node:child_process';
import type { PassThrough, Writable } from 'node:stream';
import type fluent from 'fluent-ffmpeg';
import { interrupted, PipelineError, systemCode } from '../errors.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';

/** One run of ffmpeg. Options are passed as they are, without a shell and without splitting at spaces. */
export interface FfmpegRun {
  ffmpeg: Ffmpeg;
  /** What the run is for, as in `ffmpeg failed while ${doing}`. */
  doing: string;
  /**
   * A local file by absolute path, or bytes (one input at most) for standard input. A chunk is written whole before the
   * next is asked for, so its memory may be used again then.
   */
  inputs: { from: string | AsyncIterable<Uint8Array>; options: string[] }[];
  /** Filter graph (`-filter_complex`). */
  graph?: string;
  /** A local file by absolute path, or a stream (one at most) for standard output, made with `emitClose: false`. */
  outputs: { to: string | PassThrough; options: string[] }[];
  signal?: AbortSignal;
}

/**
 * Runs ffmpeg to its end and answers with what it said (its last 5000 lines, each with its level: `[info] …`).
 *
 * Only local files and pipes are opened, whatever a file refers to. When it rejects, the child is gone and an output
 * stream is destroyed with the same error; files may be half written and are the caller's to remove. Errors:
 * `interrupted`, `disk-full`, `ffmpeg-missing` (vanished, or without an encoder), `ffmpeg-failed` with the telling line
 * (retrying helps only when something killed the child), or the error of the input stream itself.
 */
export async function runFfmpeg(run: FfmpegRun): Promise<{ said: string }> {
  const { doing, signal } = run;
  const command = await build(run);
  const source = run.inputs.map(({ from }) => from).find((from) => typeof from !== 'string');
  let feeding: Promise<unknown> = Promise.resolve(undefined);
  let feedError: unknown;

  const kill = () => command.kill('SIGKILL');
  const started = new Promise<Ended>((resolve) => {
    command.on('start', () => {
      feeding = feed(command.ffmpegProc?.stdin, source).catch((error: unknown) => {
        feedError = error;
        // A broken pipe is ffmpeg's own end, which it explains better; any other error is the source's.
        if (!isBrokenPipe(error)) kill();
      });
      if (signal?.aborted) kill();
    });
    command.on('end', (_stdout, stderr) => resolve({ error: null, said: stderr ?? '' }));
    command.on('error', (error: Error, _stdout, stderr) => resolve({ error, said: stderr ?? '' }));
  });
  try {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', kill, { once: true });
    command.run();
    const ended = await started;
    await feeding;
    const failure = signal?.aborted ? interrupted(doing) : failureOf(run, ended, feedError);
    if (failure !== null) throw failure;
    return { said: ended.said };
  } catch (error) {
    const failure = signal?.aborted ? interrupted(doing) : error;
    for (const { to } of run.outputs) {
      if (typeof to !== 'string') to.destroy(failure instanceof Error ? failure : undefined);
    }
    throw failure;
  } finally {
    signal?.removeEventListener('abort', kill);
  }
}

interface Ended {
  error: Error | null;
  said: string;
}

/** The parts of a fluent command that its types leave out. */
interface Inner {
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
// The description of the input comes first, and a book with chapters has many lines; ffmpeg cuts each at 1 KiB.
const LINES_KEPT = 5000;

async function build({ ffmpeg, inputs, graph, outputs }: FfmpegRun): Promise<fluent.FfmpegCommand & Inner> {
  // Loaded here, because most commands never run ffmpeg and would wait for it at each start.
  const { default: start } = await import('fluent-ffmpeg');
  const command = start({ stdoutLines: LINES_KEPT }) as fluent.FfmpegCommand & Inner;
  const spawn = command._spawnFfmpeg;
  Object.assign(command, {
    // Before each run the library starts ffmpeg to list its formats and encoders; findFfmpeg has done that once.
    _checkCapabilities: (done: () => void) => done(),
    availableEncoders: (done: (error: null, encoders: object) => void) => done(null, {}),
    // Its own setting of the path is one variable for the whole process.
    _getFfmpegPath: (done: (error: null, path: string) => void) => done(null, ffmpeg.path),
    // When the program can not be started it hands on no lines, and then throws out of an event by reading them.
    _spawnFfmpeg(...[args, options, onStart, onEnd]: Parameters<Inner['_spawnFfmpeg']>) {
      spawn.call(command, args, options, onStart, (error, stdout = NO_LINES, stderr = NO_LINES) =>
        onEnd(error, stdout, stderr),
      );
    },
  });
  const quiet = ['-hide_banner', '-y', '-nostdin', '-nostats', '-loglevel', 'level+info'];
  inputs.forEach(({ from, options }, index) => {
    const access = ['-protocol_whitelist', 'file,pipe'];
    command.input(typeof from === 'string' ? `file:${from}` : 'pipe:0');
    // Several arguments, never one list: only then are they left unsplit ("title=Two words").
    command.inputOptions(...(index === 0 ? quiet : []), ...access, ...options);
  });
  if (graph !== undefined) command.complexFilter(graph);
  for (const { to, options } of outputs) {
    command.output(typeof to === 'string' ? `file:${to}` : to);
    // Nothing of the input's own tags, unless the run says what to take.
    const untagged = options.includes('-map_metadata') ? [] : ['-map_metadata', '-1'];
    command.outputOptions(...untagged, ...options);
  }
  return command;
}

async function feed(
  stdin: ChildProcess['stdin'] | undefined,
  source: AsyncIterable<Uint8Array> | undefined,
): Promise<void> {
  if (!stdin) return;
  // What goes wrong is told to the write that it went wrong for; without a listener the event would end the process.
  stdin.on('error', () => {});
  for await (const chunk of source ?? []) await written(stdin, chunk);
  stdin.end();
}

function written(stdin: Writable, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stdin.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}

function isBrokenPipe(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED';
}

function failureOf({ ffmpeg, doing }: FfmpegRun, { error, said }: Ended, feedError: unknown): unknown {
  if (feedError !== undefined && !isBrokenPipe(feedError)) return feedError;
  // Some versions end with 0 although the last bytes could not be written.
  if (/^\[(error|fatal)\].*No space left on device/m.test(said)) {
    const message = `The disk is full: ffmpeg could not write while ${doing}.`;
    return new PipelineError({ code: 'disk-full', message, retry: 'never', cause: error });
  }
  if (error === null) return null;
  const encoder = /Unknown encoder '([^']+)'/.exec(said)?.[1];
  if (encoder !== undefined || systemCode(error) !== undefined) {
    const problem = encoder === undefined ? `can not be started (${systemCode(error)})` : `has no encoder ${encoder}`;
    const message = `The ffmpeg at ${ffmpeg.path} ${problem}. Install a full build, or set FFMPEG_PATH to one.`;
    return new PipelineError({ code: 'ffmpeg-missing', message, retry: 'never', cause: error });
  }
  const signalName = /killed with signal (\S+)/.exec(error.message)?.[1];
  return new PipelineError({
    code: 'ffmpeg-failed',
    message: `ffmpeg failed while ${doing}: ${signalName ? `it was killed (${signalName})` : decisiveLine(said, error)}`,
    retry: signalName ? 'backoff' : 'never',
    cause: error,
  });
}

/** The first line that ffmpeg marked as an error; later ones are mostly consequences of it. */
function decisiveLine(said: string, error: Error): string {
  const line = said.split('\n').find((text) => /\[(error|fatal)\]/.test(text)) ?? error.message.split('\n', 1)[0]!;
  return line.replace(/\[[\w ,@-]*\] ?/g, '').slice(0, 300);
}
