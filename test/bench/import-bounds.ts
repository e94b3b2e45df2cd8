/** What an import costs: crafted manuscripts must not cost more for each megabyte when they are longer; dialogue has a bar. */
import { importManuscript } from '../../src/import/import-manuscript.ts';
import { CRAFTED, type Crafted } from './crafted-manuscripts.ts';
import { DIALOGUE_TEXTS } from './dialogue-texts.ts';
import type { Bench } from './main.ts';

const SIZES = [200_000, 800_000] as const;
/** Four times as much text may cost so many times as much: 16 would be its square. */
const MOST_GROWTH = 8;
/** Below this, in seconds, what is measured is noise. */
const LEAST_SECONDS = 0.4;
/** Of a long book that is nearly all dialogue: processor seconds a megabyte. */
const DIALOGUE_SIZE = 5_000_000;
const MOST_SECONDS_A_MEGABYTE = 1;

/** Processor seconds of each at two sizes, and the growth; then of dialogue. */
export const importBounds: Bench = async (say) => {
  let kept = true;
  for (const [name, crafted] of Object.entries(CRAFTED)) {
    const [short, long] = SIZES.map((size) => secondsOf(crafted, size)) as [number, number];
    const growth = long / Math.max(short, LEAST_SECONDS / (SIZES[1] / SIZES[0]));
    if (growth > MOST_GROWTH) kept = false;
    say(
      `${name.padEnd(32)} ${short.toFixed(2)} s for 0.2 MB, ${long.toFixed(2)} s for 0.8 MB: ${growth.toFixed(1)} times`,
    );
  }
  for (const [name, crafted] of Object.entries(DIALOGUE_TEXTS)) {
    const each = secondsOf(crafted, DIALOGUE_SIZE) / (crafted(DIALOGUE_SIZE).bytes.length / 1e6);
    if (each > MOST_SECONDS_A_MEGABYTE) kept = false;
    say(`${name.padEnd(32)} ${each.toFixed(2)} s a megabyte (bar ${MOST_SECONDS_A_MEGABYTE})`);
  }
  return kept;
};

/** The better of two. */
function secondsOf(crafted: Crafted, size: number): number {
  const { name, bytes } = crafted(size);
  const task = { name, bytes, options: {}, cast: true, asked: {}, spoken: ['en'] };
  return Math.min(
    ...[1, 2].map(() => {
      const before = process.cpuUsage();
      importManuscript(task);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1e6;
    }),
  );
}
