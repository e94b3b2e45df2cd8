/** The state of each line of a book in the store: its take, what the checks doubt, its place in the chapter. Reads no audio. */
import type { Realm } from '../account.ts';
import type { TakeDoubt } from '../events.ts';
import { type BookLine, chosenTake, isPickup, knownLines } from '../plan/book-lines.ts';
import type { Draft } from '../plan/draft.ts';
import { badnessOf } from '../qc/take.ts';
import { lineIds } from '../script/lines/line-identity.ts';
import { findMaster, type TakePlace } from '../store/masters.ts';
import { findRefusal } from '../store/refusals.ts';
import type { Store } from '../store/store.ts';
import type { TakeRecord } from '../store/takes.ts';
import { type NumberedKeys, storedTakes } from './stored-takes.ts';

/** `parked`: the service refused to speak it, and it is not asked again. `none`: it has no take yet. */
export type LineVerdict = 'good' | 'doubtful' | 'parked' | 'none';

/** A line and its take. */
export interface LineState {
  /** `3:37`. */
  number: string;
  /** Stable while the book is edited elsewhere. */
  id: string;
  chapter: number;
  line: number;
  title: string;
  role?: string;
  character: string;
  /** What the author wrote. */
  text: string;
  /** How many takes the store has, and their numbers. */
  takes: number;
  numbers: number[];
  /** Number of the take that the book uses, or would use. */
  chosen: number;
  /** Whether the store has it. */
  inStore: boolean;
  verdict: LineVerdict;
  /** What the checks found, worst first. */
  doubts: TakeDoubt[];
  /** What a recogniser heard, where that is not its text; `…` for a segment that it did not hear. */
  heard?: string;
  /** Why the service refused it. */
  reason?: string;
  /** It is the author's own recording. */
  pickup: boolean;
  /** Where it begins in the finished chapter; null when that is not made with this take, or is in several parts. */
  startSeconds: number | null;
  /** Length of its take; null without one. */
  durationSeconds: number | null;
}

/** The state of these lines. */
export async function lineStates(of: {
  store: Store;
  realm: Realm;
  draft: Draft;
  lines: readonly BookLine[];
  /** All lines of the book, from which the IDs follow. */
  all: readonly BookLine[];
  /** Of earlier calls, for who looks again and again. */
  known?: NumberedKeys;
}): Promise<LineState[]> {
  const { store, realm, draft, lines, all, known } = of;
  const ids = new Map(lineIds(knownLines(all)).map((id, index) => [all[index]!.number, id]));
  const [takes, places, refused] = await Promise.all([
    storedTakes(store, lines, realm, known),
    placesOf(store, draft, lines),
    store.listRecords('refusal').then((keys) => new Set(keys)),
  ]);
  return Promise.all(
    lines.map(async (line, index): Promise<LineState> => {
      const { number, chapter, title, role, character, words: text, segments, first } = line;
      const chosen = chosenTake(line);
      const own = takes[index] ?? [];
      const take = own.find((one) => one.number === chosen);
      const doubts = (take?.records ?? []).flatMap((record) => record.doubts ?? []);
      const refusal = segments.find(({ key }) => take === undefined && refused.has(key));
      const reason = refusal && (await findRefusal(store, refusal.key))?.reason;
      return {
        ...{
          number,
          id: ids.get(number) ?? '',
          chapter,
          line: line.line,
          title,
          ...(role && { role }),
          character,
          text,
        },
        ...{ takes: own.length, numbers: own.map((one) => one.number), chosen, inStore: take !== undefined },
        verdict:
          take === undefined ? (reason === undefined ? 'none' : 'parked') : doubts.length > 0 ? 'doubtful' : 'good',
        doubts: doubts.sort((a, b) => b.badness - a.badness),
        ...heardIn(take?.records ?? []),
        ...(reason !== undefined && { reason }),
        pickup: isPickup(line),
        startSeconds: startOf(segments[0]?.key, places.get(chapter)?.[first]),
        durationSeconds:
          take === undefined ? null : rounded(take.records.reduce((sum, one) => sum + one.durationSeconds, 0)),
      };
    }),
  );
}

/** Versions before this one kept no text. */
function heardIn(records: readonly TakeRecord[]): { heard?: string } {
  if (!records.some(({ hearing }) => hearing?.text !== undefined)) return {};
  const said = ({ hearing, text }: TakeRecord): string => hearing?.text ?? (hearing?.verdict === 'ok' ? text : '…');
  return { heard: records.map(said).join(' ') };
}

/** Lines that somebody should hear, worst first: without a take because it was refused, then by doubt. */
export function suspects(states: readonly LineState[]): LineState[] {
  const weight = ({ verdict, doubts }: LineState): number =>
    verdict === 'parked' ? Number.POSITIVE_INFINITY : badnessOf(doubts);
  return states
    .filter(({ verdict }) => verdict === 'doubtful' || verdict === 'parked')
    .sort((a, b) => weight(b) - weight(a) || 0);
}

/** The positions of the takes in each finished chapter, by chapter number. */
async function placesOf(
  store: Store,
  { chapters }: Draft,
  lines: readonly BookLine[],
): Promise<Map<number, readonly TakePlace[]>> {
  const wanted = new Set(lines.map(({ chapter }) => chapter));
  const found = await Promise.all(
    chapters
      .filter(({ number, role }) => role !== 'retail-sample' && wanted.has(number))
      .map(async ({ number, master }) => {
        const record = await findMaster(store, master.key);
        return record === undefined || record.parts !== undefined ? [] : [[number, record.positions] as const];
      }),
  );
  return new Map(found.flat());
}

function startOf(key: string | undefined, place: TakePlace | undefined): number | null {
  return place === undefined || (place.take !== undefined && place.take.key !== key)
    ? null
    : rounded(place.startSeconds);
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
