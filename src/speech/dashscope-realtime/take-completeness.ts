/**
 * Whether the takes of one process are whole: by what the service counts (count-habits.ts), and by whether it answers one
 * commit with several responses. A doubt is first resolved by ending the session, which costs nothing.
 */
import { billedUnits } from '../../models.ts';
import { type CountHabits, createCountHabits } from '../dashscope/count-habits.ts';
import type { ShortCount, SpeakListener, SpeakRequest, SpokenTake, Usage } from '../engine.ts';
import type { RestWish } from './rest-of-speech.ts';

/** What the pool has learned of the service. */
export interface TakeCompleteness {
  /** Whether more responses to this text may follow. */
  wish(request: SpeakRequest, usage: Usage | undefined): RestWish;
  /** Judges a take, which had this many responses; `endedSession` when nothing more can come. */
  judge(request: SpeakRequest, take: SpokenTake & { responses?: number }, of: JudgedOn): SpokenTake;
  /** More of an earlier text came over this session: its takes are in doubt, and no session is trusted any more. */
  leftover(session: object, model: string): void;
}

/** Where a take was spoken, and whom to tell of a later doubt. */
export interface JudgedOn {
  session: object;
  endedSession: boolean;
  onDoubt: SpeakListener['onDoubt'];
}

/** A text of this many times the length of one that was one response may be another matter. */
const MUCH_LONGER = 1.5;

/** Has learned nothing yet. */
export function createTakeCompleteness(counts: CountHabits = createCountHabits()): TakeCompleteness {
  /** Models of which one text had several responses. */
  const splits = new Set<string>();
  /** The longest text, by model, that certainly had one response; for services that count nothing. */
  const unsplit = new Map<string, number>();
  const tellers = new WeakMap<object, (() => void)[]>();
  return {
    wish({ model, text }, usage) {
      const verdict = counts.judge({ model, text, usage });
      if (verdict === 'short' || verdict === 'unsure') return 'wait';
      if (splits.has(model)) return 'finish';
      if (verdict !== 'uncounted') return 'none';
      return billedUnits(text) > (unsplit.get(model) ?? 0) * MUCH_LONGER ? 'finish' : 'none';
    },
    judge({ model, text }, { responses = 1, ...take }, { session, endedSession, onDoubt }) {
      if (responses > 1) splits.add(model);
      else if (endedSession) unsplit.set(model, Math.max(unsplit.get(model) ?? 0, billedUnits(text)));
      if (!endedSession && onDoubt !== undefined) {
        const known = tellers.get(session) ?? [];
        tellers.set(session, [...known, () => onDoubt(undefined)]);
      }
      const tellLater = (doubt: ShortCount) => onDoubt?.(doubt);
      const shortCount = counts.learn({ model, text, usage: take.usage }, tellLater);
      return shortCount === undefined ? take : { ...take, shortCount };
    },
    leftover(session, model) {
      splits.add(model);
      for (const tell of tellers.get(session) ?? []) tell();
      tellers.delete(session);
    },
  };
}
