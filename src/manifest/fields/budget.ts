/** `budget`, in the manifest and on the command line: `5.00`, or `5.00 CNY`. */

/** The most that a run may spend. */
export interface Budget {
  amount: number;
  /** ISO 4217 code. Default: the currency of the prices. */
  currency?: string;
}

/** How a person allows more money for a book whose budget is used up. */
export const NEW_BUDGET =
  'A run with --budget opens a new budget, and so does another amount after "budget:" in the manifest.';

/** More than any book costs; larger sums would lose their last digits. */
const MOST_AMOUNT = 1_000_000;

/**
 * Reads a budget from text or a number, or answers what is wrong with it. Zero is a valid budget: nothing may be spent.
 */
export function parseBudget(raw: unknown): Budget | { problem: string } {
  const text = typeof raw === 'number' ? String(raw) : raw;
  if (typeof text !== 'string') return { problem: `A budget is a sum of money such as ${EXAMPLE}.` };
  const match = /^(\d+(?:\.\d+)?)(?:\s*([A-Za-z]{3}))?$/.exec(text.trim());
  if (match?.[1] === undefined) return { problem: problemOf(text.trim()) };
  const amount = Number(match[1]);
  if (amount > MOST_AMOUNT)
    return {
      problem: `${shorten(text)} is more than ${MOST_AMOUNT}; no book costs that much. Write a smaller budget.`,
    };
  return { amount, ...(match[2] !== undefined && { currency: match[2].toUpperCase() }) };
}

const EXAMPLE = '5.00 or "5.00 CNY"';

function problemOf(text: string): string {
  if (/^-\s*\d/.test(text)) return `${shorten(text)} is negative. Write a budget such as ${EXAMPLE}.`;
  if (/^\d+,\d+$/.test(text))
    return `"${shorten(text)}" has a comma. Write ${text.replace(',', '.')} with a decimal point.`;
  return `"${shorten(text)}" is not a sum of money. Write one such as ${EXAMPLE}.`;
}

function shorten(text: string): string {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}
