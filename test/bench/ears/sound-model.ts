/** Learns what the sounds of a text are like (src/qc/letters) from recordings and their texts alone. */
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { FRAME_VALUES } from '../../../src/audio/listening/sound-frames.ts';
import { lateStart, likelihoodsOf, type SoundModel, type SoundVariant } from '../../../src/qc/letters/late-start.ts';
import { SOUND_KINDS, soundsInText } from '../../../src/qc/letters/sounds-in-text.ts';
import { digestOf, HEARD_SOURCES, type HeardSet, type HeardSound } from './heard-sets.ts';
import { CACHE } from './recordings.ts';

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
        return frames && sounds && lateStart(frames, sounds, without(sorted));
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
    good.flatMap(({ text, frames, isSentence }, index) => {
      const sounds = soundsInText(text);
      // Every second one is enough.
      const isUsed = index % 2 === 0 && isSentence && sounds && frames && frames.length < MOST_FRAMES * FRAME_VALUES;
      return isUsed ? [{ sounds, frames }] : [];
    }),
  );
}

/** What late starts depend on, beside what is heard. */
const SOURCES = [
  ...HEARD_SOURCES,
  ...['src/qc/letters/late-start.ts', 'src/qc/letters/sounds-in-text.ts', 'test/bench/ears/sound-model.ts'],
];

const FILE = 'src/qc/letters/sound-model.ts';

/** Writes the model into the program's file. */
export async function writeSoundModel(model: SoundModel): Promise<void> {
  const rows = model.flatMap((variants, kind) =>
    variants.flatMap(({ share, mean, deviation }) => [
      `${SOUND_KINDS[kind]} ${share} ${mean.join(' ')}`,
      `  ${deviation.join(' ')}`,
    ]),
  );
  await writeFile(
    FILE,
    `/**
 * What the sounds that letters stand for are like. \`EARS_FIT=1 npm run bench ears\` learns it from recordings of people and
 * their texts, and writes this file.
 */
import type { SoundModel } from './late-start.ts';
import { SOUND_KINDS } from './sounds-in-text.ts';

/** Two rows for each way in which a kind sounds: its name, its share and the means, then the deviations. */
const ROWS = \`
${rows.join('\n')}
\`;

/** The model. */
export const SOUND_MODEL: SoundModel = SOUND_KINDS.map((kind) =>
  [...ROWS.matchAll(/^(\\w+) (\\S+) (.*)\\n {2}(.*)$/gm)]
    .filter(([, name]) => name === kind)
    .map(([, , share, mean, deviation]) => ({
      ...{ share: Number(share), mean: mean!.split(' ').map(Number), deviation: deviation!.split(' ').map(Number) },
    })),
);
`,
  );
}

/** A good recording: what is heard, and the sounds of its text. */
export interface SpokenSounds {
  frames: Int16Array;
  sounds: readonly number[];
}

/** Rounds with one variant of each kind, then after each time that every variant is split in two. */
const ROUNDS = [5, 3, 3];
/** Longer recordings say little more. */
const MOST_FRAMES = 1_500;
const SPLIT_DEVIATIONS = 0.3;
const LEAST_DEVIATION = 7;
const LEAST_FRAMES = 100;
const LEVEL = FRAME_VALUES / 2 - 1;
const SOUNDING = -280;
const KINDS = SOUND_KINDS.length;
/** What may follow a frame while the model is learned, as in late-start.ts. */
const STAY = Math.log(0.8);
const NEXT = Math.log(0.2);
const SKIP = Math.log(0.02) - 1;
const SKIP_SILENCE = Math.log(0.3);
const NEVER = -1e9;

/** The model. Equal recordings give an equal one. */
export function soundModelOf(takes: readonly SpokenSounds[]): SoundModel {
  let model = measured(takes, takes.map(evenly));
  for (const [index, rounds] of ROUNDS.entries()) {
    if (index > 0) model = model.map((variants) => variants.flatMap(split));
    for (let round = 0; round < rounds; round++)
      model = measured(
        takes,
        takes.map((take) => aligned(take, model)),
      );
  }
  return model;
}

function split({ share, mean, deviation }: SoundVariant): SoundVariant[] {
  return [-1, 1].map((side) => ({
    share: share / 2,
    mean: mean.map((value, k) => value + side * SPLIT_DEVIATIONS * deviation[k]!),
    deviation,
  }));
}

