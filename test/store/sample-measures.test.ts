/** What is known of a recording before it is decoded. */
import { expect, it } from 'vitest';
import type { MeasuredSample, SampleTerms } from '../../src/qc/sample.ts';
import { findSampleMeasures, putSampleMeasures } from '../../src/store/sample-measures.ts';
import type { Store } from '../../src/store/store.ts';

const OF = { digest: 'a', terms: { id: 'm', minSampleRateHz: 16_000 } as SampleTerms };
const GOOD: MeasuredSample = {
  ...{ readable: true, byteLength: 9, container: 'wav', codec: 'pcm_s16le', sampleRateHz: 24_000, channels: 1 },
  ...{ durationSeconds: 12, longestSpeechSeconds: 6, longestPassageSeconds: 6 },
};
const BAD: MeasuredSample = { readable: false, byteLength: 9, reason: 'ffmpeg exited with code 127' };

it('is not that it cannot be read: the machine may have been at fault, also in a store of an earlier version', async () => {
  const records = new Map<string, unknown>();
  const store = {
    readRecord: async (_kind: string, key: string) => records.get(key),
    writeRecord: async (_kind: string, key: string, value: unknown) => void records.set(key, value),
  } as unknown as Store;
  await putSampleMeasures(store, OF, { original: BAD, prepared: BAD });
  expect(records.size).toBe(0);
  await putSampleMeasures(store, OF, { original: GOOD, prepared: GOOD });
  expect(await findSampleMeasures(store, OF)).toEqual({ original: GOOD, prepared: GOOD });
  for (const key of records.keys()) records.set(key, { original: BAD, prepared: BAD });
  expect(await findSampleMeasures(store, OF)).toBeUndefined();
});
