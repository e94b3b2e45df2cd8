/** The lines of a book with their takes, and how a take sounds. Calls nothing. */
import { wavHeader } from '../audio/pcm.ts';
import { ConfigError } from '../config/values.ts';
import type { TakeDoubt } from '../events.ts';
import { lineSound, noSuchTake } from '../lines/line-sound.ts';
import { type LineState, lineStates, suspects } from '../lines/line-states.ts';
import { type LineTake, storedTakes } from '../lines/stored-takes.ts';
import { type BookLine, chosenTake } from '../plan/book-lines.ts';
import { planRun } from '../run/plan.ts';
import { completeLine, type OpenedBook } from './opened-book.ts';
import { requireChapters } from './require-chapters.ts';

/** Options of `lines`. */
export interface LinesOptions {
  /** Only these chapters, by their numbers from 1. */
  chapters?: readonly number[] | undefined;
  /** Only lines that somebody should hear, worst first. Default: no. */
  suspects?: boolean | undefined;
}

/** A take of a line. */
export interface Take {
  /** From 1. */
  number: number;
  seconds: number;
  verdict: 'good' | 'doubtful';
  /** What the checks found. */
  doubts: TakeDoubt[];
  /** The book uses it. */
  chosen: boolean;
}

/** The lines, in the order of the book. */
export async function linesOf(opened: OpenedBook, options: LinesOptions): Promise<LineState[]> {
  const { book, store, account, draft, lines: all } = opened;
  const { chapters, suspects: isSuspects = false } = options;
  requireChapters(book, chapters);
  const lines = all.filter(({ chapter }) => chapters?.includes(chapter) ?? true);
  const states = await lineStates({ store, realm: account.realm, draft, lines, all });
  return isSuspects ? suspects(states) : states;
}

/** The takes that the store has of a line, by their numbers. */
export async function takesOf(opened: OpenedBook, number: string): Promise<Take[]> {
  const line = completeLine(opened, number);
  const [takes = []] = await storedTakes(opened.store, [line], opened.account.realm);
  return takes.map((take) => shownTake(take, chosenTake(line)));
}

/** A take as a program sees it. `chosen`: number of the take that the book uses. */
export function shownTake({ number, records }: LineTake, chosen: number): Take {
  const doubts = records.flatMap((record) => record.doubts ?? []);
  const seconds = Math.round(records.reduce((sum, one) => sum + one.durationSeconds, 0) * 1000) / 1000;
  return { number, seconds, verdict: doubts.length === 0 ? 'good' : 'doubtful', doubts, chosen: number === chosen };
}

/** Options of `hear`. */
export interface HearOptions {
  /** Number of the take. Default: the one that the book uses. */
  take?: number | undefined;
  /** How much of what is around the line, in seconds. Default: 2. */
  aroundSeconds?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** A line as it sounds in its chapter. */
export interface HeardLine {
  /** A WAV file: 16 bits, one channel. */
  wav: Uint8Array;
  sampleRateHz: number;
  /** Where the line begins and ends in it. */
  startSeconds: number;
  endSeconds: number;
}

/** Its sound, from the store. Fails with `take-missing` when the store lacks the take. */
export async function hearLine(opened: OpenedBook, number: string, options: HearOptions): Promise<HeardLine> {
  const { take: wanted, aroundSeconds, signal } = options;
  if (aroundSeconds !== undefined && !(aroundSeconds >= 0 && aroundSeconds <= 60))
    throw new ConfigError('aroundSeconds must be from 0 to 60.');
  const { book, store, account } = opened;
  const line = completeLine(opened, number);
  const { records } = await storedTake(opened, line, wanted ?? chosenTake(line));
  const plan = await planRun({ book, store, account });
  const heard = { ...(aroundSeconds !== undefined && { aroundSeconds }), ...(signal && { signal }) };
  const { samples, sampleRateHz, startSeconds, endSeconds } = await lineSound({ store, plan, line, records, ...heard });
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const wav = Buffer.concat([wavHeader({ sampleRateHz, dataBytes: bytes.length }), bytes]);
  return { wav: new Uint8Array(wav), sampleRateHz, startSeconds, endSeconds };
}

async function storedTake({ store, account }: OpenedBook, line: BookLine, number: number): Promise<LineTake> {
  const [takes = []] = await storedTakes(store, [line], account.realm);
  const found = takes.find((take) => take.number === number);
  if (found !== undefined) return found;
  const has = takes.map((take) => take.number).join(', ');
  throw noSuchTake(
    `${line.number} has no take ${number}: ${has === '' ? 'it is not spoken yet' : `the store has ${has}`}.`,
  );
}