/** What sounds in each frame: kind, and variant of it. */
interface Sounding {
  kinds: Uint8Array;
  variants: Uint8Array;
}

/** At first, each sound is as long as the others. */
function evenly({ frames, sounds }: SpokenSounds): Sounding {
  const spoken = sounds.filter((sound) => sound !== 0);
  const count = frames.length / FRAME_VALUES;
  const isSounding = (frame: number) => frames[frame * FRAME_VALUES + LEVEL]! > SOUNDING;
  const kinds = new Uint8Array(count);
  let sounding = 0;
  for (let frame = 0; frame < count; frame++) sounding += Number(isSounding(frame));
  for (let frame = 0, at = 0; frame < count; frame++)
    if (isSounding(frame)) kinds[frame] = spoken[Math.floor((at++ * spoken.length) / sounding)]!;
  return { kinds, variants: new Uint8Array(count) };
}

function aligned({ frames, sounds }: SpokenSounds, model: SoundModel): Sounding {
  const count = frames.length / FRAME_VALUES;
  const ways = new Uint8Array(count * sounds.length);
  const nearest = new Uint8Array(count * KINDS);
  takeWays(likelihoodsOf(frames, model, nearest), sounds, ways);
  const kinds = new Uint8Array(count);
  const variants = new Uint8Array(count);
  for (let frame = count - 1, at = sounds.length - 1; frame >= 0; frame--) {
    kinds[frame] = sounds[at]!;
    variants[frame] = nearest[frame * KINDS + sounds[at]!]!;
    at -= ways[frame * sounds.length + at]!;
  }
  return { kinds, variants };
}

/** Takes down where each frame of the best way through all sounds comes from: how many sounds back. */
function takeWays(likelihoods: Float64Array, sounds: readonly number[], ways: Uint8Array): void {
  const count = sounds.length;
  const skip = Float64Array.from(sounds, (sound) => (sound === 0 ? SKIP_SILENCE : SKIP));
  let now = Float64Array.from(sounds, (sound, i) => (i < 2 ? likelihoods[sound]! : NEVER));
  let next = new Float64Array(count);
  for (let at = KINDS, frame = 1; at < likelihoods.length; at += KINDS, frame++) {
    for (let i = 0; i < count; i++) {
      let best = now[i]! + STAY;
      let from = 0;
      if (i > 0 && now[i - 1]! + NEXT > best) [best, from] = [now[i - 1]! + NEXT, 1];
      if (i > 1) {
        const one = now[i - 2]! + skip[i - 1]!;
        if (one > best) [best, from] = [one, 2];
      }
      if (i > 2) {
        const two = now[i - 3]! + skip[i - 1]! + skip[i - 2]!;
        if (two > best) [best, from] = [two, 3];
      }
      next[i] = best + likelihoods[at + sounds[i]!]!;
      ways[frame * count + i] = from;
    }
    [now, next] = [next, now];
  }
}

function measured(takes: readonly SpokenSounds[], soundings: readonly Sounding[]): SoundModel {
  const most = soundings.reduce((max, { variants }) => variants.reduce((a, b) => Math.max(a, b), max), 0) + 1;
  const sums = Array.from({ length: KINDS * most }, () => ({
    ...{ count: 0, sum: new Float64Array(FRAME_VALUES), squares: new Float64Array(FRAME_VALUES) },
  }));
  for (const [index, { frames }] of takes.entries()) {
    const { kinds, variants } = soundings[index]!;
    for (let frame = 0; frame < kinds.length; frame++) {
      const to = sums[kinds[frame]! * most + variants[frame]!]!;
      to.count += 1;
      for (let k = 0; k < FRAME_VALUES; k++) {
        const value = frames[frame * FRAME_VALUES + k]!;
        to.sum[k]! += value;
        to.squares[k]! += value * value;
      }
    }
  }
  return SOUND_KINDS.map((_, kind) => {
    const own = sums.slice(kind * most, (kind + 1) * most).filter(({ count }) => count >= LEAST_FRAMES);
    const all = own.reduce((sum, { count }) => sum + count, 0);
    return own.map(({ count, sum, squares }) => ({
      share: Math.round((1000 * count) / all) / 1000,
      mean: Array.from(sum, (value) => Math.round(value / count)),
      deviation: Array.from(squares, (value, k) =>
        Math.max(LEAST_DEVIATION, Math.round(Math.sqrt(Math.max(0, value / count - (sum[k]! / count) ** 2)))),
      ),
    }));
  });
}
