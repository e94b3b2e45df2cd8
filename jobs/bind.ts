/** Binds a book's finished chapters into one M4B and stores it. */
import type { BoundBook } from '../src/audio/m4b/bound-book.ts';
import { PipelineError } from '../src/errors.ts';
import { BINDING_VERSION, takesDigest } from '../src/plan/keys.ts';
import { partTitle } from '../src/plan/names.ts';
import type { BindStep, StepResult } from '../src/plan/step.ts';
import { overallVerdict } from '../src/qc/verdict.ts';
import { type BookRecord, findBook, putBook } from '../src/store/books.ts';
import { findMaster, type MasterPart, type MasterRecord, partsOf } from '../src/store/masters.ts';
import type { Store } from '../src/store/store.ts';
import { bindAsFirst } from './bind-as-first.ts';
import { bindIntoStore } from './bind-into-store.ts';
import { type BookToBind, DamagedChapter } from './book-to-bind.ts';
import { type Attempt, type JobContext, stepResultOf } from './context.ts';
import { coverOf, simulatedTags } from './master.ts';

/**
 * Ensures that the store has the step's book. Fails with `take-missing` when a chapter is missing: a book is never
 * bound with a gap.
 */
export async function bind(step: BindStep, attempt: Attempt, context: JobContext): Promise<StepResult> {
  const work = async (): Promise<{ record: BookRecord; outcome: StepResult['outcome'] }> => {
    const masters = await mastersOf(step, context.store);
    const digest = takesDigest(masters.map((master) => master.takesDigest));
    const known = await findBook(context.store, step.key);
    const stands = known?.takesDigest === digest && bindingOf(known) === bindingOf(step);
    if (stands && cutChapter(known, masters) === undefined) return { record: known, outcome: 'reused' };
    return { record: await bindChapters({ step, masters, digest, attempt, context }), outcome: 'made' };
  };
  const { record, outcome } = await context.singleFlight.run(`book-${step.key}`, work, attempt.signal);
  return stepResultOf({ step, outcome, record, context });
}

function bindingOf({ binding = 1 }: { binding?: number }): number {
  return binding;
}

async function mastersOf(step: BindStep, store: Store): Promise<MasterRecord[]> {
  const found = await Promise.all(step.chapters.map(({ key }) => findMaster(store, key)));
  const masters = found.filter((master) => master !== undefined);
  if (masters.length === found.length) return masters;
  const missing = found.length - masters.length;
  throw new PipelineError({
    code: 'take-missing',
    message: `${missing} of ${found.length} chapters of "${step.title}" are not finished, so the M4B was not made.`,
    retry: 'never',
  });
}

async function bindChapters(of: {
  step: BindStep;
  masters: MasterRecord[];
  digest: string;
  attempt: Attempt;
  context: JobContext;
}): Promise<BookRecord> {
  const { step, masters, digest, attempt, context } = of;
  const { store } = context;
  const simulated = masters.some((master) => master.simulated);
  const sources = masters.flatMap((master, index) =>
    partsOf(master).map((part, _index, parts) => ({
      master,
      title: markTitle(step.chapters[index]?.title ?? '', part.number, parts.length),
      digest: m4aOf(part),
    })),
  );
  const tags = simulatedTags(step.tags, simulated);
  const book: BookToBind = { sources, tags, ...(await coverOf(step, store)) };
  const proveUncut = (bound: BoundBook): void => {
    const cut = cutChapter(bound, masters);
    if (cut === undefined) return;
    throw new DamagedChapter(cutChapterError(cut, step), cut);
  };
  try {
    const isFirst = bindingOf(step) === 1;
    const made = await (isFirst ? bindAsFirst : bindIntoStore)(book, { attempt, context, proveUncut });
    const record: BookRecord = {
      key: step.key,
      takesDigest: digest,
      ...made,
      // The sound is that of the chapters, so their verdicts hold for the book.
      verdict: overallVerdict(masters),
      simulated,
      ...(!isFirst && { binding: BINDING_VERSION }),
      madeAt: new Date().toISOString(),
    };
    await putBook(store, record);
    return record;
  } catch (error) {
    // A chapter that cannot go into a book is made again, whatever its check said.
    if (!(error instanceof DamagedChapter)) throw error;
    await store.deleteRecord('master', error.master.key);
    throw error.failure;
  }
}

/** A chapter's M4A is a few milliseconds longer than the chapter. */
const LENGTH_TOLERANCE_SECONDS = 0.5;

/** The first master whose sound in the book is longer or shorter than its own; undefined for a whole book. */
function cutChapter(
  { chapters }: Pick<BookRecord, 'chapters'>,
  masters: readonly MasterRecord[],
): MasterRecord | undefined {
  let index = 0;
  return masters.find((master) =>
    partsOf(master).some(({ durationSeconds }) => {
      const { startSeconds, endSeconds } = chapters[index++] ?? { startSeconds: 0, endSeconds: 0 };
      return Math.abs(endSeconds - startSeconds - durationSeconds) > LENGTH_TOLERANCE_SECONDS;
    }),
  );
}

function cutChapterError(master: MasterRecord, step: BindStep): PipelineError {
  const title = step.chapters.find(({ key }) => key === master.key)?.title ?? '';
  const message = `The stored M4A of chapter "${title}" is cut off. It was set aside. Run again to make the chapter again.`;
  return new PipelineError({ code: 'store-damaged', message, retry: 'never' });
}

/** Each part gets its own chapter mark, because its sound begins and ends with silence. */
function markTitle(title: string, part: number, parts: number): string {
  return part === 0 ? title : partTitle(title, { number: part, of: parts });
}

function m4aOf(part: MasterPart): string {
  const file = part.files.find(({ format }) => format === 'm4a');
  if (file === undefined) throw new Error('Internal error: a chapter of a book has no M4A.');
  return file.digest;
}
