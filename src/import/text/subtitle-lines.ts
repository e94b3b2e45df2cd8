/** What each line of a subtitle file (SubRip, WebVTT) is. Pure. */
import type { TextLine } from './text-layout.ts';

/** A line with words to speak, or why it has none. */
export type SubtitleLine = { line: TextLine; startsCue: boolean } | { line: TextLine; reason: string };

/** SubRip writes a comma, WebVTT a point; WebVTT may leave the hours out, and adds settings behind. */
const TIMES = /^(?:\d{1,3}:)?\d{1,2}:\d{2}[,.]\d{1,3}\s*-->\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[,.]\d{1,3}(?:\s|$)/;

/** Whether a text begins as a subtitle file does. */
export function isSubtitles(text: string): boolean {
  const start = text.slice(0, 4000).replace(/^\ufeff/, '');
  if (/^WEBVTT(?:[ \t\r\n]|$)/.test(start)) return true;
  const [first, second] = start.trimStart().split(/\r\n|\n|\r/, 2);
  return TIMES.test(first?.trim() ?? '') || (/^\d{1,6}$/.test(first?.trim() ?? '') && TIMES.test(second?.trim() ?? ''));
}

/** The lines with letters, each with its part in the file. */
export function subtitleLines(lines: readonly TextLine[]): SubtitleLine[] {
  const out: SubtitleLine[] = [];
  /** Why the lines up to the next blank one are no words. */
  let block = /^\ufeff?WEBVTT/.test(lines[0]?.text ?? '') ? 'header' : undefined;
  let hasCue = false;
  let startsCue = false;
  let isBlank = true;
  for (const [index, line] of lines.entries()) {
    const { text } = line;
    if (text === '') {
      block = undefined;
      isBlank = true;
      continue;
    }
    if (isBlank) block ??= BLOCKS[/^(?:NOTE|STYLE|REGION)(?=\s|$)/.exec(text)?.[0] ?? ''];
    const isTimes = TIMES.test(text);
    const isNumber = TIMES.test(lines[index + 1]?.text ?? '') && (isBlank || /^\d{1,6}$/.test(text));
    if (isTimes) [block, hasCue, startsCue] = [undefined, true, true];
    const reason = isTimes
      ? 'time code'
      : (block ?? (isNumber ? 'number of a subtitle' : hasCue ? undefined : 'header'));
    if (reason !== undefined) out.push({ line, reason });
    else {
      out.push({ line, startsCue });
      startsCue = false;
    }
    isBlank = false;
  }
  return out;
}

const BLOCKS: Readonly<Record<string, string>> = { NOTE: 'comment', STYLE: 'style rule', REGION: 'style rule' };
