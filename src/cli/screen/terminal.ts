/** Printing: streams, colors, lines that fit the terminal. The only module that writes to the terminal. */
import { styleText } from 'node:util';
import { isDumbTerminal } from '../../config/config.ts';
import { textWidth } from './text-width.ts';
import { wrap } from './wrap.ts';

/** Where a command prints. */
export interface Terminal {
  /** Prints text for people on stdout, wrapped to the terminal's width. */
  out(text: string): void;
  /** Prints text for people on stderr, wrapped to the terminal's width. */
  err(text: string): void;
  /** Prints a line for programs on stdout: JSON, or what is laid out already. Never wrapped. */
  raw(line: string): void;
  /**
   * Rewrites the last line in place (a live terminal), or does nothing. Shows as many parts as fit, so the most important
   * come first. No parts: clears it.
   */
  live(parts: readonly string[]): void;
  /** Whether stdout is a terminal that can rewrite a line. */
  isLive: boolean;
  /** Paints text for stdout, or returns it as it is when color is off (NO_COLOR, no terminal). */
  paint(style: Style, text: string): string;
  /** Columns of stdout; `Infinity` when it is no terminal: nothing is wrapped then. */
  columns: number;
  /** Columns of stderr, the same way. */
  columnsOnStderr: number;
  /** Color on stderr, for diagnostics. */
  colorOnStderr: boolean;
}

/** What `paint` can do; names as `node:util` has them. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Between two parts of a live line. */
const SEPARATOR = ' · ';

/** The process's own streams. */
export function openTerminal(): Terminal {
  const isLive = process.stdout.isTTY === true && !isDumbTerminal();
  let liveShown = false;
  const clear = (): void => {
    if (liveShown) process.stdout.write('\r\x1b[K');
    liveShown = false;
  };
  return {
    out(text) {
      clear();
      writeWrapped(process.stdout, text);
    },
    err(text) {
      clear();
      writeWrapped(process.stderr, text);
    },
    raw(line) {
      clear();
      process.stdout.write(`${line}\n`);
    },
    live(parts) {
      if (!isLive) return;
      clear();
      const line = liveLine(parts, columnsOf(process.stdout) - 1);
      if (line === '') return;
      process.stdout.write(line);
      liveShown = true;
    },
    isLive,
    paint: (style, text) => styleText(style, text, { stream: process.stdout }),
    columns: columnsOf(process.stdout),
    columnsOnStderr: columnsOf(process.stderr),
    colorOnStderr: styleText('red', 'x', { stream: process.stderr }) !== 'x',
  };
}

/** Writes text and a line break, wrapped when the stream is a terminal. */
export function writeWrapped(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${wrap(text, columnsOf(stream)).join('\n')}\n`);
}

/** Columns of a terminal, 80 when it does not say; `Infinity` for a pipe or a file, whose reader wraps for itself. */
function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY === true ? stream.columns || 80 : Number.POSITIVE_INFINITY;
}

/** Drops parts from the end until the line fits; a part is never cut. */
export function liveLine(parts: readonly string[], width: number): string {
  let line = '';
  for (const part of parts) {
    const longer = line === '' ? `  ${part}` : line + SEPARATOR + part;
    if (textWidth(longer) > width) break;
    line = longer;
  }
  return line;
}
