/** The models of the first family, from the table of all models. */
import type { Model } from '../models/model.ts';
import { MODELS } from '../models.ts';

/** The model of that name; undefined for an unknown one, and for a model of another protocol. */
export function realtimeModel(id: unknown): Model | undefined {
  const model = typeof id === 'string' && Object.hasOwn(MODELS, id) ? MODELS[id] : undefined;
  return model?.engine === 'dashscope-realtime' ? model : undefined;
}
