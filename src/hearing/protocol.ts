/** How recognisers are asked over HTTP: paths, limits and shapes that the engines and the simulator share. */

/** The service, below its `/api/v1`. Source: a measured study of qwen-audio-3.1-asr-flash, 2026-09. */
export const GENERATION_PATH = '/services/aigc/multimodal-generation/generation';
/** Any server with OpenAI's shape. Source: OpenAI's client, 2026-11. */
export const TRANSCRIPTIONS_PATH = '/v1/audio/transcriptions';

/** The service takes at most this much sound in one call, in seconds. */
export const MOST_SERVICE_SECONDS = 300;
/** Longest data URI that the service takes, in bytes. */
export const MOST_URI_BYTES = 20_971_520;

/** The service's refusal of a sound without speech: a finding, not a failure. */
export const NO_WORDS = 'ASR_RESPONSE_HAVE_NO_WORDS';

/** One call to the service. */
export interface GenerationRequest {
  model: string;
  input: {
    messages: { role: 'user'; content: { type: 'input_audio'; input_audio: { data: string } }[] }[];
  };
  parameters: { format: 'wav'; sample_rate: string; language_hints?: string[] };
}

/** A word of the service: without punctuation, and often a part of a word. Milliseconds. */
export interface GenerationWord {
  begin_time: number;
  end_time: number;
  text: string;
  punctuation?: string;
}
