/** Whether a process that works for long grows: what it holds near the end, beside what it held near the beginning. Pure. */

/** What a process held at a moment, after garbage collection. */
export interface Sample {
  /** Since the process was started. */
  atSeconds: number;
  rssBytes: number;
  heapBytes: number;
  /** What V8 has reserved for the heap: it keeps up to 20 MB of empty pages, now more, now less. */
  heapTotalBytes: number;
  /** Memory of buffers outside the heap. */
  externalBytes: number;
  handles: number;
  descriptors: number;
  /** Handles and descriptors by their kinds. */
  kinds: { handle: Readonly<Record<string, number>>; descriptor: Readonly<Record<string, number>> };
}

/** One measure of one process. */
export interface Growth {
  process: string;
  measure: string;
  /** Means of the second sixth of the time and of the last one: of an hour, the second and the last ten minutes. */
  early: number;
  late: number;
  /** `late` is more than a twentieth above `early`. */
  isTooMuch: boolean;
}

/** Most that the last window may have of the second. */
const MOST = 1.05;
const WINDOWS = 6;

const MEASURES: Readonly<Record<string, (sample: Sample) => number>> = {
  'RSS (MB)': ({ rssBytes }) => rssBytes / 1e6,
  'RSS without empty heap (MB)': ({ rssBytes, heapBytes, heapTotalBytes }) =>
    (rssBytes - heapTotalBytes + heapBytes) / 1e6,
  'heap (MB)': ({ heapBytes }) => heapBytes / 1e6,
  handles: ({ handles }) => handles,
  descriptors: ({ descriptors }) => descriptors,
};

/** Every measure of a process. Throws when a window has no sample. */
export function growthOf(process: string, samples: readonly Sample[], totalSeconds: number): Growth[] {
  return Object.entries(MEASURES).map(([measure, of]) => {
    const { early, late } = windowMeans(process, samples, totalSeconds, of);
    return { process, measure, early, late, isTooMuch: late > early * MOST };
  });
}

/** Means of each kind of handle and descriptor in the two windows, the largest growth first: what to look for when the sum grows. */
export function kindsOf(process: string, samples: readonly Sample[], totalSeconds: number): Growth[] {
  const names = (of: 'handle' | 'descriptor'): string[] => [
    ...new Set(samples.flatMap(({ kinds }) => Object.keys(kinds[of]))),
  ];
  return (['handle', 'descriptor'] as const)
    .flatMap((of) =>
      names(of).map((name) => {
        const { early, late } = windowMeans(process, samples, totalSeconds, ({ kinds }) => kinds[of][name] ?? 0);
        return { process, measure: `${of}: ${name}`, early, late, isTooMuch: late > early * MOST };
      }),
    )
    .sort((a, b) => b.late - b.early - (a.late - a.early));
}

/** A Markdown table. */
export function growthTable(rows: readonly Growth[], windowMinutes: number): string {
  const minutes = Number(windowMinutes.toFixed(1));
  return [
    `| process | measure | second ${minutes} min | last ${minutes} min | ratio | result |`,
    '| --- | --- | --: | --: | --: | --- |',
    ...rows.map(({ process, measure, early, late, isTooMuch }) =>
      [
        `| ${process} | ${measure} | ${early.toFixed(1)} | ${late.toFixed(1)} | ${early === 0 ? '–' : (late / early).toFixed(3)} `,
        `| ${isTooMuch ? 'GROWS' : 'kept'} |`,
      ].join(''),
    ),
  ].join('\n');
}

function windowMeans(
  process: string,
  samples: readonly Sample[],
  totalSeconds: number,
  of: (sample: Sample) => number,
): { early: number; late: number } {
  const windowSeconds = totalSeconds / WINDOWS;
  const inWindow = (number: number): Sample[] =>
    samples.filter(({ atSeconds }) => atSeconds >= (number - 1) * windowSeconds && atSeconds < number * windowSeconds);
  const [early, late] = [mean(inWindow(2).map(of)), mean(inWindow(WINDOWS).map(of))];
  if (early === undefined || late === undefined) throw new Error(`The ${process} has no samples to compare.`);
  return { early, late };
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
