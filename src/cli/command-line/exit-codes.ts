/** Exit codes, and which failure ends with which. Only the command line turns an error into one. */
import { ConfigError } from '../../config.ts';
import { PipelineError } from '../../errors.ts';
import type { ErrorEvent, FailureCode } from '../../events.ts';

/** Relied upon from outside: add, never renumber. */
export const EXIT = {
  /** All delivered. */
  ok: 0,
  /** Finished, but something was not delivered. */
  incomplete: 1,
  /** The manifest or the command line is wrong; nothing was sent. */
  wrongInput: 2,
  /** Something needed is missing or unreachable; what was made is kept. */
  unavailable: 3,
  /** Over budget, nothing spent. */
  overBudget: 4,
  /** Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;

/** One of the codes above. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Failures of one piece of work: the rest of the book can be delivered, so the run is merely incomplete. */
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
  'store-damaged',
  'protocol-violation',
  'service-refused',
]);

/** The exit code for a failure of the given code. */
export function exitCodeOf(code: FailureCode): ExitCode {
  if (code === 'interrupted') return EXIT.interrupted;
  // Only before a run; one that reaches its budget on the way ends as incomplete.
  if (code === 'over-budget') return EXIT.overBudget;
  return OF_ONE_PIECE.has(code) ? EXIT.incomplete : EXIT.unavailable;
}

/** What to print and how to end when a command threw. Our own bugs keep their stack: somebody must be able to report them. */
export function describeFailure(error: unknown): Pick<ErrorEvent, 'code' | 'message'> & { exitCode: ExitCode } {
  if (error instanceof ConfigError) return { code: 'wrong-setting', message: error.message, exitCode: EXIT.wrongInput };
  if (error instanceof PipelineError) {
    return { code: error.code, message: error.message, exitCode: exitCodeOf(error.code) };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'internal',
    message: `Internal error: this is a fault of the program, not of your book. What was made is kept.\n${text}`,
    exitCode: EXIT.unavailable,
  };
}
