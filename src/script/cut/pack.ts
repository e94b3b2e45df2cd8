/**
 * Packs adjacent items into as few groups as the limit allows, evenly filled, so that no short rest at the end is spoken
 * without context. Returns the index after the last item of each group. An item above the limit gets its own group.
 */
export function packEvenly(sizes: readonly number[], limit: number): number[] {
  const groups = groupsWithin(sizes, limit);
  if (groups.length < 2) return groups;
  // The smallest capacity that needs no more groups than the limit does.
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
