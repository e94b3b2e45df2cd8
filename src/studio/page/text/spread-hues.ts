/** Colors of speakers that can be told from each other. Pure. */

/** Hues nearer than this look the same, in degrees, while the circle has room for that. */
const NEAREST = 40;
/** Goes around the circle without meeting itself again soon, in degrees. */
const GOLDEN = 137.5;

/** Each name's hue, 0 to 359: its own, or, where one before it has nearly that one, another. */
export function spreadHues(characters: readonly { name: string; hue: number }[]): Map<string, number> {
  const nearest = Math.min(NEAREST, 240 / Math.max(1, characters.length));
  const given = new Map<string, number>();
  for (const { name, hue } of characters) {
    let free = hue;
    const isTaken = (): boolean => [...given.values()].some((other) => apart(other, free) < nearest);
    for (let tries = 0; tries < 2 * characters.length && isTaken(); tries++) free = (free + GOLDEN) % 360;
    given.set(name, Math.round(free) % 360);
  }
  return given;
}

function apart(one: number, other: number): number {
  const between = Math.abs(one - other) % 360;
  return Math.min(between, 360 - between);
}
