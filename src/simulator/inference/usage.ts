/** What a task has used. Pure. */

import type { Model } from '../../models/model.ts';
import { billedUnits } from '../../models.ts';
import type { TaskUsage } from '../../speech/dashscope-inference/protocol.ts';
import type { InferenceSettings } from './settings.ts';

/** A quantity of speech, in what the models bill. */
export interface Billed {
  characters: number;
  inputTokens: number;
  outputTokens: number;
}

/**
 * What texts and their speech cost. A Han character counts as 2 characters, two characters as a token; neither is
 * documented for these models.
 */
export function billed(text: string, audioSeconds: number, tokensPerSecond: number): Billed {
  const characters = billedUnits(text);
  return {
    characters,
    inputTokens: Math.ceil(characters / 2),
    outputTokens: Math.ceil(audioSeconds * tokensPerSecond),
  };
}

/** `usage` as the settings have it; undefined for none. */
export function usageOf(
  { characters, inputTokens, outputTokens }: Billed,
  model: Model,
  usage: InferenceSettings['usage'],
): TaskUsage | undefined {
  if (usage === 'none') return undefined;
  const tokens = {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
  const kind = usage === 'model' ? model.usage : usage;
  if (kind === 'both') return { characters, ...tokens };
  return kind === 'tokens' ? tokens : { characters };
}
