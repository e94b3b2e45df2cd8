import type { Model } from '../../models/model.ts';
import { FIRST_FAMILY_MODEL, MODELS } from '../../models.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';

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

/** The models whose names begin the IDs of their voices, the longest name first, since one may begin another. */
const NAMED_IN_IDS = Object.values(MODELS)
  .filter(({ engine }) => engine === 'dashscope-inference')
  .map(({ id }) => id)
  .sort((a, b) => b.length - a.length);

function modelInId(voiceId: string): string | undefined {
  return NAMED_IN_IDS.find((model) => voiceId.startsWith(`${model}-`));
}

/** The first family's IDs name the family and not the model. */
const FIRST_FAMILY_VOICE = /^qwen[\d.]*-tts-vc-/i;

/** The model that the IDs of enrolled voices tell; undefined when they tell none. */
export function modelOfVoices(ids: readonly string[]): string | undefined {
  const named = ids.map(modelInId).find((model) => model !== undefined);
  return named ?? (ids.some((id) => FIRST_FAMILY_VOICE.test(id)) ? FIRST_FAMILY_MODEL : undefined);
}

/**
 * Why this cannot be the ID of a cloned voice of this model; undefined when it may be one. One's own server names its
 * voices as it likes.
 */
export function voiceIdProblem(
  voiceId: string,
  model: Model,
): Pick<Diagnostic, 'code' | 'message' | 'fix'> | undefined {
  const begin = model.engine === 'dashscope-realtime' ? 'qwen-tts-vc-' : `${model.id}-`;
  const example = model.engine === 'openai-speech' ? '' : ` (${begin}…)`;
  const fix = `Write the ID from the enrollment${example}, or name a recording with "sample:" instead.`;
  if (!/^[\w.-]{1,128}$/.test(voiceId)) return { code: 'bad-voice', message: 'This is not a voice ID.', fix };
  if (model.engine === 'openai-speech') return undefined;
  const foreign = (message: string) => ({ code: 'foreign-voice' as const, message, fix });
  if (STOCK_VOICES.includes(voiceId.toLowerCase()))
    return foreign(`"${voiceId}" is a stock voice; the model only speaks with cloned voices.`);
  const other = modelInId(voiceId);
  if (other === model.id) return undefined;
  if (other !== undefined) {
    const message = `"${voiceId}" is a voice of ${other}; the model ${model.id} cannot speak with it.`;
    return { code: 'foreign-voice', message, fix: `${fix} To keep this voice, write "model: ${other}" beside it.` };
  }
  if (model.engine === 'dashscope-inference' && FIRST_FAMILY_VOICE.test(voiceId))
    return foreign(`"${voiceId}" is a Qwen-TTS voice; the model ${model.id} cannot speak with it.`);
  const family = OTHER_FAMILIES.find(([prefix]) => prefix.test(voiceId))?.[1];
  return family === undefined
    ? undefined
    : foreign(`"${voiceId}" is a ${family} voice; the model cannot speak with it.`);
}
