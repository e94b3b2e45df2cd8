import type { MeasuredFile } from './measured-file.ts';
import { type RuleVerdict, type Verdict, verdictOf } from './verdict.ts';

/**
 * Checks files that are delivered together: all mono or all stereo, all of one sample rate (ACX refuses mixed sets). Files of
 * different containers are separate sets. Names the files in the minority. Pure.
 */
export function judgeSet(files: readonly { name: string; measured: MeasuredFile }[]): Verdict {
  const sets = grouped(files, ({ measured }) => measured.container);
  return verdictOf([...sets.values()].filter((set) => set.length > 1).flatMap((set) => [channels(set), rate(set)]));
}

type Files = readonly { name: string; measured: MeasuredFile }[];

function channels(files: Files): RuleVerdict {
  const word = (count: number): string => (count === 1 ? 'mono' : count === 2 ? 'stereo' : `${count} channels`);
  return sameThroughout({
    rule: 'sameChannels',
    wanted: 'all mono or all stereo',
    files,
    value: ({ measured }) => word(measured.channels),
    fix: (value) => `Export these again as ${value}`,
  });
}

function rate(files: Files): RuleVerdict {
  return sameThroughout({
    rule: 'sameSampleRate',
    wanted: 'one sample rate',
    files,
    value: ({ measured }) => `${measured.sampleRateHz} Hz`,
    fix: (value) => `Export these again at ${value}`,
  });
}

/** Most file names in a message. */
const MOST_NAMES = 5;

function sameThroughout(of: {
  rule: string;
  wanted: string;
  files: Files;
  value: (file: Files[number]) => string;
  fix: (value: string) => string;
}): RuleVerdict {
  const groups = [...grouped(of.files, of.value)].sort(([, a], [, b]) => b.length - a.length);
  const measured = groups.map(([value, own]) => `${own.length} × ${value}`).join(', ');
  const [most, ...others] = groups;
  if (most === undefined || others.length === 0) return { rule: of.rule, wanted: of.wanted, measured, pass: true };
  const names = others.flatMap(([, own]) => own.map(({ name }) => name));
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  const fix = `${of.fix(most[0])}, like the others: ${names.slice(0, MOST_NAMES).join(', ')}${more}.`;
  return { rule: of.rule, wanted: of.wanted, measured, pass: false, fix };
}

function grouped(files: Files, key: (file: Files[number]) => string): Map<string, Files[number][]> {
  const groups = new Map<string, Files[number][]>();
  for (const file of files) groups.set(key(file), [...(groups.get(key(file)) ?? []), file]);
  return groups;
}
