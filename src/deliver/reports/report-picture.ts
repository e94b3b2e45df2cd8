/** A picture of a chapter: its waveform with a loudness curve. Inline SVG with its scales in HTML; pure. */
import type { Curves } from '../../qc/measured-file.ts';
import { clock } from './report-text.ts';
import type { Words } from './words/words.ts';

const WIDTH = 900;
const HEIGHT = 128;
/** Range of the loudness axis. */
const MOST_LUFS = -8;
const LEAST_LUFS = -44;

/**
 * The picture. Loudness is short-term (3 s); the band is ±1 LU around the target. The drawing is stretched to its place, and
 * the scales are text beside it, so that they are readable on a narrow screen too.
 */
export function chapterPicture(of: {
  curves: Curves;
  durationSeconds: number;
  targetLufs: number | null;
  words: Words;
}): string {
  const { curves, durationSeconds, targetLufs, words } = of;
  const band = targetLufs === null ? '' : words('waveBand', { lufs: String(targetLufs).replace('-', '−') });
  return `<figure class="wave"><div class="levels" aria-hidden="true">${levels()}</div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${words('wave')}">
${waveform(curves.peaks)}
${targetLufs === null ? '' : targetBand(targetLufs)}
${loudness(curves.loudnessLufs)}
</svg>
<div class="times" aria-hidden="true">${times(durationSeconds)}</div>
<figcaption>${words('waveKey')}${band}</figcaption></figure>`;
}

function waveform(peaks: readonly number[]): string {
  const middle = HEIGHT / 2;
  const x = (index: number): string => xAt((index + 0.5) / peaks.length);
  const upper = peaks.map((peak, index) => `${x(index)},${(middle - peak * middle).toFixed(1)}`);
  const lower = peaks.map((peak, index) => `${x(index)},${(middle + peak * middle).toFixed(1)}`).reverse();
  return `<polygon points="${[...upper, ...lower].join(' ')}" class="sound"/>`;
}

function loudness(points: readonly (number | null)[]): string {
  const lines: string[][] = [[]];
  points.forEach((lufs, index) => {
    // A silence interrupts the line.
    if (lufs === null) lines.push([]);
    else lines.at(-1)?.push(`${xAt((index + 0.5) / points.length)},${yAt(lufs).toFixed(1)}`);
  });
  return lines
    .filter((line) => line.length > 0)
    .map((line) => `<polyline points="${line.join(' ')}" class="loudness"/>`)
    .join('');
}

function targetBand(targetLufs: number): string {
  const [from, to] = [yAt(targetLufs + 1), yAt(targetLufs - 1)];
  return `<rect x="0" y="${from.toFixed(1)}" width="${WIDTH}" height="${(to - from).toFixed(1)}" class="target"/>`;
}

function levels(): string {
  return [-10, -20, -30, -40]
    .map((lufs) => `<span style="top: ${((yAt(lufs) / HEIGHT) * 100).toFixed(1)}%">−${-lufs}</span>`)
    .join('');
}

function times(durationSeconds: number): string {
  // No time twice: a chapter of three seconds has three.
  const steps = Math.max(1, Math.min(5, Math.floor(durationSeconds)));
  return Array.from({ length: steps + 1 }, (_, at) => `<span>${clock((durationSeconds * at) / steps)}</span>`).join('');
}

function xAt(share: number): string {
  return (WIDTH * share).toFixed(1);
}

function yAt(lufs: number): number {
  const within = Math.max(LEAST_LUFS, Math.min(MOST_LUFS, lufs));
  return ((MOST_LUFS - within) / (MOST_LUFS - LEAST_LUFS)) * HEIGHT;
}
