/** The time that `plan --by` names. */

/** `18:00` is the next time that a clock here shows it; `2026-12-01T18:00` is that day's. Undefined for anything else. */
export function deadlineOf(text: string, now: Date): Date | undefined {
  const [, date, hours, minutes] = /^(?:(\d{4}-\d\d-\d\d)[T ])?(\d{1,2}):(\d\d)$/.exec(text.trim()) ?? [];
  if (Number(hours) > 23 || Number(minutes) > 59 || hours === undefined) return undefined;
  if (date !== undefined) {
    const at = new Date(`${date}T${hours.padStart(2, '0')}:${minutes}:00`);
    // The 31st of a short month is no day.
    return Number.isNaN(at.getTime()) || at.getDate() !== Number(date.slice(-2)) ? undefined : at;
  }
  const at = new Date(now);
  at.setHours(Number(hours), Number(minutes), 0, 0);
  if (at.getTime() <= now.getTime()) at.setDate(at.getDate() + 1);
  return at;
}
