/** Every setting and fault of the inference protocol's simulator, and what follows from it. */
import type { FaultKind, FaultRule } from '../../../src/simulator/faults.ts';
import type { InferenceSettings } from '../../../src/simulator/inference/settings.ts';
import type { Speed } from '../../../src/simulator/settings.ts';

/** Tasks sent, texts that the service began, voices asked for, questions about voices. */
export type Counts = readonly [tasks: number, begun: number, creates: number, looks: number];

export interface Row {
  inference?: Partial<InferenceSettings>;
  faults?: FaultRule[];
  speed?: Partial<Speed>;
  /** What else is special, for the table. */
  note?: string;
  direction?: string;
  /** The voice has yet to be enrolled, from so many seconds of speech. */
  enrolls?: number;
  /** Its recording pauses once, for so many seconds. */
  pausesSeconds?: number;
  /** Milliseconds of silence after which the service counts as stalled. */
  stallMs?: number;
  /** Pause between the texts. */
  pauseMs?: number;
  /** The last two texts at the same time, a second after the first: until a model was heard, one goes alone. */
  atOnce?: boolean;
  /** So many voices of the same name are there, for another model. */
  namesakes?: number;
  /** The author has enrolled the voice. */
  ownVoice?: boolean;
  follows: string;
  counts: Counts;
}

type Follows = Pick<Row, 'follows' | 'counts'>;
type Settings = Partial<InferenceSettings>;
const follow = (follows: string, ...counts: Counts): Follows => ({ follows, counts });

const WHOLE = follow('whole', 3, 3, 0, 0);
const LATER = follow('whole, by a later job', 3, 3, 0, 0);
const UNTIMED = follow('whole, without word times', 3, 3, 0, 0);
const SENT = follow('sent again', 4, 3, 0, 0);
const UNTIMED_AGAIN = follow('spoken again, without word times', 4, 4, 0, 0);
const AGAIN = follow('spoken again', 4, 4, 0, 0);
const DIRECTION = { direction: 'Whisper, as if afraid.', note: 'a direction of 22 characters' };
const AT_ONCE = { atOnce: true, note: 'the last two texts at once' };
const RETIRED = ['qwen-audio-3.0-tts-flash'];

const set = (inference: Settings, follows: Follows = WHOLE, more: Partial<Row> = {}): Row => ({
  inference,
  ...more,
  ...follows,
});
const always = (fault: FaultRule, follows: Follows, more: Partial<Row> = {}): Row => ({
  faults: [fault],
  ...more,
  ...follows,
});
const once = (fault: FaultRule, follows: Follows, more: Partial<Row> = {}): Row =>
  always(fault.nth === undefined ? { ...fault, times: 1 } : fault, follows, more);

