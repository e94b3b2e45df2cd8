/** What is known of the service's recogniser: what it costs and takes. Another recogniser is one's own server. */

/** A recogniser of the service. */
export interface RecogniserModel {
  id: string;
  /** Per million tokens. */
  price: { currency: string; perMillionInput: number; perMillionOutput: number };
  /** Tokens for each second of sound. Measured, 2026-09: a clip of 15 s counted 238 in and 80 out. */
  inputTokensPerSecond: number;
  outputTokensPerSecond: number;
  /** Longest sound of one call. */
  maxSeconds: number;
  source: string;
  date: string;
}

/** The service's recogniser. It tells in the same answer when each word is heard. */
export const SERVICE_RECOGNISER: RecogniserModel = {
  id: 'qwen-audio-3.1-asr-flash',
  price: { currency: 'CNY', perMillionInput: 0.8, perMillionOutput: 2.7 },
  inputTokensPerSecond: 16,
  outputTokensPerSecond: 5.5,
  maxSeconds: 300,
  source: "the service's model page and command line",
  date: '2026-11-28',
};
