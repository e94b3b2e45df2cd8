/** docs/reference/exit-codes.md, from the tables of exit codes and failures. */
import { EXIT, type ExitCode, exitCodeOf } from '../../src/cli/command-line/exit-codes.ts';
import { EXIT_CODES, FAILURE_MEANINGS } from '../../src/cli/command-line/failure-meanings.ts';
import type { FailureCode } from '../../src/events.ts';
import { code, document, plain, table } from './markdown.ts';

/** The document. */
export function exitCodesDocument(): string {
  return document([
    '# Exit codes',
    table(
      ['exit code', 'meaning'],
      EXIT_CODES.map(([number, meaning]) => [number, plain(meaning)]),
    ),
    '## Failure codes',
    'The `code` of a failure in events, reports and the library. The exit code is the one with which a command ends when the failure ends it; in a run that goes on, the failure of one piece leads to exit code 1.',
    table(
      ['code', 'meaning', 'exit code'],
      Object.entries(FAILURE_MEANINGS).map(([name, meaning]) => [
        code(name),
        plain(meaning),
        String(exitOf(name as keyof typeof FAILURE_MEANINGS)),
      ]),
    ),
  ]);
}

function exitOf(name: keyof typeof FAILURE_MEANINGS): ExitCode {
  const isWrongInput = name === 'wrong-command-line' || name === 'wrong-setting' || name === 'manifest-mistakes';
  return isWrongInput ? EXIT.wrongInput : exitCodeOf(name satisfies FailureCode);
}
