/** Small tools on samples, for the faults. */

/** Joins pieces. */
export function joined(...parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** RMS of the blocks of 10 ms that are at most 30 dB below the loudest, in sample units. */
export function speechRms(samples: Int16Array, sampleRateHz: number): number {
  const powers = blockPowers(samples, sampleRateHz);
  const loudest = Math.max(...powers);
  const loud = powers.filter((power) => power >= loudest / 1000);
  return Math.sqrt(loud.reduce((sum, power) => sum + power, 0) / loud.length);
}

/** First and last sample of the sound: the blocks at most 35 dB below the loudest. */
export function soundSpan(samples: Int16Array, sampleRateHz: number): { from: number; to: number } {
  const block = sampleRateHz / 100;
  const powers = blockPowers(samples, sampleRateHz);
  const least = Math.max(...powers) / 3162;
  const first = powers.findIndex((power) => power >= least);
  const last = powers.findLastIndex((power) => power >= least);
  return { from: first * block, to: Math.min(samples.length, (last + 1) * block) };
}

/** The middle of the quietest 30 ms between two places. */
export function quietPlace(samples: Int16Array, sampleRateHz: number, from: number, to: number): number {
  const width = Math.round(0.03 * sampleRateHz);
  let best = Math.round((from + to) / 2);
  let least = Infinity;
  for (let at = Math.max(0, Math.round(from)); at + width <= Math.min(samples.length, to); at += width >> 2) {
    let power = 0;
    for (let i = at; i < at + width; i++) power += samples[i]! ** 2;
    if (power < least) [least, best] = [power, at + (width >> 1)];
  }
  return best;
}

/** Samples at other amplitudes, within 16 bits. */
export function changed(samples: Int16Array, change: (sample: number, index: number) => number): Int16Array {
  return samples.map((sample, index) => Math.max(-32_768, Math.min(32_767, Math.round(change(sample, index)))));
}

/** Fades the last samples out. */
export function fadedOut(samples: Int16Array, length: number): Int16Array {
  return changed(samples, (sample, index) => sample * Math.min(1, (samples.length - index) / length));
}

/** Played faster or slower, with its pitch: `factor` 2 is twice as fast. */
export function resampled(samples: Int16Array, factor: number): Int16Array {
  return new Int16Array(Math.floor((samples.length - 1) / factor)).map((_, index) => {
    const at = Math.floor(index * factor);
    const share = index * factor - at;
    return Math.round(samples[at]! * (1 - share) + samples[at + 1]! * share);
  });
}

/** Spoken faster or slower at the same pitch (WSOLA): `factor` 2 is twice as fast. */
export function stretched(samples: Int16Array, factor: number, sampleRateHz: number): Int16Array {
  const hop = Math.round(0.015 * sampleRateHz);
  const search = Math.round(0.008 * sampleRateHz);
  const out = new Float64Array(Math.floor(samples.length / factor) + 2 * hop);
  let from = 0;
  for (let to = 0; to + 2 * hop <= out.length; to += hop) {
    // The piece that goes on best from the end of the last one.
    const target = Math.round(to * factor);
    const next = from + hop;
    let best = target;
    let most = -Infinity;
    for (let at = Math.max(0, target - search); at <= target + search && to > 0; at++) {
      let likeness = 0;
      for (let i = 0; i < hop; i += 2) likeness += (samples[next + i] ?? 0) * (samples[at + i] ?? 0);
      if (likeness > most) [most, best] = [likeness, at];
    }
    from = best;
    for (let i = 0; i < 2 * hop; i++)
      out[to + i]! += (samples[from + i] ?? 0) * (0.5 - 0.5 * Math.cos((Math.PI * i) / hop));
  }
  return Int16Array.from(out.subarray(0, Math.floor(samples.length / factor)), (value) =>
    Math.max(-32_768, Math.min(32_767, Math.round(value))),
  );
}

/** White noise of this RMS, from `random`. */
export function noise(length: number, rms: number, random: () => number): Int16Array {
  return new Int16Array(length).map(() => Math.round((2 * random() - 1) * rms * Math.sqrt(3)));
}

/** Numbers from 0 to 1, the same for the same seed. */
export function seededRandom(seed: string): () => number {
  let state = 2_166_136_261;
  for (const letter of seed) state = Math.imul(state ^ letter.codePointAt(0)!, 16_777_619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function blockPowers(samples: Int16Array, sampleRateHz: number): number[] {
  const block = sampleRateHz / 100;
  const powers: number[] = [];
  for (let from = 0; from < samples.length; from += block) {
    let sum = 0;
    for (let i = from; i < Math.min(samples.length, from + block); i++) sum += samples[i]! ** 2;
    powers.push(sum / block);
  }
  return powers;
}
