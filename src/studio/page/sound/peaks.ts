/** Peaks of a sound as the server sends them, and the outline that a waveform draws. Pure. */
import type { Peaks } from '../../shapes.ts';

/** Pairs of least and greatest sample, from -128 to 127. */
export interface Outline {
  perSecond: number;
  pairs: Int8Array;
}

/** Decodes peaks. */
export function outlineOf({ perSecond, peaks }: Peaks): Outline {
  const bytes = atob(peaks);
  const pairs = new Int8Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) pairs[index] = (bytes.charCodeAt(index) << 24) >> 24;
  return { perSecond, pairs };
}

/** Length of the sound in milliseconds. */
export function outlineMs({ perSecond, pairs }: Outline): number {
  return (pairs.length / 2 / perSecond) * 1000;
}

/** Thinnest line, as a share of the height: silence is a line, not a hole. */
const THINNEST = 0.012;

/**
 * The path of a filled waveform in a picture 1000 wide and 100 high, of a part of the sound, drawn with at most `columns`
 * columns. Quiet sounds are lifted (square root), so that a whisper can be seen.
 */
export function wavePath(outline: Outline, startMs: number, endMs: number, columns: number): string {
  const { perSecond, pairs } = outline;
  const first = Math.floor((startMs / 1000) * perSecond);
  const last = Math.max(first + 1, Math.ceil((endMs / 1000) * perSecond));
  const many = Math.min(columns, last - first);
  const upper: string[] = [];
  const lower: string[] = [];
  for (let column = 0; column < many; column++) {
    const from = first + Math.floor((column * (last - first)) / many);
    const to = Math.max(from + 1, first + Math.floor(((column + 1) * (last - first)) / many));
    let [least, greatest] = [0, 0];
    for (let step = from; step < to; step++) {
      least = Math.min(least, pairs[2 * step] ?? 0);
      greatest = Math.max(greatest, pairs[2 * step + 1] ?? 0);
    }
    const x = ((column / Math.max(1, many - 1)) * 1000).toFixed(1);
    upper.push(`${x} ${(50 - lifted(greatest) * 49).toFixed(1)}`);
    lower.push(`${x} ${(50 + lifted(-least) * 49).toFixed(1)}`);
  }
  return `M${upper.join('L')}L${lower.reverse().join('L')}Z`;
}

function lifted(sample: number): number {
  return Math.max(THINNEST, Math.sqrt(Math.max(0, sample) / 128));
}
