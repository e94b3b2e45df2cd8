/** Reads the measures of a stored take; measures it again when they are missing, damaged or outdated. */
import { PipelineError } from '../../errors.ts';
import { areCurrentMeasures, decodeMeasures, type TakeMeasures } from './measures.ts';
import { createMeter } from './meter.ts';

/** How to read a stored take and its measures. */
export interface StoredSound {
  sampleRateHz: number;
  /** The bytes of its measures. */
  readMeasures(): Promise<Uint8Array>;
  /** Its audio, s16le. */
  openSound(): AsyncIterable<Uint8Array>;
}

/**
 * The measures of a take, and whether they are new and should be stored. They depend only on the audio, so nothing is spoken again.
 * Fails with `store-damaged` only when the audio itself is damaged.
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
