/** Texts that the service's content filter refused: such a line waits for its author and is not sent again. */
import { PipelineError } from '../src/errors.ts';
import type { SynthesizeStep } from '../src/plan/step.ts';
import { findRefusal, putRefusal, type RefusalRecord } from '../src/store/refusals.ts';
import type { Store } from '../src/store/store.ts';

/** Fails with `text-refused`, without a call, when the service has refused this text in this voice before. */
export async function throwIfRefused(step: SynthesizeStep, store: Store): Promise<void> {
  const refusal = await findRefusal(store, step.key);
  if (refusal === undefined) return;
  throw refusedTextError(
    refusal,
    ` It was refused on ${refusal.refusedAt.slice(0, 10)} and not sent again (run --retry-refused sends it).`,
  );
}

/** Stores a refusal and returns an error that says what to do; every other error is returned unchanged. */
export async function recordRefusal(error: unknown, step: SynthesizeStep, store: Store): Promise<unknown> {
  if (!(error instanceof PipelineError) || error.code !== 'text-refused') return error;
  const record = { key: step.key, text: step.text, reason: error.message, refusedAt: new Date().toISOString() };
  await putRefusal(store, record);
  return refusedTextError(record, '');
}

function refusedTextError({ reason }: RefusalRecord, when: string): PipelineError {
  const ways = 'Or record the line yourself and write [audio: pickups/….wav] before it (docs/explanation/quality.md).';
  return new PipelineError({ code: 'text-refused', message: `${reason}${when} ${ways}`, retry: 'never' });
}
