/**
 * The row of a model on one's own server: any model that a server with `POST /v1/audio/speech` has loaded.
 *
 * The facts are those of vLLM-Omni with a Base checkpoint of Qwen3-TTS. Source: vLLM-Omni's page on its speech API and
 * its request type, read 2026-11.
 */
import { TEN_LANGUAGES } from './languages.ts';
import type { EnrolmentTerms, Model } from './model.ts';

/** Nothing is enrolled at the server: the sample goes with each text. So there is no limit of calls and none of voices. */
export const OWN_ENROLMENT: EnrolmentTerms = {
  service: 'own-server',
  priceCny: 0,
  callsPerSecond: 1_000,
  voicesPerAccount: null,
  nameCharacters: 16,
  usesTranscript: true,
  source: 'this program: the sample goes with each text',
};

/** The model of this name on one's own server. */
export function ownServerModel(id: string): Model {
  return {
    id,
    engine: 'openai-speech',
    enrolment: OWN_ENROLMENT,
    languages: TEN_LANGUAGES,
    minSampleRateHz: 16_000,
    maxSampleSeconds: 30,
    outputRateHz: 24_000,
    outputRatesHz: [24_000],
    formats: ['wav', 'pcm'],
    takesProsody: false,
    // Longer texts are cut off at the server's limit of tokens, or lose their last words without a sign.
    maxSegmentUnits: 300,
    callsPerMinute: null,
    takesDirections: false,
    takesSeed: true,
    tellsWordTimes: true,
    usage: 'tokens',
    price: null,
    source: "vLLM-Omni's page on its speech API (2026-11)",
    priceSource: { source: "one's own server", date: '2026-11' },
  };
}
