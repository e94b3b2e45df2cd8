/**
 * `npm run bench ears`: how well the checks on takes hear, measured on recordings of people that they were not fitted to.
 * Prints the tables of docs/explanation/quality.md; `EARS_FIT=1` also writes the limits, fitted on all sets, into src/qc/thresholds.ts.
 */
import { sampleHabitOf } from '../../../src/qc/sample-habit.ts';
import { SCORES } from '../../../src/qc/scores.ts';
import { judgeTake } from '../../../src/qc/take.ts';
import type { TakeContext, VoiceHabit } from '../../../src/qc/take-context.ts';
import type { Thresholds } from '../../../src/qc/thresholds.ts';
import { habitOf, habitOfTake, type TakeHabit } from '../../../src/qc/voice-habits.ts';
import type { VoicePrint } from '../../../src/qc/voice-print.ts';
import type { Bench } from '../main.ts';
import { FAULTS } from './faults.ts';
import { createCounts, HOWS, type How } from './figures.ts';
import { type HeardSet, type HeardSound, hearSets } from './heard-sets.ts';
import { reportWords } from './heard-words.ts';
import { misfits } from './misfits.ts';
import { readRecordingSets } from './recordings.ts';
import { LONG_WRONG_VOICE, NOT_OF_THE_CAST, report, SAME_PERSON, SAME_PERSON_FAST } from './report.ts';
import { reportSeededBook } from './seeded-book.ts';
import { createLateStarts, type LateStarts, writeSoundModel } from './sound-model.ts';
import { type FitTake, thresholdsFor, thresholdsHash, writeThresholds } from './thresholds.ts';

/** Of a voice that is known, this many takes are. */
const KNOWN_TAKES = 64;
/** The bar: of all good recordings, by all checks together. */
const MOST_FALSE_ALARMS = 0.02;
const OTHER_VOICE = 'other-voice';
const WRONG_VOICE = 'wrong voice';

/** A sound as the checks see it, by what is known of its voice. */
interface Take extends HeardSound {
  contexts: Record<How, TakeContext>;
  /** Its place among the good and the faulty takes of its set. */
  at: number;
  /** Undefined: a good recording. */
  fault?: string;
}

/** A set with everything that its takes are judged by. */
interface JudgedSet {
  name: string;
  heard: HeardSet;
  speaker: string;
  takes: Take[];
  voice: VoicePrint | undefined;
  /** The good takes of the same person's other set, each as if it were of this one. */
  samePerson: Take[];
}

/** False alarms on good recordings, and hits on each fault, of voices that are new and that are known. */
export const ears: Bench = async (say, folder) => {
  if (process.env.EARS_BOOK === 'only') {
    await reportSeededBook(say, folder);
    return true;
  }
  const recordingSets = await readRecordingSets();
  const reportOfWords = async () => {
    const [set] = recordingSets;
    const wrong = misfits(set!);
    await reportWords(say, { ...set!, recordings: set!.recordings.filter((one) => !wrong.includes(one)) });
  };
  if (process.env.EARS_WORDS === 'only') {
    await reportOfWords();
    return true;
  }
  const heard = await hearSets(recordingSets, process.env.EARS_SETS?.split(','));
  const tones = heard.flatMap(({ name, good }) => good.filter(isTone).map(({ text }) => `${name}: ${text}`));
  for (const line of [...heard.flatMap(({ leftOut }) => leftOut), ...tones])
    say(`left out, its text does not fit: ${line}`);
  const sets = heard.map((set) => judgedSet(set, heard));
  const starts = createLateStarts(heard);
  const fits = new Map<string | undefined, Promise<Thresholds>>();
  // The same person must not be on both sides.
  const fitWithout = (speaker?: string): Promise<Thresholds> => {
    const fitting = sets.filter((set) => set.speaker !== speaker);
    const fit = fits.get(speaker) ?? fittedTo(fitting, { starts, ...(speaker !== undefined && { without: speaker }) });
    fits.set(speaker, fit);
    return fit;
  };
  const counts = createCounts();
  const folds = [];
  for (const set of sets) {
    const fitting = sets.filter(({ speaker }) => speaker !== set.speaker);
    const thresholds = await fitWithout(set.speaker);
    const judged = await withStarts(set, starts, [set.speaker]);
    folds.push({ name: set.name, thresholds });
    const cast = castFor(set, sets);
    for (const take of judged.takes) count(counts, { set: set.name, take, thresholds, cast });
    countSamePerson(counts, { set, thresholds, cast });
    const names = fitting.map(({ name }) => name).join(', ');
    say(`${set.name}, ${set.speaker}: ${set.takes.length} takes, fitted on ${names}`);
  }
  if (process.env.EARS_FIT === '1') {
    await writeThresholds(await fitWithout());
    await writeSoundModel(starts.ofAll());
  }
  const cost = {
    audioSeconds: heard.reduce((sum, { audioSeconds }) => sum + audioSeconds, 0),
    cpuSeconds: heard.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  };
  report({ say, counts, folds, hash: await thresholdsHash(), cost });
  if (process.env.EARS_WORDS !== 'no') await reportOfWords();
  const worst = Math.max(...HOWS.map((how) => counts.of('good', how).found / counts.of('good', how).takes));
  return worst <= MOST_FALSE_ALARMS;
};

