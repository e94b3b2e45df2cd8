/** What to tell people of a model's end. Pure: the day is handed in. */
import type { Model } from './model.ts';

/** A sentence on the end of a model, and what to do; undefined for a model that no page announces the end of. */
export function endOfModel({ id, life }: Pick<Model, 'id' | 'life'>, today: string): string | undefined {
  if (life === undefined) return undefined;
  const when = today >= life.retires ? `ended on ${life.retires}` : `ends on ${life.retires}`;
  const how =
    life.certainty === 'announced'
      ? `By the vendor's announcement, the model ${id} ${when}.`
      : `The model ${id} very likely ${when}, together with the enrollment that it needs.`;
  return `${how} For cloned voices the vendor's guide names ${life.replacedBy} (${life.replacedBySource}); the end is from ${life.source}.`;
}

/** Today as `yyyy-mm-dd` in UTC, from a time. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
