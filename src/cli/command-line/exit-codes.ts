/** Exit codes, and the failures that lead to them. Nothing else turns an error into an exit code. */
import { ConfigError } from '../../config/values.ts';
import { PipelineError } from '../../errors.ts';
import type { ErrorEvent, FailureCode } from '../../events.ts';

/** Relied upon from outside: add, never renumber. */
export const EXIT = {
  /** Everything was delivered. */
  ok: 0,
  /** Finished, but something was not delivered. */
  incomplete: 1,
  /** The manifest or the command line is wrong; nothing was sent. */
  wrongInput: 2,
  /** Something that is needed is missing or unreachable; everything made so far is kept. */
  unavailable: 3,
  /** Over budget, nothing spent. */
  overBudget: 4,
  /** Ctrl-C, SIGTERM or SIGHUP. */
  interrupted: 130,
} as const;

/** One of the codes above. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Failures of one piece of work: the rest of the book can be delivered, so the run is only incomplete. */
const OF_ONE_PIECE: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'sample-refused',
  'text-refused',
  'take-incomplete',
  'take-missing',
  'worker-died',
  'cancelled',
  'text-unaccounted',
  'lock-differs',
  'voice-not-found',
  'voice-pending',
  'store-damaged',
  'protocol-violation',
  'service-refused',
]);

/** The exit code for a failure of the given code. */
export function exitCodeOf(code: FailureCode): ExitCode {
  if (code === 'interrupted') return EXIT.interrupted;
  // Only before a run; a run that reaches its budget on the way ends as incomplete.
  if (code === 'over-budget') return EXIT.overBudget;
  return OF_ONE_PIECE.has(code) ? EXIT.incomplete : EXIT.unavailable;
}

/** What to print and the exit code when a command throws. Our own bugs keep their stack, so that they can be reported. */
export function describeFailure(error: unknown): Pick<ErrorEvent, 'code' | 'message'> & { exitCode: ExitCode } {
  if (error instanceof ConfigError) return { code: 'wrong-setting', message: error.message, exitCode: EXIT.wrongInput };
  if (error instanceof PipelineError) {
    return { code: error.code, message: error.message, exitCode: exitCodeOf(error.code) };
  }
  // Node's own functions, and whoever asks a signal, throw this when a command is stopped; whoever stops work for another reason catches it.
  if (error instanceof Error && error.name === 'AbortError')
    return { code: 'interrupted', message: 'Interrupted. Everything made so far is kept.', exitCode: EXIT.interrupted };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'internal',
    message: `Internal error: this is a fault of the program, not of your book. Everything made so far is kept. Please report this:\n${text}`,
    exitCode: EXIT.unavailable,
  };
}
