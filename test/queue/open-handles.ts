/** What keeps this process alive: sockets, pipes, timers, children. */

/** How many of each kind of handle a test could leave behind are open now. */
export function openHandles(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) {
    if (!/Timeout|Socket|Pipe|TCP|Process|Worker/.test(name)) continue;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** What is open now and was not `before`, by kind; empty when nothing was left. */
export function leftOpen(before: Record<string, number>): Record<string, number> {
  const more = Object.entries(openHandles()).map(([name, count]): [string, number] => [
    name,
    count - (before[name] ?? 0),
  ]);
  return Object.fromEntries(more.filter(([, count]) => count > 0));
}
