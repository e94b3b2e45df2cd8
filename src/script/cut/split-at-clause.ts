/** Cuts a text in two at a clause, for a text that the service does not speak well as a whole. Pure. */

/** After these a narrator pauses; the mark stays with the words before it. */
const BOUNDARY = /[,;:.!?…—–，、；：。！？]["'”’»)\]]*\s*/gu;
/** Each part has at least this share of the letters, and this many. */
const LEAST_SHARE = 0.25;
const LEAST_LETTERS = 8;

/** The two parts, which joined are the text; undefined when it has no clause near its middle. */
export function splitAtClause(text: string): [string, string] | undefined {
  const all = letters(text);
  const least = Math.max(LEAST_LETTERS, all * LEAST_SHARE);
  let best: { at: number; off: number } | undefined;
  for (const match of text.matchAll(BOUNDARY)) {
    const at = match.index + match[0].length;
    // "3.5", "U.S." and "O'Neill" have no pause inside.
    if (!/\s$/.test(match[0]) && /[A-Za-z0-9]/.test(text[at] ?? '')) continue;
    const before = letters(text.slice(0, at));
    if (before < least || all - before < least) continue;
    const off = Math.abs(before - all / 2);
    if (best === undefined || off < best.off) best = { at, off };
  }
  return best && [text.slice(0, best.at), text.slice(best.at)];
}

function letters(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}
