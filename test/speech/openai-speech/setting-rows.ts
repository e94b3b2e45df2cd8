/** Every setting and fault of the simulated servers with `POST /v1/audio/speech`, and what follows from it. */
import type { FaultKind, FaultRule } from '../../../src/simulator/faults.ts';
import type { OpenaiSpeechSettings } from '../../../src/simulator/openai-speech/settings.ts';
import type { Speed } from '../../../src/simulator/settings.ts';
import type { OpenAiSpeechOptions } from '../../../src/speech/openai-speech/options.ts';
import { PACE, TEXTS } from './settings-rig.ts';

/** Texts of the book that were sent, and that the server spoke; calls that prove how it speaks. */
export type Counts = readonly [sent: number, spoken: number, proofs: number];

export interface Row {
  settings?: Partial<OpenaiSpeechSettings>;
  faults?: FaultRule[];
  speed?: Partial<Speed>;
  /** What the operator set. */
  engine?: Partial<OpenAiSpeechOptions>;
  /** What else is special, for the table. */
  note?: string;
  /** Default `sample`: it goes with each text. `uploaded`: a recording that the server has; else a name. */
  voice?: string | undefined;
  /** The voice has yet to be made. */
  enrolls?: boolean;
  /** All texts at the same time. */
  atOnce?: boolean;
  /** The name of the fault in the table. */
  strikes?: string;
  follows: string;
  counts: Counts;
}

type Follows = Pick<Row, 'follows' | 'counts'>;
type Settings = Partial<OpenaiSpeechSettings>;
const follow = (follows: string, ...counts: Counts): Follows => ({ follows, counts });

const WHOLE = follow('whole', 3, 3, 3);
const SENT = follow('sent again', 4, 3, 3);
const AGAIN = follow('spoken again', 4, 4, 3);
const UNFIT = (proofs: number) => follow('refused: service-refused', 0, 0, proofs);
const ONE = (code: string, spoken = 2) => follow(`1 of 3 refused: ${code}`, 3, spoken, 3);
const CUT = (sent: number, spoken: number) => follow('refused: take-incomplete', sent, spoken, 3);
/** A voice of the server: nothing to prove but its pace. */
const OWN = follow('whole', 3, 3, 2);
const OWN_AGAIN = follow('spoken again', 4, 4, 2);
const OWN_UNFIT = (proofs: number) => follow('refused: service-refused', 0, 0, proofs);

const set = (settings: Settings, follows: Follows = WHOLE, more: Partial<Row> = {}): Row => ({
  settings,
  ...more,
  ...follows,
});
const nameFault = ({ kind, ...more }: FaultRule, when: string) => {
  const details = Object.entries(more).map(([name, value]) => `${name}=${value}`);
  return `\`${kind}${details.length === 0 ? '' : `:${details.join(',')}`}\` ${when}`;
};
/** The first text, once. */
const once = (fault: FaultRule, follows: Follows = WHOLE, more: Partial<Row> = {}): Row => ({
  faults: [{ ...fault, text: TEXTS[0], times: 1 }],
  strikes: nameFault(fault, 'once'),
  ...more,
  ...follows,
});
/** Every text of the book, each time. */
const always = (fault: FaultRule, follows: Follows = WHOLE, more: Partial<Row> = {}): Row => ({
  faults: TEXTS.map((text) => ({ ...fault, text })),
  strikes: nameFault(fault, 'always'),
  ...more,
  ...follows,
});
/** The sentence that shows the pace of the voice, and that the server uses the sample. */
const inProof = (fault: FaultRule, follows: Follows = WHOLE, more: Partial<Row> = {}): Row => ({
  faults: PACE.map((text) => ({ ...fault, text })),
  strikes: nameFault(fault, 'in the proof'),
  ...more,
  ...follows,
});

/** The sentence that shows the pace of the voice, as long as the server speaks so. */
const inPace = (fault: FaultRule, follows: Follows = WHOLE): Row => ({
  faults: [...TEXTS, ...PACE].map((text) => ({ ...fault, text })),
  strikes: nameFault(fault, 'always, also in the first sentence'),
  ...follows,
});

/** So slow that the proof is under way when the second text comes: a text that comes later measures no pace of its own. */
const AT_ONCE = { atOnce: true, engine: { maxCalls: 3 }, speed: { firstAudioMs: 500 }, note: 'three texts at once' };
const STALL = { engine: { idleTimeoutMs: 500 } };
/** The server is not waited for. */
const IMPATIENT = { engine: { loadingLimitMs: 0 }, note: 'never loaded' };

