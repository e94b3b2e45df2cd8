/** One storm: a book is begun, faults strike, everything is healed, `pipeline run` once more, and what came of it is judged. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineEvent } from '../../src/events.ts';
import { type StormBook, setBudget, writeStormBook } from './book.ts';
import { undisturbed } from './calm.ts';
import type { Chance } from './chance.ts';
import { deliveredDigests, type TakeWatch, watchTakes } from './evidence.ts';
import { type Fault, machinesOf } from './fault.ts';
import { type GrantEvidence, grantEvidence, type LedgerEvidence, ledgerEvidence, readLedger } from './ledger.ts';
import type { Program } from './program.ts';
import { runArguments, type World } from './world.ts';

/** What a storm came to. */
export interface StormResult {
  storm: number;
  engine: string;
  store: 'disk' | 'S3';
  hasDifferentClocks: boolean;
  /** Names of the faults that struck while there was work, in their order; `(silent)` behind one that met no open session. */
  faults: string[];
  seconds: number;
  /** Runs after the storm until one ended with 0. */
  runs: number;
  segments: number;
  /** Lines spoken more than once, counted each time; without those whose take was doubted. */
  spokenAgain: number;
  /** As often a line may have been spoken again: once for each line that a fault broke off. */
  mayBeSpokenAgain: number;
  /** Takes that replaced another one. */
  acceptedTwice: number;
  /** Voices beyond one for each character. */
  enrolledTwice: number;
  /** Files that are missing or not the bytes of the undisturbed run, and segments without a take. */
  lost: string[];
  /** The ledger of spending beside the simulator's count. */
  ledger: LedgerEvidence;
  /** The grants beside the ledger. */
  grant: GrantEvidence;
  /** The first grant was used up, and a run with `--budget` opened another. */
  isUsedUp: boolean;
  /** What is wrong, in words; empty when the promise was kept. */
  broken: string[];
}

/** How a storm is blown. */
export interface StormOptions {
  storm: number;
  faults: readonly Fault[];
  chance: Chance;
  linesPerChapter: number;
  /** Shortens how long each fault lasts. */
  scale: number;
  /** The book's grant, as parts of its price without faults. Default: by chance, tight or ample. */
  grant?: number;
  say: (line: string) => void;
}

/** Runs after a storm that may be needed at most: what could not be done because of a fault is said, and done by the next. */
const MOST_RUNS = 4;
/** Longest time that a run may take once everything is healed, in milliseconds. */
const RUN_LIMIT_MS = 180_000;
/** What a book may cost, as parts of its price without faults: with the first, some storms use their grant up. */
const GRANTS = [1.3, 4] as const;
/** Of a grant that is opened when the first is used up. */
const LATER_GRANT = 3;

