/** A waveform as a picture: it takes its colors from the style sheet, so that it follows the theme. */
import type { ReadonlySignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type Outline, wavePath } from '../sound/peaks.ts';

/** A stretch that is marked: a doubt, or a line of a speaker with a hue. */
export interface Mark {
  startMs: number;
  endMs: number;
  kind: 'doubt' | 'line';
  hue?: number;
  /** The line that is selected or spoken. */
  current?: boolean;
}

/** What a waveform shows. */
export interface WaveProps {
  outline: Outline;
  startMs: number;
  endMs: number;
  columns: number;
  marks?: readonly Mark[];
  /** Where it is heard; undefined: nowhere in this picture. */
  playhead?: ReadonlySignal<number> | undefined;
  /** A click at a time. The same can be done with keys elsewhere. */
  onPick?: (ms: number) => void;
  label: string;
}

/** The picture. */
export function Wave({ outline, startMs, endMs, columns, marks = [], playhead, onPick, label }: WaveProps) {
  const path = useMemo(() => wavePath(outline, startMs, endMs, columns), [outline, startMs, endMs, columns]);
  const x = (ms: number): number => ((ms - startMs) / (endMs - startMs)) * 1000;
  const pick = (event: MouseEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    onPick?.(startMs + ((event.clientX - box.left) / box.width) * (endMs - startMs));
  };
  const seen = marks.filter((mark) => mark.endMs > startMs && mark.startMs < endMs);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the slider and the text do the same with keys
    <svg
      class={onPick ? 'wave pickable' : 'wave'}
      viewBox="0 0 1000 100"
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
      onClick={onPick && pick}
    >
      {seen.map((mark) => (
        <rect
          key={`${mark.kind}${mark.startMs}`}
          class={`mark ${mark.kind}${mark.current ? ' current' : ''}`}
          style={mark.hue === undefined ? undefined : { '--hue': mark.hue }}
          x={x(mark.startMs)}
          width={Math.max(2, x(mark.endMs) - x(mark.startMs))}
          y={mark.kind === 'line' ? 94 : 0}
          height={mark.kind === 'line' ? 6 : 94}
        />
      ))}
      <path class="sound" d={path} />
      {playhead && <Playhead at={playhead} startMs={startMs} endMs={endMs} />}
    </svg>
  );
}

/** Drawn by itself: it moves with every frame, and nothing else does. */
function Playhead({ at, startMs, endMs }: { at: ReadonlySignal<number>; startMs: number; endMs: number }) {
  const share = (at.value - startMs) / (endMs - startMs);
  if (share < 0 || share > 1) return null;
  return <rect class="playhead" x={share * 1000} width={2} y={0} height={100} />;
}