function count(
  counts: ReturnType<typeof createCounts>,
  { set, take, thresholds, cast }: { set: string; take: Take; thresholds: Thresholds; cast: VoicePrint[] },
): void {
  const names = take.fault !== undefined ? [take.fault] : take.isSentence ? ['good', 'good sentences'] : ['good'];
  for (const how of HOWS) {
    const judge = (cast: VoicePrint[]) => judgeTake(take.measured, { ...take.contexts[how], cast }, thresholds).doubts;
    const doubts = judge(cast);
    for (const name of names) {
      counts.add([name, how], doubts.length > 0);
      counts.add([name, how, set], doubts.length > 0);
      for (const { check } of doubts) counts.add([name, how, 'by', check], true);
    }
    if (take.fault === WRONG_VOICE) counts.add([NOT_OF_THE_CAST, how], judge([]).length > 0);
    if (take.fault === WRONG_VOICE && take.heard?.print !== undefined) {
      counts.add([LONG_WRONG_VOICE, how], doubts.length > 0);
      counts.add([LONG_WRONG_VOICE, how, 'by', OTHER_VOICE], doubts.some(isOfVoice));
    }
  }
}

/** Only the voice and its pace are asked for: the other set has another language, and another room. */
function countSamePerson(
  counts: ReturnType<typeof createCounts>,
  { set, thresholds, cast }: { set: JudgedSet; thresholds: Thresholds; cast: VoicePrint[] },
): void {
  for (const { measured, contexts, heard } of set.samePerson)
    for (const how of HOWS) {
      if (heard?.print === undefined) continue;
      const { doubts } = judgeTake(measured, { ...contexts[how], cast }, thresholds);
      counts.add([SAME_PERSON, how], doubts.some(isOfVoice));
      counts.add(
        [SAME_PERSON_FAST, how],
        doubts.some(({ check }) => check === 'too-fast'),
      );
    }
}

function isOfVoice({ check }: { check: string }): boolean {
  return check === OTHER_VOICE;
}

/** The voices of other people among these sets: a book's cast. */
function castFor({ speaker }: JudgedSet, sets: readonly JudgedSet[]): VoicePrint[] {
  return sets.flatMap((one) => (one.speaker === speaker || one.voice === undefined ? [] : [one.voice]));
}

/** A sound whose text describes it: nobody says that. */
function isTone({ text }: { text: string }): boolean {
  return /^<.*>$/.test(text);
}

