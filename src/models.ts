/**
 * The service's voice-cloning models as a table of facts, each with its source and how certain it is. Level 0: data
 * only.
 *
 * `documented` facts come from Alibaba's pages, `inferred` ones from a sibling model or from arithmetic. An unknown
 * fact is `null`; no code may assume a value for it.
 */

/** The model for a manifest that names none. */
export const DEFAULT_MODEL = 'qwen-tts-vc-realtime-2025-08-20';

/** One row of the table. */
export interface Model {
  id: string;
  /** ISO code → the service's `language_type`. */
  languages: Readonly<Record<string, string>>;
  /** Lowest sample rate of a recording to clone from. */
  minSampleRateHz: number;
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
  /**
   * True for a model that accepts directions on how to speak a line. No voice-cloning model does (user guide, 2026-02).
   */
  takesDirections?: boolean;
  /** The unit that `response.done` counts. */
  usage: 'characters' | 'tokens';
  /** What speech costs; null when unpublished. */
  price: Price | null;
  /** Source of the row, and when it was read. */
  source: string;
  /** Source of the price, and when it was read; for people. */
  priceSource: { source: string; date: string };
}

/** Money per unit of use. `perTenThousandCharacters` counts billed units; tokens are priced per thousand. */
export type Price =
  | { currency: 'CNY'; kind: 'characters'; perTenThousandCharacters: number }
  | {
      currency: 'CNY';
      kind: 'tokens';
      perThousandInput: number;
      perThousandOutput: number;
      outputTokensPerSecond: number;
    };

/**
 * Price of one enrolled voice; failed enrolments are free. Source: voice-replica page, 2025-08; voice-cloning guide,
 * 2026.
 */
export const ENROLMENT_PRICE_CNY = 0.01;

/**
 * Enrolment calls (create, list, delete) in any one second, for the whole account. Source: voice-replica page, 2025-08.
 */
export const ENROLMENT_CALLS_PER_SECOND = 10;

/** Most voices of an account; the service refuses further ones. Source: voice-replica page, 2025-08. */
export const VOICES_PER_ACCOUNT = 1000;

const TEN_LANGUAGES = {
  zh: 'Chinese',
  en: 'English',
  de: 'German',
  it: 'Italian',
  pt: 'Portuguese',
  es: 'Spanish',
  ja: 'Japanese',
  ko: 'Korean',
  fr: 'French',
  ru: 'Russian',
} as const;

/** Output of the qwen3 models. Source: Qwen-TTS-Realtime client events. */
const QWEN3_OUTPUT = {
  outputRateHz: 24_000,
  outputRatesHz: [8_000, 16_000, 22_050, 24_000, 44_100, 48_000],
  formats: ['pcm', 'wav', 'mp3', 'opus'],
  takesProsody: true,
} as const;

/** Known models by id, oldest first. */
export const MODELS: Readonly<Record<string, Model>> = Object.fromEntries(
  [
    {
      id: 'qwen-tts-vc-realtime-2025-08-20',
      // The eleventh language, Indonesian, has no documented `language_type`; with `Auto` the service detects it from
      // the text.
      languages: { ...TEN_LANGUAGES, id: 'Auto' },
      minSampleRateHz: 16_000,
      // The page on client events says this of its family: 24 kHz PCM only; no rate, pitch or volume.
      outputRateHz: 24_000,
      outputRatesHz: [24_000],
      formats: ['pcm'],
      takesProsody: false,
      maxSegmentUnits: 500,
      callsPerMinute: null,
      usage: 'tokens',
      price: {
        currency: 'CNY',
        kind: 'tokens',
        perThousandInput: 0.0024,
        perThousandOutput: 0.012,
        outputTokensPerSecond: 50,
      },
      source:
        'help.aliyun.com qwen-tts-realtime-voice-replica (2025-08); usage and price inferred from qwen-tts-realtime',
      priceSource: { source: 'help.aliyun.com qwen-tts-realtime user guide, its sibling model', date: '2026-02' },
    },
    {
      id: 'qwen3-tts-vc-realtime-2025-11-27',
      languages: TEN_LANGUAGES,
      minSampleRateHz: 24_000,
      ...QWEN3_OUTPUT,
      maxSegmentUnits: 500,
      callsPerMinute: 180,
      usage: 'characters',
      price: { currency: 'CNY', kind: 'characters', perTenThousandCharacters: 1 },
      source: 'help.aliyun.com qwen-tts-realtime user guide (2026-02)',
      priceSource: { source: 'help.aliyun.com qwen-tts-realtime user guide', date: '2026-02' },
    },
    {
      id: 'qwen3-tts-vc-realtime-2026-01-15',
      languages: TEN_LANGUAGES,
      minSampleRateHz: 24_000,
      ...QWEN3_OUTPUT,
      maxSegmentUnits: 500,
      callsPerMinute: 180,
      usage: 'characters',
      price: { currency: 'CNY', kind: 'characters', perTenThousandCharacters: 1 },
      source: 'help.aliyun.com voice-cloning-user-guide (autumn 2026)',
      priceSource: { source: 'help.aliyun.com voice-cloning-user-guide', date: 'autumn 2026' },
    },
  ].map((model) => [model.id, model as Model]),
);

const HAN = /\p{Script=Han}/u;

/**
 * Characters as the service bills them: a Chinese character counts as 2, every other character (letter, mark, space) as
 * 1. Source: help.aliyun.com/zh/model-studio/qwen-tts-realtime.
 */
export function billedUnits(text: string): number {
  let units = 0;
  for (const character of text) units += HAN.test(character) ? 2 : 1;
  return units;
}
