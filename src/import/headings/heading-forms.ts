/** What a line of a manuscript looks like as a heading. Pure. */
import { type HeadingShape, titleShape } from './heading-shapes.ts';

const LONGEST_LINE = 120;

/** How a line looks as a heading; undefined when it does not look like one. */
export function headingShape(line: string): HeadingShape | undefined {
  return (line.length > LONGEST_LINE ? undefined : looseShape(line)) ?? titleShape(line);
}

/** "07:15", "7:15 a.m.", "7.15 Uhr" */
const TIME = /^\d{1,2}(?::\d\d(?:\s?(?:[ap]\.?m\.?|uhr|h))?|[.:]\d\d\s?(?:[ap]\.?m\.?|uhr))$/i;

const LOWERCASE = /^(?:chapter|chap\.|kapitel|chapitre|cap[íi]tulo|capitolo|глава|bab)\s+\S/u;
const NAMED = /^(?:intermission|prelude|postlude)(?:\s*$|\s*[:.—–-]+\s*(?<title>\S.*)$)/iu;
/** "Chapter 1/3", "Part 2 of 3" */
const OF_SEVERAL = /^(\p{L}[\p{L} .]{1,20}\d{1,4})(?:\s?\/\s?\d{1,4}|\s(?:of|von|de|di|sur|из)\s\d{1,4})(?!\d)/u;

/** Forms in which people write headings, but hardly the titles of a manifest. */
function looseShape(line: string): HeadingShape | undefined {
  const inside = /^[[<]\s?(\P{N}.{1,80}?)\s?[\]>]$/su.exec(line)?.[1];
  if (inside !== undefined) return headingShape(inside);
  if (TIME.test(line)) return { kind: 'day', title: '', isTitled: false, isStrict: true };
  if (LOWERCASE.test(line)) {
    const shape = titleShape(line.charAt(0).toUpperCase() + line.slice(1));
    const isHead = shape?.kind === 'chapter' && !/[.!?…]$/.test(shape.title);
    return isHead ? { ...shape, isStrict: false, isLowercase: true } : undefined;
  }
  const title = NAMED.exec(line)?.groups?.['title'];
  if (NAMED.test(line)) return { kind: 'named', title: title ?? '', isTitled: title !== undefined, isStrict: true };
  return OF_SEVERAL.test(line) ? titleShape(line.replace(OF_SEVERAL, '$1')) : undefined;
}
