/** Lines of Org mode and AsciiDoc in a text whose header says that it is one. Pure. */
import type { HeaderLines } from './header-lines.ts';
import type { LineRole, TextLine } from './text-layout.ts';

const HEADING = { 'Org mode': /^\*{1,6}(?=[ \t]+\S)/, AsciiDoc: /^={2,6}(?=[ \t]+\S)/ } as const;
/** Settings, drawers, comments; and the lines around a quotation or a box. */
const MARKUP = {
  'Org mode': /^(?:#\+[A-Za-z_]+(?:[: ].*)?|:[A-Za-z_-]{1,40}:(?: .*)?|# .*)$/,
  AsciiDoc: /^(?:\/\/.*|\[[^[\]]*\]|:!?[\w-]{1,60}!?:(?: .*)?|-{4,}|_{4,}|={4,}|\*{4,}|\.{4,}|--)$/,
} as const;

/** Marks the headings, of which one is enough, and the lines that are no words. */
export function markMarkup(
  lines: readonly TextLine[],
  roles: LineRole[],
  markup: NonNullable<HeaderLines['markup']>,
): void {
  for (const [at, { text, indent }] of lines.entries()) {
    const sign = indent === 0 ? HEADING[markup].exec(text)?.[0] : undefined;
    if (sign !== undefined) roles[at] = { kind: 'heading', level: sign.length };
    else if (MARKUP[markup].test(text)) roles[at] = { kind: 'markup' };
  }
}
