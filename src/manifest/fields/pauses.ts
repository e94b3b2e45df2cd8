import { fieldsOf } from '../diagnostics/context.ts';
import { PAUSE_NAMES, type PausesMs } from '../manifest.ts';
import { pausesSchema } from '../schema.ts';

/** Reads the group `pauses`: seconds in the manifest, milliseconds here. Skips what the schema refused. */
export function readPauses(raw: unknown): PausesMs {
  const fields = fieldsOf(raw);
  const pausesMs: PausesMs = {};
  for (const name of PAUSE_NAMES) {
    const seconds = pausesSchema.shape[name].safeParse(fields[name]).data;
    if (seconds !== undefined) pausesMs[name] = Math.round(seconds * 1000);
  }
  return pausesMs;
}
