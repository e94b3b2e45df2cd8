/**
 * `npm run bench ears`: how well the checks on takes hear, measured on recordings of people that they were not fitted to.
 * Prints the tables of docs/explanation/quality.md; `EARS_FIT=1` also writes the limits, fitted on all sets, into src/qc/thresholds.ts.
 */
import { createHash } from 'node:crypto';
import { listen } from '../../../src/audio/listening/listen.ts';
import { createNarrowBand } from '../../../src/audio/listening/narrow-band.ts';
import { createTakeMeter } from '../../../src/audio/take-meter.ts';
import type { MeasuredTake } from '../../../src/qc/measured-take.ts';
import { judgeTake } from '../../../src/qc/take.ts';
import type { TakeContext, VoiceHabit } from '../../../src/qc/take-context.ts';
import type { Thresholds } from '../../../src/qc/thresholds.ts';
import { habitOf, habitOfTake, type TakeHabit } from '../../../src/qc/voice-habits.ts';
import type { Bench } from '../main.ts';
import { FAULTS } from './faults.ts';
import { createCounts } from './figures.ts';
import { reportWords } from './heard-words.ts';
import { lettersOf, misfits, soundSeconds } from './misfits.ts';
import { type Recording, type RecordingSet, readRecordingSets } from './recordings.ts';
import { report } from './report.ts';
import { thresholdsFor, thresholdsHash, writeThresholds } from './thresholds.ts';

/** Faults are put into this many sentences of each set. */
const SENTENCES_PER_SET = 50;
const LEAST_WORDS = 5;
const LEAST_SECONDS = 1.5;
/** Of a voice that is known, this many takes are. */
const KNOWN_TAKES = 64;
/** The bar: of all good recordings, by all checks together. */
const MOST_FALSE_ALARMS = 0.02;

/** A take as the checks see it, of a voice that is new and of one that is known. */
interface Take {
  measured: MeasuredTake;
  contexts: Record<'new' | 'known', TakeContext>;
}

/** A set, heard once. */
interface HeardSet extends RecordingSet {
  good: Take[];
  habits: (TakeHabit | undefined)[];
}

/** False alarms on good recordings, and hits on each fault, of voices that are new and that are known. */
export const ears: Bench = async (say) => {
  if (process.env.EARS_WORDS === 'only') {
    const [set] = await readRecordingSets();
    const wrong = misfits(set!);
    await reportWords(say, { ...set!, recordings: set!.recordings.filter((one) => !wrong.includes(one)) });
    return true;
  }
  const cost = { audioSeconds: 0, cpuSeconds: 0 };
  const sets = (await readRecordingSets()).map((set) => heardSet(set, cost, say));
  const counts = createCounts();
  const folds = [];
  for (const set of sets) {
    // The same person must not be on both sides.
    const fitting = sets.filter(({ speaker }) => speaker !== set.speaker);
    const thresholds = fittedTo(fitting);
    folds.push({ name: set.name, thresholds });
    const count = (name: string, { measured, contexts }: Take) => {
      for (const how of ['new', 'known'] as const) {
        const { doubts } = judgeTake(measured, contexts[how], thresholds);
        counts.add([name, how], doubts.length > 0);
        counts.add([name, how, set.name], doubts.length > 0);
        for (const { check } of doubts) counts.add([name, how, 'by', check], true);
      }
    };
    for (const [index, take] of set.good.entries()) {
      count('good', take);
      // Books are made of sentences; most of the recordings are single words.
      if (isSentence(set.recordings[index]!)) count('good sentences', take);
    }
    for (const recording of sentences(set.recordings)) {
      const habit = habitWithout(set.habits, set.recordings.indexOf(recording));
      const input = { recording, like: likeIn(set.recordings, recording), stranger: strangerTo(sets, set, recording) };
      for (const { name, put } of FAULTS) {
        const { samples, text } = put(input);
        count(name, takeOf({ ...recording, samples, text }, { habit, cost }));
      }
    }
    say(
      `${set.name}, ${set.speaker}: ${set.recordings.length} recordings, fitted on ${fitting.map((one) => one.name).join(', ')}`,
    );
  }
  if (process.env.EARS_FIT === '1') await writeThresholds(fittedTo(sets));
  report({ say, counts, folds, hash: await thresholdsHash(), cost });
  await reportWords(say, sets.find(({ name }) => name === 'en')!);
  const worst = Math.max(...['new', 'known'].map((how) => counts.of('good', how).found / counts.of('good', how).takes));
  return worst <= MOST_FALSE_ALARMS;
};

