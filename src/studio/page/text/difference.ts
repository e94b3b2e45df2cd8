/** A unified difference, line by line, for the page to show. Pure. */

/** `same`: context, `gap`: where lines are left out. */
export interface DifferenceLine {
  kind: 'removed' | 'added' | 'same' | 'gap';
  text: string;
}

/** Reads a unified difference; its headings are left out. */
export function differenceLines(unified: string): DifferenceLine[] {
  const lines: DifferenceLine[] = [];
  let inHunk = false;
  for (const line of unified.replace(/\n$/, '').split('\n')) {
    if (line.startsWith('@@')) {
      if (inHunk) lines.push({ kind: 'gap', text: '⋯' });
      inHunk = true;
    } else if (!inHunk || line.startsWith('\\')) continue;
    else if (line.startsWith('-')) lines.push({ kind: 'removed', text: line.slice(1) });
    else if (line.startsWith('+')) lines.push({ kind: 'added', text: line.slice(1) });
    else lines.push({ kind: 'same', text: line.slice(1) });
  }
  return lines;
}
