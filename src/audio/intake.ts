/**
 * Takes 16-bit samples in: as floats, with their gain, and without what lies below the corner of a high-pass (second
 * order, Butterworth). One pass over the samples does all three, because a pass is what costs. For one stream.
 *
 * The high-pass also takes away a constant offset, for which 10 Hz is enough and can not be heard. It begins as if the
 * first sample had been there for ever, so that an offset does not thump. `null` is no high-pass.
 */
export function createIntake(of: {
  gain: number;
  highPassHz: number | null;
  sampleRateHz: number;
}): (samples: Int16Array) => Float32Array {
  const { gain, highPassHz, sampleRateHz } = of;
  if (highPassHz === null) return (samples) => withGain(samples, gain);
  const k = Math.tan((Math.PI * highPassHz) / sampleRateHz);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  const a1 = 2 * (k * k - 1) * norm;
  const a2 = (1 - Math.SQRT2 * k + k * k) * norm;
  const b = norm * gain;
  let memory: [number, number] | undefined;
  return (samples) => {
    const out = new Float32Array(samples.length);
    // The memory of a filter that has settled on a constant input, whose output is 0.
    memory ??= [-b * (samples[0] ?? 0), b * (samples[0] ?? 0)];
    // Locals, not variables of the closure: those would put a number on the heap for each sample.
    let [s1, s2] = memory;
    for (let i = 0; i < samples.length; i++) {
      const x = samples[i]! * b;
      const y = x + s1;
      s1 = -2 * x - a1 * y + s2;
      s2 = x - a2 * y;
      out[i] = y;
    }
    memory = [s1, s2];
    return out;
  };
}

function withGain(samples: Int16Array, gain: number): Float32Array {
  const out = new Float32Array(samples.length);
  for (let i = 0; i < samples.length; i++) out[i] = samples[i]! * gain;
  return out;
}
