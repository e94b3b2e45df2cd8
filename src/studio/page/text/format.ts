/** Times, shares and sizes as people read them. Pure. */

/** `0:05`, `12:40`, `1:02:03`. Takes milliseconds; a negative time is 0. */
export function clock(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** A share from 0 to 1, in percent: never 100 % while something is missing, nor 0 % when something is there. */
export function percent(share: number, language: string): string {
  const shown = share >= 1 || share <= 0 ? share : Math.min(0.999, Math.max(0.001, share));
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(shown * 100);
  return language.startsWith('zh') ? `${number}%` : `${number} %`;
}

/** Seconds with one decimal: `3.2`. */
export function seconds(value: number, language: string): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);
}

/** A whole number with separators: `3,000`. */
export function count(value: number, language: string): string {
  return new Intl.NumberFormat(language).format(value);
}

/** What was spent of a day whose sum contains what is reserved. */
export function spentOf({ spent, reserved }: { spent: number; reserved: number }): number {
  // Without the errors of binary fractions, which could be shown as -0.00.
  return Math.max(0, Math.round((spent - reserved) * 10_000) / 10_000);
}

/** A moment, such as `Nov 30, 2026, 2:05 PM`; from ISO 8601. */
export function dateTime(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));
}
