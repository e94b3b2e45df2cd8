/** What a call with an unknown or retired model gets. */

import type { Model } from '../../models/model.ts';
import { invalidParameter, Refusal } from '../refusal.ts';
import { INFERENCE_MODELS } from './models.ts';
import type { TaskError } from './parameters.ts';
import type { InferenceSettings } from './settings.ts';

/** The model, unless there is none of that name or it is retired. */
export function servedModel(id: unknown, { retired }: InferenceSettings): Model | undefined {
  return typeof id === 'string' && !retired.includes(id) ? INFERENCE_MODELS.get(id) : undefined;
}

/** The error in a form that has one. */
export function modelError(form: InferenceSettings['retiredForm'], id: string): TaskError {
  if (form === 'access-denied') return { code: 'Endpoint.AccessDenied', message: 'Access denied.' };
  if (form === 'not-found') return { code: 'ModelNotFound', message: `Model not found (${id})!` };
  return { code: 'InvalidParameter', message: 'url error, please check url' };
}

/** The refusal over HTTP and of a handshake. */
export function modelRefusal(form: InferenceSettings['retiredForm'], id: string): Refusal {
  const { code, message } = modelError(form, id);
  if (form === 'access-denied') return new Refusal(403, code, message);
  if (form === 'not-found') return new Refusal(404, code, message);
  return invalidParameter('Model not exist.');
}
