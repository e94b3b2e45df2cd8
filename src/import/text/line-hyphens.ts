/** Joins words that were divided at the end of a line. Pure. */

/** Words with these before a hyphen keep it, whether or not the text has them elsewhere. */
const KEPT_BEFORE = new Set(
  'well ill self half all ever ex so non mid cross great old twenty thirty forty fifty sixty seventy eighty ninety'.split(
    ' ',
  ),
);
/** "Haupt- und Nebenstraße": the hyphen stands for a word that comes later. */
const KEPT_AFTER = /^(?:und|oder|bis|bzw|and|or|to|et|ou|y|o|e)$/iu;
const DIVIDED = /(?<![\p{L}\p{M}\p{N}-])([\p{L}\p{M}][\p{L}\p{M}'’-]{0,60})([-‐\u00ad¬])\n([\p{L}\p{M}]+)(-?)/gu;
/** Quicker, and true of every text that the other matches. */
const MAYBE_DIVIDED = /[-‐\u00ad¬]\n/u;

/**
 * A function that joins the divided words of a paragraph. "inter-⏎national" loses its hyphen, "well-⏎known" keeps it: the rest of
 * the text decides where it has the word, and a short list where it has not.
 */
export function hyphenJoiner(paragraphs: readonly string[]): (paragraph: string) => string {
  const asked = new Set<string>();
  /** How often a word is only the half of a divided one. */
  const halves = new Map<string, number>();
  for (const text of paragraphs) {
    if (!MAYBE_DIVIDED.test(text)) continue;
    for (const [, before, , after] of text.matchAll(DIVIDED)) {
      asked.add(`${lastPart(before!)}${after}`.toLowerCase());
      for (const half of [lastPart(before!).toLowerCase(), after!.toLowerCase()])
        halves.set(half, (halves.get(half) ?? 0) + 1);
      asked.add(`${lastPart(before!)}-${after}`.toLowerCase());
    }
  }
  if (asked.size === 0) return (text) => text;
  const found = new Map<string, number>();
  for (const text of paragraphs) {
    for (const [word] of text.matchAll(/[\p{L}\p{M}]+(?:-[\p{L}\p{M}]+)?/gu)) {
      const plain = word.toLowerCase();
      if (asked.has(plain) || halves.has(plain)) found.set(plain, (found.get(plain) ?? 0) + 1);
    }
  }
  return (text) => {
    if (!MAYBE_DIVIDED.test(text)) return text;
    return text.replace(DIVIDED, (all, before: string, mark: string, after: string, more: string) => {
      if (mark === '\u00ad' || mark === '¬') return `${before}${after}${more}`;
      if (KEPT_AFTER.test(after)) return all;
      return `${before}${isCompound(before, after, more, { found, halves }) ? '-' : ''}${after}${more}`;
    });
  };
}

function isCompound(
  before: string,
  after: string,
  more: string,
  { found, halves }: { found: ReadonlyMap<string, number>; halves: ReadonlyMap<string, number> },
): boolean {
  // "Baden-Baden", "mother-in-law", "up-to-date".
  if (/^\p{Lu}/u.test(after) && before !== before.toUpperCase()) return true;
  if (before.includes('-') || more !== '') return true;
  const joined = found.get(`${before}${after}`.toLowerCase()) ?? 0;
  const apart = found.get(`${before}-${after}`.toLowerCase()) ?? 0;
  if (joined !== apart) return apart > joined;
  if (KEPT_BEFORE.has(before.toLowerCase())) return true;
  // "fellow-⏎travellers": both are words of this text, and the joined word is not.
  const isWord = (part: string): boolean => part.length >= 4 && (found.get(part) ?? 0) > (halves.get(part) ?? 0);
  return joined === 0 && isWord(before.toLowerCase()) && isWord(after.toLowerCase());
}

function lastPart(word: string): string {
  return word.slice(word.lastIndexOf('-') + 1);
}
