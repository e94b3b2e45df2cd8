/**
 * Notices a model that takes tasks and never speaks, as a model that has gone may do. Silence alone is a failure of the
 * service; silence of a model that nobody has heard, time after time, is a model that does not exist.
 */

/** What this process knows of its models. */
export interface SilentModels {
  /** It has spoken, so it exists. */
  heard(model: string): void;
  /**
   * A task that began at `beganAtMs` got nothing but its start until the caller gave up. True when the model must be
   * taken for gone. Tasks that were silent at the same time count once.
   */
  wasSilent(model: string, beganAtMs: number): boolean;
}

/** A model of our table may be silent because the service is ill; these many times in a row is more than that. */
const MOST_SILENCES = 3;

/** `isKnown`: whether the table has the model; one that it does not have is gone at the first silence. */
export function watchSilentModels(isKnown: (model: string) => boolean): SilentModels {
  const heard = new Set<string>();
  const silences = new Map<string, { count: number; endedAtMs: number }>();
  return {
    heard(model) {
      heard.add(model);
      silences.delete(model);
    },
    wasSilent(model, beganAtMs) {
      if (heard.has(model)) return false;
      const last = silences.get(model) ?? { count: 0, endedAtMs: Number.NEGATIVE_INFINITY };
      if (beganAtMs < last.endedAtMs) return false;
      const count = last.count + 1;
      silences.set(model, { count, endedAtMs: performance.now() });
      return count >= (isKnown(model) ? MOST_SILENCES : 1);
    },
  };
}
