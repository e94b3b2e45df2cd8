/** Teaches a network which sounds are in which frames (src/qc/letters/sound-likelihoods.ts). Equal input gives an equal network. */

import { FRAME_VALUES } from '../../../src/audio/listening/sound-frames.ts';
import { BANDS, bandAt, bandHz, CEPSTRUM, cosinesOfCepstrum } from '../../../src/audio/listening/spectra.ts';
import { NEIGHBORS, type SoundModel } from '../../../src/qc/letters/sound-likelihoods.ts';
import { SOUND_KINDS } from '../../../src/qc/letters/sounds-in-text.ts';
import { seededRandom } from './waveforms.ts';

/** How the frames of recordings are learned. */
export interface Lessons {
  /**
   * Each frame is heard once for each of these factors on its frequencies, as if by a longer or shorter throat, since the next
   * person has another one.
   */
  throats: readonly number[];
  /** Step of each round. */
  rates: readonly number[];
}

const UNITS = 48;
const INPUTS = NEIGHBORS.length * FRAME_VALUES;
const KINDS = SOUND_KINDS.length;
/** No recording is longer. */
const MOST_FRAMES = 1e6;
const BATCH = 256;
/** What a step keeps of those before it, and of their squares (Adam). */
const KEPT = { steps: 0.9, squares: 0.999 };
const LEAST_SHARE = 1e-4;
const LEAST_DEVIATION = 1;

/** The network that tells best which of `kinds` is in each of the frames. */
export function networkOf(
  takes: readonly Int16Array[],
  kinds: readonly Uint8Array[],
  { throats, rates }: Lessons,
): SoundModel {
  const { mean, deviation } = spreadOf(takes);
  const scale = (frames: Float64Array) =>
    frames.map((value, at) => (value - mean[at % FRAME_VALUES]!) / deviation[at % FRAME_VALUES]!);
  const heard = throats.flatMap((factor) => takes.map((frames) => scale(throughThroat(frames, factor))));
  const labels = throats.flatMap(() => kinds);
  const lessons = Float64Array.from(labels.flatMap((one, take) => lessonsOf(take, one.length, throats.length)));
  const random = seededRandom('sounds');
  const layers = {
    hidden: layerOf(UNITS, INPUTS, Math.sqrt(2 / INPUTS), random),
    kinds: layerOf(KINDS, UNITS, Math.sqrt(1 / UNITS), random),
  };
  let step = 0;
  for (const rate of rates) {
    shuffle(lessons, random);
    for (let from = 0; from + BATCH <= lessons.length; from += BATCH) {
      for (let i = from; i < from + BATCH; i++) {
        const [take, frame] = [Math.floor(lessons[i]! / MOST_FRAMES), lessons[i]! % MOST_FRAMES];
        learn(layers, near(heard[take]!, frame), labels[take]![frame]!);
      }
      step += 1;
      for (const layer of [layers.hidden, layers.kinds]) move(layer, { rate, step });
    }
  }
  const shares = sharesOf(kinds);
  const rounded = (value: number) => Math.round(100 * value);
  return {
    ...{ mean, deviation },
    hidden: rowsOf(layers.hidden).map((row) => row.map(rounded)),
    kinds: rowsOf(layers.kinds).map(([bias, ...weights], kind) =>
      [bias! - Math.log(shares[kind]! + LEAST_SHARE), ...weights].map(rounded),
    ),
  };
}

/** Through one throat every second frame is enough, as long as there are others. */
function lessonsOf(take: number, frames: number, throats: number): number[] {
  const step = throats > 1 ? 2 : 1;
  return Array.from({ length: Math.floor(frames / step) }, (_, i) => take * MOST_FRAMES + step * i + (take % step));
}

/** A layer: of each unit its bias, then its weights; and what it has learned. */
interface Layer {
  inputs: number;
  weights: Float64Array;
  slope: Float64Array;
  steps: Float64Array;
  squares: Float64Array;
  /** What its units say, and what is wrong about that. */
  said: Float64Array;
  wrong: Float64Array;
}

function layerOf(units: number, inputs: number, deviation: number, random: () => number): Layer {
  const size = units * (inputs + 1);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    inputs,
    weights: Float64Array.from({ length: size }, (_, at) => (at % (inputs + 1) === 0 ? 0 : deviation * normal())),
    ...{ slope: new Float64Array(size), steps: new Float64Array(size), squares: new Float64Array(size) },
    ...{ said: new Float64Array(units), wrong: new Float64Array(units) },
  };
}

function rowsOf({ inputs, weights, said }: Layer): number[][] {
  return Array.from(said, (_, unit) => Array.from(weights.subarray(unit * (inputs + 1), (unit + 1) * (inputs + 1))));
}

function hear({ inputs, weights, said }: Layer, input: Float64Array): void {
  for (let unit = 0, at = 0; unit < said.length; unit++) {
    let sum = weights[at++]!;
    for (let k = 0; k < inputs; k++) sum += weights[at++]! * input[k]!;
    said[unit] = sum;
  }
}

