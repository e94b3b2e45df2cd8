/** Measurements of recordings to clone from, so that each is decoded once for what a model asks. */
import { createHash } from 'node:crypto';
import type { MeasuredSample, SampleTerms } from '../qc/sample.ts';
import type { Store } from './store.ts';

/** A recording as it came, and as it would be sent. */
export interface SampleMeasures {
  original: MeasuredSample;
  /** Equal to `original` when nothing is changed before it is sent. */
  prepared: MeasuredSample;
}

/** Raise it when recordings are measured or repaired in another way: all are then decoded again. */
const MEASURES_VERSION = 1;

/**
 * What is known of a recording; undefined when it was not measured for these terms. One that could not be read is not known: the
 * reason may have been the machine's.
 */
export async function findSampleMeasures(
  store: Store,
  of: { digest: string; terms: SampleTerms },
): Promise<SampleMeasures | undefined> {
  const record = await store.readRecord('sample-measures', measuresKey(of));
  if (typeof record !== 'object' || record === null) return undefined;
  const { original, prepared } = record as Partial<Record<keyof SampleMeasures, unknown>>;
  return isMeasured(original) && isMeasured(prepared) ? { original, prepared } : undefined;
}

/** Stores them, unless the recording could not be read. */
export async function putSampleMeasures(
  store: Store,
  of: { digest: string; terms: SampleTerms },
  measures: SampleMeasures,
): Promise<void> {
  if (!measures.original.readable || !measures.prepared.readable) return;
  await store.writeRecord('sample-measures', measuresKey(of), measures);
}

/** The terms decide what is repaired. The digest is in the key alone: a name in a record keeps a blob from being pruned. */
function measuresKey({ digest, terms }: { digest: string; terms: SampleTerms }): string {
  const { minSampleRateHz, maxSampleSeconds = null, minPassageSeconds = null } = terms;
  const parts = [MEASURES_VERSION, digest, minSampleRateHz, maxSampleSeconds, minPassageSeconds];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

const NUMBERS = ['byteLength', 'sampleRateHz', 'channels', 'durationSeconds', 'longestSpeechSeconds'] as const;

function isMeasured(value: unknown): value is MeasuredSample {
  if (typeof value !== 'object' || value === null) return false;
  const sample = value as Partial<Record<string, unknown>>;
  return (
    sample['readable'] === true &&
    typeof sample['container'] === 'string' &&
    typeof sample['codec'] === 'string' &&
    [...NUMBERS, 'longestPassageSeconds'].every((name) => isNumber(sample[name]))
  );
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
