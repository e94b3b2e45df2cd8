/** Validates the `parameters` of a run-task. Pure. Sources: client events page, error-code page; texts are guesses. */

import type { Model } from '../../models/model.ts';
import {
  type AudioFormat,
  MOST_SEED,
  OPUS_RATES_HZ,
  SAMPLE_RATES_HZ,
  TASK_ERRORS,
} from '../../speech/dashscope-inference/protocol.ts';
import type { InferenceSettings } from './settings.ts';

/** Code and message of a task-failed. */
export interface TaskError {
  code: string;
  message: string;
}

/** What a task is told, with every default filled in. */
export interface AcceptedParameters {
  voice: string;
  format: AudioFormat;
  sampleRateHz: number;
  volume: number;
  rate: number;
  pitch: number;
  isSsml: boolean;
  wantsWords: boolean;
  seed: number;
  /** Empty for none. */
  language: string;
  /** Empty for none. */
  instruction: string;
  /** As JSON; empty for none. */
  hotFix: string;
}

/** The error for a parameter that is not allowed. */
export function badParameter(message: string): TaskError {
  return { code: 'InvalidParameter', message };
}

/** Validates parameters; returns what is wrong with the first wrong one. Unknown parameters are ignored. */
export function acceptParameters(
  given: Record<string, unknown>,
  model: Model,
  settings: Pick<InferenceSettings, 'rules30' | 'instructionCharacters'>,
): AcceptedParameters | TaskError {
  for (const [name, rule] of Object.entries(RULES)) {
    const value = given[name];
    if (value !== undefined && !rule.holds(value)) return badParameter(`${name} must be ${rule.says}.`);
  }
  if (given['text_type'] === undefined) return badParameter("Missing required parameter 'text_type'!");
  const { voice } = given;
  if (typeof voice !== 'string' || voice === '') return { ...TASK_ERRORS.noVoice };
  const asked = (given['format'] ?? 'Default') as AudioFormat | 'Default';
  const format = asked === 'Default' ? 'mp3' : asked;
  const sampleRateHz = Number(given['sample_rate'] ?? 0) || 22_050;
  if (!(format === 'opus' ? OPUS_RATES_HZ : SAMPLE_RATES_HZ).includes(sampleRateHz)) {
    return badParameter(`sample_rate ${sampleRateHz} is not supported for ${format}.`);
  }
  const language = (given['language_hints'] as string[] | undefined)?.[0] ?? '';
  if (language !== '' && !Object.hasOwn(model.languages, language)) {
    return badParameter(`language_hints: '${language}' is not supported.`);
  }
  const instruction = (given['instruction'] as string | undefined) ?? '';
  if ([...instruction].length > settings.instructionCharacters) {
    return badParameter(`instruction must have at most ${settings.instructionCharacters} characters.`);
  }
  const hotFix = given['hot_fix'] === undefined ? '' : JSON.stringify(given['hot_fix']);
  const wantsWords = given['word_timestamp_enabled'] === true;
  if (settings.rules30 === 'july' && /^qwen-audio-3\.0-/.test(model.id)) {
    if (hotFix !== '') return badParameter('hot_fix is not supported.');
    if (wantsWords) return badParameter('word_timestamp_enabled is not supported.');
  }
  return {
    voice,
    format,
    sampleRateHz,
    volume: Number(given['volume'] ?? 50),
    rate: Number(given['rate'] ?? 1),
    pitch: Number(given['pitch'] ?? 1),
    isSsml: given['enable_ssml'] === true,
    wantsWords,
    seed: Number(given['seed'] ?? 0),
    language,
    instruction,
    hotFix,
  };
}

/** What a value must be, as a test and in words. */
interface Rule {
  holds(value: unknown): boolean;
  says: string;
}

const flag: Rule = { holds: (value) => typeof value === 'boolean', says: 'true or false' };
const text: Rule = { holds: (value) => typeof value === 'string', says: 'a string' };
const whole = (least: number, most: number): Rule => ({
  holds: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  says: `an integer in [${least}, ${most}]`,
});
const between = (least: number, most: number): Rule => ({
  holds: (value) => typeof value === 'number' && value >= least && value <= most,
  says: `a number in [${least}, ${most}]`,
});
const oneOf = (...values: readonly unknown[]): Rule => ({
  holds: (value) => values.includes(value),
  says: `one of ${values.join(', ')}`,
});

/** Every parameter of the documents. */
const RULES: Readonly<Record<string, Rule>> = {
  text_type: oneOf('PlainText'),
  voice: text,
  format: oneOf('pcm', 'wav', 'mp3', 'opus', 'Default'),
  sample_rate: oneOf(0, ...new Set([...SAMPLE_RATES_HZ, ...OPUS_RATES_HZ])),
  volume: whole(0, 100),
  rate: between(0.5, 2),
  pitch: between(0.5, 2),
  bit_rate: whole(6, 510),
  enable_ssml: flag,
  word_timestamp_enabled: flag,
  phoneme_timestamp_enabled: flag,
  seed: whole(0, MOST_SEED),
  language_hints: {
    holds: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
    says: 'an array of strings',
  },
  instruction: text,
  enable_aigc_tag: flag,
  aigc_propagator: text,
  aigc_propagate_id: text,
  enable_markdown_filter: flag,
  hot_fix: { holds: isHotFix, says: 'an object of pronunciation and replace, each an array of objects' },
};

function isHotFix(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, list]) =>
      ['pronunciation', 'replace'].includes(name) &&
      Array.isArray(list) &&
      list.every((pair) => typeof pair === 'object' && pair !== null),
  );
}