function heardSet(set: RecordingSet, cost: Cost, say: (line: string) => void): HeardSet {
  const wrong = misfits(set);
  for (const { name, text } of wrong) say(`left out, its text does not fit: ${set.name} ${name}: ${text}`);
  const recordings = set.recordings.filter((recording) => !wrong.includes(recording));
  const heard = recordings.map((recording) => takeOf(recording, { cost }));
  const habits = heard.map(({ measured, contexts }) => habitOfTake(measured, contexts.new.text, contexts.new.heard));
  const good = heard.map(({ measured, contexts }, index) => {
    const known = { ...contexts.new, voice: habitWithout(habits, index) };
    return { measured, contexts: { new: contexts.new, known } };
  });
  return { ...set, recordings, good, habits };
}

interface Cost {
  audioSeconds: number;
  cpuSeconds: number;
}

function takeOf(
  { samples, sampleRateHz, text }: Recording,
  { habit, cost }: { habit?: VoiceHabit | undefined; cost: Cost },
): Take {
  const from = process.cpuUsage();
  const meter = createTakeMeter(sampleRateHz);
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  meter.push(bytes);
  const { measured } = meter.finish();
  const narrow = createNarrowBand(sampleRateHz);
  narrow.push(bytes);
  const heard = listen(narrow.samples());
  const used = process.cpuUsage(from);
  cost.cpuSeconds += (used.user + used.system) / 1e6;
  cost.audioSeconds += samples.length / sampleRateHz;
  const fresh = { text, heard };
  return { measured, contexts: { new: fresh, known: { ...fresh, voice: habit } } };
}

/** A score that needs to know the voice has its limit from known voices, and one that must not, from new ones. */
function fittedTo(sets: readonly HeardSet[]): Thresholds {
  const takes = sets.flatMap(({ good }) => good);
  return {
    ...thresholdsFor(takes.map(({ contexts }) => contexts.new)),
    ...thresholdsFor(takes.map(({ contexts }) => contexts.known).filter(({ voice }) => voice?.soundingPace)),
  };
}

/** What is known of a voice without this take: never learned from the take that it judges. */
function habitWithout(habits: readonly (TakeHabit | undefined)[], index: number): VoiceHabit | undefined {
  const others = [...habits.slice(index + 1), ...habits.slice(0, index)];
  const step = Math.max(1, Math.floor(others.length / KNOWN_TAKES / 2));
  const learned = others.filter((habit, i) => i % step === 0 && habit !== undefined) as TakeHabit[];
  return habitOf(learned.slice(0, KNOWN_TAKES));
}

/** The same sentences every time, in no order of theirs. */
function sentences(recordings: readonly Recording[]): Recording[] {
  const order = ({ set, name }: Recording) => createHash('sha256').update(`${set} ${name}`).digest('hex');
  return recordings
    .filter(isSentence)
    .map((one) => ({ one, order: order(one) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .slice(0, SENTENCES_PER_SET)
    .map(({ one }) => one);
}

function isSentence(recording: Recording): boolean {
  return recording.text.split(/\s+/).length >= LEAST_WORDS && soundSeconds(recording) >= LEAST_SECONDS;
}

function likeIn(recordings: readonly Recording[], { text }: Recording): Recording {
  const others = recordings.filter((one) => one.text !== text);
  const off = (one: Recording) => Math.abs(lettersOf(one.text) - lettersOf(text));
  return others.reduce((best, one) => (off(one) < off(best) ? one : best));
}

/** The next set by another speaker. */
function strangerTo(sets: readonly RecordingSet[], { speaker }: RecordingSet, recording: Recording): Recording {
  const others = sets.filter((set) => set.speaker !== speaker);
  return likeIn(others[lettersOf(recording.text) % others.length]!.recordings, recording);
}
