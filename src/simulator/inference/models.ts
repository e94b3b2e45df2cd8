/** The models of the inference protocol, from the table of all models. Pure data. */
import type { Model } from '../../models/model.ts';
import { MODELS } from '../../models.ts';

/** The models by id. */
export const INFERENCE_MODELS: ReadonlyMap<string, Model> = new Map(
  Object.values(MODELS)
    .filter(({ engine }) => engine === 'dashscope-inference')
    .map((model) => [model.id, model]),
);

/** Whether a text for the model may be SSML; of these families only CosyVoice has it, as a third party reports. */
export function takesSsml({ id }: Model): boolean {
  return id.startsWith('cosyvoice-');
}
