/** One storm: a book is begun, faults strike, everything is healed, one `pipeline run`, and what came of it is judged. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineEvent } from '../../src/events.ts';
import { type StormBook, writeStormBook } from './book.ts';
import type { Chance } from './chance.ts';
import type { ChaosEngine } from './engines.ts';
import { deliveredDigests, type LedgerEvidence, ledgerEvidence, watchTakes } from './evidence.ts';
import type { Fault } from './faults.ts';
import { type Program, startProgram } from './program.ts';
import { startService } from './service.ts';
import { runArguments, type World } from './world.ts';

/** What a storm came to. */
export interface StormResult {
  storm: number;
  /** Names of the faults that struck while there was work, in their order; `(silent)` behind one that met no open session. */
  faults: string[];
  seconds: number;
  /** Runs after the storm until one ended with 0. */
  runs: number;
  segments: number;
  /** Lines spoken more than once, counted each time; without those whose take was doubted. */
  spokenAgain: number;
  /** As often a line may have been spoken again: once for each session that a fault broke. */
  mayBeSpokenAgain: number;
  /** Takes that replaced another one. */
  acceptedTwice: number;
  /** Voices beyond one for each character. */
  enrolledTwice: number;
  /** Files that are missing or not the bytes of the undisturbed run, and segments without a take. */
  lost: string[];
  /** The ledger of spending beside the simulator's count. */
  ledger: LedgerEvidence;
  /** What is wrong, in words; empty when the promise was kept. */
  broken: string[];
}

/** Runs after a storm that may be needed at most: what could not be done because of a fault is said, and done by the next. */
const MOST_RUNS = 3;
/** Longest time that a run may take once everything is healed, in milliseconds. */
const RUN_LIMIT_MS = 180_000;

/** Lets a storm of `faults` blow over a new book. `scale` shortens how long each lasts. */
export async function blow(
  world: World,
  of: {
    storm: number;
    faults: readonly Fault[];
    chance: Chance;
    linesPerChapter: number;
    scale: number;
    say: (line: string) => void;
  },
): Promise<StormResult> {
  const { storm, faults, chance, linesPerChapter, scale, say } = of;
  const folder = join(world.folder, `storm-${storm}`);
  const { engine } = world;
  const book = await writeStormBook(folder, { storm, linesPerChapter, engine });
  const wanted = await undisturbed(book, { folder, engine });
  const voicesBefore = storm === 1 ? 0 : ((await world.service.voices()) ?? 0);
  const out = join(folder, 'out');
  const run = runArguments(world, { manifest: book.manifest, out });
  const from = performance.now();
  const watch = watchTakes(world.store);
  const struck: string[] = [];
  let mayBeSpokenAgain = 0;
  let runs = 0;
  let exit: number | null = null;
  try {
    await begun(world.runner.start(run), chance);
    for (const fault of faults) {
      const runner = world.runner.program();
      if (runner?.hasEnded()) {
        if ((await runner.ended) === 0) break;
        await begun(world.runner.start(run), chance);
      }
      const isSpeaking = await speaking(world);
      struck.push(isSpeaking ? fault.name : `${fault.name} (silent)`);
      const at = seconds(from);
      const lost = await fault.strike(world, { chance, scale });
      mayBeSpokenAgain += lost;
      say(`  ${at} s to ${seconds(from)} s: ${fault.name}, ${lost} sessions`);
      await sleep(chance.between(300, 3_000));
    }
    await world.heal();
    // The run that went through the storm may end by itself; another one beside it would prove less.
    await within(world.runner.program()?.ended, RUN_LIMIT_MS);
    for (; exit !== 0 && runs < MOST_RUNS; runs++) {
      const events: PipelineEvent[] = [];
      const program = world.runner.start(run, (line) => events.push(JSON.parse(line) as PipelineEvent));
      exit = await within(program.ended, RUN_LIMIT_MS);
      if (exit !== 0) say(`  run after the storm: ${exit ?? 'did not end'}\n${program.output().slice(-2_000)}`);
    }
  } finally {
    await world.runner.kill();
    await watch.stop();
  }
  const takes = [...watch.takes().values()].filter(({ text }) => text.includes(lineMark(storm)));
  const spoken = [...(await world.service.spoken())].filter(([text]) => text.includes(lineMark(storm)));
  const doubted = takes.reduce((sum, { tries }) => sum + tries - 1, 0);
  const spokenAgain = spoken.reduce((sum, [, times]) => sum + times - 1, 0) - doubted;
  const troubles = [world.runner, ...world.workers].flatMap((machine) =>
    machine.troubles().map((line) => `  ${machine.name}: ${line}`),
  );
  const lost = differences(wanted, await deliveredDigests(out).catch(() => ({})));
  if (takes.length !== book.segments) lost.push(`${book.segments - takes.length} takes`);
  const enrolled = await world.service.voices();
  const voiceIds = new Set(takes.map(({ voiceId }) => voiceId));
  if (voiceIds.size > book.voices) lost.push(`${voiceIds.size} voices speak the book`);
  const result = {
    storm,
    faults: struck,
    seconds: seconds(from),
    runs,
    segments: book.segments,
    spokenAgain,
    mayBeSpokenAgain,
    acceptedTwice: watch.replaced().length,
    // Where nothing is enrolled, the voices of the takes are counted.
    enrolledTwice: (enrolled === undefined ? voiceIds.size : enrolled - voicesBefore) - book.voices,
    lost,
    ledger: await ledgerEvidence(world.store, { book: { title: book.title, author: 'The Sea' }, spoken, lineOf }),
  };
  const broken = [...brokenPromises(result), ...(exit === 0 ? [] : [`exit ${exit} after ${runs} runs`])];
  if (broken.length > 0) {
    for (const line of troubles) say(line);
    for (const [text, times] of spoken) if (times > 1) say(`  spoken ${times} times: ${text}`);
  }
  return { ...result, broken };
}

