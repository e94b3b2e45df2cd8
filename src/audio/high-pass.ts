/**
 * A high-pass of second order (Butterworth, 12 dB an octave) that works in place, for one stream. It also takes away a
 * constant offset, for which a corner of 10 Hz is enough and can not be heard. It begins as if the first sample had been
 * there for ever, so that an offset does not thump.
 */
export function createHighPass(of: { highPassHz: number; sampleRateHz: number }): (samples: Float32Array) => void {
  const k = Math.tan((Math.PI * of.highPassHz) / of.sampleRateHz);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  const a1 = 2 * (k * k - 1) * norm;
  const a2 = (1 - Math.SQRT2 * k + k * k) * norm;
  let s1 = 0;
  let s2 = 0;
  let started = false;
  return (samples) => {
    if (!started && samples.length > 0) {
      // The memory of a filter that has settled on a constant input, whose output is 0.
      s1 = -norm * samples[0]!;
      s2 = norm * samples[0]!;
      started = true;
    }
    // Locals, not variables of the closure: those would put a number on the heap for each sample.
    let t1 = s1;
    let t2 = s2;
    for (let i = 0; i < samples.length; i++) {
      const x = samples[i]! * norm;
      const y = x + t1;
      t1 = -2 * x - a1 * y + t2;
      t2 = x - a2 * y;
      samples[i] = y;
    }
    s1 = t1;
    s2 = t2;
  };
}
