/** Quiet hours: the hours of the day, in local time, in which nothing is spoken. */

/** Minutes since midnight, local time. When `from` is after `to`, the hours include midnight. */
export interface QuietHours {
  fromMinute: number;
  toMinute: number;
}

const MINUTES_PER_DAY = 24 * 60;

/** Parses `22:00-06:00`; undefined for anything else and for a span of no length. */
export function readQuietHours(text: string): QuietHours | undefined {
  const found = /^\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*$/.exec(text);
  if (found === null) return undefined;
  const [fromHour, fromMinutes, toHour, toMinutes] = found.slice(1).map(Number) as [number, number, number, number];
  if (fromHour > 23 || toHour > 24 || fromMinutes > 59 || toMinutes > 59) return undefined;
  const fromMinute = fromHour * 60 + fromMinutes;
  const toMinute = (toHour * 60 + toMinutes) % MINUTES_PER_DAY;
  return fromMinute === toMinute || toHour * 60 + toMinutes > MINUTES_PER_DAY ? undefined : { fromMinute, toMinute };
}

/**
 * Whether `now` is in the quiet hours. Only the local time of day counts, so the result is right on the days on which clocks
 * are changed.
 */
export function isQuiet({ fromMinute, toMinute }: QuietHours, now: Date): boolean {
  const minute = now.getHours() * 60 + now.getMinutes();
  return fromMinute < toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}

/** The end of the quiet hours, such as `06:00`. */
export function quietUntil({ toMinute }: QuietHours): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(toMinute / 60))}:${two(toMinute % 60)}`;
}
