/**
 * High-pass filter in place: second-order Butterworth. Starts as if the first sample had lasted forever, so that a DC offset
 * causes no thump. Rounding to 16 bits adds no more noise than the recording already has.
 */
export function highPass(samples: Int16Array, { cornerHz, sampleRateHz }: { cornerHz: number; sampleRateHz: number }) {
  const k = Math.tan((Math.PI * cornerHz) / sampleRateHz);
  const b = 1 / (1 + Math.SQRT2 * k + k * k);
  const a1 = 2 * (k * k - 1) * b;
  const a2 = (1 - Math.SQRT2 * k + k * k) * b;
  // The state of a filter that has settled on a constant input.
  let s1 = -b * (samples[0] ?? 0);
  let s2 = -s1;
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i]! * b;
    const y = x + s1;
    s1 = -2 * x - a1 * y + s2;
    s2 = x - a2 * y;
    samples[i] = Math.max(-32_768, Math.min(32_767, Math.round(y)));
  }
}
