/**
 * `npm run bench ears`: how well the checks on takes hear, measured on recordings of people that they were not fitted to.
 * Prints the tables of docs/quality.md.
 */
import { createHash } from 'node:crypto';
import { createTakeMeter } from '../../../src/audio/take-meter.ts';
import type { MeasuredTake } from '../../../src/qc/measured-take.ts';
import { judgeTake, type VoiceHabit } from '../../../src/qc/take.ts';
import { createVoiceHabits } from '../../../src/qc/voice-habits.ts';
import type { Bench } from '../main.ts';
import { FAULTS } from './faults.ts';
import { createCounts, percent, table, withInterval } from './figures.ts';
import { lettersOf, misfits, soundSeconds } from './misfits.ts';
import { type Recording, type RecordingSet, readRecordingSets } from './recordings.ts';

/** Faults are put into this many sentences of each set. */
const SENTENCES_PER_SET = 50;
const LEAST_WORDS = 5;
const LEAST_SECONDS = 1.5;
/** The bar: of all good recordings, by all checks together. */
const MOST_FALSE_ALARMS = 0.02;

interface Heard {
  text: string;
  measured: MeasuredTake;
}

/** False alarms on good recordings, and hits on each fault, of voices that are new and that are known. */
export const ears: Bench = async (say) => {
  const sets = await readRecordingSets();
  const counts = createCounts();
  const checks = new Set<string>();
  const cost = { audioSeconds: 0, cpuSeconds: 0 };
  const hear = (samples: Int16Array, sampleRateHz: number) => {
    const from = process.cpuUsage();
    const meter = createTakeMeter(sampleRateHz);
    meter.push(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    const { measured } = meter.finish();
    const used = process.cpuUsage(from);
    cost.cpuSeconds += (used.user + used.system) / 1e6;
    cost.audioSeconds += samples.length / sampleRateHz;
    return measured;
  };
  const count = (name: string, set: string, { text, measured }: Heard, habit: VoiceHabit | undefined) => {
    for (const [how, voice] of [
      ['new', undefined],
      ['known', habit],
    ] as const) {
      const { doubts } = judgeTake(measured, { text, voice });
      counts.add([name, how], doubts.length > 0);
      counts.add([name, how, set], doubts.length > 0);
      for (const { check } of doubts) checks.add(check);
      for (const check of checks)
        if (doubts.some((doubt) => doubt.check === check)) counts.add([name, how, 'by', check], true);
    }
  };
  for (const set of sets) {
    const wrong = misfits(set);
    for (const { name, text } of wrong) say(`left out, its text does not fit: ${set.name} ${name}: ${text}`);
    const recordings = set.recordings.filter((recording) => !wrong.includes(recording));
    const heard = recordings.map(({ samples, sampleRateHz, text }) => ({
      text,
      measured: hear(samples, sampleRateHz),
    }));
    for (const [index, take] of heard.entries()) count('good', set.name, take, habitWithout(heard, index));
    const chosen = sentences(recordings);
    for (const recording of chosen) {
      const habit = habitWithout(heard, recordings.indexOf(recording));
      const input = { recording, like: likeIn(recordings, recording), stranger: strangerTo(sets, set, recording) };
      for (const { name, put } of FAULTS) {
        const { samples, text } = put(input);
        count(name, set.name, { text, measured: hear(samples, recording.sampleRateHz) }, habit);
      }
    }
    say(`${set.name}, ${set.speaker}: ${recordings.length} recordings, faults in ${chosen.length} sentences`);
  }
  const names = sets.map(({ name }) => name);
  const rowOf = (name: string, target = '') => [
    name,
    target,
    String(counts.of(name, 'new').takes),
    withInterval(counts.of(name, 'new')),
    withInterval(counts.of(name, 'known')),
    ...names.map((set) => `${percent(counts.of(name, 'new', set))} / ${percent(counts.of(name, 'known', set))}`),
  ];
  const heading = ['fault', 'target', 'takes', 'voice new', 'voice known', ...names];
  for (const line of table([
    heading,
    rowOf('good', '≤ 2 %'),
    ...FAULTS.map(({ name, target }) => rowOf(name, wanted(target))),
  ]))
    say(line);
  for (const check of [...checks].sort()) {
    const of = (how: string) =>
      percent({ ...counts.of('good', how), found: counts.of('good', how, 'by', check).found });
    say(`false ${check}: ${of('new')} new, ${of('known')} known`);
  }
  say(`CPU: ${((60 * cost.cpuSeconds) / cost.audioSeconds).toFixed(2)} s for a minute of audio`);
  const worst = Math.max(...['new', 'known'].map((how) => counts.of('good', how).found / counts.of('good', how).takes));
  return worst <= MOST_FALSE_ALARMS;
};

/** What is known of a voice from its takes before this one, or after it when there are too few. */
function habitWithout(heard: readonly Heard[], index: number): VoiceHabit | undefined {
  const habits = createVoiceHabits();
  const others = [...heard.slice(index + 1), ...heard.slice(0, index)].filter((_, i) => i % 7 === 0);
  for (const { text, measured } of others) habits.learn('voice', measured, text);
  return habits.of('voice');
}

function wanted(target: number | 'none' | undefined): string {
  return target === 'none' ? 'none' : target === undefined ? '' : `≥ ${100 * target} %`;
}

/** The same sentences every time, in no order of theirs. */
function sentences(recordings: readonly Recording[]): Recording[] {
  const order = ({ set, name }: Recording) => createHash('sha256').update(`${set} ${name}`).digest('hex');
  return recordings
    .filter((one) => one.text.split(/\s+/).length >= LEAST_WORDS && soundSeconds(one) >= LEAST_SECONDS)
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .slice(0, SENTENCES_PER_SET);
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
