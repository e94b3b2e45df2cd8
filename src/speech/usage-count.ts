/** The counts that a service bills, as it reports them. */

/** More than any answer can hold: the longest text has 2,000 characters, the longest speech 100,000 tokens. */
const MOST = 1_000_000;

/**
 * A whole number of characters or tokens. A fraction is rounded up, digits in a string are read. Undefined for anything
 * that cannot be a count (negative, not finite, far too large): then our own count stands, and neither a take nor a sum
 * is lost because of it.
 */
export function usageCount(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  if (typeof number !== 'number' || !(number >= 0 && number <= MOST)) return undefined;
  return Math.ceil(number);
}
