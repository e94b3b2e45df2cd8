/** The table of docs/explanation/reliability.md: what a server with `POST /v1/audio/speech` may do, and what follows. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAULTS, type FaultKind } from '../../../src/simulator/faults.ts';
import { OPENAI_SPEECH_PRESETS } from '../../../src/simulator/openai-speech/settings.ts';
import { ELSEWHERE, nameOf, ROWS, type Row, UNHEARD } from './setting-rows.ts';
import { type Base, makeBase, type Outcome, openReference, run, TEXTS } from './settings-rig.ts';

const AT_ONCE = 8;
const outcomes = new Map<Row, Outcome | Error>();
let reference: Awaited<ReturnType<typeof openReference>>;
let base: Base;

beforeAll(async () => {
  [reference, base] = [await openReference(), await makeBase()];
  const waiting = [...ROWS];
  const work = async () => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift())
      outcomes.set(row, await run(row, base, nameOf(row)).catch((error: unknown) => error as Error));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}, 300_000);
afterAll(async () => {
  await reference.close();
  await base.close();
});

describe("one's own server: what it may do, and what follows", () => {
  test.each(ROWS.map((row) => ({ name: nameOf(row), row })))('$name', async ({ row }) => {
    const outcome = outcomes.get(row) ?? (await run(row, base, `${nameOf(row)} once more`));
    // Vitest's retry runs the row anew, and alone.
    outcomes.delete(row);
    if (outcome instanceof Error) throw outcome;
    const { kept, ours, theirs } = outcome;
    const counts = [ours.sent, theirs.spoken, theirs.calls - ours.sent];
    expect({ follows: followsOf(outcome), counts }, outcome.messages.join('\n')).toEqual({
      follows: row.follows,
      counts: row.counts,
    });
    for (const take of kept) {
      const right = await reference.take(row, take);
      expect(take.said).toBe(take.text);
      expect(take.doubts).toEqual([]);
      // Without a seed the voice's pace differs by at most 6 %.
      if (hasSeed(row)) expect(take.pcm.equals(right), `${take.pcm.length} of ${right.length} bytes`).toBe(true);
      else expect(Math.abs(take.pcm.length / right.length - 1)).toBeLessThan(0.13);
    }
    if (outcome.again === 0 && outcome.refused.length === 0) expect(ours.counted).toBe(ours.sent);
  });

  test('every setting and every fault is in the table', () => {
    const settings = ROWS.flatMap((row) => Object.keys(row.settings ?? {}));
    expect(Object.keys(OPENAI_SPEECH_PRESETS).filter((name) => !settings.includes(name))).toEqual([]);
    const struck = new Set(ROWS.flatMap(({ faults = [] }) => faults.map(({ kind }) => kind)));
    const ofSpeech = (Object.keys(FAULTS) as FaultKind[]).filter((kind) => /speech-call|response/.test(FAULTS[kind]));
    const open = ofSpeech.filter((kind) => !struck.has(kind) && !ELSEWHERE.has(kind) && !UNHEARD.has(kind));
    expect(open).toEqual([]);
  });

  test('docs/explanation/reliability.md has this table', async () => {
    const page = await readFile('docs/explanation/reliability.md', 'utf8');
    const section = page.split("## One's own server: what it may do, and what follows\n")[1] ?? '';
    const cells = (section.split('\n## ')[0] ?? '')
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split(/ *\| */).slice(1, -1));
    expect(cells.slice(2)).toEqual(ROWS.map((row) => [nameOf(row), row.follows, ...row.counts.map(String)]));
  });
});

function followsOf({ kept, refused, again, ours, theirs }: Outcome): string {
  const codes = [...new Set(refused)].join(', ');
  if (refused.length === 1 && kept.length === 0) return `voice refused: ${codes}`;
  if (refused.length > 0) return `${kept.length === 0 ? '' : `${refused.length} of ${TEXTS.length} `}refused: ${codes}`;
  const timed = kept.every(({ words }) => words !== undefined) ? ', with word times' : '';
  if (theirs.spoken > TEXTS.length) return `spoken again${timed}`;
  if (ours.sent > TEXTS.length) return `sent again${timed}`;
  return `whole${again > 0 ? ', by a later job' : ''}${timed}`;
}

/** OpenAI has no seed. */
function hasSeed({ settings: { profile, knowsSeed = true, honorsSeed = true } = {} }: Row): boolean {
  return profile !== 'openai-strict' && knowsSeed && honorsSeed;
}