const SERVERS: Row[] = [
  set({ unknownFields: 'refuse' }),
  set({ knowsSeed: false }),
  set({ knowsSeed: false, unknownFields: 'refuse' }, UNFIT(1)),
  set({ honorsSeed: false }),
  set({ honorsSeed: false, usageHeaders: false }, UNFIT(4)),
  set({ honorsSeed: false, usageHeaders: false }, follow('whole', 3, 3, 4), {
    engine: { acceptUnproven: true },
    note: 'PIPELINE_SPEECH_UNPROVEN=1',
  }),
  set({ usageHeaders: false }, follow('whole', 3, 3, 5)),
  set({ ignoresRefAudio: true }, UNFIT(2)),
  set({ ignoresRefAudio: true, usageHeaders: false }, UNFIT(3)),
  set({ ignoresSampleRate: true }),
  set({ model: 'Qwen/Qwen3-TTS-12Hz-1.7B-CustomVoice' }, UNFIT(2)),
  set({ backend: 'qwen3-tts-0.6b-base' }),
  set({ namesItself: false }, follow('refused: service-unreachable', 0, 0, 0)),
  ...(['unknown', 'zero'] as const).map((wavSizes) => set({ wavSizes })),
  set({ wavSizes: 'too-big' }, follow('refused: take-incomplete', 0, 0, 13)),
  set({ chunked: true }),
  set({ chunked: true, wavSizes: 'unknown' }),
  set({ workers: 1 }, follow('whole', 3, 3, 4), AT_ONCE),
  set({}, WHOLE, { speed: { firstAudioMs: 120 }, note: '120 ms to the first byte' }),
  set({}, follow('refused: service-unreachable', 0, 0, 13), {
    speed: { firstAudioMs: 4000 },
    engine: { answerTimeoutMs: 400 },
    note: 'no first byte in time',
  }),
  set({ maxNewTokens: 20 }),
  set({ maxInputCharacters: 50 }, ONE('text-refused')),
  set({ forcedAligner: true }, follow('whole, with word times', 3, 3, 2)),
  set({ forcedAligner: true, wordListBytes: 60 }, follow('whole', 3, 3, 2)),
  set({ voiceList: 'objects' }),
  set({ existingVoice: 'refuse' }),
];

const FAULTS_OF_SPEECH: Row[] = [
  once({ kind: 'speech-loading' }, SENT),
  once({ kind: 'speech-loading', delayMs: 120 }, SENT),
  always({ kind: 'speech-loading' }, follow('refused: service-failed', 12, 0, 3), IMPATIENT),
  inProof({ kind: 'speech-loading' }, follow('refused: service-failed', 0, 0, 12), IMPATIENT),
  once({ kind: 'speech-synthesis-failed' }, SENT),
  always({ kind: 'speech-synthesis-failed' }, follow('refused: service-failed', 12, 0, 3)),
  inProof({ kind: 'speech-missing-words' }, UNFIT(2)),
  inProof({ kind: 'speech-run-on' }, UNFIT(2)),
  inPace({ kind: 'speech-missing-words' }, UNFIT(2)),
  inPace({ kind: 'speech-notice' }, UNFIT(2)),
  inPace({ kind: 'drop' }, follow('refused: take-incomplete', 0, 0, 13)),
  once({ kind: 'speech-html-error' }, SENT),
  once({ kind: 'speech-redirect' }, ONE('service-refused')),
  once({ kind: 'speech-json-200' }, SENT),
  once({ kind: 'speech-wrong-type' }, AGAIN),
  once({ kind: 'speech-empty' }, SENT),
  always({ kind: 'speech-empty' }, CUT(12, 0)),
  once({ kind: 'speech-silence' }, AGAIN),
  always({ kind: 'speech-silence' }, CUT(9, 9)),
  once({ kind: 'speech-missing-words' }, AGAIN),
  always({ kind: 'speech-missing-words' }, CUT(9, 9)),
  once({ kind: 'speech-run-on' }, AGAIN),
  always({ kind: 'speech-run-on' }, CUT(9, 9)),
  once({ kind: 'speech-notice' }, AGAIN),
  once({ kind: 'speech-model-swap' }, follow('refused: model-unknown', 1, 1, 2)),
  once({ kind: 'speech-no-done' }),
  once({ kind: 'throttle-event' }, SENT),
  once({ kind: 'throttle-event' }, SENT, { settings: { retryAfterSeconds: 0 } }),
  once({ kind: 'throttle-close' }, SENT, { settings: { retryAfterSeconds: 0 } }),
  once({ kind: 'content-refusal' }, ONE('text-refused')),
  once({ kind: 'finished-without-audio' }, AGAIN),
  once({ kind: 'drop' }, AGAIN),
  once({ kind: 'drop' }, AGAIN, { settings: { chunked: true } }),
  always({ kind: 'drop' }, CUT(12, 12)),
  once({ kind: 'close' }, AGAIN),
  once({ kind: 'close' }, AGAIN, { settings: { wavSizes: 'unknown' } }),
  once({ kind: 'close', frame: 999 }, AGAIN),
  once({ kind: 'stall' }, AGAIN, STALL),
  once({ kind: 'error-event' }, AGAIN),
  once({ kind: 'odd-delta' }, AGAIN),
  once({ kind: 'odd-delta' }, AGAIN, { settings: { wavSizes: 'unknown' } }),
  once({ kind: 'truncated-tail' }, AGAIN),
  once({ kind: 'inserted-silence' }, AGAIN),
  once({ kind: 'noise' }, AGAIN),
  once({ kind: 'level-jump' }, AGAIN),
];

