/** What report.html plays: for each chapter and line, a place in a file beside it that a browser can play. Pure. */
import type { TakePlace } from '../../store/masters.ts';
import type { ReportSound } from './report-json.ts';
import { breakableHtml, clock, escapeHtml } from './report-text.ts';
import type { Words } from './words/words.ts';

/** Formats that browsers play, best first: the smaller files start sooner. The book's M4B is the last resort. */
const PLAYED = ['mp3', 'm4a', 'flac', 'wav'];
/** Heard before and after a line. */
const AROUND_SECONDS = 2;

/** A chapter as it was delivered. */
interface DeliveredSound {
  /** Names of its files, part by part. */
  files: readonly string[];
  /** Length of each part; one for a chapter in one piece. */
  partSeconds: readonly number[];
  /** Its place in the book file; undefined without one. */
  inBook: ReportSound | undefined;
}

/** The sound of each part of a chapter; empty when it has none that a browser plays. */
export function chapterSounds({ files, partSeconds, inBook }: DeliveredSound): ReportSound[] {
  const parts = new Map<string, string[]>();
  for (const name of files) {
    const stem = name.slice(0, name.lastIndexOf('.'));
    parts.set(stem, [...(parts.get(stem) ?? []), name]);
  }
  const sounds = [...parts.values()].flatMap((names, part) => {
    const file = PLAYED.flatMap((format) => names.filter((name) => name.endsWith(`.${format}`)))[0];
    return file === undefined ? [] : [{ file, startSeconds: 0, endSeconds: partSeconds[part] ?? 0 }];
  });
  if (sounds.length === partSeconds.length) return sounds;
  return inBook !== undefined && partSeconds.length === 1 ? [inBook] : [];
}

/** The sound of a take in its chapter, or in its part of it. */
export function takeSound(
  { startSeconds, durationSeconds }: Pick<TakePlace, 'startSeconds' | 'durationSeconds'>,
  chapter: ReportSound,
): ReportSound {
  const start = chapter.startSeconds + startSeconds;
  return { file: chapter.file, startSeconds: thousandths(start), endSeconds: thousandths(start + durationSeconds) };
}

/** A player of a chapter, or of a part of it. */
export function chapterPlayer(sound: ReportSound, label: string): string {
  const { file, startSeconds, endSeconds } = sound;
  // In a book file, its own stretch.
  return player(
    isBookFile(file)
      ? `${fileAddress(file)}#t=${thousandths(startSeconds)},${thousandths(endSeconds)}`
      : fileAddress(file),
    label,
  );
}

/** A player of a line with what is around it. */
export function linePlayer({ file, startSeconds, endSeconds }: ReportSound, label: string): string {
  const from = thousandths(Math.max(0, startSeconds - AROUND_SECONDS));
  const to = thousandths(endSeconds + AROUND_SECONDS);
  return player(`${fileAddress(file)}#t=${from},${to}`, label);
}

/** The time of a sound in its file, such as `0:11 to 0:18 of 02 - Storm.mp3`. */
export function soundPlace({ file, startSeconds, endSeconds }: ReportSound, words: Words): string {
  return words('soundPlace', { from: clock(startSeconds), to: clock(endSeconds), file });
}

/** A link to a delivered file. */
export function fileLink(name: string): string {
  return `<a href="${fileAddress(name)}">${breakableHtml(name)}</a>`;
}

/** Whether it is an M4B, which not every browser plays. */
export function isBookFile(name: string): boolean {
  return name.endsWith('.m4b');
}

/** The address from the report beside it. A name is data: nothing in it can lead elsewhere. */
function fileAddress(name: string): string {
  // Half a character can not be encoded; on disk it is the replacement character.
  const whole = name.replace(/\p{Cs}/gu, '\uFFFD');
  const names = whole.split('/').filter((part) => part !== '' && part !== '..');
  return escapeHtml(names.map(encodeURIComponent).join('/'));
}

function player(address: string, label: string): string {
  return `<audio controls preload="none" src="${address}" aria-label="${escapeHtml(label)}"></audio>`;
}

function thousandths(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
