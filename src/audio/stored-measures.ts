/** What was measured on a take that is in a store; measured again when that is lost, damaged or of an earlier version. */
import { PipelineError } from '../errors.ts';
import { areCurrentMeasures, decodeMeasures, type TakeMeasures } from './measures.ts';
import { createMeter } from './meter.ts';

/** A stored take, as far as measuring it is concerned. */
export interface StoredSound {
  sampleRateHz: number;
  /** The bytes of its measures. */
  readMeasures(): Promise<Uint8Array>;
  /** Its s16le sound. */
  openSound(): AsyncIterable<Uint8Array>;
}

/**
 * The measures of a take, and whether they had to be taken anew: worth keeping then. They follow from the sound alone, so
 * nothing is spoken for them. Fails with `store-damaged` only when the sound itself is damaged.
 */
export async function storedMeasures(of: StoredSound): Promise<{ measures: TakeMeasures; isNew: boolean }> {
  try {
    const bytes = await of.readMeasures();
    if (areCurrentMeasures(bytes)) return { measures: decodeMeasures(bytes), isNew: false };
  } catch (error) {
    if (!(error instanceof PipelineError && error.code === 'store-damaged')) throw error;
  }
  const meter = createMeter(of.sampleRateHz);
  for await (const chunk of of.openSound()) meter.push(chunk);
  return { measures: meter.finish(), isNew: true };
}
