/** The models of the successor family, Qwen-Audio-TTS and CosyVoice: first what the vendor recommends. */
import type { EnrolmentTerms, Model } from './model.ts';

/**
 * The successor's enrollment: free, with 1000 voices of its own. The rate is documented for CosyVoice; that it holds
 * for Qwen-Audio too is inferred. Sources: voice-cloning guide, 2026-09; rate-limit page, 2026-02.
 */
const VOICE_ENROLLMENT: EnrolmentTerms = {
  service: 'voice-enrollment',
  priceCny: 0,
  callsPerSecond: 10,
  // Known of the first family's service; inferred for this one.
  callsPerMinute: 180,
  voicesPerAccount: 1000,
  nameCharacters: 9,
  usesTranscript: false,
  source: 'help.aliyun.com voice-cloning-user-guide (2026-09)',
};

/** Languages of Qwen-Audio clones by the code that the service takes as a hint. Source: voice-cloning guide, 2026-09. */
const QWEN_AUDIO_LANGUAGES = codes('zh en ja ko ru fr de pt th id vi es it ms fil ar');
/** Languages of CosyVoice clones. Source: the same. */
const COSYVOICE_LANGUAGES = codes('zh en fr de ja ko ru pt th id vi');

/** What the models of the inference protocol share. Source: client events of Qwen-Audio-TTS and CosyVoice, 2026-09. */
const INFERENCE = {
  engine: 'dashscope-inference',
  enrolment: VOICE_ENROLLMENT,
  minSampleRateHz: 16_000,
  // Source: voice-cloning guide, 2026-09: at least 5 s of speech in one go, pauses of at most 2 s.
  minPassageSeconds: 5,
  outputRateHz: 24_000,
  outputRatesHz: [8_000, 16_000, 22_050, 24_000, 44_100, 48_000],
  formats: ['pcm', 'wav', 'mp3', 'opus'],
  takesProsody: true,
  // A text may have 20,000 characters. Short segments keep retakes cheap and progress fine.
  maxSegmentUnits: 500,
  callsPerMinute: null,
  takesDirections: true,
  takesSeed: true,
  tellsWordTimes: true,
  usage: 'characters',
  price: null,
  source: 'help.aliyun.com voice-cloning-user-guide and qwen-audio-tts-client-events (2026-09)',
  priceSource: { source: 'no price found', date: '2026-11' },
} as const;

const QWEN_AUDIO = { ...INFERENCE, languages: QWEN_AUDIO_LANGUAGES } as const;
const COSYVOICE = { ...INFERENCE, languages: COSYVOICE_LANGUAGES } as const;

/** The service's limit for CosyVoice in Beijing. Source: rate-limit page, 2026-02. */
const COSYVOICE_V3_CALLS_PER_SECOND = 3;

function codes(list: string): Readonly<Record<string, string>> {
  return Object.fromEntries(list.split(' ').map((code) => [code, code]));
}

/** The rows of the table. */
export const INFERENCE_MODELS: readonly Model[] = [
  {
    ...QWEN_AUDIO,
    id: 'qwen-audio-3.1-tts-flash',
    usage: 'tokens',
    // Tokens for a second of speech are not published; 50 is the most that a sibling uses.
    price: {
      currency: 'CNY',
      kind: 'tokens',
      perThousandInput: 0.0015,
      perThousandOutput: 0.012,
      outputTokensPerSecond: 50,
    },
    priceSource: {
      source: 'notice 891 and the model page, as a third party read them (Beijing)',
      date: '2026-09-27',
    },
  },
  {
    ...QWEN_AUDIO,
    id: 'qwen-audio-3.0-tts-flash',
    callsPerMinute: 180,
    price: { currency: 'CNY', kind: 'characters', perTenThousandCharacters: 1 },
    priceSource: { source: 'the model page, as a third party read it (Beijing)', date: '2026-08-07' },
  },
  { ...QWEN_AUDIO, id: 'qwen-audio-3.0-tts-plus' },
  { ...COSYVOICE, id: 'cosyvoice-v3.5-plus' },
  {
    ...COSYVOICE,
    id: 'cosyvoice-v3.5-flash',
    price: { currency: 'USD', kind: 'characters', perTenThousandCharacters: 0.116 },
    priceSource: { source: 'notice 792, second-hand', date: '2026-09' },
  },
  {
    ...COSYVOICE,
    id: 'cosyvoice-v3-plus',
    languages: codes('zh en fr de ja ko ru'),
    callsPerSecond: COSYVOICE_V3_CALLS_PER_SECOND,
    // The guide names v3.5, v3-flash and Qwen-Audio 3.0 as the clones that follow an instruction, and not this one.
    takesDirections: false,
  },
  {
    ...COSYVOICE,
    id: 'cosyvoice-v3-flash',
    callsPerSecond: COSYVOICE_V3_CALLS_PER_SECOND,
    price: { currency: 'USD', kind: 'characters', perTenThousandCharacters: 0.143 },
    priceSource: { source: 'notice 792, second-hand', date: '2026-09' },
  },
];
