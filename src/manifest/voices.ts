import type { Diagnostic } from './diagnostic.ts';

/**
 * Prefixes of ids that plainly belong to another family of voices. An enrolled voice's id looks like
 * `qwen-tts-vc-<name>-voice-<time>-<4 hex>` (voice-replica page, 2025-08) and must be treated as opaque otherwise.
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

/** Why this can not be the id of a cloned voice, undefined when it may be one. */
export function voiceIdProblem(voiceId: string): Pick<Diagnostic, 'code' | 'message' | 'fix'> | undefined {
  const fix = 'Write the id that enrolment gave (qwen-tts-vc-…), or name a recording with "sample:" instead.';
  if (!/^[\w.-]{1,128}$/.test(voiceId)) {
    return { code: 'bad-voice', message: 'This is not the id of a voice.', fix };
  }
  if (STOCK_VOICES.includes(voiceId.toLowerCase())) {
    return {
      code: 'foreign-voice',
      message: `"${voiceId}" is a stock voice; the model speaks with cloned voices only.`,
      fix,
    };
  }
  const family = OTHER_FAMILIES.find(([prefix]) => prefix.test(voiceId))?.[1];
  if (family)
    return {
      code: 'foreign-voice',
      message: `"${voiceId}" is a ${family} voice; the model can not speak with it.`,
      fix,
    };
  return undefined;
}
