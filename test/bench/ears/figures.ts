/** Counts of takes and alarms, and how they are told. */

/** What is known of a voice: nothing, the recording that it was cloned from, also the words in that, or its other takes. */
export const HOWS = ['new', 'sample', 'sample and words', 'known'] as const;
/** One of them. */
export type How = (typeof HOWS)[number];

/** How many of some takes a check found. */
export interface Count {
  takes: number;
  found: number;
}

/** Counts by a name of several parts. */
export function createCounts() {
  const counts = new Map<string, Count>();
  const key = (parts: readonly string[]) => parts.join('\t');
  return {
    add(parts: readonly string[], isFound: boolean): void {
      const count = counts.get(key(parts)) ?? { takes: 0, found: 0 };
      count.takes += 1;
      count.found += Number(isFound);
      counts.set(key(parts), count);
    },
    /** The last parts of the names that begin with the first part and have the second before the last. */
    names: (first: string, beforeLast: string): string[] =>
      [...counts.keys()]
        .map((name) => name.split('\t'))
        .filter((parts) => parts[0] === first && parts.at(-2) === beforeLast)
        .map((parts) => parts.at(-1)!),
    of: (...parts: readonly string[]): Count => counts.get(key(parts)) ?? { takes: 0, found: 0 },
  };
}

/** A share as a percentage, `12.3 %`; a dash when there are none. */
export function percent({ takes, found }: Count): string {
  return takes === 0 ? '–' : `${((100 * found) / takes).toFixed(1)} %`;
}

/** A share with its 95 % interval (Wilson), `12 % (9–16)`. */
export function withInterval({ takes, found }: Count): string {
  if (takes === 0) return '–';
  const z = 1.96;
  const share = found / takes;
  const middle = (share + (z * z) / (2 * takes)) / (1 + (z * z) / takes);
  const half = (z / (1 + (z * z) / takes)) * Math.sqrt((share * (1 - share)) / takes + (z * z) / (4 * takes * takes));
  const whole = (value: number) => (100 * Math.min(1, Math.max(0, value))).toFixed(0);
  return `${whole(share)} % (${whole(middle - half)}–${whole(middle + half)})`;
}

/** The rows of a Markdown table with the widths that its cells need. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(rows[0]!), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.slice(1).map(line)];
}
