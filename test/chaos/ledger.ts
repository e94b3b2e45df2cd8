/** What `pipeline cost` says of a storm's book, beside the simulator's own count; and what its grants say. */

import { billedUnits } from '../../src/models.ts';
import { type Grant, grantBalance } from '../../src/store/grants.ts';
import { CHARACTER_NANOS } from './prices.ts';
import { startProgram } from './program.ts';
import type { World } from './world.ts';

/** A paid call, as a row of `pipeline cost --csv`. */
interface PaidRow {
  /** Such as `3:37`; empty for a voice. */
  line: string;
  reason: string;
  nanos: number;
}

/** The ledger of spending. */
export interface Ledger {
  rows: PaidRow[];
  /** Money, in billionths. */
  nanos: number;
  /** What the command itself says wrong, in words. */
  differences: string[];
}

/** Asks the program, twice: its rows, and the sums that it makes of them. */
export async function readLedger(world: World, manifest: string): Promise<Ledger> {
  const [csv, json] = await Promise.all([cost(world, manifest, '--csv'), cost(world, manifest, '--json')]);
  const [head = '', ...lines] = csv.output.filter((line) => line !== '');
  const names = head.split(',');
  const rows = lines.map((line): PaidRow => {
    const cells = new Map(line.split(',').map((cell, at) => [names[at], cell]));
    return {
      line: cells.get('line') ?? '',
      reason: cells.get('reason') ?? '',
      nanos: nanosOf(Number(cells.get('amount'))),
    };
  });
  const nanos = rows.reduce((sum, row) => sum + row.nanos, 0);
  const event = JSON.parse(json.output[0] ?? '{}') as { entries?: number; total?: number; damaged?: number };
  const differences: string[] = [];
  if (csv.code !== 0 || json.code !== 0) differences.push(`pipeline cost ended with ${csv.code} and ${json.code}`);
  if (event.damaged !== 0) differences.push(`${event.damaged} damaged records`);
  if (event.entries !== rows.length) differences.push(`${event.entries} entries, ${rows.length} rows`);
  // `total` is rounded to four decimals.
  if (Math.abs((event.total ?? 0) - nanos / 1e9) > 0.000_051)
    differences.push(`a total of ${event.total}, rows of ${nanos / 1e9}`);
  return { rows, nanos, differences };
}

/** The ledger beside the simulator's own count. */
export interface LedgerEvidence {
  /** Calls in the ledger that speak, and of these the ones whose answer was lost: the simulator may have had their text, or not. */
  calls: number;
  lostAnswers: number;
  /** What the simulator spoke of the book. */
  spoken: number;
  /** What can not be right, in words. */
  differences: string[];
}

/**
 * Compares them line by line: the simulator had each text as often as the ledger has answers for it, and at most once more
 * for each lost answer; and each voice likewise. `spoken`: how often it had each text; `lineOf`: the line of a text, such as `1:7`.
 */
export function ledgerEvidence(
  ledger: Ledger,
  of: {
    spoken: ReadonlyMap<string, number>;
    lineOf: (text: string) => string;
    /** Undefined for an engine that enrolls none. */
    voices: number | undefined;
    billsCharacters: boolean;
  },
): LedgerEvidence {
  const differences = [...ledger.differences];
  const compare = (what: string, rows: readonly PaidRow[], times: number): void => {
    const lost = rows.filter(isLost).length;
    if (times < rows.length - lost || times > rows.length)
      differences.push(`${what}: ${rows.length - lost} to ${rows.length} in the ledger, ${times} at the service`);
  };
  const speech = ledger.rows.filter(({ line }) => line !== '');
  const known = new Set<string>();
  for (const [text, times] of of.spoken) {
    const line = of.lineOf(text);
    known.add(line);
    const rows = speech.filter((row) => row.line === line);
    compare(`line ${line}`, rows, times);
    const price = billedUnits(text) * CHARACTER_NANOS;
    for (const { nanos } of of.billsCharacters ? rows : [])
      if (nanos !== price) differences.push(`line ${line}: ${nanos} nanos, not ${price}`);
  }
  for (const row of speech)
    if (!known.has(row.line) && !isLost(row)) differences.push(`line ${row.line} was never spoken`);
  if (of.voices !== undefined)
    compare(
      'voices',
      ledger.rows.filter(({ line }) => line === ''),
      of.voices,
    );
  const spoken = [...of.spoken.values()].reduce((sum, times) => sum + times, 0);
  return { calls: speech.length, lostAnswers: speech.filter(isLost).length, spoken, differences };
}

function isLost({ reason }: PaidRow): boolean {
  return reason === 'lost answer';
}

/** A storm's grants together, in billionths. */
export interface GrantEvidence {
  grantedNanos: number;
  /** Spent, or still held for a run that died. */
  usedNanos: number;
  /** Paid calls of the ledger, lost answers at their full price. */
  paidNanos: number;
  /** What can not be right, in words. */
  differences: string[];
}

/** No grant may be exceeded, and no call may be paid that was not taken out of one: to the last unit. */
export async function grantEvidence({ store }: World, { nanos }: Ledger): Promise<GrantEvidence> {
  const latest = new Map<string, { version: number; grant: Grant }>();
  for (const [name, text] of await store.texts('records/grant')) {
    const { value } = JSON.parse(text) as { value: Grant };
    const version = Number(/\.(\d+)\.json$/.exec(name)?.[1]);
    if (version > (latest.get(value.id)?.version ?? 0)) latest.set(value.id, { version, grant: value });
  }
  const evidence: GrantEvidence = { grantedNanos: 0, usedNanos: 0, paidNanos: nanos, differences: [] };
  for (const { grant } of latest.values()) {
    const { grantedNanos, spentNanos, heldNanos } = grantBalance(grant);
    if (spentNanos + heldNanos > grantedNanos)
      evidence.differences.push(`${spentNanos + heldNanos} of a grant of ${grantedNanos} nanos used`);
    evidence.grantedNanos += grantedNanos;
    evidence.usedNanos += spentNanos + heldNanos;
  }
  if (latest.size === 0) evidence.differences.push('there is no grant');
  if (nanos > evidence.usedNanos)
    evidence.differences.push(`${nanos} nanos paid, ${evidence.usedNanos} taken out of grants`);
  return evidence;
}

function nanosOf(amount: number): number {
  return Math.round(amount * 1e9);
}

async function cost(world: World, manifest: string, form: string): Promise<{ code: number | null; output: string[] }> {
  const output: string[] = [];
  const program = startProgram(['cost', manifest, form, '--store', world.store.address], {
    cwd: world.folder,
    env: world.env,
    onLine: (line) => output.push(line.trimEnd()),
  });
  return { code: await program.ended, output };
}
