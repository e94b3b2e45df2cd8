/** The tool run: a planned book, within the agreed sum. */

import type { PlanReport } from '../../events/plan-report.ts';
import type { PipelineEvent, RunFinishedEvent } from '../../events.ts';
import { ManifestError } from '../../library/manifest-error.ts';
import { planManifest } from '../../library/plan-manifest.ts';
import { requireChapters } from '../../library/require-chapters.ts';
import { startRun } from '../../library/start-run.ts';
import { counted } from '../screen/format.ts';
import { answer, MOST_LISTED } from './answer.ts';
import type { Call, ToolContext } from './context.ts';
import { AGREEMENT } from './inputs.ts';
import type { Wanted } from './offers.ts';
import { type Agreed, paidWork } from './paid-work.ts';
import type { Planned } from './planned.ts';
import { tellProgress } from './progress.ts';
import { ToolRefusal } from './refusal.ts';

type WantedRun = Wanted & { kind: 'run' };

/** Adds it. */
export function addRunTool(context: ToolContext): void {
  context.server.registerTool(
    'run',
    {
      title: 'Make the book',
      description:
        'Speaks, masters and delivers what a plan has shown. Spends at most the agreed sum. Takes minutes to hours, reports progress, and can be cancelled: what was spoken is kept.',
      inputSchema: AGREEMENT,
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
    },
    ({ plan, agreed }, call) =>
      paidWork(context, {
        ...{ kind: 'run', plan, agreed, call },
        price: async (offer) => (await plannedRun(context, offer)).price,
        work: (granted) => run(granted, call),
      }),
  );

  async function run({ offer, budget, signal }: Agreed<'run'>, call: Call) {
    const { manifest, chapters } = offer;
    const under = startRun(manifest, { config: context.config, budget, signal, ...(chapters && { chapters }) });
    const tell = tellProgress(call);
    const failures: object[] = [];
    for await (const event of under) {
      if (event.type === 'progress') tell(runProgress(event));
      else if (isFailure(event)) failures.push(event);
    }
    const finished = await under.finished;
    return {
      ...answer(finishedText(finished), finishedData(finished, failures)),
      ...(!finished.ok && { isError: true }),
    };
  }
}

/** Throws `ManifestError`, and `ToolRefusal` when the manifest's own budget does not allow it. */
export async function plannedRun({ config }: ToolContext, { manifest, chapters }: WantedRun): Promise<Planned> {
  const planned = await planManifest({ manifest, config, chapters, accept: (book) => requireChapters(book, chapters) });
  if (planned.book === undefined) throw new ManifestError(manifest, planned.diagnostics);
  const { report, price } = planned;
  refuseOverBudget(report);
  const { title, model, segments, voices, range, work } = report;
  const to = `${counted(segments.synthesize, 'segment')} to speak, ${segments.reuse} reused, ${counted(voices.enroll, 'voice')} to enroll`;
  return {
    price,
    work: `“${title}”: ${to}`,
    data: {
      ...{ title, model, segments, voices, billedCharacters: report.billedCharacters, estimated: report.estimated },
      // With takes that are spoken again; a greater sum leaves room for them.
      most: range?.most.cost ?? null,
      seconds: range?.likely.seconds ?? work.seconds,
      chapters: report.chapters.filter(({ synthesize, master }) => synthesize > 0 || master.need === 'make').length,
    },
  };
}

function refuseOverBudget({ budget }: PlanReport): void {
  if (budget === null || budget.kept) return;
  throw new ToolRefusal(
    'over-budget',
    `The run would cost more than the budget in the manifest has left: ${budget.amount} ${budget.currency}, of which ${budget.spent} are spent. Nothing was sent. Plan fewer chapters, or have the person raise "budget:".`,
  );
}

function runProgress({ voices, segments, chapters, mastering }: PipelineEvent & { type: 'progress' }) {
  return {
    done: voices.done + segments.done + mastering.share * mastering.total + chapters.done,
    total: voices.total + segments.total + mastering.total + chapters.total,
    message: `segments ${segments.done}/${segments.total}, chapters ${chapters.done}/${chapters.total}`,
  };
}

function isFailure({ type }: PipelineEvent): boolean {
  return type.endsWith('.failed') || type === 'budget.reached';
}

function finishedText({ ok, segments, cost, folder, takes, simulated }: RunFinishedEvent): string {
  const spent = cost === null ? 'cost unknown' : `cost ${cost.amount} ${cost.currency}`;
  const state = ok
    ? `Delivered to ${folder}`
    : 'Not everything was delivered; plan and run again after a look at "failures"';
  const doubts = takes.doubtful === 0 ? '' : ` ${counted(takes.doubtful, 'take')} to hear: call suspects.`;
  return `${state}. ${counted(segments.synthesized, 'segment')} spoken, ${segments.reused} reused, ${spent}${simulated ? ' (simulated)' : ''}.${doubts}`;
}

function finishedData(
  { ok, simulated, segments, cost, folder, chapters, book, takes, budget }: RunFinishedEvent,
  failures: object[],
) {
  return {
    ...{ ok, simulated, segments, takes, cost, budget, folder },
    chapters: chapters.slice(0, 200).map(({ index, title, verdict, files, inBook }) => ({
      ...{ index, title, verdict, files: files.length },
      ...(inBook && { inBook }),
    })),
    book: book && { files: book.files, verdict: book.verdict },
    failed: failures.length,
    failures: failures.slice(0, MOST_LISTED),
  };
}
