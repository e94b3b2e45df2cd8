/** Every `step`th sample, from the one at `first`: one channel of interleaved sound. */
export function channelSamples(samples: Int16Array, first: number, step: number): Int16Array {
  const picked = new Int16Array(Math.max(0, Math.ceil((samples.length - first) / step)));
  for (let i = 0; i < picked.length; i++) picked[i] = samples[first + i * step]!;
  return picked;
}
