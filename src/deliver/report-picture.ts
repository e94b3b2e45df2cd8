/** A picture of a chapter: its waveform with a loudness curve. Inline SVG; pure. */
import type { Curves } from '../qc/measured-file.ts';

const WIDTH = 900;
const HEIGHT = 150;
const LEFT = 44;
const BOTTOM = 18;
const TOP = 6;
/** Range of the loudness axis. */
const MOST_LUFS = -8;
const LEAST_LUFS = -44;

/** The picture. Loudness is short-term (3 s); the band is ±1 LU around the target. */
export function chapterPicture(of: { curves: Curves; durationSeconds: number; targetLufs: number | null }): string {
  const { curves, durationSeconds, targetLufs } = of;
  const label = 'Waveform and short-term loudness over time';
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${waveform(curves.peaks)}
${targetLufs === null ? '' : band(targetLufs)}
${axis(durationSeconds)}
${loudness(curves.loudnessLufs)}
</svg>`;
}

function waveform(peaks: readonly number[]): string {
  const middle = (HEIGHT - BOTTOM + TOP) / 2;
  const reach = (HEIGHT - BOTTOM - TOP) / 2;
  const x = (index: number): string => xAt((index + 0.5) / peaks.length);
  const upper = peaks.map((peak, index) => `${x(index)},${(middle - peak * reach).toFixed(1)}`);
  const lower = peaks.map((peak, index) => `${x(index)},${(middle + peak * reach).toFixed(1)}`).reverse();
  return `<polygon points="${[...upper, ...lower].join(' ')}" fill="var(--wave)"/>`;
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
    .map((line) => `<polyline points="${line.join(' ')}" fill="none" stroke="var(--curve)" stroke-width="1.6"/>`)
    .join('');
}

function band(targetLufs: number): string {
  const [from, to] = [yAt(targetLufs + 1), yAt(targetLufs - 1)];
  return `<rect x="${LEFT}" y="${from.toFixed(1)}" width="${WIDTH - LEFT}" height="${(to - from).toFixed(1)}" fill="var(--band)"/>`;
}

function axis(durationSeconds: number): string {
  const levels = [-10, -20, -30, -40].map(
    (lufs) => `<text x="0" y="${(yAt(lufs) + 4).toFixed(1)}">${lufs}${lufs === -10 ? ' LUFS' : ''}</text>`,
  );
  const times = Array.from({ length: 6 }, (_, index) => {
    const share = index / 5;
    const anchor = index === 0 ? 'start' : index === 5 ? 'end' : 'middle';
    return `<text x="${xAt(share)}" y="${HEIGHT - 4}" text-anchor="${anchor}">${clock(durationSeconds * share)}</text>`;
  });
  return [...levels, ...times].join('');
}

function xAt(share: number): string {
  return (LEFT + (WIDTH - LEFT) * share).toFixed(1);
}

function yAt(lufs: number): number {
  const within = Math.max(LEAST_LUFS, Math.min(MOST_LUFS, lufs));
  return TOP + ((MOST_LUFS - within) / (MOST_LUFS - LEAST_LUFS)) * (HEIGHT - BOTTOM - TOP);
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
