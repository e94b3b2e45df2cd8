/** Chooses the limits of the checks that listen, on good recordings alone: catches have no say in it. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { SCORES } from '../../../src/qc/scores.ts';
import type { TakeContext } from '../../../src/qc/take-context.ts';
import type { Thresholds } from '../../../src/qc/thresholds.ts';

const FILE = 'src/qc/thresholds.ts';
/** The share of good takes that a score may doubt. */
const SHARE = 0.0007;
const SHARES: Readonly<Record<string, number>> = {
  'too-short known': 0.004,
  'cut-off known': 0.001,
  'level-dip': 0.0004,
};
/** The people that it is fitted on are few: a new voice may differ more than they do. */
const FACTORS: Readonly<Record<string, number>> = { 'too-short new': 1.4, 'too-long new': 1.6, repeated: 1.6 };

/** Limits that this share of the takes is over, for each score. */
export function thresholdsFor(takes: readonly TakeContext[]): Thresholds {
  const limits = SCORES.flatMap((score) => {
    const values = takes.flatMap((take) => (take.heard && score.of(take.heard, take)) ?? []).sort((a, b) => b - a);
    const limit = values[Math.floor((SHARES[score.name] ?? SHARE) * takes.length)];
    if (limit === undefined) return [];
    return [[score.name, Math.ceil(limit * (FACTORS[score.name] ?? 1) * 100) / 100] as const];
  });
  return Object.fromEntries(limits);
}

/** Writes the limits into the program's file. */
export async function writeThresholds(thresholds: Thresholds): Promise<void> {
  const lines = Object.entries(thresholds).map(
    ([name, limit]) => `  ${/^\w+$/.test(name) ? name : `'${name}'`}: ${limit},`,
  );
  const source = await readFile(FILE, 'utf8');
  await writeFile(FILE, source.replace(/(: Thresholds = \{\n)[^}]*/, `$1${lines.join('\n')}\n`));
}

/** The first digits of the file's SHA-256. */
export async function thresholdsHash(): Promise<string> {
  return createHash('sha256')
    .update(await readFile(FILE))
    .digest('hex')
    .slice(0, 16);
}