/** Longest wait for a session to be open before a fault strikes, in milliseconds: a machine may have to find its way back first. */
const SPEAKING_WITHIN_MS = 20_000;

/** Waits until somebody speaks, so that the fault has something to break; false when nobody does in time, or the run is over. */
async function speaking({ runner, workers }: World): Promise<boolean> {
  const machines = [runner, ...workers];
  const until = performance.now() + SPEAKING_WITHIN_MS;
  while (performance.now() < until && !runner.program()?.hasEnded()) {
    if (machines.some(({ service }) => service.openSessions() > 0)) return true;
    await sleep(50);
  }
  return false;
}

function brokenPromises(of: Omit<StormResult, 'broken'>): string[] {
  const { spokenAgain, mayBeSpokenAgain, acceptedTwice, enrolledTwice, lost, ledger } = of;
  return [
    ...(lost.length > 0 ? [`lost: ${lost.join(', ')}`] : []),
    ...(spokenAgain > mayBeSpokenAgain ? [`spoken again ${spokenAgain} times, not ${mayBeSpokenAgain} at most`] : []),
    ...(acceptedTwice > 0 ? [`${acceptedTwice} segments accepted twice`] : []),
    ...(ledger.differences.length > 0 ? [`ledger: ${ledger.differences.join(', ')}`] : []),
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

/** The bytes of the same book in a world of its own where nothing goes wrong: one process, no Redis. */
async function undisturbed(
  { manifest }: StormBook,
  { folder, engine }: { folder: string; engine: ChaosEngine },
): Promise<Record<string, string>> {
  const service = await startService(folder, { firstAudioMs: 0, engine });
  try {
    const out = join(folder, 'calm-out');
    const program = startProgram(['run', manifest, '--store', join(folder, 'calm-store'), '--out', out, '--no-lock'], {
      cwd: folder,
      env: engine.env(service.port()),
    });
    if ((await program.ended) !== 0) throw new Error(`The undisturbed run failed:\n${program.output()}`);
    return await deliveredDigests(out);
  } finally {
    await service.stop();
  }
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

async function within(ended: Promise<number | null> | undefined, limitMs: number): Promise<number | null> {
  const patience = new AbortController();
  const late = sleep(limitMs, null, { signal: patience.signal }).catch(() => null);
  const code = await Promise.race([ended ?? null, late]);
  patience.abort();
  return code;
}

function seconds(from: number): number {
  return Math.round((performance.now() - from) / 100) / 10;
}
