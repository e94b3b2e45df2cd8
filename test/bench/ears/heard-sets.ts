/**
 * Hears every recording, and every fault in the chosen sentences, once: what was heard is kept beside the recordings, under
 * the digest of what hears and of what makes the faults, so that limits are fitted again within seconds.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { listen, soundFramesIn } from '../../../src/audio/listening/listen.ts';
import { createNarrowBand } from '../../../src/audio/listening/narrow-band.ts';
import { createTakeMeter } from '../../../src/audio/measure/take-meter.ts';
import type { HeardTake } from '../../../src/qc/heard-take.ts';
import type { MeasuredTake } from '../../../src/qc/measured-take.ts';
import { isLong } from '../../../src/qc/pace-scores.ts';
import { FAULTS } from './faults.ts';
import { lettersOf, misfits, soundSeconds } from './misfits.ts';
import { CACHE, type Recording, type RecordingSet } from './recordings.ts';

/** A sound that was heard. */
export interface HeardSound {
  text: string;
  /** Books are made of sentences; most of the recordings are single words. */
  isSentence: boolean;
  measured: MeasuredTake;
  heard: HeardTake | undefined;
  /** What its text is compared with (src/qc/letters), of sentences. */
  frames: Int16Array | undefined;
}

/** A set, heard once. */
export interface HeardSet {
  name: string;
  speaker: string;
  good: HeardSound[];
  /** `of`: index in `good` of the recording that it was put into. */
  faulty: (HeardSound & { fault: string; of: number })[];
  /** Recordings as somebody would clone a voice from: each of other sentences, whose indices in `good` are `of`. */
  samples: { words: string; heard: HeardTake; of: readonly number[] }[];
  audioSeconds: number;
  cpuSeconds: number;
  /** Recordings whose text does not fit, for people. */
  leftOut: string[];
}

/** Faults are put into this many sentences of each set. */
const SENTENCES_PER_SET = 50;
/** Samples of each set, and the sound that each has at least. */
const SAMPLES_PER_SET = 4;
const SAMPLE_SECONDS = 15;
const LEAST_WORDS = 5;
const LEAST_SECONDS = 1.5;
/** Files and folders that what is heard depends on. */
export const HEARD_SOURCES: readonly string[] = [
  ...['src/audio/listening', 'test/bench/ears/faults.ts', 'test/bench/ears/waveforms.ts'],
  ...['heard-sets.ts', 'misfits.ts', 'recordings.ts'].map((name) => `test/bench/ears/${name}`),
  'src/audio/measure/take-meter.ts',
];

/** All sets, or those of these names, from the cache where it has them. */
export async function hearSets(
  sets: readonly RecordingSet[],
  names = sets.map(({ name }) => name),
): Promise<HeardSet[]> {
  const digest = await digestOf(HEARD_SOURCES);
  const heard: HeardSet[] = [];
  for (const set of sets.filter(({ name }) => names.includes(name))) {
    const file = join(CACHE, `heard-${set.name}-${digest}.bin`);
    if (!existsSync(file)) {
      await writeFile(`${file}.part`, serialize(hear(set, sets)));
      await rename(`${file}.part`, file);
    }
    heard.push(deserialize(await readFile(file)) as HeardSet);
  }
  return heard;
}

/** The first digits of the SHA-256 of files and folders. */
export async function digestOf(sources: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    const files = source.endsWith('.ts') ? [source] : (await readdir(source)).sort().map((name) => join(source, name));
    for (const file of files) hash.update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 12);
}

function hear(set: RecordingSet, sets: readonly RecordingSet[]): HeardSet {
  const wrong = new Set(misfits(set));
  const recordings = set.recordings.filter((one) => !wrong.has(one));
  const cost = { audioSeconds: 0, cpuSeconds: 0 };
  const good = recordings.map((recording) => heardSound(recording, cost));
  const faulty = sentences(recordings).flatMap((recording) => {
    const input = { recording, like: likeIn(recordings, recording), stranger: strangerTo(sets, set, recording) };
    const of = recordings.indexOf(recording);
    return FAULTS.map(({ name, put }) => ({
      ...heardSound({ ...recording, ...put(input) }, cost),
      ...{ fault: name, of },
    }));
  });
  const leftOut = [...wrong].map(({ name, text }) => `${set.name} ${name}: ${text}`);
  return { name: set.name, speaker: set.speaker, good, faulty, samples: samplesOf(recordings), ...cost, leftOut };
}

/** The last sentences first: faults are put into the first ones. */
function samplesOf(recordings: readonly Recording[]): HeardSet['samples'] {
  const waiting = inNoOrder(recordings.filter(isSentence));
  return Array.from({ length: SAMPLES_PER_SET }, () => {
    const chosen: Recording[] = [];
    while (chosen.reduce((sum, one) => sum + soundSeconds(one), 0) < SAMPLE_SECONDS) chosen.push(waiting.pop()!);
    const narrow = createNarrowBand(chosen[0]!.sampleRateHz);
    for (const { samples } of chosen)
      narrow.push(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    const words = chosen.map(({ text }) => text.replace(/[\p{P}\s]+$/u, '')).join('. ');
    return { words, heard: listen(narrow.samples())!, of: chosen.map((one) => recordings.indexOf(one)) };
  });
}

function heardSound(recording: Recording, cost: Pick<HeardSet, 'audioSeconds' | 'cpuSeconds'>): HeardSound {
  const { samples, sampleRateHz, text } = recording;
  const from = process.cpuUsage();
  const meter = createTakeMeter(sampleRateHz);
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  meter.push(bytes);
  const { measured } = meter.finish();
  const narrow = createNarrowBand(sampleRateHz);
  narrow.push(bytes);
  const heard = listen(narrow.samples(), text);
  const used = process.cpuUsage(from);
  cost.cpuSeconds += (used.user + used.system) / 1e6;
  cost.audioSeconds += samples.length / sampleRateHz;
  const frames = isLong(text) ? soundFramesIn(narrow.samples()) : undefined;
  return { text, isSentence: isSentence(recording), measured, heard, frames };
}

/** The same sentences every time. */
function sentences(recordings: readonly Recording[]): Recording[] {
  return inNoOrder(recordings.filter(isSentence)).slice(0, SENTENCES_PER_SET);
}

function inNoOrder(recordings: readonly Recording[]): Recording[] {
  const order = ({ set, name }: Recording) => createHash('sha256').update(`${set} ${name}`).digest('hex');
  return recordings
    .map((one) => ({ one, order: order(one) }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
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