/** Lets a storm of `faults` blow over a new book. */
export async function blow(world: World, of: StormOptions): Promise<StormResult> {
  const { storm, chance, linesPerChapter, say } = of;
  const folder = join(world.folder, `storm-${storm}`);
  const { engine } = world;
  const book = await writeStormBook(folder, { storm, linesPerChapter, engine });
  const calm = await undisturbed(book, folder, world);
  await setBudget(book, calm.cost * (of.grant ?? chance.pick(GRANTS)));
  const voicesBefore = (await world.service.voices()) ?? 0;
  const out = join(folder, 'out');
  const runs = openRuns(world, runArguments(world, { manifest: book.manifest, out }));
  const from = performance.now();
  const watch = watchTakes(world.store);
  let struck: { faults: string[]; lines: number };
  let end: { exit: number | null; runs: number; isUsedUp: boolean };
  let isStuck = false;
  const grantDifferences: string[] = [];
  try {
    struck = await strike(world, { ...of, runs, from });
    await world.heal();
    // The run that went through the storm may end by itself; another one beside it would prove less.
    isStuck = (await within(world.runner.program()?.ended, RUN_LIMIT_MS)) === undefined;
    if (isStuck) {
      say(`  The run that went through the storm does not end:\n${world.runner.program()?.output().slice(-4_000)}`);
      await world.runner.kill();
    }
    end = await finish(runs, {
      say,
      onUsedUp: async () => {
        const grant = await grantEvidence(world, await readLedger(world, book.manifest));
        grantDifferences.push(...grant.differences);
        return calm.cost * LATER_GRANT;
      },
    });
  } finally {
    await world.runner.kill();
    await watch.stop();
  }
  const spoken = new Map([...(await world.service.spoken())].filter(([text]) => text.includes(lineMark(storm))));
  const ledger = await readLedger(world, book.manifest);
  const enrolled = await world.service.voices();
  const voices = enrolled === undefined ? undefined : enrolled - voicesBefore;
  const grant = await grantEvidence(world, ledger);
  grant.differences.push(...grantDifferences);
  const takes = judgeTakes(watch, { book, storm, spoken });
  const found = await deliveredDigests(out).catch(() => ({}));
  const result = {
    storm,
    engine: engine.name,
    store: world.s3 === undefined ? ('disk' as const) : ('S3' as const),
    hasDifferentClocks: world.hasDifferentClocks,
    faults: struck.faults,
    seconds: seconds(from),
    runs: end.runs,
    segments: book.segments,
    spokenAgain: takes.spokenAgain,
    mayBeSpokenAgain: struck.lines,
    acceptedTwice: watch.replaced().length,
    // Where nothing is enrolled, the voices of the takes are counted.
    enrolledTwice: (voices ?? takes.voices) - book.voices,
    lost: [...differences(calm.digests, found), ...takes.lost],
    ledger: ledgerEvidence(ledger, { spoken, lineOf, voices, billsCharacters: engine.billsCharacters }),
    grant,
    isUsedUp: end.isUsedUp,
  };
  const broken = brokenPromises(result);
  if (isStuck) broken.push(`the run did not end in ${RUN_LIMIT_MS / 1000} s`);
  if (end.exit !== 0) broken.push(`exit ${end.exit} after ${end.runs} runs`);
  tellTroubles(world, { spoken, say: broken.length > 0 ? say : () => undefined });
  return { ...result, broken };
}

/** The runs of a storm's book, one after another. */
interface Runs {
  start(...more: string[]): Program;
  /** Whether the last one ended because its grant was used up. */
  isUsedUp(): boolean;
}

function openRuns({ runner }: World, run: readonly string[]): Runs {
  let isUsedUp = false;
  return {
    isUsedUp: () => isUsedUp,
    start: (...more) => {
      isUsedUp = false;
      return runner.start([...run, ...more], (line) => {
        const event = JSON.parse(line) as PipelineEvent;
        if (event.type === 'run.finished') isUsedUp = event.budget?.reached ?? false;
        if (event.type === 'error') isUsedUp = event.code === 'over-budget';
      });
    },
  };
}

/** The storm itself. */
async function strike(
  world: World,
  of: StormOptions & { runs: Runs; from: number },
): Promise<{ faults: string[]; lines: number }> {
  const { chance, scale, say, runs, from } = of;
  const struck: string[] = [];
  let lines = 0;
  const early = of.faults.filter(({ when }) => when === 'cloning');
  const first = runs.start();
  if (early.length === 0) await begun(first, chance);
  for (const fault of [...early, ...of.faults.filter((one) => !early.includes(one))]) {
    const runner = world.runner.program();
    if (runner?.hasEnded()) {
      if ((await runner.ended) === 0 || runs.isUsedUp()) break;
      const again = runs.start();
      if (fault.when === undefined) await begun(again, chance);
    }
    const meetsWork = fault.when === 'cloning' || (await speaking(world));
    const at = seconds(from);
    const lost = await fault.strike(world, { chance, scale });
    struck.push(meetsWork && lost !== undefined ? fault.name : `${fault.name} (silent)`);
    lines += lost ?? 0;
    say(`  ${at} s to ${seconds(from)} s: ${fault.name}, ${lost ?? 'nobody'}`);
    await sleep(chance.between(300, 3_000));
  }
  return { faults: struck, lines };
}

/** Runs until one ends with 0, each once more with a new grant when the one before used its grant up. */
async function finish(
  runs: Runs,
  { onUsedUp, say }: { onUsedUp: () => Promise<number>; say: (line: string) => void },
): Promise<{ exit: number | null; runs: number; isUsedUp: boolean }> {
  let exit: number | null = null;
  let count = 0;
  let isUsedUp = false;
  let more: string[] = [];
  for (; exit !== 0 && count < MOST_RUNS; count++) {
    if (runs.isUsedUp()) {
      more = ['--budget', (await onUsedUp()).toFixed(4)];
      isUsedUp = true;
    }
    const program = runs.start(...more);
    more = [];
    exit = (await within(program.ended, RUN_LIMIT_MS)) ?? null;
    if (exit !== 0) say(`  run after the storm: ${exit ?? 'did not end'}\n${program.output().slice(-2_000)}`);
  }
  return { exit, runs: count, isUsedUp };
}

