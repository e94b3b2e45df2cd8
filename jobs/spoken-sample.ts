/** The sample of a voice as it goes with each text: the same bytes that the voice was made from. */
import type { EnrollStep } from '../src/plan/step.ts';
import type { SpokenSample } from '../src/speech/engine.ts';
import type { Attempt, EnrollContext } from './context.ts';
import { prepareRequest } from './enroll.ts';

/** Most samples kept in memory by one process; each has a few megabytes at most. */
const MOST_KEPT = 16;

/** By process: preparing a sample takes longer than speaking a short line. */
const prepared = new WeakMap<EnrollContext['store'], Map<string, Promise<SpokenSample>>>();

/** The prepared sample and its words. Rejects like an enrolment whose sample cannot be used. */
export function spokenSample(step: EnrollStep, attempt: Attempt, context: EnrollContext): Promise<SpokenSample> {
  const kept = prepared.get(context.store) ?? new Map<string, Promise<SpokenSample>>();
  prepared.set(context.store, kept);
  const known = kept.get(step.key);
  if (known !== undefined) return known;
  const made = prepare(step, attempt, context);
  const [oldest] = kept.keys();
  if (oldest !== undefined && kept.size >= MOST_KEPT) kept.delete(oldest);
  kept.set(step.key, made);
  made.catch(() => kept.delete(step.key));
  return made;
}

async function prepare(step: EnrollStep, attempt: Attempt, context: EnrollContext): Promise<SpokenSample> {
  // Others wait for it too, so no single attempt ends it; it takes a second.
  const { signal } = new AbortController();
  const { request } = await prepareRequest({ step, attempt: { ...attempt, signal }, context });
  const { audio, transcript } = request;
  if ('url' in audio) throw new Error('Internal error: a prepared sample is a file.');
  return { ...audio, ...(transcript !== undefined && { transcript }) };
}
