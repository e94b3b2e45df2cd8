/** What exit codes and failures mean, in a phrase each: for `--help` and docs/reference/exit-codes.md. */
import type { ErrorEvent } from '../../events.ts';
import { EXIT } from './exit-codes.ts';

/** The meaning of each exit code. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'everything was delivered',
  incomplete: 'the run finished, but something was not delivered or fails its check',
  wrongInput: 'the manifest or the command line is wrong; nothing was sent',
  unavailable: 'something that is needed is missing or unreachable; everything made so far is kept',
  overBudget: 'over budget; nothing was sent',
  interrupted: 'interrupted; run again to continue',
};

/** The meaning of each failure code, and what to do. */
export const FAILURE_MEANINGS: Readonly<Record<ErrorEvent['code'], string>> = {
  'wrong-command-line': 'a command, a flag or the value of a flag is wrong',
  'wrong-setting': 'a setting of the environment, or a file that it names, is wrong',
  'manifest-mistakes': 'the manifest or a file of the book has errors; `diagnostics` lists them all',
  internal: 'a fault of the program; please report it',
  'key-missing': 'there is no API key; set DASHSCOPE_API_KEY or add --simulate',
  'key-refused': 'the service refused the API key; it may belong to another region',
  'account-blocked': 'the account owes money, is not activated, or is not allowed to use the model',
  'service-unreachable': 'no connection to the service',
  'service-refused': 'the service refused a request for another reason; the message repeats it',
  'service-failed': 'the service had a failure of its own',
  throttled: "the account's limit was reached, and waiting did not help",
  'model-unknown': 'the service does not know the model',
  'voice-not-found': 'the service does not know the voice',
  'voice-pending': 'the voice is not ready yet; run again later',
  'voice-quota-full': 'the account has no room for another voice',
  'sample-refused': "the service refused a character's sample",
  'text-refused': 'the service refused the words of a segment; change them, or send them again with --retry-refused',
  'session-lost': 'the connection broke while a segment was spoken',
  'take-incomplete': 'the service did not complete a take',
  'protocol-violation': 'the service answered what its protocol does not allow',
  'ffmpeg-missing': 'there is no ffmpeg that runs; `pipeline doctor` says where it was searched',
  'ffmpeg-failed': 'ffmpeg failed',
  'queue-unreachable': 'no connection to the queue (REDIS_URL)',
  'store-unwritable': 'the store cannot be written',
  'store-unreachable': 'no connection to the store on S3',
  'store-damaged': 'a file of the store is damaged or missing',
  'disk-full': 'a disk is full',
  'input-unreadable': 'a file of the book cannot be read',
  'port-unavailable': 'another program uses the port, or this user is not allowed to',
  'take-missing': 'a chapter lacks a take, so it was not mastered',
  'worker-died': 'a step was given up because each worker that began it died',
  cancelled: 'an operator cancelled the book',
  'text-unaccounted': 'some of the text is in no take; the chapter is not sealed',
  'lock-differs': 'run --locked: what would be delivered differs from book.lock',
  'lock-unmet': 'run --locked: the store lacks what book.lock names',
  'over-budget': 'the plan costs more than the budget; nothing was sent',
  interrupted: 'Ctrl-C, SIGTERM or SIGHUP; run again to continue',
};

/** Code and meaning, for `--help`. */
export const EXIT_CODES = Object.entries(EXIT).map(
  ([name, code]) => [String(code), EXIT_MEANINGS[name as keyof typeof EXIT]] as const,
);
