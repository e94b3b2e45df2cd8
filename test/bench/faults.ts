/**
 * What trouble costs: a book of 300 segments against each fault of the simulator at 10 %, and against all of them at 2 %.
 *
 * The book must be delivered, every take as long as without trouble, no voice made twice, and calls at most 1.25 times
 * those needed. Faults of enrolment strike at the first call, as a book makes only two of them.
 *
 * All together strike more than a fifth of the calls, and takes that sound wrong are spoken again since they are listened to:
 * then the faults alone make it 1.27 times. So the bar holds for those that break speech; with those that are heard it is
 * 1.25 times what the faults themselves ask for.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FAULTS, type FaultKind, type FaultRule } from '../../src/simulator/faults.ts';
import { writeBenchBook } from './books.ts';
import { strikes } from './engine.ts';
import type { Bench } from './main.ts';
import { runProgram, startSimulatorProcess } from './program.ts';

const SEGMENTS = Number(process.env['BENCH_SEGMENTS'] ?? 300);
const BAR = 1.25;
/**
 * A refusal by the content filter is no passing trouble: the segment is given up, the run says so, and what was spoken is
 * kept. Here a second run without the fault that is told to ask again must deliver the book with exactly the missing ones.
 */
const FOR_GOOD: readonly FaultKind[] = ['content-refusal'];
/** These change what is heard; to notice them is the business of later checks. */
const HEARD: readonly FaultKind[] = [
  'wrong-voice',
  'truncated-tail',
  'inserted-silence',
  'repetition',
  'noise',
  'level-jump',
];

/** Of these the checks on a take hear nothing: the simulator's sounds are no people's, so that nobody looks for repetitions. */
const UNHEARD: readonly FaultKind[] = ['repetition'];
/** The call goes on. */
const HARMLESS: readonly FaultKind[] = ['foreign-events', 'late-frames'];
/** Share of the calls that break when all faults strike: those of the first family at 2 % each. */
const BREAKING_SHARE = 0.16;

