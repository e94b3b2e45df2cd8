/** What is known of a model, and of the service that clones voices for it. Shapes only. */

/** An engine: a protocol that clones and speaks (src/speech/engine.ts). */
export type EngineName = 'dashscope-realtime' | 'dashscope-inference' | OwnEngine;
/** The engine of one's own server, which a manifest must name: it speaks any model. */
export type OwnEngine = 'openai-speech';

/** One row of the table. */
export interface Model {
  id: string;
  /** The protocol that speaks it. */
  engine: EngineName;
  /** Cloning a voice for it. */
  enrolment: EnrolmentTerms;
  /** ISO code → the service's own name of the language. */
  languages: Readonly<Record<string, string>>;
  /** Lowest sample rate of a recording to clone from. */
  minSampleRateHz: number;
  /** Longest recording to clone from, in seconds; absent: 60. */
  maxSampleSeconds?: number;
  /** Least speech in a recording to clone from, in seconds, with pauses of at most 2 s; absent: 3 s without a break. */
  minPassageSeconds?: number;
  /** Sample rate of the speech that we request: s16le mono. */
  outputRateHz: number;
  /** Every sample rate that it can produce. The page on client events lists four, the comments of the SDK two more. */
  outputRatesHz: readonly number[];
  /** Formats that it can produce. We request pcm, because the framing of the others is not documented. */
  formats: readonly ('pcm' | 'wav' | 'mp3' | 'opus')[];
  /** Whether it supports `speech_rate`, `pitch_rate`, `volume` and `bit_rate`. */
  takesProsody: boolean;
  /**
   * Most billed units (see `billedUnits`) in one commit, cut at a sentence end. Not documented for realtime; a working
   * rule.
   */
  maxSegmentUnits: number;
  /** Calls a minute for the account and model; null where no figure is published. */
  callsPerMinute: number | null;
  /** Calls in any one second; absent where no figure is published. */
  callsPerSecond?: number;
  /** Tokens a minute for the account and model; absent where no figure is published. */
  tokensPerMinute?: number;
  /**
   * True for a model that accepts directions on how to speak a line. No cloned voice of the first family does (user
   * guide, 2026-02).
   */
  takesDirections?: boolean;
  /** True for a model that accepts a seed: the same request with the same seed is documented to sound the same. */
  takesSeed?: boolean;
  /** True for a model that can tell when each word is heard. It may still not do so for a clone. */
  tellsWordTimes?: boolean;
  /** The unit that `response.done` counts. */
  usage: 'characters' | 'tokens';
  /** What speech costs; null when unpublished. */
  price: Price | null;
  /** When it came and goes; absent when no page says anything. */
  life?: ModelLife;
  /** Source of the row, and when it was read. */
  source: string;
  /** Source of the price, and when it was read; for people. */
  priceSource: { source: string; date: string };
}

/** What is known of a model's end. */
export interface ModelLife {
  /** Day on which the vendor announced the end, `yyyy-mm-dd`; absent when only the end is known. */
  announced?: string;
  /** First day without the model, `yyyy-mm-dd`. */
  retires: string;
  /** A model that the vendor names for the same use. */
  replacedBy: string;
  /** Where it does so, and when that was read. */
  replacedBySource: string;
  /** Source of the end. */
  source: string;
  /** How sure it is that the model ends on this day. */
  certainty: 'announced' | 'inferred';
}

/** Enrollment as a model's engine offers it. One service counts calls and voices over all its models together. */
export interface EnrolmentTerms {
  /** Name of the service in its requests; models with the same name share its limits. */
  service: 'qwen-voice-enrollment' | 'voice-enrollment' | 'own-server';
  /** Price of one voice; a failed enrollment is free. */
  priceCny: number;
  /** Calls (create, list, delete, query) in any one second, for the whole account. */
  callsPerSecond: number;
  /** The same calls in any minute; absent for no such limit. */
  callsPerMinute?: number;
  /** Most voices of an account; the service refuses further ones. Null: no limit. */
  voicesPerAccount: number | null;
  /** Longest name that the service puts into a voice's ID. */
  nameCharacters: number;
  /** True when the service compares the sample with a transcript. */
  usesTranscript: boolean;
  source: string;
}

/** Money per unit of use. `perTenThousandCharacters` counts billed units; tokens are priced per thousand. */
export type Price =
  | { currency: 'CNY' | 'USD'; kind: 'characters'; perTenThousandCharacters: number }
  | {
      currency: 'CNY';
      kind: 'tokens';
      perThousandInput: number;
      perThousandOutput: number;
      outputTokensPerSecond: number;
    };
