/** How the cost of an act grows with its input, whatever else the machine does. */

/** Shortest processor time that is more than noise, in seconds. */
const LEAST_SECONDS = 0.02;
const ROUNDS = 3;
/** Hardly more than four times as much: another round could only bring it nearer to four. */
const ENOUGH = 6;

/**
 * How many times as much processor time four times the size takes: 4 for a linear act, 16 for the square. The best of three
 * rounds counts on either side; of the large size, which other work on the machine can only make longer, the first that is linear.
 */
export function growthOf(act: (size: number) => void, size: number): number {
  const cost = (of: number): number => {
    const before = process.cpuUsage();
    act(of);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  act(size);
  const small = Math.max(Math.min(...Array.from({ length: ROUNDS }, () => cost(size))), LEAST_SECONDS);
  let growth = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && growth > ENOUGH; round++) growth = Math.min(growth, cost(4 * size) / small);
  return growth;
}