/** One line for each fault. `BENCH_FAULTS=drop,stall` runs only these, `BENCH_SEGMENTS=100` makes the book shorter. */
export const faults: Bench = async (say, folder) => {
  const only = process.env['BENCH_FAULTS']?.split(',');
  const simulator = await startSimulatorProcess(['--tones']);
  const base = `http://127.0.0.1:${simulator.port}/simulator`;
  try {
    const measure = async (name: string, rules: FaultRule[], { goesOn = false, flags = [] as string[] } = {}) => {
      if (!goesOn) await send(`${base}/reset`, 'POST', {});
      await send(`${base}/settings`, 'PUT', { faults: rules });
      const cwd = join(folder, name);
      await writeBenchBook(cwd, {
        chapters: 1,
        paragraphsPerChapter: SEGMENTS,
        wordsPerParagraph: 6,
        formats: '[mp3]',
      });
      const env = { ...simulator.env, PIPELINE_STALL_SECONDS: '2' };
      const { finished, seconds } = await runProgram(['book.yaml', '--sessions', '16', ...flags], {
        cwd,
        env,
        mayFail: true,
      });
      const metrics = (await (await fetch(`${base}/metrics`)).json()) as {
        voices: number;
        inference: { voices: number };
      };
      const voices = metrics.voices + metrics.inference.voices;
      return { finished, seconds, voices, takes: await takesIn(cwd) };
    };
    const plain = await measure('without', []);
    say(
      `without trouble: ${plain.finished.segments.synthesized} segments, ${plain.finished.calls.synthesize} calls, ${plain.seconds.toFixed(1)} s`,
    );
    let kept = true;
    const everyKind = (Object.keys(FAULTS) as FaultKind[]).filter(strikes);
    const kinds = everyKind.filter((kind) => !FOR_GOOD.includes(kind));
    const cases: [string, FaultRule[]][] = kinds.map((kind) => [kind, [ruleFor(kind, 0.1)]]);
    const breaking = kinds.filter((kind) => !HEARD.includes(kind));
    // An engine with more faults than another must not have more trouble.
    const together = BREAKING_SHARE / breaking.filter(isOfSpeech).length;
    cases.push(['all that break speech', breaking.map((kind) => ruleFor(kind, together))]);
    cases.push(['all together', kinds.map((kind) => ruleFor(kind, together))]);
    for (const [name, rules] of cases) {
      if (only !== undefined && !only.includes(name)) continue;
      const { finished, seconds, voices, takes } = await measure(name.replaceAll(' ', '-'), rules);
      const ratio = finished.calls.synthesize / plain.finished.calls.synthesize;
      const sameTakes = [...plain.takes].every(([text, take]) => isSameLength(take, takes.get(text)));
      const isWhole = rules.some(({ kind }) => HEARD.includes(kind)) || (sameTakes && takes.size === plain.takes.size);
      const bar = name === 'all together' ? BAR * leastOf(rules) : BAR;
      const good = finished.ok && ratio <= bar && voices === plain.voices && isWhole;
      kept &&= good;
      say(
        `${name}: delivered ${finished.ok}, takes whole ${isWhole}, ${voices} voices, calls × ${ratio.toFixed(3)} (bar ${bar.toFixed(2)}), ${seconds.toFixed(1)} s${good ? '' : '  ← MISSED'}`,
      );
    }
    for (const kind of FOR_GOOD) {
      if (only !== undefined && !only.includes(kind)) continue;
      const first = await measure(kind, [ruleFor(kind, 0.1)]);
      const { failed } = first.finished.segments;
      const again = await measure(kind, [], { goesOn: true, flags: ['--retry-refused'] });
      const calls = first.finished.calls.synthesize + again.finished.calls.synthesize;
      const good =
        failed > 0 &&
        again.finished.ok &&
        again.finished.calls.synthesize === failed &&
        calls <= BAR * plain.finished.calls.synthesize;
      kept &&= good;
      say(
        `${kind}: ${failed} segments given up and said so; without it the next run, told to ask again, speaks those ${again.finished.calls.synthesize} alone, delivered ${again.finished.ok}, calls × ${(calls / plain.finished.calls.synthesize).toFixed(3)}${good ? '' : '  ← MISSED'}`,
      );
    }
    return kept;
  } finally {
    await simulator.stop();
  }
};

/** Calls over segments when each call that these faults strike is made again, and so on. */
function leastOf(rules: readonly FaultRule[]): number {
  const again = rules.filter(({ kind }) => isOfSpeech(kind) && !UNHEARD.includes(kind));
  return 1 / again.reduce((whole, { rate = 0 }) => whole * (1 - rate), 1);
}

/** Faults of a call that speaks, apart from those after which the same call goes on. */
function isOfSpeech(kind: FaultKind): boolean {
  return ['response', 'run-task', 'speech-call'].includes(FAULTS[kind]) && !HARMLESS.includes(kind);
}

function ruleFor(kind: FaultKind, rate: number): FaultRule {
  const place = FAULTS[kind];
  return place === 'http' || place === 'create' ? { kind, nth: 1 } : { kind, rate, frame: 1 };
}

async function send(url: string, method: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`);
}

interface Take {
  seconds: number;
  seed: number | undefined;
}

/** Another seed changes the pace of the simulator's voices by at most 6 %, so two takes differ by twice that; half a text is half. */
const MOST_BY_SEED = 0.13;

function isSameLength(plain: Take, take: Take | undefined): boolean {
  if (take === undefined) return false;
  if (take.seed === plain.seed) return take.seconds === plain.seconds;
  return Math.abs(take.seconds / plain.seconds - 1) < MOST_BY_SEED;
}

/** Each take by its text and character. */
async function takesIn(cwd: string): Promise<Map<string, Take>> {
  const root = join(cwd, '.pipeline', 'records', 'take');
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.json'));
  const takes = await Promise.all(
    names.map(async (name) => {
      const { character, text, durationSeconds, seed } = JSON.parse(await readFile(join(root, name), 'utf8')).value;
      return [`${character}\n${text}`, { seconds: durationSeconds, seed }] as const;
    }),
  );
  return new Map(takes);
}
