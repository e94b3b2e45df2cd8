/**
 * Groups neighbours into as few groups as fit the limit, as evenly as that allows: no short rest at the end that would be
 * spoken without its context. Returns the index behind the last member of each group. A size above the limit must not
 * occur, or stands alone.
 */
export function packEvenly(sizes: readonly number[], limit: number): number[] {
  const groups = groupsWithin(sizes, limit);
  if (groups.length < 2) return groups;
  // The least capacity that needs no more groups than the limit does.
  let low = sizes.reduce((most, size) => Math.max(most, size), 1);
  let high = limit;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (groupsWithin(sizes, middle).length <= groups.length) high = middle;
    else low = middle + 1;
  }
  return groupsWithin(sizes, Math.min(high, limit));
}

function groupsWithin(sizes: readonly number[], capacity: number): number[] {
  const ends: number[] = [];
  let used = 0;
  for (const [index, size] of sizes.entries()) {
    if (index > 0 && used + size > capacity) {
      ends.push(index);
      used = 0;
    }
    used += size;
  }
  if (sizes.length > 0) ends.push(sizes.length);
  return ends;
}
