import type { Diagnostic } from './diagnostic.ts';

/**
 * ID prefixes of other voice families. An enrolled voice's ID looks like `qwen-tts-vc-<name>-voice-<time>-<4 hex>`
 * (voice-replica page, 2025-08); otherwise treat it as opaque.
 */
const OTHER_FAMILIES: readonly [prefix: RegExp, family: string][] = [
  [/^cosyvoice/i, 'CosyVoice'],
  [/^sambert/i, 'Sambert'],
  [/^long[a-z]+(_v\d)?$/i, 'CosyVoice'],
  [/^qwen[\d.]*-tts-vd-/i, 'voice design'],
  [/^qwen[\d.]*-omni/i, 'Qwen-Omni'],
  [/^qwen-audio/i, 'Qwen-Audio'],
];

/** Stock voices of the sibling models; models for cloned voices refuse them (user guide: "Engine return error code: 411"). */
const STOCK_VOICES = ['cherry', 'serena', 'ethan', 'chelsie', 'dylan', 'jada', 'sunny'];

/** Why this cannot be the ID of a cloned voice; undefined when it may be one. */
export function voiceIdProblem(voiceId: string): Pick<Diagnostic, 'code' | 'message' | 'fix'> | undefined {
  const fix = 'Write the ID from the enrollment (qwen-tts-vc-…), or name a recording with "sample:" instead.';
  if (!/^[\w.-]{1,128}$/.test(voiceId)) {
    return { code: 'bad-voice', message: 'This is not a voice ID.', fix };
  }
  if (STOCK_VOICES.includes(voiceId.toLowerCase())) {
    return {
      code: 'foreign-voice',
      message: `"${voiceId}" is a stock voice; the model only speaks with cloned voices.`,
      fix,
    };
  }
  const family = OTHER_FAMILIES.find(([prefix]) => prefix.test(voiceId))?.[1];
  if (family)
    return {
      code: 'foreign-voice',
      message: `"${voiceId}" is a ${family} voice; the model cannot speak with it.`,
      fix,
    };
  return undefined;
}
