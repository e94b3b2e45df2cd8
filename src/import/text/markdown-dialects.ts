/**
 * Markup of Pandoc, Obsidian and others in a Markdown manuscript: fences `:::`, `[[wiki|links]]`, `==marks==`, formulas, notes in
 * the line, spans with attributes, lines of verse, tasks, raised and lowered digits, a backslash that breaks the line. Only the import knows it: in a chapter that exists, these signs are text. Pure.
 */

import { BREAK, MASK } from '../../script/text/markdown.ts';
import { isRaisedMarkText, raisedDigits } from '../html/note-shapes.ts';

/** A range that is not read; `kind` says why. */
export interface DialectMark {
  kind: 'markup' | 'formula' | 'note';
  start: number;
  end: number;
}

// Every part is bounded, so that a line of signs takes linear time. What is escaped has a masked backslash before it.
const DIALECT = new RegExp(
  [
    String.raw`(?<fence>^[ \t]{0,3}:{3,}[^\n\r]{0,200}$)`,
    String.raw`(?<definition>^[ \t]{0,3}:[ \t]{1,3}(?=\S))`,
    // A row of a table has more signs.
    String.raw`(?<verse>^[ \t]{0,3}\|[ \t](?=[^|\n]{0,2000}$))`,
    String.raw`(?<task>(?<=(?:^|${BREAK})[ \t]{0,12}${MASK}[ \t${MASK}]{0,12})\[[ xX]\](?=[ \t]))`,
    String.raw`(?<hard>\\(?=[ \t]*$))`,
    String.raw`(?<formula>\$\$[^$]{1,1000}\$\$|(?<![\p{L}\p{N}$])\$(?![\s\d$])[^$\n]{1,300}(?<!\s)\$(?![\p{L}\p{N}$])|\$\d[^$\s]{0,40}[\\^_=+*/][^$\n]{0,200}(?<!\s)\$(?![\p{L}\p{N}$]))`,
    String.raw`(?<note>\^\[[^[\]\n]{1,1000}\])`,
    String.raw`(?<wiki>\[\[(?<target>[^[\]|\n]{1,200}\|)?[^[\]|\n]{1,200}\]\])`,
    String.raw`(?<mark>==(?=[^\s=])[^=\n]{1,500}(?<=[^\s=])==)`,
    String.raw`(?<span>\[[^[\]\n]{1,500}\](?<attributes>\{[.#][^{}\n]{1,80}\}))`,
    String.raw`(?<after>(?<=\S)\{[.#][^{}\n]{1,80}\})`,
    String.raw`(?<sub>(?<![\s~])~[^\s~]{1,20}~(?!~))`,
    String.raw`(?<sup>(?<![\s^\[])\^[^\s^]{1,20}\^(?!\^))`,
  ]
    .map((part) => (/^\(\?<(?:fence|definition|verse|task)>/.test(part) ? part : `(?<!${MASK})${part}`))
    .join('|'),
  'gmu',
);

/** Masks this markup in a text that is masked already; its length stays. */
export function maskDialects(masked: string): { text: string; marks: DialectMark[] } {
  const out = masked.split('');
  const marks: DialectMark[] = [];
  const mask = (kind: DialectMark['kind'], start: number, end: number): void => {
    for (let at = start; at < end; at++) if (!/[\n\r]/.test(out[at]!)) out[at] = MASK;
    marks.push({ kind, start, end });
  };
  for (const { 0: all, index: start, groups: found = {} } of masked.matchAll(DIALECT)) {
    const end = start + all.length;
    if (found['fence'] !== undefined) {
      mask('markup', start, end);
      if (start > 0) out[start - 1] = BREAK;
      if (end < out.length) out[end] = BREAK;
    } else if (found['definition'] !== undefined) {
      mask('markup', start, end);
      if (start > 0) out[start - 1] = BREAK;
    } else if (found['verse'] !== undefined || found['task'] !== undefined || found['hard'] !== undefined)
      mask('markup', start, end);
    else if (found['formula'] !== undefined) mask('formula', start, end);
    else if (found['note'] !== undefined) mask('note', start, end);
    else if (found['after'] !== undefined) mask('markup', start, end);
    else if (found['sup'] !== undefined || found['sub'] !== undefined) {
      const [inner, as] = [all.slice(1, -1), found['sup'] === undefined ? 'lowered' : 'raised'] as const;
      if (as === 'raised' && isRaisedMarkText(inner, masked.slice(Math.max(0, start - 40), start)))
        mask('note', start, end);
      else {
        mask('markup', start, start + 1);
        mask('markup', end - 1, end);
        for (const [index, sign] of [...(raisedDigits(inner, as) ?? '')].entries()) out[start + 1 + index] = sign;
      }
    } else {
      const wide = found['wiki'] !== undefined || found['mark'] !== undefined ? 2 : 1;
      mask('markup', start, start + wide + (found['target']?.length ?? 0));
      mask('markup', end - (found['attributes']?.length ?? 0) - wide, end);
    }
  }
  return { text: out.join(''), marks };
}
