/**
 * Fault injection: a table of the faults that the simulator can produce, and the rules that say when.
 *
 * A rule triggers by rate, at the nth occasion or by text. With a rate, the fate of a response depends on the seed, its
 * text and how often that text was tried, not on the order in which sessions happen to run: the same book gets the same
 * faults.
 */

import { createHash } from 'node:crypto';

/** Where a fault occurs. */
export type FaultPlace =
  | 'handshake'
  | 'http'
  | 'create'
  | 'run-task'
  | 'response'
  | 'speech-call'
  | 'hearing-call'
  | 'hearing';

/** Every fault, with the place where it occurs. The effects of response faults are in response.ts. */
export const FAULTS = {
  /** The socket handshake is answered with 429. */
  'throttle-handshake': 'handshake',
  /** The socket handshake is answered with 503. */
  'handshake-5xx': 'handshake',
  /** The handshake waits `delayMs` (default 2000). */
  'slow-handshake': 'handshake',
  /** An enrolment call is answered with 500. */
  'http-5xx': 'http',
  /** An enrolment call is answered with 429. */
  'http-429': 'http',
  /** An enrolment call is answered with 400 and `{}`, as reported of workspace hosts. */
  'empty-body-400': 'http',
  /** The voice is enrolled, then the connection is dropped before the response. */
  'lost-answer': 'create',
  // The next three come instead of the response, or after `frame` deltas if that is set.
  /** An error event; the session stays open. */
  'throttle-event': 'response',
  /** The socket is closed, with the throttle text as reason. */
  'throttle-close': 'response',
  /** An error event `DataInspectionFailed`, then the session ends. */
  'content-refusal': 'response',
  /** All events of a completed response, but no audio. */
  'finished-without-audio': 'response',
  /** The socket is destroyed after `frame` deltas. */
  drop: 'response',
  /** A close frame after `frame` deltas. */
  close: 'response',
  /** Nothing more is sent after `frame` deltas, and nothing is closed. */
  stall: 'response',
  /** An error event after `frame` deltas, then the session ends. */
  'error-event': 'response',
  /** Delta number `frame` is cut in the middle of a sample, so that two deltas have an odd number of bytes. */
  'odd-delta': 'response',
  // Of the inference protocol only. There, the faults of a response strike a task by its first text.
  /** task-failed instead of task-started. */
  'fail-at-start': 'run-task',
  /** A run-task is never answered. */
  'silent-start': 'run-task',
  /** Sentence number `frame` (from 0) or else the last is left out, and nothing says so. */
  'lost-sentence': 'response',
  /** Results of a task that is not the client's, without audio. */
  'foreign-events': 'response',
  /** Results of a task that is not the client's, each with a binary frame. */
  'foreign-frames': 'response',
  /** Binary frames after the end of a canceled task. */
  'late-frames': 'response',
  // Complete by the protocol, but audibly wrong; their effects are in audible-faults.ts.
  /** Another voice speaks. */
  'wrong-voice': 'response',
  /** The end of the text is missing. */
  'truncated-tail': 'response',
  /** Seconds of silence in the middle. */
  'inserted-silence': 'response',
  /** A part is spoken twice. */
  repetition: 'response',
  /** Noise under the speech. */
  noise: 'response',
  /** The level drops in the middle. */
  'level-jump': 'response',
  // Of the recognisers, which hear what is said after the faults above.
  /** 429. */
  'hearing-429': 'hearing-call',
  /** The recogniser fails. */
  'hearing-5xx': 'hearing-call',
  /** It hears no words. */
  'hears-nothing': 'hearing',
  // Of `POST /v1/audio/speech`, which the faults of a response strike, too; see openai-speech/call-faults.ts.
  /** 503, the model is being loaded; with `delayMs` for so long from the first such call on. */
  'speech-loading': 'speech-call',
  /** 500 with the code `synthesis_failed`. */
  'speech-synthesis-failed': 'speech-call',
  /** 502 with a page in HTML, as a proxy writes it. */
  'speech-html-error': 'speech-call',
  /** 307 to the same path. */
  'speech-redirect': 'speech-call',
  /** 200 with an error in JSON. */
  'speech-json-200': 'speech-call',
  /** The speech, declared as `text/plain`. */
  'speech-wrong-type': 'speech-call',
  /** 200 without a byte. */
  'speech-empty': 'speech-call',
  /** Silence of the right length. */
  'speech-silence': 'speech-call',
  /** Only the first half of the words, as of a model that stops early. */
  'speech-missing-words': 'speech-call',
  /** The text three times, as of a model that does not stop. */
  'speech-run-on': 'speech-call',
  /** A spoken notice that the speech is artificial comes first, whatever the call says. */
  'speech-notice': 'speech-call',
  /** After this call the server has another model, which speaks with a voice of its own. */
  'speech-model-swap': 'speech-call',
  /** A stream ends without its last event. */
  'speech-no-done': 'speech-call',
} as const satisfies Record<string, FaultPlace>;

