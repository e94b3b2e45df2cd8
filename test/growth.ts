/** How the cost of an act grows with its input, whatever else the machine does. */

/** Shortest processor time that is more than noise, in seconds. */
const LEAST_SECONDS = 0.02;
const ROUNDS = 3;

/**
 * How many times as much processor time four times the size takes: 4 for a linear act, 16 for the square. The best of three
 * rounds counts on either side.
 */
export function growthOf(act: (size: number) => void, size: number): number {
  const cost = (of: number): number =>
    Math.min(
      ...Array.from({ length: ROUNDS }, () => {
        const before = process.cpuUsage();
        act(of);
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1e6;
      }),
    );
  act(size);
  const small = cost(size);
  return cost(4 * size) / Math.max(small, LEAST_SECONDS);
}
