/** A review file in which `git merge` left conflict markers: both versions of it. Pure. */

/** The two versions of a text, and the one that both come from where git wrote it (`merge.conflictStyle=diff3`). */
export interface ConflictedText {
  ours: string;
  theirs: string;
  base?: string;
}

/** The versions of a text with conflict markers; undefined when it has none, or incomplete ones. */
export function conflictOf(text: string): ConflictedText | undefined {
  if (!/^<{7}(?: |\r?$)/m.test(text)) return undefined;
  const ours: string[] = [];
  const theirs: string[] = [];
  const base: string[] = [];
  let hasBase = false;
  let side: 'both' | 'ours' | 'base' | 'theirs' = 'both';
  for (const line of text.split(/(?<=\n)/)) {
    const marker = /^(<{7}|\|{7}|={7}|>{7})(?: |\r?\n?$)/.exec(line)?.[1];
    const next = marker === undefined ? undefined : AFTER[marker[0]!];
    if (next !== undefined) {
      if (!next.from.includes(side)) return undefined;
      side = next.to;
      hasBase ||= side === 'base';
      continue;
    }
    if (side === 'both' || side === 'ours') ours.push(line);
    if (side === 'both' || side === 'base') base.push(line);
    if (side === 'both' || side === 'theirs') theirs.push(line);
  }
  if (side !== 'both') return undefined;
  return { ours: ours.join(''), theirs: theirs.join(''), ...(hasBase && { base: base.join('') }) };
}

/** Which parts each marker may follow, and which part it begins. */
const AFTER: Readonly<
  Record<string, { from: readonly string[]; to: 'both' | 'ours' | 'base' | 'theirs' } | undefined>
> = {
  '<': { from: ['both'], to: 'ours' },
  '|': { from: ['ours'], to: 'base' },
  '=': { from: ['ours', 'base'], to: 'theirs' },
  '>': { from: ['theirs'], to: 'both' },
};
