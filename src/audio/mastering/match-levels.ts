/** Brings two recordings to one level, for a comparison by ear: the louder one is made softer. Pure. */
import { BYTES_PER_SAMPLE } from '../pcm.ts';

/** Both recordings (s16le mono) with the level of the softer one. A silent recording changes nothing. */
export function matchLevels(a: Uint8Array, b: Uint8Array): [Buffer, Buffer] {
  const [inA, inB] = [rms(a), rms(b)];
  if (inA === 0 || inB === 0) return [Buffer.from(a), Buffer.from(b)];
  return [scaled(a, Math.min(1, inB / inA)), scaled(b, Math.min(1, inA / inB))];
}

/** Pauses count little in a mean of squares, and both recordings have the same words. */
function rms(pcm: Uint8Array): number {
  const view = viewOf(pcm);
  let sum = 0;
  for (let at = 0; at + BYTES_PER_SAMPLE <= pcm.length; at += BYTES_PER_SAMPLE) sum += view.getInt16(at, true) ** 2;
  return pcm.length === 0 ? 0 : Math.sqrt(sum / (pcm.length / BYTES_PER_SAMPLE));
}

function scaled(pcm: Uint8Array, gain: number): Buffer {
  if (gain === 1) return Buffer.from(pcm);
  const view = viewOf(pcm);
  const out = Buffer.alloc(pcm.length);
  for (let at = 0; at + BYTES_PER_SAMPLE <= pcm.length; at += BYTES_PER_SAMPLE)
    out.writeInt16LE(Math.round(view.getInt16(at, true) * gain), at);
  return out;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