function judgedSet(heardSet: HeardSet, sets: readonly HeardSet[]): JudgedSet {
  const { name, speaker, good, faulty, samples } = heardSet;
  const habits = good.map((sound) => {
    const { measured, text, heard } = sound;
    return isTone(sound) ? undefined : habitOfTake(measured, text, { heard, print: heard?.print });
  });
  const voices = good.map((_, index) => habitWithout(habits, index));
  const contextsOf = ({ text, heard }: HeardSound, index: number): Take['contexts'] => {
    const context = { text, heard, print: heard?.print };
    // The recordings take turns, and no sample contains the take that it judges.
    const sample = samples.filter(({ of }) => !of.includes(index))[index % (samples.length - 1)]!;
    return {
      new: context,
      ...bySample(context, sample),
      known: { ...context, voice: voices[index] },
    };
  };
  const takes = [
    ...good.map((sound, index) => ({ ...sound, contexts: contextsOf(sound, index) })),
    ...faulty.map((sound) => ({ ...sound, contexts: contextsOf(sound, sound.of) })),
  ].map((take, at): Take => ({ ...take, at }));
  const known = habitWithout([undefined, ...habits], 0);
  const others = sets.filter((one) => one.speaker === speaker && one.name !== name);
  const samePerson = others.flatMap((one) =>
    one.good
      .filter((sound) => !isTone(sound))
      .map((sound) => {
        const { text, heard } = sound;
        const context = { text, heard, print: heard?.print };
        const contexts = { new: context, ...bySample(context, samples[0]!), known: { ...context, voice: known } };
        return { ...sound, at: NaN, contexts };
      }),
  );
  return {
    name,
    heard: heardSet,
    speaker,
    takes: takes.filter((one) => !isTone(one)),
    voice: known?.print,
    samePerson,
  };
}

function bySample(context: TakeContext, { heard, words }: HeardSet['samples'][number]) {
  return {
    sample: { ...context, sample: sampleHabitOf(heard) },
    'sample and words': { ...context, sample: sampleHabitOf(heard, words) },
  };
}

/** The takes of a set as a model hears them that knows nothing of these people. */
async function withStarts(set: JudgedSet, starts: LateStarts, without: readonly string[]): Promise<JudgedSet> {
  const late = await starts.of(set.heard, without);
  const takes = set.takes.map((take): Take => {
    if (take.heard === undefined) return take;
    const { lateStart: _byAll, ...rest } = take.heard;
    const lateStart = late[take.at];
    const heard = { ...rest, ...(lateStart !== undefined && { lateStart }) };
    const contexts = Object.fromEntries(HOWS.map((how) => [how, { ...take.contexts[how], heard }]));
    return { ...take, heard, contexts: contexts as Take['contexts'] };
  });
  return { ...set, takes };
}

/** No limit for any score: what is left are the checks that have their limits elsewhere. */
const NO_LIMITS: Thresholds = {};

/** Limits by these sets: each is heard by a model of the others that knows nothing of the person `without` either. */
async function fittedTo(
  sets: readonly JudgedSet[],
  { starts, without }: { starts: LateStarts; without?: string },
): Promise<Thresholds> {
  const takes: FitTake[] = [];
  for (const set of sets) {
    const cast = castFor(set, sets);
    const judged = await withStarts(set, starts, without === undefined ? [set.speaker] : [set.speaker, without]);
    for (const take of judged.takes)
      takes.push(...HOWS.map((how) => ({ ...fitTakeOf(take, how, cast), set: set.name })));
  }
  const targets = FAULTS.map(({ name, target }) => [name, target === 'none' ? undefined : target] as const);
  const isHarmless = new Set(FAULTS.filter(({ target }) => target === 'none').map(({ name }) => name));
  return thresholdsFor(
    takes.filter(({ fault }) => fault === undefined || !isHarmless.has(fault)),
    new Map(targets),
  );
}

function fitTakeOf(
  { measured, contexts, fault, isSentence }: Take,
  how: How,
  cast: VoicePrint[],
): Omit<FitTake, 'set'> {
  const context: TakeContext = { ...contexts[how], cast };
  return {
    scores: SCORES.map((score) => context.heard && score.of(context.heard, context, measured)),
    isDoubted: judgeTake(measured, context, NO_LIMITS).doubts.length > 0,
    ...{ how, isSentence },
    ...(fault !== undefined && { fault }),
  };
}

/** What is known of a voice without this take: never learned from the take that it judges. */
function habitWithout(habits: readonly (TakeHabit | undefined)[], index: number): VoiceHabit | undefined {
  const others = [...habits.slice(index + 1), ...habits.slice(0, index)];
  const step = Math.max(1, Math.floor(others.length / KNOWN_TAKES / 2));
  const learned = others.filter((habit, i) => i % step === 0 && habit !== undefined) as TakeHabit[];
  return habitOf(learned.slice(0, KNOWN_TAKES));
}
