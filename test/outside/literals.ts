/**
 * A net below all other readers: every word in the sources that looks as if somebody outside could know it. Names of files,
 * keys, headers, codes and settings have a hyphen, a point, a colon or a slash in them, or are all capitals; words without
 * any of these are left to the other readers.
 */
import ts from 'typescript';
import { sources, walk } from './program.ts';

/** Longest that a name is. */
const LONGEST = 80;
/** Not ours: our own modules, packages, arguments of ffmpeg, codes of the system and of the YAML reader, white space and patterns. */
const NOT_OURS =
  /^\.{1,2}\/|^node:|\.ts$|^@|^-[a-z+]|^E[A-Z]+$|^ERR_|^WS_ERR_|^[A-Z]+$|^(BAD|BLOCK|TAB|TAG|QUOTE|MISSING|MULTI\w+|NON|UNEXPECTED)_[A-Z_]+$|[^\x20-\x7e]|[\s\\()[\]{}<>=+;,|^$"'`?!%&#]/;
/** Packages, and words that only the code itself says: what happens to a book in memory, why a request is denied. */
const INTERNAL: ReadonlySet<string> = new Set([
  ...['bullmq-otel', 'fluent-ffmpeg', 'p-limit', 'prom-client', 'my-book', '_spawnFfmpeg'],
  ...['clean-up', 'write-rejection', 'remove-rejection', 'schedule-retry', 'price-asked', 'taken-elsewhere'],
  ...['not-whole', 'not-yet', 'foreign-page', 'foreign-name', 'no-token'],
  ...['already-delivered', 'approval-needed', 'claim-released', 'claimed-elsewhere', 'incomplete-file', 'retry-later'],
  ...['foreign-host', 'foreign-origin', 'no-id', 'Environment:', 'Examples:', 'Resumed.', 'option:*'],
]);
const LOOKS_OUTSIDE = /[a-z0-9][-._:/]|^[-._:/][a-z*]|^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$|\*/i;

/** Words, and shapes with `*` where something is put in, such as `*.damaged`. */
export function readLiterals(): { words: string[]; shapes: string[] } {
  const words = new Set<string>();
  const shapes = new Set<string>();
  for (const source of sources) {
    walk(source, (node) => {
      if (ts.isTemplateExpression(node)) {
        const shape = node.head.text + node.templateSpans.map(({ literal }) => `*${literal.text}`).join('');
        if (/[a-z]/i.test(shape) && isName(shape)) shapes.add(shape);
      } else if (ts.isStringLiteralLike(node) && isName(node.text)) words.add(node.text);
    });
  }
  return { words: [...words], shapes: [...shapes] };
}

function isName(text: string): boolean {
  return text.length <= LONGEST && !INTERNAL.has(text) && !NOT_OURS.test(text) && LOOKS_OUTSIDE.test(text);
}
