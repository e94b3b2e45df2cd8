/** The tables of report.html. Pure. */
import type { TextName, Words } from './words/words.ts';

/** A column; `number` and `short` are never wrapped, `title` breaks no word that is shorter than 25 letters, and `name` and `long` keep room. */
export interface Column {
  name: TextName;
  kind: 'number' | 'short' | 'title' | 'name' | 'long';
}

/**
 * A table of cells that are HTML already, without the columns that are empty in all rows. On a narrow screen each row stands
 * as a block with the names of its columns; the roles keep it a table for screen readers.
 */
export function tableHtml({
  columns,
  rows,
  words,
}: {
  columns: readonly Column[];
  rows: readonly { cells: readonly string[]; className?: string }[];
  words: Words;
}): string {
  const used = columns.map((_, at) => at).filter((at) => rows.some(({ cells }) => cells[at] !== ''));
  const heads = used.map(
    (at) => `<th role="columnheader" class="${columns[at]!.kind}">${words(columns[at]!.name)}</th>`,
  );
  const body = rows.map(({ cells, className }) => {
    const row = used.map((at) => cell(columns[at]!.kind, words(columns[at]!.name), cells[at] ?? ''));
    return `<tr role="row"${className === undefined ? '' : ` class="${className}"`}>${row.join('')}</tr>`;
  });
  return `<div class="scroll"><table role="table" class="rows"><thead role="rowgroup"><tr role="row">${heads.join('')}</tr></thead>
<tbody role="rowgroup">${body.join('\n')}</tbody></table></div>`;
}

/** Its contents are one box, so that they stand together beside the column's name. */
function cell(kind: Column['kind'], name: string, html: string): string {
  const inside = html === '' ? '' : `<div>${html}</div>`;
  return `<td role="cell" class="${kind}" data-name="${name}">${inside}</td>`;
}
