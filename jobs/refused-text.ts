/** What a refusal by the service's content filter means for one line: it waits for its author, and is not asked for again. */
import { PipelineError } from '../src/errors.ts';
import type { SynthesizeStep } from '../src/plan/step.ts';
import { findRefusal, putRefusal, type RefusalRecord } from '../src/store/refusals.ts';
import type { Store } from '../src/store/store.ts';

/** Fails with `text-refused`, without a call, when the service has refused this very text in this voice before. */
export async function throwIfRefused(step: SynthesizeStep, store: Store): Promise<void> {
  const refusal = await findRefusal(store, step.key);
  if (refusal === undefined) return;
  throw refusedTextError(
    refusal,
    ` It was refused on ${refusal.refusedAt.slice(0, 10)} and not asked for again (run --retry-refused does).`,
  );
}

/** Remembers a refusal and says how to go on; every other failure is handed back as it is. */
export async function recordRefusal(error: unknown, step: SynthesizeStep, store: Store): Promise<unknown> {
  if (!(error instanceof PipelineError) || error.code !== 'text-refused') return error;
  const record = { key: step.key, text: step.text, reason: error.message, refusedAt: new Date().toISOString() };
  await putRefusal(store, record);
  return refusedTextError(record, '');
}

function refusedTextError({ reason }: RefusalRecord, when: string): PipelineError {
  const ways = 'Or record it yourself and write [audio: pickups/….wav] before the line (docs/quality.md).';
  return new PipelineError({ code: 'text-refused', message: `${reason}${when} ${ways}`, retry: 'never' });
}
