/** Printing: streams, colour and the width of text. The only module that writes to the terminal. */
import { styleText } from 'node:util';
import { isDumbTerminal } from '../../config.ts';

/** Where a command prints. Tests and `--json` swap it. */
export interface Terminal {
  /** A line of result on stdout. */
  out(line: string): void;
  /** A line of trouble on stderr. */
  err(line: string): void;
  /** Rewrites the last line in place (a live terminal), or does nothing. Empty text clears it. */
  live(line: string): void;
  /** Whether stdout is a terminal that can rewrite a line. */
  isLive: boolean;
  /** Paints text for stdout, or returns it as it is when colour is off (NO_COLOR, no terminal). */
  paint(style: Style, text: string): string;
  /** Columns of the terminal; 80 when unknown. */
  columns: number;
  /** Colour on stderr, for diagnostics. */
  colorOnStderr: boolean;
}

/** What `paint` can do; names as `node:util` has them. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** The process's own streams. A closed pipe (`| head`) ends the program quietly instead of crashing it. */
export function openTerminal(): Terminal {
  process.stdout.on('error', brokenPipeListener());
  const isLive = process.stdout.isTTY === true && !isDumbTerminal();
  let liveShown = false;
  const clear = (): void => {
    if (liveShown) process.stdout.write('\r\x1b[K');
    liveShown = false;
  };
  return {
    out(line) {
      clear();
      process.stdout.write(`${line}\n`);
    },
    err(line) {
      clear();
      process.stderr.write(`${line}\n`);
    },
    live(line) {
      if (!isLive) return;
      clear();
      if (line === '') return;
      process.stdout.write(shorten(line, (process.stdout.columns ?? 80) - 1));
      liveShown = true;
    },
    isLive,
    paint: (style, text) => styleText(style, text, { stream: process.stdout }),
    columns: process.stdout.columns ?? 80,
    colorOnStderr: hasColor(process.stderr),
  };
}

/** Text from outside without what could move the cursor or change the terminal. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ');
}

/** Columns that text takes: East Asian wide characters and emoji take two, combining marks none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}|\p{Cf}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Pads with blanks to a width in columns; longer text is returned as it is. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return side === 'right' ? text + blanks : blanks + text;
}

/** Cuts text to a width in columns, with an ellipsis when something was cut. */
export function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += textWidth(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}

/** `1:02:03`, `4:05`. Rounded to whole seconds. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value % 60).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${two(whole)}` : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(whole)}`;
}

/** `1,234`. */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 voice`, `3 voices`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${grouped(value)} ${value === 1 ? one : many}`;
}

function hasColor(stream: NodeJS.WriteStream): boolean {
  return styleText('red', 'x', { stream }) !== 'x';
}

/** Nobody reads on: work under way is stopped like by Ctrl-C, and a command that only prints ends well. */
function brokenPipeListener(): (error: NodeJS.ErrnoException) => void {
  let heard = false;
  return (error) => {
    if (error.code !== 'EPIPE') throw error;
    // Every further line fails in the same way; a second signal would end the program at once.
    if (heard) return;
    heard = true;
    if (process.listenerCount('SIGTERM') === 0) process.exit(0);
    process.emit('SIGTERM');
  };
}
