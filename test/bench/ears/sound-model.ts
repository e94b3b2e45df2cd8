/** Learns what the sounds of a text are like (src/qc/letters) from recordings and their texts alone. */
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { FRAME_VALUES } from '../../../src/audio/listening/sound-frames.ts';
import { lateStart } from '../../../src/qc/letters/late-start.ts';
import { type SoundModel, soundLikelihoods } from '../../../src/qc/letters/sound-likelihoods.ts';
import { SOUND_KINDS, soundsInText } from '../../../src/qc/letters/sounds-in-text.ts';
import { kindsAlong, type SpokenSounds } from './alignment.ts';
import { kindsByGaussians } from './gaussians.ts';
import { digestOf, HEARD_SOURCES, type HeardSet, type HeardSound } from './heard-sets.ts';
import { CACHE } from './recordings.ts';
import { networkOf } from './sound-network.ts';

/** What is heard of the starts of takes, by models that never heard the people who they judge. */
export interface LateStarts {
  /**
   * By how much a later start is likelier (HeardTake.lateStart) in each take of a set, the good ones before the faulty ones, by a
   * model of all sets but those of these speakers.
   */
  of(set: HeardSet, without: readonly string[]): Promise<LateStart[]>;
  /** The model of all sets. */
  ofAll(): SoundModel;
}

/** Undefined of short texts and of other scripts. */
export type LateStart = number | undefined;

/** Models are made when they are first asked for; what they hear is kept beside the recordings, like all that is heard. */
export function createLateStarts(sets: readonly HeardSet[]): LateStarts {
  const models = new Map<string, SoundModel>();
  const without = (speakers: readonly string[]): SoundModel => {
    const key = speakers.join(' ');
    const model = models.get(key) ?? soundModelOf(spokenIn(sets.filter(({ speaker }) => !speakers.includes(speaker))));
    models.set(key, model);
    return model;
  };
  return {
    async of(set, speakers) {
      const sorted = [...new Set(speakers)].sort();
      const names = sets.map(({ name }) => name).join('-');
      const file = join(
        CACHE,
        `late-${set.name}-without-${sorted.join('-')}-of-${names}-${await digestOf(SOURCES)}.bin`,
      );
      if (existsSync(file)) return deserialize(await readFile(file)) as LateStart[];
      const lateIn = ({ text, frames }: HeardSound) => {
        const sounds = soundsInText(text);
        return frames && sounds && lateStart(soundLikelihoods(frames, without(sorted)), sounds);
      };
      const late = [...set.good, ...set.faulty].map(lateIn);
      await writeFile(`${file}.part`, serialize(late));
      await rename(`${file}.part`, file);
      return late;
    },
    ofAll: () => without([]),
  };
}

function spokenIn(sets: readonly HeardSet[]): SpokenSounds[] {
  return sets.flatMap(({ good }) =>
    good.flatMap(({ text, frames, isSentence }) => {
      const sounds = soundsInText(text);
      return isSentence && sounds && frames && frames.length < MOST_FRAMES * FRAME_VALUES ? [{ sounds, frames }] : [];
    }),
  );
}

/** What late starts depend on, beside what is heard. */
const SOURCES = [
  ...HEARD_SOURCES,
  ...['late-start.ts', 'sound-likelihoods.ts', 'sounds-in-text.ts'].map((name) => `src/qc/letters/${name}`),
  ...['alignment.ts', 'gaussians.ts', 'sound-model.ts', 'sound-network.ts'].map((name) => `test/bench/ears/${name}`),
];

/** Longer recordings say little more. */
const MOST_FRAMES = 1_500;
/** What a frame weighs while sounds are laid along it. */
const ALONG_WEIGHT = 0.7;
const THROATS = [0.88, 0.94, 1, 1.06, 1.13];
const RATES = [1e-3, 1e-3, 3e-4];

/**
 * The model. Gaussians find the sounds in recordings, a network learns from them and finds the sounds again, and the network of
 * the program learns from that one.
 */
export function soundModelOf(takes: readonly SpokenSounds[]): SoundModel {
  const frames = takes.map((take) => take.frames);
  const first = networkOf(frames, kindsByGaussians(takes), { throats: [1], rates: RATES });
  const found = takes.map((take) => kindsAlong(soundLikelihoods(take.frames, first, ALONG_WEIGHT), take.sounds));
  return networkOf(frames, found, { throats: THROATS, rates: RATES });
}

const FILE = 'src/qc/letters/sound-model.ts';
const LINE_LENGTH = 118;

/** Writes the model into the program's file. */
export async function writeSoundModel({ mean, deviation, hidden, kinds }: SoundModel): Promise<void> {
  const rows = (name: string, values: readonly (readonly number[])[]) =>
    values.map((row) => wrapped(`${name} ${row.join(' ')}`)).join('\n');
  const named = kinds.map((row, kind) => wrapped(`${SOUND_KINDS[kind]} ${row.join(' ')}`)).join('\n');
  await writeFile(
    FILE,
    `/**
 * What the sounds that letters stand for are like. \`EARS_FIT=1 npm run bench ears\` learns it from recordings of people and
 * their texts, and writes this file.
 */
import type { SoundModel } from './sound-likelihoods.ts';
import { SOUND_KINDS } from './sounds-in-text.ts';

/** A name and numbers; a row goes on in the lines behind it that begin with a space. */
const ROWS = \`
${rows('mean', [mean])}
${rows('deviation', [deviation])}
${rows('unit', hidden)}
${named}
\`;

const rowsOf = (name: string): number[][] =>
  [...ROWS.matchAll(/^(\\w+) (.*(?:\\n .*)*)$/gm)]
    .filter(([, of]) => of === name)
    .map(([, , numbers]) => numbers!.split(/\\s+/).map(Number));

/** The model. */
export const SOUND_MODEL: SoundModel = {
  mean: rowsOf('mean')[0]!,
  deviation: rowsOf('deviation')[0]!,
  hidden: rowsOf('unit'),
  kinds: SOUND_KINDS.map((kind) => rowsOf(kind)[0]!),
};
`,
  );
}

/** A row on lines that are short enough. */
function wrapped(row: string): string {
  const lines = [''];
  for (const word of row.split(' ')) {
    const last = lines.at(-1)!;
    if (last.length + word.length + 1 > LINE_LENGTH) lines.push(` ${word}`);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
}