/** With a voice that is in the ledger. */
const SPEAKING: Row[] = [
  set({ textGapMs: 500 }, WHOLE, { speed: { timesRealtime: 4 }, note: 'speech lasts longer' }),
  set({ idleCloseMs: 1_500 }, WHOLE, { pauseMs: 2_000, note: 'texts 2 s apart' }),
  ...[200, 1001, 10_000_000].map((frameBytes) => set({ frameBytes })),
  set({ cutAt: 'comma' }),
  set({ words: 'none' }, UNTIMED),
  set({ words: 'empty' }, UNTIMED),
  set({ words: 'growing' }),
  set({ wordTimes: 'task' }),
  set({ wordIndices: 'code-point' }),
  set({ hanWords: 'run' }),
  set({ lastOriginalText: false }),
  ...(['characters', 'tokens', 'both', 'none'] as const).map((usage) => set({ usage })),
  set({ usage: 'tokens', tokensPerSecond: 0 }),
  ...(['sentence-end', 'finished'] as const).map((usageIn) => set({ usageIn })),
  ...(['payload', 'both'] as const).map((resultsIn) => set({ resultsIn })),
  set({ textLimitCounts: 'characters' }),
  set({ seedHonored: false }),
  set({ seedZero: 'random' }),
  set({ rules30: 'july' }, follow('sent again, without word times', 4, 3, 0, 0)),
  set({ instructionCharacters: 22 }, WHOLE, DIRECTION),
  set({ instructionCharacters: 10 }, follow('refused: service-refused', 3, 0, 0, 0), DIRECTION),
  ...(['access-denied', 'not-found', 'close', 'invalid'] as const).map((retiredForm) =>
    // Nothing is sent after the first answer.
    set({ retired: RETIRED, retiredForm }, follow('refused: model-unknown', 1, 0, 0, 0)),
  ),
  set({ retired: RETIRED, retiredForm: 'silence' }, follow('refused: model-unknown', 1, 0, 0, 0), { stallMs: 1_500 }),
  set({ tasksPerSecond: 1 }, SENT, AT_ONCE),
  set({ tasksPerSecond: 1, throttleForm: 'close' }, SENT, AT_ONCE),
  set({ tasksPerSecond: 1, throttleForm: 'handshake' }),
  set({ tasksPerMinute: 3 }),
  set({ connectionsAtOnce: 1 }, LATER, AT_ONCE),
  once({ kind: 'throttle-handshake' }, LATER),
  once({ kind: 'handshake-5xx' }, LATER),
  always({ kind: 'handshake-5xx' }, follow('refused: service-failed', 0, 0, 0, 0)),
  always({ kind: 'slow-handshake', delayMs: 100 }, WHOLE),
  once({ kind: 'fail-at-start' }, SENT),
  always({ kind: 'fail-at-start' }, follow('refused: service-failed', 12, 0, 0, 0)),
  once({ kind: 'silent-start' }, SENT, { stallMs: 700 }),
  once({ kind: 'throttle-event' }, SENT),
  once({ kind: 'throttle-close' }, SENT),
  once({ kind: 'content-refusal' }, follow('1 of 3 refused: text-refused', 3, 2, 0, 0)),
  once({ kind: 'finished-without-audio' }, follow('spoken again', 4, 4, 0, 1)),
  always({ kind: 'finished-without-audio' }, follow('refused: take-incomplete', 9, 9, 0, 9)),
  once({ kind: 'drop' }, AGAIN),
  always({ kind: 'drop' }, follow('refused: session-lost', 12, 12, 0, 0)),
  ...[1000, 1005, 1006, 1007, 1011].map((closeCode) => once({ kind: 'close', closeCode }, AGAIN)),
  once({ kind: 'close', closeCode: 1000, frame: 999 }, AGAIN),
  once({ kind: 'stall' }, AGAIN, { stallMs: 700 }),
  once({ kind: 'error-event' }, AGAIN),
  once({ kind: 'error-event', frame: 999 }, AGAIN),
  always({ kind: 'odd-delta' }, WHOLE),
  once({ kind: 'lost-sentence' }, AGAIN),
  once({ kind: 'lost-sentence', frame: 0 }, AGAIN),
  once({ kind: 'lost-sentence' }, AGAIN, { inference: { lastOriginalText: false } }),
  once({ kind: 'lost-sentence', frame: 0 }, AGAIN, { inference: { lastOriginalText: false } }),
  ...(['none', 'empty'] as const).map((words) =>
    once({ kind: 'lost-sentence', frame: 0 }, UNTIMED_AGAIN, { inference: { lastOriginalText: false, words } }),
  ),
  always({ kind: 'lost-sentence' }, follow('2 of 3 refused: take-incomplete', 9, 9, 0, 0)),
  always({ kind: 'foreign-events' }, WHOLE),
  once({ kind: 'foreign-frames' }, AGAIN),
  // Nothing is sent after three answers in a row that break the protocol (breach-watch.ts).
  always({ kind: 'foreign-frames' }, follow('refused: protocol-violation', 3, 3, 0, 0)),
  always({ kind: 'late-frames' }, WHOLE),
];

const GOOD = { enrolls: 6, note: 'new voice' };
/** Within the documented rules, and yet refused: how the service measures is not known. */
const PAUSING = { enrolls: 6, pausesSeconds: 1.5, note: 'new voice, a pause of 1.5 s' };
const OWN = { ownVoice: true, note: "the author's voice" };
const NONE = (code: string, creates: number, looks: number) => follow(`voice refused: ${code}`, 0, 0, creates, looks);

