/**
 * What may follow the first response of a commit: a service may answer one text with several responses, and nothing in
 * the first one says so. A session that is finished delivers all that is left, so the end of the session is the proof,
 * and costs nothing.
 */
import { patientTimeout } from '../../signals.ts';
import type { Usage } from '../engine.ts';
import type { ServerMessage } from './parse-events.ts';
import type { ResponseCollector } from './response-collector.ts';

/**
 * Whether a text may have more responses: `none`; `finish` ends the session to see; `wait` listens for a while before,
 * because some of the text is certainly missing.
 */
export type RestWish = 'none' | 'finish' | 'wait';

/** Watches one text. */
export interface RestOfSpeech {
  /** Takes each message after the collector. Returns true when nothing more is to come. */
  judge(message: ServerMessage, isComplete: boolean): boolean;
  /** The text has at least one whole response, and no other one has begun. */
  hasEnough(): boolean;
  /** The session was finished, or will be. */
  endsSession(): boolean;
  /** Call at the end, however it came. */
  stop(): void;
}

/** How long to listen before a session is finished: a service may begin the next response a second later. */
export const LISTEN_MS = 2_000;
/** How long a finished session may stay silent. */
const GOODBYE_MS = 5_000;

/** Begins with a text. */
export function watchRest(of: {
  collector: ResponseCollector;
  /** Asked after each response, with the usage of all of them. */
  wish: (usage: Usage | undefined) => RestWish;
  /** Sends `session.finish`. */
  finish: () => void;
  /** Ends the wait for the session's end. */
  giveUp: () => void;
  listenMs: number;
}): RestOfSpeech {
  const { collector, wish, finish, giveUp, listenMs } = of;
  let waits = false;
  let isFinished = false;
  let stopWaiting = (): void => undefined;
  const after = (ms: number, act: () => void) => {
    stopWaiting();
    stopWaiting = patientTimeout(ms, act);
  };
  const say = () => {
    if (!isFinished) finish();
    isFinished = true;
    after(GOODBYE_MS, giveUp);
  };
  return {
    judge(message, isComplete) {
      if (collector.isSpeaking()) stopWaiting();
      if (message.type !== 'response.done') return isComplete;
      const wanted = wish(totalUsage(collector.responses().map(({ usage }) => usage)));
      if (!waits && wanted === 'none') return isComplete;
      waits = true;
      collector.awaitSession();
      if (wanted === 'wait' && !isFinished) after(listenMs, say);
      else say();
      return false;
    },
    hasEnough: () => waits && !collector.isSpeaking() && collector.responses().length > 0,
    endsSession: () => waits,
    stop: () => stopWaiting(),
  };
}

/** The usage of several responses; undefined when one of them lacks it, or they count differently. */
export function totalUsage(usages: readonly (Usage | undefined)[]): Usage | undefined {
  let total: Usage | undefined;
  for (const usage of usages) {
    if (usage === undefined) return undefined;
    if (total === undefined) total = usage;
    else if ('characters' in total && 'characters' in usage)
      total = { characters: total.characters + usage.characters };
    else if (!('characters' in total) && !('characters' in usage))
      total = {
        total_tokens: total.total_tokens + usage.total_tokens,
        input_tokens: total.input_tokens + usage.input_tokens,
        output_tokens: total.output_tokens + usage.output_tokens,
      };
    else return undefined;
  }
  return total;
}
