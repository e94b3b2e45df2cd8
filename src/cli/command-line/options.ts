/** How values of options are read, and the options that several commands have. */
import { InvalidArgumentError, Option } from 'commander';

/** `--simulate`. */
export function simulateOption(): Option {
  return new Option('--simulate', 'use a simulated service inside this process; needs no key and costs nothing');
}

/** `--store DIR`, or a place on S3. */
export function storeOption(): Option {
  return new Option(
    '--store <dir>',
    'where voices, takes and masters are kept: a folder, or s3://bucket/prefix (default: .pipeline)',
  );
}

/** `--sessions N`. */
export function sessionsOption(): Option {
  return new Option('--sessions <n>', 'WebSocket sessions at once (default: 8)').argParser(atLeastOne);
}

/** For an option that may be given several times. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** A port; 0 takes a free one. */
export function port(text: string): number {
  const value = whole(text);
  if (value > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return value;
}

/** A whole number from 0. */
export function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('A whole number from 0 is needed.');
  return value;
}

/** A whole number from 1 to 1000. */
export function atLeastOne(text: string): number {
  const value = whole(text);
  if (value < 1 || value > 1000) throw new InvalidArgumentError('A whole number from 1 to 1000 is needed.');
  return value;
}

/** A number from 0. */
export function amount(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('A number from 0 is needed.');
  return value;
}

/** `--budget N`, read with the manifest: its currency is that of the prices. */
export function budgetOption(): Option {
  return new Option('--budget <sum>', 'most to spend, such as 5.00 or "5.00 CNY"; over it nothing is sent (exit 4)');
}

/** `--yes`. */
export function yesOption(): Option {
  return new Option('--yes', 'ask nothing; for scripts');
}
