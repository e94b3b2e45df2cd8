/** What the import leaves out: collected, and told. Pure. */
import type { Block } from './imported.ts';
import type { Omission } from './tape.ts';
import { sampleOf } from './tape.ts';

/** Leaves out blocks that were read, with what was left out inside them. */
export function leaveOutBlocks(
  omissions: readonly Omission[],
  blocks: readonly Block[],
  of: { reason: string; where?: string },
): Omission[] {
  const spans = blocks.flatMap(({ source = [] }) => source);
  const isInside = (one: Omission): boolean =>
    one.end > one.start &&
    spans.some(({ part, start, end }) => one.part === part && one.start >= start && one.end <= end);
  const added = blocks.flatMap(({ source = [], text }) =>
    source.map((span, index) => ({
      ...span,
      reason: of.reason,
      where: of.where ?? span.part,
      sample: index === 0 ? sampleOf(text) : '',
    })),
  );
  return [...(spans.length === 0 ? omissions : omissions.filter((one) => !isInside(one))), ...added];
}

/** Something that was left out, with its letters counted. */
type Counted = Pick<Omission, 'reason' | 'where' | 'sample' | 'page'> & { letters: number };

/** A sentence for each page, and for everything else one for each reason: how many, letters, first place, a sample. */
export function leftOutNotes(all: readonly Counted[]): string[] {
  const byReason = new Map<string, Counted[]>();
  const pages: string[] = [];
  for (const one of all) {
    if (one.page !== undefined) pages.push(`Left out: "${one.page}" (${one.reason}${lettersIn([one], '; ')}).`);
    else if (byReason.has(one.reason)) byReason.get(one.reason)!.push(one);
    else byReason.set(one.reason, [one]);
  }
  return [...pages, ...[...byReason].map(([reason, same]) => noteFor(reason, same))];
}

function noteFor(reason: string, same: readonly Counted[]): string {
  const first = same.find(({ sample }) => sample !== '') ?? same[0]!;
  const sample = first.sample === '' ? '' : `: "${first.sample}"`;
  const many = same.length > 1;
  const what = many ? `${same.length.toLocaleString('en')} ${pluralOf(reason)}` : `1 ${reason}`;
  return `Left out: ${what}${lettersIn(same, ', ')} (${many ? 'first in ' : ''}${first.where || 'the file'}${sample}).`;
}

function lettersIn(same: readonly Counted[], before: string): string {
  const letters = same.reduce((sum, one) => sum + one.letters, 0);
  return letters === 0 ? '' : `${before}${letters.toLocaleString('en')} ${letters === 1 ? 'letter' : 'letters'}`;
}

/** The noun is what comes before a preposition: "file in the reading order", "files in the reading order". */
function pluralOf(reason: string): string {
  return reason.replace(/^.*?(?= (?:of|in|for|without|outside|marked|that)\b|$)/, (noun) => {
    if (/(?:text|^code|matter|markup)$/.test(noun)) return noun;
    return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  });
}
