/**
 * The contract of a recogniser: something that hears words in a take. It answers what it heard, and when; whether that is
 * right is judged elsewhere (src/qc/words/), so one recogniser is as good as another for everything else.
 *
 * Every failure is a `PipelineError`. None of them may fail a take: what cannot be heard is inconclusive.
 */

/** A recogniser, ready to work. Nothing is sent before the first call. */
export interface Recogniser {
  /** The model, for records and prices; it is in no key. */
  readonly model: string;
  /** Longest sound of one call, in seconds. */
  readonly maxSeconds: number;
  hear(sound: SoundToHear, options?: HearOptions): Promise<Hearing>;
}

/** A take as it is sent. */
export interface SoundToHear {
  /** s16le mono. */
  pcm: Uint8Array;
  sampleRateHz: number;
  /** ISO code; undefined: the recogniser finds out. */
  language?: string | undefined;
  /** Names that may be heard. Never the line: a recogniser that knows it hears it. */
  names?: readonly string[] | undefined;
}

/** Options of one call. */
export interface HearOptions {
  signal?: AbortSignal | undefined;
  /** Called and awaited before each request is sent. When it rejects, nothing is sent. `leave`: as for a text (speech/engine.ts). */
  onSend?: ((leave?: () => Promise<void>) => Promise<void>) | undefined;
}

/** What was heard. */
export interface Hearing {
  /** Empty: no words. */
  text: string;
  /** When each word was heard, in seconds; absent when the recogniser does not tell. */
  words?: { text: string; startSeconds: number; endSeconds: number }[];
  /** Undefined when the recogniser does not count. */
  usage?: { input_tokens: number; output_tokens: number; total_tokens: number };
  /** The answer was a bare text, which may be an error as well as words: another text than the line's proves nothing. */
  isBare?: true;
  /** Our simulator answered. */
  simulated: boolean;
}