function judgeTakes(
  watch: TakeWatch,
  { book, storm, spoken }: { book: StormBook; storm: number; spoken: ReadonlyMap<string, number> },
): { lost: string[]; spokenAgain: number; voices: number } {
  const takes = [...watch.takes().values()].filter(({ text }) => text.includes(lineMark(storm)));
  const doubted = takes.reduce((sum, { tries }) => sum + tries - 1, 0);
  const spokenAgain = [...spoken.values()].reduce((sum, times) => sum + times - 1, 0) - doubted;
  const voices = new Set(takes.map(({ voiceId }) => voiceId)).size;
  const lost: string[] = [];
  if (takes.length !== book.segments) lost.push(`${book.segments - takes.length} takes`);
  if (voices > book.voices) lost.push(`${voices} voices speak the book`);
  return { lost, spokenAgain, voices };
}

function tellTroubles(
  world: World,
  { spoken, say }: { spoken: ReadonlyMap<string, number>; say: (line: string) => void },
): void {
  for (const machine of machinesOf(world)) for (const line of machine.troubles()) say(`  ${machine.name}: ${line}`);
  for (const [text, times] of spoken) if (times > 1) say(`  spoken ${times} times: ${text}`);
}

/** Longest wait for a session to be open before a fault strikes, in milliseconds: a machine may have to find its way back first. */
const SPEAKING_WITHIN_MS = 20_000;

/** Waits until somebody speaks, so that the fault has something to break; false when nobody does in time, or the run is over. */
async function speaking(world: World): Promise<boolean> {
  const { runner } = world;
  const machines = machinesOf(world);
  const until = performance.now() + SPEAKING_WITHIN_MS;
  while (performance.now() < until && !runner.program()?.hasEnded()) {
    if (machines.some(({ service }) => service.openSessions() > 0)) return true;
    await sleep(50);
  }
  return false;
}

function brokenPromises(of: Omit<StormResult, 'broken'>): string[] {
  const { spokenAgain, mayBeSpokenAgain, acceptedTwice, enrolledTwice, lost, ledger, grant } = of;
  return [
    ...(lost.length > 0 ? [`lost: ${lost.join(', ')}`] : []),
    ...(spokenAgain > mayBeSpokenAgain ? [`spoken again ${spokenAgain} times, not ${mayBeSpokenAgain} at most`] : []),
    ...(acceptedTwice > 0 ? [`${acceptedTwice} segments accepted twice`] : []),
    ...(ledger.differences.length > 0 ? [`ledger: ${ledger.differences.join(', ')}`] : []),
    ...(grant.differences.length > 0 ? [`grants: ${grant.differences.join(', ')}`] : []),
    ...(enrolledTwice !== 0 ? [`${enrolledTwice} voices too many`] : []),
  ];
}

/** Some storms come while voices are enrolled, most while lines are spoken. */
async function begun(program: Program, chance: Chance): Promise<void> {
  const early = chance.between(0, 1) < 0.25;
  const waitMs = chance.between(500, 2_500);
  // A run that ends before is seen by whoever asks next.
  if (!early) await program.line('"segment.done"').catch(() => undefined);
  await sleep(waitMs);
}

function differences(wanted: Record<string, string>, found: Record<string, string>): string[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...names].filter((name) => wanted[name] !== found[name]);
}

/** The line of a text, as the ledger has it; see book.ts. */
function lineOf(text: string): string {
  const [, line, chapter] = /Line (\d+) of chapter (\d+)/.exec(text) ?? [];
  return `${chapter}:${line}`;
}

/** Words that only this storm's lines have; see book.ts. */
function lineMark(storm: number): string {
  return `in storm ${storm} `;
}

/** The exit code, null for a signal; undefined when it did not end in time, or never began. */
async function within(ended: Promise<number | null> | undefined, limitMs: number): Promise<number | null | undefined> {
  const patience = new AbortController();
  const late = sleep(limitMs, undefined, { signal: patience.signal }).catch(() => undefined);
  const code = await Promise.race([ended, late]);
  patience.abort();
  return code;
}

function seconds(from: number): number {
  return Math.round((performance.now() - from) / 100) / 10;
}