/** Name of a fault. */
export type FaultKind = keyof typeof FAULTS;

/**
 * When a fault occurs. All conditions must hold; a rule without any always triggers. The first rule that triggers wins.
 */
export interface FaultRule {
  kind: FaultKind;
  /** Share of the occasions, 0 to 1, drawn from the seed. */
  rate?: number;
  /** Only the nth occasion, 1-based, counted by this rule over the occasions that meet its other conditions. */
  nth?: number;
  /** Only responses whose text contains this. */
  text?: string;
  /** Triggers at most this often. Default no limit. */
  times?: number;
  /**
   * For faults within a response: deltas sent before it occurs. Default 1; in a shorter response it occurs at the end.
   */
  frame?: number;
  /** For `slow-handshake`: milliseconds, default 2000. For `speech-loading`: milliseconds, default this call only. */
  delayMs?: number;
  /** For `close`: the code, 1005 for none, 1006 for no close frame. Default `behaviour.errorCloseCode`. */
  closeCode?: number;
}

/** One moment at which a fault can occur. */
export type Occasion = { place: Exclude<FaultPlace, TextPlace> } | { place: TextPlace; text: string };
type TextPlace = 'response' | 'speech-call' | 'hearing';

/** Decides about faults, and counts the occasions. */
export interface FaultPlan {
  /** The rule that triggers now; undefined for no fault. */
  strike(occasion: Occasion): FaultRule | undefined;
}

/** A plan from its rules. Equal rules, seed and occasions give equal faults. */
export function planFaults(rules: readonly FaultRule[], seed: number): FaultPlan {
  const counters = rules.map((rule) => ({ rule, seen: 0, struck: 0 }));
  const tries = new Map<string, number>();
  return {
    strike(occasion) {
      if (counters.length === 0) return undefined;
      const attempt = 'text' in occasion ? count(tries, `${occasion.place} ${occasion.text}`) : 0;
      let winner: FaultRule | undefined;
      for (const counter of counters) {
        const { rule } = counter;
        if (FAULTS[rule.kind] !== occasion.place) continue;
        if (rule.text !== undefined && !('text' in occasion && occasion.text.includes(rule.text))) continue;
        counter.seen++;
        if (winner || counter.struck >= (rule.times ?? Number.POSITIVE_INFINITY)) continue;
        if (rule.nth !== undefined && rule.nth !== counter.seen) continue;
        const draw = 'text' in occasion ? `${attempt} ${occasion.text}` : `${counter.seen}`;
        if (rule.rate !== undefined && chance(`${seed} ${rule.kind} ${draw}`) >= rule.rate) continue;
        counter.struck++;
        winner = rule;
      }
      return winner;
    },
  };
}

function count(tries: Map<string, number>, text: string): number {
  const attempt = (tries.get(text) ?? 0) + 1;
  tries.set(text, attempt);
  return attempt;
}

/** A number in [0, 1) that depends only on its argument. */
function chance(drawnFor: string): number {
  return createHash('sha256').update(drawnFor).digest().readUInt32BE(0) / 2 ** 32;
}
