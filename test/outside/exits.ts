/** Exit codes: the numbers, and which failure ends with which. */
import { describeFailure, EXIT, exitCodeOf } from '../../src/cli/command-line/exit-codes.ts';
import { ConfigError } from '../../src/config/values.ts';
import type { FailureCode } from '../../src/events.ts';
import { typeNamed } from './program.ts';

/** Every failure that is told apart. */
const CODES = ['src/events.ts', 'FailureCode'] as const;

/** `disk-full 3`, … */
export function readExits(): string[] {
  const type = typeNamed(...CODES);
  const codes = (type.isUnion() ? type.types : [type]).flatMap((one) => (one.isStringLiteral() ? [one.value] : []));
  const numbers = Object.values(EXIT).map((number) => `exit ${number}`);
  const config = describeFailure(new ConfigError(''));
  return [
    ...numbers,
    ...codes.map((code) => `${code} ${exitCodeOf(code as FailureCode)}`),
    `${config.code} ${config.exitCode}`,
  ];
}
