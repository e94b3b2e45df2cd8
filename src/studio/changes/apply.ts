/** Makes the chapters that changed, as `pipeline run` does: speaks what is edited, masters, and binds the book when all of it is there. */
import { isDelivered } from '../../events/delivered.ts';
import type { PipelineEvent } from '../../events.ts';
import type { PlannedChapter } from '../../plan/plan.ts';
import { moneyText } from '../../plan/price.ts';
import type { Moment } from '../book/moment.ts';
import type { ReportJob } from '../jobs.ts';
import { StudioProblem } from '../server/problem.ts';
import type { Job, Price } from '../shapes.ts';
import { chapterOf } from '../sound/chapter-sounds.ts';
import type { Studio } from '../studio.ts';
import { payable, refuseHigherPrice } from './retake.ts';

/** The chapters that a run would make again: they were spoken, for the most part, and something of them changed. */
export function changedChapters({ plan }: Moment): number[] {
  return plan.chapters.flatMap((chapter) => (isChanged(chapter) ? [chapter.number] : []));
}

function isChanged({ role, segments, master }: PlannedChapter): boolean {
  if (role === 'retail-sample' || master.need === 'reuse') return false;
  return segments.filter(({ reason }) => reason === 'stored').length * 2 >= segments.length;
}

interface Applying {
  chapters: number[];
  /** The chapters to run; undefined for the whole book. */
  only: number[] | undefined;
}

/** Throws a `StudioProblem` when nothing is to be made. */
function applying(moment: Moment, wanted: readonly number[] | undefined): Applying {
  const chapters = [...(wanted ?? changedChapters(moment))];
  for (const number of chapters)
    if (chapterOf(moment, number) === undefined)
      throw new StudioProblem(404, 'no-chapter', `The book has no chapter ${number}.`, { values: { number } });
  const missing = moment.plan.chapters.filter(({ role, master }) => role !== 'retail-sample' && master.need === 'make');
  const isWhole = missing.every(({ number }) => chapters.includes(number));
  const hasBook = moment.plan.book?.need === 'make';
  if (chapters.length === 0 && !(isWhole && hasBook)) throw nothingChanged();
  // Credits are made with the whole book.
  const only = isWhole ? undefined : chapters.filter((number) => chapterOf(moment, number)?.role === undefined);
  return { chapters, only };
}

/** What it would cost. Throws a `StudioProblem` when nothing has changed, and over the budget. */
export async function applyPrice(
  { given }: Studio,
  moment: Moment,
  wanted: readonly number[] | undefined,
): Promise<Price> {
  const { chapters, only } = applying(moment, wanted);
  if (only?.length === 0) throw nothingChanged();
  await given.expectWork?.(moment);
  return { ...payable(await given.runPrice(moment, only)), chapters };
}

function nothingChanged(): StudioProblem {
  return new StudioProblem(
    422,
    'nothing-changed',
    'No chapter has changed since it was made. Name the chapters to make.',
  );
}

/** Starts it. */
export async function apply(
  studio: Studio,
  moment: Moment,
  { chapters: wanted, agreed }: { chapters?: readonly number[] | undefined; agreed: number },
): Promise<Job> {
  const { given, current, jobs } = studio;
  const { chapters, only } = applying(moment, wanted);
  if (only?.length === 0) throw nothingChanged();
  await given.expectWork?.(moment);
  refuseHigherPrice(payable(await given.runPrice(moment, only)), agreed);
  return jobs.start({
    kind: 'apply',
    message: 'Waiting to make what changed: earlier work ends first, and the queue opens.',
    doing: { code: 'waiting-apply' },
    key: `apply ${moment.version} ${only?.join() ?? 'all'}`,
    work: async (report, signal) => {
      const outcome = await given.run(moment, {
        only,
        emit: (event) => tellProgress(event, report),
        notice: (message) => report({ message }),
        signal,
      });
      const { finished, stoppedBy } = outcome;
      await current.afterChange();
      const made = finished.chapters.filter(isDelivered);
      const files = [...made.flatMap((one) => one.files), ...(finished.book?.files ?? [])];
      const result = { chapters: made.map(({ index }) => index).filter((index) => chapters.includes(index)), files };
      const spent = finished.cost;
      report({ result, ...(spent && { spent: moneyText(spent) }) });
      if (stoppedBy !== undefined && !signal.aborted) throw new StudioProblem(503, stoppedBy.code, stoppedBy.message);
      if (!finished.ok && !signal.aborted)
        throw new StudioProblem(
          503,
          'incomplete',
          'Not everything could be made. The lines that are not spoken say why.',
        );
      report(
        finished.book === null
          ? { message: 'The chapters are made.', doing: { code: 'made-chapters' } }
          : { message: 'The chapters and the book are made.', doing: { code: 'made-book' } },
      );
    },
  });
}

function tellProgress(event: PipelineEvent, report: ReportJob): void {
  if (event.type === 'notice') report({ message: event.message });
  if (event.type === 'segment.failed' || event.type === 'chapter.failed' || event.type === 'book.failed')
    report({ message: event.message });
  if (event.type !== 'progress') return;
  const { segments, mastering, binding } = event;
  const percent = (share: number): number => Math.min(99, Math.round(100 * share));
  if (binding !== null)
    report({
      state: 'binding',
      percent: percent(binding.share),
      message: 'Binding the book.',
      doing: { code: 'binding' },
    });
  else if (segments.done < segments.total)
    report({
      state: 'speaking',
      percent: percent(segments.done / segments.total),
      message: `Speaking: ${segments.done} of ${segments.total}.`,
      doing: { code: 'speaking', values: { done: segments.done, all: segments.total } },
    });
  else if (mastering.total > 0)
    report({
      state: 'mastering',
      percent: percent(mastering.share),
      message: `Mastering: ${mastering.done} of ${mastering.total}.`,
      doing: { code: 'mastering', values: { done: mastering.done, all: mastering.total } },
    });
}
