/**
 * The service's voice-cloning models as a table of facts, each with its source and how certain it is. Level 0: data
 * only.
 *
 * `documented` facts come from Alibaba's pages, `inferred` ones from a sibling model or from arithmetic. An unknown
 * fact is `null`; no code may assume a value for it.
 */

import { INFERENCE_MODELS } from './models/dashscope-inference.ts';
import { REALTIME_MODELS } from './models/dashscope-realtime.ts';
import type { EngineName, EnrolmentTerms, Model } from './models/model.ts';
import { OWN_ENROLMENT, ownServerModel } from './models/own-server.ts';

/** The first family's model of earlier releases: what servers outside the vendor's speak. */
export const FIRST_FAMILY_MODEL = 'qwen-tts-vc-realtime-2025-08-20';

/**
 * The model for a new book whose manifest names none, and of new manifests. A constant of the release: a model that can
 * clone and is not announced to end.
 */
export const DEFAULT_MODEL = 'qwen-audio-3.1-tts-flash';

/** Known models by id: the first family, oldest first; then its successors. */
export const MODELS: Readonly<Record<string, Model>> = Object.fromEntries(
  [...REALTIME_MODELS, ...INFERENCE_MODELS].map((model) => [model.id, model]),
);

/**
 * What is known of a model: the row of the table, or of one's own server if that is the engine. Undefined for a model that
 * the table lacks.
 */
export function modelOf({ model, engine }: { model: string; engine?: EngineName | undefined }): Model | undefined {
  if (engine === 'openai-speech') return ownServerModel(model);
  return Object.hasOwn(MODELS, model) ? MODELS[model] : undefined;
}

/** Models that no page announces the end of, the recommended one first: what to name to a person who needs another. */
export function lastingModels(): string[] {
  return Object.values(MODELS).flatMap(({ id, life }) => (life === undefined ? [id] : []));
}

/** Enrollment calls that a service allows in any one second. */
export function enrolmentCallsPerSecond(service: EnrolmentTerms['service']): number {
  return termsOf(service).callsPerSecond;
}

/** Enrollment calls that a service allows in any minute; null for no such limit. */
export function enrolmentCallsPerMinute(service: EnrolmentTerms['service']): number | null {
  return termsOf(service).callsPerMinute ?? null;
}

function termsOf(service: EnrolmentTerms['service']): EnrolmentTerms {
  if (service === 'own-server') return OWN_ENROLMENT;
  const terms = Object.values(MODELS).find(({ enrolment }) => enrolment.service === service)?.enrolment;
  if (terms === undefined) throw new Error(`Internal error: no model uses ${service}.`);
  return terms;
}

const HAN = /\p{Script=Han}/u;

/**
 * Characters as the service bills them: a Chinese character counts as 2, every other character (letter, mark, space) as
 * 1. Source: help.aliyun.com/zh/model-studio/qwen-tts-realtime.
 */
export function billedUnits(text: string): number {
  let units = 0;
  for (const character of text) units += HAN.test(character) ? 2 : 1;
  return units;
}
