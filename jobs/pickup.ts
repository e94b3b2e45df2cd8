/** Makes a take from the author's own recording, without a call and at no cost. */
import { loudnessCounts } from '../src/audio/measure/loudness.ts';
import { encodeMeasures } from '../src/audio/measure/measures.ts';
import { convertPickup, MOST_PICKUP_SECONDS } from '../src/audio/samples/pickup.ts';
import { PipelineError } from '../src/errors.ts';
import type { Asset, SynthesizeStep } from '../src/plan/step.ts';
import { judgeTake } from '../src/qc/take.ts';
import { putTake, type TakeRecord } from '../src/store/takes.ts';
import type { Attempt, JobContext } from './context.ts';

/**
 * Converts the recording of a step and stores it as the step's take. Doubts of the checks are stored with it and never
 * block it, because the author chose the recording. Fails with `input-unreadable` for a recording that is silent or too
 * long; a run refuses these earlier (src/book/warnings/check-pickups.ts).
 */
export async function makePickupTake(
  step: SynthesizeStep,
  recording: Asset,
  attempt: Attempt,
  { store, ffmpeg }: JobContext,
): Promise<TakeRecord> {
  const name = `the recording for “${step.text.slice(0, 60)}”`;
  const bytes = await store.readBlob(recording.digest);
  const { sampleRateHz } = step;
  const { pcm, measures, measured, tooLong } = await convertPickup({
    ffmpeg,
    bytes,
    name,
    sampleRateHz,
    signal: attempt.signal,
  });
  if (tooLong) {
    const message = `A recording may last ${MOST_PICKUP_SECONDS / 60} minutes at most. Shorten ${name}.`;
    throw new PipelineError({ code: 'input-unreadable', message, retry: 'never' });
  }
  const { verdict, doubts } = judgeTake(measured, { text: step.text });
  if (verdict === 'unusable') {
    throw new PipelineError({ code: 'input-unreadable', message: `There is no sound in ${name}.`, retry: 'never' });
  }
  const take: TakeRecord = {
    key: step.key,
    pcm: await store.putBlob(pcm),
    measures: await store.putBlob(encodeMeasures(measures)),
    loudness: loudnessCounts(measures.loudness),
    sampleRateHz,
    durationSeconds: measured.durationSeconds,
    character: step.character,
    text: step.text,
    model: step.model,
    voiceId: '',
    sessionId: '',
    responseId: '',
    billedCharacters: 0,
    simulated: false,
    madeAt: new Date().toISOString(),
    pickup: recording.digest,
    ...(verdict === 'good' ? {} : { doubts }),
  };
  return putTake(store, take);
}