const CRISP = { settings: { profile: 'crispasr' as const } };
const CLONE = {
  voice: 'uploaded',
  engine: { consent: 'yes', marking: 'in the imprint' },
  note: 'CrispASR, its own clone',
};
const UNMARKED = { ...CLONE, engine: { consent: 'yes' }, note: 'CrispASR, its own clone, no marking' };
const STRICT = { settings: { profile: 'openai-strict' as const }, voice: 'alloy', note: 'OpenAI' };

const PROFILES: Row[] = [
  { ...CRISP, enrolls: true, engine: CLONE.engine, note: 'CrispASR, a sample, uploaded', ...OWN },
  {
    ...CRISP,
    enrolls: true,
    engine: { marking: 'in the imprint' },
    note: 'CrispASR, a sample, no consent',
    ...follow('voice refused: service-refused', 0, 0, 0),
  },
  {
    ...STRICT,
    voice: undefined,
    enrolls: true,
    note: 'OpenAI, a sample',
    ...follow('voice refused: sample-refused', 0, 0, 0),
  },
  { ...CRISP, voice: 'vivian', note: 'CrispASR, a voice of its own', ...OWN },
  { ...CRISP, voice: 'nobody', note: 'CrispASR, an unknown voice', ...OWN_UNFIT(2) },
  { ...CRISP, ...CLONE, ...OWN },
  {
    ...CRISP,
    ...CLONE,
    engine: { marking: 'in the imprint' },
    note: 'CrispASR, its own clone, no consent',
    ...OWN_UNFIT(1),
  },
  { ...CRISP, ...CLONE, engine: { consent: 'yes' }, note: 'CrispASR, its own clone, no marking', ...OWN_UNFIT(1) },
  set({ profile: 'crispasr', acceptsMarking: true }, OWN, UNMARKED),
  set({ profile: 'crispasr', unattested: 'refuse' }, OWN, CLONE),
  set({ profile: 'crispasr', unattested: 'refuse' }, OWN_UNFIT(1), UNMARKED),
  once({ kind: 'speech-notice' }, follow('1 of 3 refused: service-refused', 3, 3, 2), { ...CRISP, ...CLONE }),
  once({ kind: 'speech-model-swap' }, follow('refused: model-unknown', 1, 1, 1), { ...CRISP, ...CLONE }),
  { ...STRICT, ...OWN },
  { ...STRICT, voice: 'nobody', note: 'OpenAI, an unknown voice', ...follow('refused: voice-not-found', 0, 0, 1) },
  once({ kind: 'close' }, OWN_AGAIN, STRICT),
  once({ kind: 'odd-delta' }, OWN_AGAIN, STRICT),
  once({ kind: 'speech-notice' }, OWN_AGAIN, STRICT),
  set({ profile: 'openai-strict', chunked: true }, OWN, { voice: 'alloy', note: 'OpenAI' }),
  set({ profile: 'openai-strict', unknownFields: 'drop' }, OWN, { voice: 'alloy', note: 'OpenAI' }),
];

export const ROWS: readonly Row[] = [
  { note: 'no setting, no fault', ...WHOLE },
  ...SERVERS,
  ...FAULTS_OF_SPEECH,
  ...PROFILES,
];

/** Faults of the other protocols. */
export const ELSEWHERE: ReadonlySet<FaultKind> = new Set([
  'lost-sentence',
  'foreign-events',
  'foreign-frames',
  'late-frames',
]);

/** Sound that is whole and as long as its text, but wrong: nothing in the protocol or the length shows it. */
export const UNHEARD: ReadonlySet<FaultKind> = new Set(['wrong-voice', 'repetition']);

/** The name of a row in the table. */
export function nameOf({ settings = {}, strikes, note }: Row): string {
  const set = Object.entries(settings).filter(([name]) => name !== 'profile' || note === undefined);
  const names = set.map(([name, value]) => `\`${name}=${value}\``);
  return [[...(strikes === undefined ? [] : [strikes]), ...names].join(' '), note].filter(Boolean).join(', ');
}
