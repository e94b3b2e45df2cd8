/** The table of docs/explanation/reliability.md: what the inference protocol's service may do, and what follows. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CallCounts } from '../../../src/plan/step.ts';
import { FAULTS, type FaultKind } from '../../../src/simulator/faults.ts';
import { INFERENCE_PRESETS } from '../../../src/simulator/inference/settings.ts';
import { AUDIBLE, nameOf, OVER_HTTP, ROWS, type Row } from './setting-rows.ts';
import { type Base, BILLED_ONCE, makeBase, type Outcome, openReference, run, TEXTS } from './settings-rig.ts';

const AT_ONCE = 12;
const outcomes = new Map<Row, Outcome | Error>();
let reference: Awaited<ReturnType<typeof openReference>>;
let base: Base;

beforeAll(async () => {
  [reference, base] = [await openReference(), await makeBase()];
  // Rows that wait come first.
  const waiting = [...ROWS].sort((a, b) => patience(b) - patience(a));
  const work = async () => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift())
      outcomes.set(row, await run(row, base).catch((error: unknown) => error as Error));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}, 300_000);
afterAll(async () => {
  await reference.close();
  await base.close();
});

describe('the inference protocol: what the service may do, and what follows', () => {
  test.each(ROWS.map((row) => ({ name: nameOf(row), row })))('$name', async ({ row }) => {
    const outcome = outcomes.get(row) ?? (await run(row, base));
    // Vitest's retry runs the row anew, and alone.
    outcomes.delete(row);
    if (outcome instanceof Error) throw outcome;
    const { kept, ours, theirs, creates, looks } = outcome;
    expect({ follows: followsOf(outcome), counts: [theirs.tasks, theirs.begun, creates, looks] }).toEqual({
      follows: row.follows,
      counts: row.counts,
    });
    for (const take of kept) {
      const right = await reference.take(row, take);
      expect(take.said).toBe(take.text);
      expect(take.doubts).toBe(0);
      // The voice's pace differs by at most 5 % where the service does not honor seeds.
      if (row.inference?.seedHonored === false)
        expect(Math.abs(take.pcm.length / right.pcm.length - 1)).toBeLessThan(0.11);
      else expect(take.pcm.equals(right.pcm), `${take.pcm.length} of ${right.pcm.length} bytes`).toBe(true);
      if (take.words !== undefined && row.inference?.seedHonored !== false) expect(take.words).toEqual(right.words);
    }
    expect({ calls: ours.calls, tasks: ours.tasks }).toEqual({ calls: theirs.calls, tasks: theirs.tasks });
    // Only `task-finished` makes a take.
    expect(kept.length).toBeLessThanOrEqual(theirs.finished);
    expect(ours.billed).toBeLessThanOrEqual(theirs.billed);
    if (kept.length === TEXTS.length && theirs.begun === TEXTS.length) {
      expect(theirs.billed).toBe(BILLED_ONCE);
      expect(ours.billed).toBe(BILLED_ONCE);
    }
    if (outcome.again === 0 && outcome.refused.length === 0) {
      const [tasks, voiceCalls] = [
        (calls: CallCounts) => calls.synthesize,
        (calls: CallCounts) => calls.enroll + calls.list,
      ];
      const counted = (count: (calls: CallCounts) => number) =>
        outcome.results.reduce((sum, { calls }) => sum + count(calls), 0);
      expect({ tasks: counted(tasks), calls: counted(voiceCalls) }).toEqual({
        tasks: theirs.tasks,
        calls: theirs.calls,
      });
    }
  });

  test('every setting and every fault is in the table', () => {
    const settings = ROWS.flatMap(({ inference }) => Object.keys(inference ?? {}));
    expect(Object.keys(INFERENCE_PRESETS).filter((name) => !settings.includes(name) && !OVER_HTTP.has(name))).toEqual(
      [],
    );
    const struck = new Set(ROWS.flatMap(({ faults = [] }) => faults.map(({ kind }) => kind)));
    const ofProtocol = (Object.keys(FAULTS) as FaultKind[]).filter(
      (kind) => !['speech-call', 'hearing-call', 'hearing'].includes(FAULTS[kind]),
    );
    expect(ofProtocol.filter((kind) => !struck.has(kind) && !AUDIBLE.has(kind))).toEqual([]);
  });

  test('docs/explanation/reliability.md has this table', async () => {
    const page = await readFile('docs/explanation/reliability.md', 'utf8');
    const section = page.split('## The inference protocol: what the service may do, and what follows\n')[1] ?? '';
    const cells = (section.split('\n## ')[0] ?? '')
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split(/ *\| */).slice(1, -1));
    expect(cells.slice(2)).toEqual(ROWS.map((row) => [nameOf(row), row.follows, ...row.counts.map(String)]));
  });
});

function followsOf({ kept, refused, again, theirs }: Outcome): string {
  const codes = [...new Set(refused)].join(', ');
  if (refused.length === 1 && kept.length === 0) return `voice refused: ${codes}`;
  if (refused.length > 0) return `${kept.length === 0 ? '' : `${refused.length} of ${TEXTS.length} `}refused: ${codes}`;
  const untimed = kept.every(({ words }) => words === undefined) ? ', without word times' : '';
  if (theirs.begun > TEXTS.length) return `spoken again${untimed}`;
  if (theirs.tasks > TEXTS.length) return `sent again${untimed}`;
  return `whole${again > 0 ? ', by a later job' : ''}${untimed}`;
}

function patience({ faults = [], inference = {}, stallMs = 0, pauseMs = 0 }: Row): number {
  const isThrottled = ['tasksPerSecond', 'connectionsAtOnce', 'voiceCallsPerSecond'].some((name) => name in inference);
  return (isThrottled || faults.some(({ kind }) => kind.startsWith('throttle')) ? 5_000 : 0) + stallMs + pauseMs;
}