/** Adds to the slope what is wrong with what the layer says of an input. */
function blame({ inputs, slope, wrong }: Layer, input: Float64Array): void {
  for (let unit = 0; unit < wrong.length; unit++) {
    const off = wrong[unit]!;
    if (off === 0) continue;
    const at = unit * (inputs + 1);
    slope[at]! += off;
    for (let k = 0; k < inputs; k++) slope[at + 1 + k]! += off * input[k]!;
  }
}

function learn(layers: { hidden: Layer; kinds: Layer }, input: Float64Array, kind: number): void {
  const { hidden, kinds } = layers;
  hear(hidden, input);
  const units = hidden.said;
  for (let unit = 0; unit < units.length; unit++) units[unit] = Math.max(0, units[unit]!);
  hear(kinds, units);
  const most = kinds.said.reduce((a, b) => Math.max(a, b), -Infinity);
  let total = 0;
  for (let i = 0; i < KINDS; i++) total += kinds.wrong[i] = Math.exp(kinds.said[i]! - most);
  for (let i = 0; i < KINDS; i++) kinds.wrong[i] = kinds.wrong[i]! / total - Number(i === kind);
  for (let unit = 0; unit < units.length; unit++) {
    let off = 0;
    if (units[unit]! > 0)
      for (let i = 0; i < KINDS; i++) off += kinds.wrong[i]! * kinds.weights[i * (UNITS + 1) + 1 + unit]!;
    hidden.wrong[unit] = off;
  }
  blame(kinds, units);
  blame(hidden, input);
}

function move({ weights, slope, steps, squares }: Layer, { rate, step }: { rate: number; step: number }): void {
  for (let at = 0; at < weights.length; at++) {
    const off = slope[at]! / BATCH;
    slope[at] = 0;
    steps[at]! += (1 - KEPT.steps) * (off - steps[at]!);
    squares[at]! += (1 - KEPT.squares) * (off * off - squares[at]!);
    const size = Math.sqrt(squares[at]! / (1 - KEPT.squares ** step)) + 1e-8;
    weights[at]! -= (rate * steps[at]!) / (1 - KEPT.steps ** step) / size;
  }
}

const input = new Float64Array(INPUTS);

/** A frame and its neighbors; the array is used again. */
function near(frames: Float64Array, frame: number): Float64Array {
  const last = frames.length / FRAME_VALUES - 1;
  for (let i = 0, at = 0; i < NEIGHBORS.length; i++) {
    const from = FRAME_VALUES * Math.min(last, Math.max(0, frame + NEIGHBORS[i]!));
    for (let k = 0; k < FRAME_VALUES; k++) input[at++] = frames[from + k]!;
  }
  return input;
}

/** The frames as they would be if all frequencies were `factor` times as high, as far as the cepstrum tells. */
function throughThroat(frames: Int16Array, factor: number): Float64Array {
  const cosines = cosinesOfCepstrum();
  const matrix = Array.from({ length: CEPSTRUM * CEPSTRUM }, (_, at) => {
    const [to, from] = [Math.floor(at / CEPSTRUM), at % CEPSTRUM];
    let sum = 0;
    for (let band = 0; band < BANDS; band++) {
      const heardAt = Math.min(BANDS - 0.5, Math.max(-0.5, bandAt(factor * bandHz(band))));
      const value = Math.cos((Math.PI * (from + 1) * (heardAt + 0.5)) / BANDS) * Math.sqrt(2 / BANDS);
      sum += cosines[to * BANDS + band]! * value;
    }
    return sum;
  });
  const out = Float64Array.from(frames);
  if (factor === 1) return out;
  for (let at = 0; at < frames.length; at += FRAME_VALUES)
    for (let to = 0; to < CEPSTRUM; to++) {
      let sum = 0;
      for (let from = 0; from < CEPSTRUM; from++) sum += matrix[to * CEPSTRUM + from]! * frames[at + from]!;
      out[at + to] = sum;
    }
  return out;
}

function spreadOf(takes: readonly Int16Array[]): { mean: number[]; deviation: number[] } {
  const sum = new Float64Array(FRAME_VALUES);
  const squares = new Float64Array(FRAME_VALUES);
  const count = takes.reduce((all, frames) => all + frames.length / FRAME_VALUES, 0);
  for (const frames of takes)
    for (let at = 0; at < frames.length; at++) {
      sum[at % FRAME_VALUES]! += frames[at]!;
      squares[at % FRAME_VALUES]! += frames[at]! ** 2;
    }
  const mean = Array.from(sum, (value) => Math.round(value / count));
  return {
    mean,
    deviation: Array.from(squares, (value, k) =>
      Math.max(LEAST_DEVIATION, Math.round(Math.sqrt(value / count - mean[k]! ** 2))),
    ),
  };
}

function sharesOf(kinds: readonly Uint8Array[]): number[] {
  const counts = new Array<number>(KINDS).fill(0);
  for (const one of kinds) for (const kind of one) counts[kind]! += 1;
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / all);
}

function shuffle(values: Float64Array, random: () => number): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
}
