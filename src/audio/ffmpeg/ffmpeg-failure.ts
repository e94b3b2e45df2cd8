/** Why ffmpeg failed, and whether another try may do better. */
import { constants } from 'node:os';
import { PipelineError, systemCode } from '../../errors.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';

/** How a run ended. */
export interface FfmpegExit {
  error: Error | null;
  log: string;
}

/** Whether a write failed because ffmpeg reads no more. */
export function isBrokenPipe(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'ERR_STREAM_DESTROYED';
}

/** The failure of a run; null when there is none. `feedError`: what failed while its input was written. */
export function failureOf(
  { ffmpeg, doing }: { ffmpeg: Ffmpeg; doing: string },
  { error, log }: FfmpegExit,
  feedError: unknown,
): unknown {
  if (feedError !== undefined && !isBrokenPipe(feedError)) return feedError;
  // Some versions exit with 0 even if the last bytes could not be written.
  if (/^\[(error|fatal)\].*No space left on device/m.test(log)) {
    const message = `The disk is full: ffmpeg could not write while ${doing}.`;
    return new PipelineError({ code: 'disk-full', message, retry: 'never', cause: error });
  }
  if (error === null) return null;
  const encoder = /Unknown encoder '([^']+)'/.exec(log)?.[1];
  if (encoder !== undefined || systemCode(error) !== undefined) {
    const problem = encoder === undefined ? `cannot be started (${systemCode(error)})` : `has no encoder ${encoder}`;
    const message = `The ffmpeg at ${ffmpeg.path} ${problem}. Install a full build, or set FFMPEG_PATH to one.`;
    return new PipelineError({ code: 'ffmpeg-missing', message, retry: 'never', cause: error });
  }
  const signalName = killedBy(error);
  return new PipelineError({
    code: 'ffmpeg-failed',
    message: `ffmpeg failed while ${doing}: ${signalName ? `it was killed (${signalName})` : decisiveLine(log, error)}`,
    retry: signalName || isOfTheMachine(error, log) ? 'backoff' : 'never',
    cause: error,
  });
}

/** The signal that ended ffmpeg; a shell around it reports one as 128 and its number. */
function killedBy(error: Error): string | undefined {
  const name = /killed with signal (\S+)/.exec(error.message)?.[1];
  const number = Number(/exited with code (\d+)/.exec(error.message)?.[1]) - 128;
  return name ?? Object.entries(constants.signals).find(([, one]) => one === number && KILLING.has(number))?.[0];
}

const { SIGABRT, SIGBUS, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGKILL, SIGSEGV, SIGTERM } = constants.signals;
/** Signals that end a program from outside or by its own fault; other codes above 128 are ffmpeg's. */
const KILLING = new Set<number>([SIGABRT, SIGBUS, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGKILL, SIGSEGV, SIGTERM]);

/** The machine lacked something that another try may find; the file that was read is not to blame. */
function isOfTheMachine(error: Error, log: string): boolean {
  return (
    /Cannot allocate memory|Resource temporarily unavailable|error while loading shared libraries/.test(log) ||
    // A shell could not start it.
    /exited with code 12[67]\b/.test(error.message)
  );
}

/** The first error line of the log; later ones are usually consequences. */
function decisiveLine(log: string, error: Error): string {
  const line = log.split('\n').find((text) => /\[(error|fatal)\]/.test(text)) ?? error.message.split('\n', 1)[0]!;
  return line.replace(/\[[\w ,@-]*\] ?/g, '').slice(0, 300);
}
