/** What the storms' services cost, so that every engine has a price and every storm a grant. */

/** What a character costs where characters are billed, in billionths of the currency unit. */
export const CHARACTER_NANOS = 100_000;

/** The price list. */
export const PRICES = `currency: CNY
source: the storms
date: 2026-11-29
enrolment: 0.01
models:
  qwen-tts-vc-realtime-2025-08-20: { per10000Characters: 1 }
  qwen-audio-3.1-tts-flash: { per1000InputTokens: 0.0015, per1000OutputTokens: 0.012 }
  Qwen/Qwen3-TTS-12Hz-1.7B-Base: { per10000Characters: 1 }
`;