/** With a voice that has yet to be made, or that the author has made. */
const VOICES: Row[] = [
  { ...GOOD, ...follow('whole', 3, 3, 1, 1) },
  ...(['payload', 'both'] as const).map((resultsIn) => set({ resultsIn }, follow('whole', 3, 3, 1, 1), GOOD)),
  once({ kind: 'lost-answer' }, follow('whole, by a later job', 3, 3, 1, 3), {
    ...GOOD,
    inference: { resultsIn: 'payload' },
  }),
  ...(['access-denied', 'not-found', 'invalid'] as const).map((retiredForm) =>
    set({ retired: RETIRED, retiredForm }, NONE('model-unknown', 1, 0), GOOD),
  ),
  set({ voiceCallsPerSecond: 1 }, follow('whole', 3, 3, 1, 2), GOOD),
  set({ voices: 1 }, NONE('voice-quota-full', 1, 0), { ...GOOD, namesakes: 1, note: 'new voice, another is there' }),
  set({ deployingPolls: 2 }, follow('whole', 3, 3, 1, 3), GOOD),
  set({ deployingPolls: 2, deployingVoice: 'silent' }, follow('whole', 3, 3, 1, 3), GOOD),
  set({ deployingPolls: 2 }, follow('sent again', 4, 3, 0, 3), OWN),
  set({ deployingPolls: 2, deployingVoice: 'silent' }, follow('spoken again', 4, 4, 0, 3), OWN),
  set({ deployedAs: 'UNDEPLOYED' }, NONE('sample-refused', 1, 1), GOOD),
  set({ deployedAs: 'UNDEPLOYED' }, follow('refused: voice-not-found', 3, 0, 0, 3), OWN),
  set({ deployedAs: 'UNDEPLOYED', deployingVoice: 'silent' }, follow('refused: voice-not-found', 3, 3, 0, 3), OWN),
  set({ badSample: '430' }, NONE('sample-refused', 1, 0), PAUSING),
  set({ badSample: '500' }, NONE('sample-refused', 2, 1), PAUSING),
  set({ dataUri: false }, NONE('service-refused', 1, 0), GOOD),
  set({ resourceLink: false }, follow('whole', 3, 3, 1, 1), GOOD),
  once({ kind: 'http-5xx' }, follow('whole, by a later job', 3, 3, 2, 2), GOOD),
  always({ kind: 'http-5xx' }, NONE('service-failed', 1, 3), GOOD),
  once({ kind: 'http-429' }, follow('whole, by a later job', 3, 3, 2, 1), GOOD),
  once({ kind: 'empty-body-400' }, follow('whole, by a later job', 3, 3, 2, 1), GOOD),
  once({ kind: 'lost-answer' }, follow('whole, by a later job', 3, 3, 1, 3), GOOD),
  once({ kind: 'lost-answer', nth: 3 }, follow('whole, by a later job', 3, 3, 1, 7), {
    ...GOOD,
    inference: { listCap: 1 },
    namesakes: 2,
    note: 'new voice, two of the same name',
  }),
];

export const ROWS: readonly Row[] = [{ note: 'no setting, no fault', ...WHOLE }, ...SPEAKING, ...VOICES];

/** Of the variant over HTTP, which this program does not speak: test/simulator/inference/http-speech.test.ts. */
export const OVER_HTTP: ReadonlySet<string> = new Set(['sseLines', 'sseStop', 'resultUrl']);

/** Faults of a sound that is complete by the protocol: the checks of a take look for them, and not the engine. */
export const AUDIBLE: ReadonlySet<FaultKind> = new Set([
  'wrong-voice',
  'truncated-tail',
  'inserted-silence',
  'repetition',
  'noise',
  'level-jump',
]);

/** The name of a row in the table. */
export function nameOf({ inference = {}, faults = [], note }: Row): string {
  const settings = Object.entries(inference).map(([name, value]) => `${name}=${value}`);
  const set = settings.filter((text) => !text.startsWith('retired=')).map((text) => `\`${text}\``);
  const struck = faults.map(({ kind, times, nth, ...more }) => {
    const details = Object.entries(more).map(([name, value]) => `${name}=${value}`);
    return `\`${kind}${details.length === 0 ? '' : `:${details.join(',')}`}\` ${(times ?? nth) === undefined ? 'always' : 'once'}`;
  });
  return [[...struck, ...set].join(' '), note].filter(Boolean).join(', ');
}
