/** The models of the first family, Qwen-TTS-Realtime, oldest first. */
import { TEN_LANGUAGES } from './languages.ts';
import type { EnrolmentTerms, Model, ModelLife } from './model.ts';

/** The first family's enrollment. Sources: voice-replica page, 2025-08; voice-cloning guide, 2026. */
const QWEN_VOICE_ENROLLMENT: EnrolmentTerms = {
  service: 'qwen-voice-enrollment',
  priceCny: 0.01,
  callsPerSecond: 10,
  // Newer than the limit by the second; both hold.
  callsPerMinute: 180,
  voicesPerAccount: 1000,
  nameCharacters: 16,
  usesTranscript: true,
  source: 'help.aliyun.com qwen-tts-realtime-voice-replica (2025-08)',
};

/** The end of the first family, as far as a list names its models. */
const RETIRES_IN_OCTOBER: ModelLife = {
  announced: '2026-07-10',
  retires: '2026-10-10',
  // As its table reads, the retirement page names qwen3.5-omni-plus-realtime, which the guide to voice cloning does not list.
  replacedBy: 'qwen-audio-3.1-tts-flash',
  replacedBySource: 'help.aliyun.com voice-cloning-user-guide, 2026-09',
  source: 'help.aliyun.com 2712457, the retirement page of July 2026',
  certainty: 'announced',
};

/** What the qwen3 models share. Source of the output: Qwen-TTS-Realtime client events. */
const QWEN3 = {
  engine: 'dashscope-realtime',
  enrolment: QWEN_VOICE_ENROLLMENT,
  life: RETIRES_IN_OCTOBER,
  languages: TEN_LANGUAGES,
  minSampleRateHz: 24_000,
  maxSegmentUnits: 500,
  callsPerMinute: 180,
  usage: 'characters',
  price: { currency: 'CNY', kind: 'characters', perTenThousandCharacters: 1 },
  outputRateHz: 24_000,
  outputRatesHz: [8_000, 16_000, 22_050, 24_000, 44_100, 48_000],
  formats: ['pcm', 'wav', 'mp3', 'opus'],
  takesProsody: true,
} as const;

/** The rows of the table. */
export const REALTIME_MODELS: readonly Model[] = [
  {
    id: 'qwen-tts-vc-realtime-2025-08-20',
    engine: 'dashscope-realtime',
    enrolment: QWEN_VOICE_ENROLLMENT,
    // On no list of models that end, but its enrollment is on one, and no list of models has it any more.
    life: { ...RETIRES_IN_OCTOBER, certainty: 'inferred' },
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
    ...QWEN3,
    source: 'help.aliyun.com qwen-tts-realtime user guide (2026-02)',
    priceSource: { source: 'help.aliyun.com qwen-tts-realtime user guide', date: '2026-02' },
  },
  {
    id: 'qwen3-tts-vc-realtime-2026-01-15',
    ...QWEN3,
    source: 'help.aliyun.com voice-cloning-user-guide (autumn 2026)',
    priceSource: { source: 'help.aliyun.com voice-cloning-user-guide', date: 'autumn 2026' },
  },
];
