/** A worker's log: lines of JSON (pino's format) for machines, or short lines for people. */
import { hostname } from 'node:os';
import type { LogLevel } from '../../config/config.ts';
import type { LogLine } from '../../observe/step-log.ts';
import { plain } from '../screen/format.ts';
import type { Terminal } from '../screen/terminal.ts';

/** Format of a line. */
export type LogFormat = 'text' | 'json';

/** Writes lines as they come. */
export interface Log {
  write(line: LogLine): void;
  /** The log may contain words of the book. */
  readonly withText: boolean;
}

/** Opens the log on stdout. */
export async function openLog({
  format,
  level,
  terminal,
}: {
  format: LogFormat;
  level: LogLevel;
  terminal: Terminal;
}): Promise<Log> {
  const withText = level === 'debug';
  if (format === 'text') return { withText, write: (line) => writeText(line, level, terminal) };
  const { pino, stdTimeFunctions } = await import('pino');
  const logger = pino(
    {
      level,
      base: { pid: process.pid, hostname: hostname() },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => terminal.raw(line.trimEnd()) },
  );
  return { withText, write: ({ level: of, message, fields }) => logger[of](fields, message) };
}

const ORDER: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
const STYLES = { debug: 'dim', info: 'dim', warn: 'yellow', error: 'red' } as const;

function writeText({ level, message, fields }: LogLine, least: LogLevel, { out, paint }: Terminal): void {
  if (ORDER[level] < ORDER[least]) return;
  const time = new Date().toISOString().slice(11, 19);
  const rest = Object.entries(fields)
    .filter(([name]) => name !== 'step' && name !== 'end')
    .map(
      ([name, value]) => `${name}=${typeof value === 'string' && /[\s"=]/.test(value) ? JSON.stringify(value) : value}`,
    )
    .join(' ');
  out(`${paint('dim', time)} ${paint(STYLES[level], message)} ${plain(rest)}`);
}
