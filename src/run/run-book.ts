/**
 * One run of one book: plan, enrol the voices, let the queue speak and master, deliver each chapter when it is done.
 *
 * The store is asked first and last. What the queue says on the way is for progress and for failures; what is delivered is
 * what the store has.
 */
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import { openDeliveryFolder } from '../deliver/deliver-files.ts';
import { chooseFolder } from '../deliver/folder.ts';
import { PipelineError } from '../errors.ts';
import type { Emit, RunFinishedEvent, Trouble } from '../events.ts';
import type { Budgets } from '../limits.ts';
import type { Edition } from '../plan/edition.ts';
import { lastRunKey } from '../plan/keys.ts';
import { lastRunOf } from '../plan/last-run.ts';
import { needsLevels } from '../plan/levels.ts';
import { missingSegments, type Plan, type PlannedChapter, planTotals } from '../plan/plan.ts';
import { moneyOf, moneyText } from '../plan/price.ts';
import { planReport } from '../plan/report.ts';
import type { CallCounts } from '../plan/step.ts';
import type { QueueConnection } from '../queue/connection.ts';
import { cancelRun } from '../queue/control.ts';
import { putLastRun } from '../store/last-runs.ts';
import { dropRefusal } from '../store/refusals.ts';
import { putPace } from '../store/speech-pace.ts';
import type { Store } from '../store/store.ts';
import type { BookControl } from './control.ts';
import { outlookOf, planRun, type Terms } from './plan.ts';
import { writeProof } from './prove.ts';
import { type CurrentRound, speakingVoices, workInRounds } from './rounds.ts';
import { openRunBudget, type RunBudget } from './run-budget.ts';
import { RunLog } from './run-log.ts';

/** What a run works with. */
export interface RunOptions {
  book: Book;
  store: Store;
  account: Account;
  /** The service is known to be a simulator before it is asked. */
  simulated: boolean;
  /** Absolute; the book gets a folder of its own in it. */
  outDir: string;
  /** Ask the service again for texts that it refused in an earlier run. Default: no. */
  retryRefused?: boolean;
  /** What the ids of its jobs begin with. Default: nothing. */
  jobPrefix?: string;
  /** Its segments go before those of other books. Default: no. */
  urgent?: boolean;
  /** Lets an operator hold the book up. */
  control?: BookControl | undefined;
  /** What it costs, what may be spent, and what the account allows. */
  terms: Terms;
  /** Opens the queue and its workers. Called once, and only when something is to be done. */
  openWork(): Promise<Work>;
  emit: Emit;
  /** Aborts on Ctrl-C: what is under way gets a short grace, the rest is left for the next run. */
  signal: AbortSignal;
  /** Write the lock beside the manifest when everything was delivered. Default: no. */
  keepLock?: boolean;
  /** The edition to reproduce: files that are not byte for byte its own are not delivered. */
  locked?: Edition;
}

/** An open queue with workers on it. */
export interface Work {
  queue: QueueConnection;
  /** Names this process in the results of its workers. */
  workerId: string;
  /** Other runs use its workers too; they go on when this run ends. */
  isShared?: boolean;
  /** Aborts, with a `PipelineError`, when this process may no longer work on the store. */
  lost?: AbortSignal | undefined;
  /** The money of runs, shared with the workers. */
  budgets: Budgets;
  /** Calls that this process made to the service, failed tries included. */
  calls(): CallCounts;
  /** Stops this process's workers; see src/queue/workers.ts. */
  stopWorkers(options: { graceMs: number }): Promise<void>;
  /** Closes everything that `openWork` opened. */
  close(): Promise<void>;
}

/** How a run ended: its last event, and the failure that stopped it early, if one did. */
export interface RunOutcome {
  finished: RunFinishedEvent;
  /** Interrupted, or a failure after which going on would only repeat it (a refused key, a full disk). */
  stoppedBy: Trouble | undefined;
}

/** How long segments under way may take to end after Ctrl-C, in milliseconds: most takes end within it and are kept. */
const GRACE_MS = 5_000;

/** Changed lines that the first screen of a run lists of each chapter; `plan` shows more. */
const MOST_CHANGES = 20;

/** The same where the workers go on for other runs, so that nothing under way is lost: longer than a take lasts. */
const SHARED_GRACE_MS = 60_000;
/** How often such a run looks for postponed jobs of its own, in milliseconds. */
const TAKE_BACK_MS = 1_000;

/**
 * Runs a book. The last event it emits is `run.finished`, whatever happened on the way; safe to repeat at any time.
 *
 * Throws only what happens before anything was begun: `over-budget`, an output folder that can not be written.
 */
export async function runBook(given: RunOptions): Promise<RunOutcome> {
  const plan = await planToRun(given);
  const outlook = await outlookOf(given, plan);
  const parts: RunOptions = { ...given, terms: outlook };
  const { book, store, emit } = parts;
  const report = planReport(plan, outlook, { mostChanges: MOST_CHANGES });
  const totals = planTotals(plan, parts.terms.tariff);
  if (report.budget?.kept === false) {
    emit({ type: 'run.planned', ...totals, plan: report });
    throw overBudget(parts, plan);
  }
  const { title, author = '' } = book.manifest;
  const folder = await chooseFolder({ outDir: parts.outDir, title, author });
  await openDeliveryFolder(folder);
  emit({ type: 'run.planned', ...totals, plan: report });

  const { terms, simulated, locked } = parts;
  const log = new RunLog({ plan, store, folder, emit, simulated, terms, locked });
  for (const chapter of plan.chapters) if (chapter.master.need === 'reuse') log.deliveries.deliver(chapter);
  if (plan.book?.need === 'reuse') log.deliveries.deliverBook();
  let stoppedBy: RunOutcome['stoppedBy'];
  // What is delivered from the store is read and proven on the way; it may have to be made again.
  if (!hasWork(plan)) await log.deliveries.delivered();
  if (hasWork(plan) || log.damage.isOpen) {
    try {
      await doWork({ parts, plan, log });
    } catch (error) {
      stoppedBy = troubleOf(error);
    }
  }
  await log.deliveries.delivered();
  log.damage.giveUp();
  if (stoppedBy === undefined) await log.deliveries.deliverEpub();
  stoppedBy = (await log.deliveries.delivered()) ?? stoppedBy;
  await keepForNextTime({ parts, plan, log });
  const finished = log.finished();
  try {
    await writeProof({ parts, plan, log, finished, folder });
  } catch (error) {
    stoppedBy ??= troubleOf(error);
  }
  emit(finished);
  return { finished, stoppedBy };
}

/** Forgets first what was refused before, if it is to be asked for again: the workers, wherever they are, find no refusal then. */
async function planToRun(parts: RunOptions): Promise<Plan> {
  const plan = await planRun(parts);
  const refused = plan.chapters.flatMap(({ segments }) => segments).filter(({ reason }) => reason === 'refused');
  if (!parts.retryRefused || refused.length === 0) return plan;
  for (const { step } of refused) await dropRefusal(parts.store, step.key);
  return planRun(parts);
}

/** The failure of a run whose plan is over its budget: before anything is sent, and with all ways on. */
export function overBudget({ terms: { tariff, budgetNanos = 0 } }: { terms: Terms }, plan: Plan): PipelineError {
  const { cost, estimated } = planTotals(plan, tariff);
  const sum = cost === null ? 'an unknown sum' : `${estimated ? 'about ' : ''}${moneyText(cost)}`;
  return new PipelineError({
    code: 'over-budget',
    message:
      `This run would cost ${sum}, more than its budget of ${moneyText(moneyOf(budgetNanos, tariff.currency))}. Nothing was sent. ` +
      'Either allow more (--budget, or "budget:" in the manifest), or take chapters out of the manifest and run it in parts; `pipeline plan` shows what each of them takes.',
    retry: 'never',
  });
}

/** What the next plan needs to say why, and how long. Never the reason why a run fails. */
async function keepForNextTime({
  parts: { store, account, terms, emit },
  plan,
  log,
}: {
  parts: RunOptions;
  plan: Plan;
  log: RunLog;
}): Promise<void> {
  const { title, delivery } = plan;
  try {
    const key = lastRunKey({ title, author: delivery.author }, account.realm);
    await putLastRun(store, key, lastRunOf(plan, log.segments.hasTake));
    const pace = log.pace(terms.sessionsAtOnce);
    if (pace !== undefined) await putPace(store, { account: account.id, model: plan.model.id }, pace);
  } catch (error) {
    const { message } = troubleOf(error);
    const what = 'Why lines change could not be noted, so the next plan may call changed lines new';
    emit({ type: 'notice', level: 'warning', message: `${what}: ${message}` });
  }
}

/** A fault of the program stops the run like a failure of the world, but keeps its stack for whoever reports it. */
function troubleOf(error: unknown): Trouble {
  if (error instanceof PipelineError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function hasWork(plan: Plan): boolean {
  return plan.book?.need === 'make' || plan.chapters.some((chapter) => chapter.master.need === 'make');
}

async function doWork({ parts, plan, log }: { parts: RunOptions; plan: Plan; log: RunLog }): Promise<void> {
  await keepAssets(parts, plan);
  const work = await parts.openWork();
  // One signal for "stop waiting": the caller's Ctrl-C, or a failure that every further step would only repeat.
  const stop = new AbortController();
  const signal = AbortSignal.any([parts.signal, stop.signal]);
  log.onBlocked = (failure) => stop.abort(failure);
  const onLost = (): void => stop.abort(work.lost?.reason);
  work.lost?.addEventListener('abort', onLost, { once: true });
  log.countCallsOf(work);
  let current: CurrentRound | undefined;
  let purse: RunBudget | undefined;
  try {
    const { jobPrefix: prefix = '', urgent = false, control: hold, terms, store, emit } = parts;
    purse = await openRunBudget({ purses: work.budgets, plan, terms, store, log });
    const levelsMoved = (): Promise<PlannedChapter[]> => chaptersWithOtherLevels(parts, plan);
    const replan = async (): Promise<Plan> => {
      const now = await planRun(parts);
      await keepAssets(parts, now);
      return now;
    };
    await workInRounds(
      { queue: work.queue, budget: purse, plan, log, replan, levelsMoved, prefix, urgent, control: hold, emit, signal },
      (opened) => {
        current = opened;
      },
    );
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    if (work.isShared && signal.aborted && current !== undefined) await takeBack(work, current);
    await work.stopWorkers({ graceMs: signal.aborted ? GRACE_MS : 0 });
    // What ended within the grace was paid for and is kept, so it is counted too.
    if (signal.aborted) await current?.follower.catchUp();
    await current?.follower.close();
    // Redis may be the very thing that is gone; then the sum is told as unknown.
    log.account = await purse?.balance();
    // Shared work outlives this run, and thousands after it.
    work.lost?.removeEventListener('abort', onLost);
    await work.close();
  }
}

/**
 * Once all is spoken that can be: chapters to be mastered again, because their characters have another level over the whole
 * book than in the takes that were there before. So chapters are delivered while the book is still being spoken, and what
 * stays does not depend on the order of things.
 */
async function chaptersWithOtherLevels(parts: RunOptions, before: Plan): Promise<PlannedChapter[]> {
  if (!before.chapters.some(({ master }) => needsLevels(master.step))) return [];
  const plan = await planRun(parts, { settleLevels: true });
  const moved = plan.chapters.filter(({ master }) => master.reason === 'levels-changed');
  if (moved.length === 0) return [];
  const numbers = moved.map(({ number }) => number).join(', ');
  const message = `The levels of the characters over the whole book are known now: mastering again chapter ${numbers}.`;
  parts.emit({ type: 'notice', level: 'info', message });
  return moved;
}

/** Ends a run whose workers go on: what is under way ends, and what was postponed meanwhile is taken back as well. */
async function takeBack(work: Work, { runId, follower }: CurrentRound): Promise<void> {
  const until = performance.now() + SHARED_GRACE_MS;
  while (performance.now() < until) {
    if (await follower.drained({ withinMs: TAKE_BACK_MS })) return;
    await cancelRun(work.queue, { runId }).catch(() => undefined);
  }
}

/** Puts the samples and the cover into the store, where a worker on another machine finds them. */
async function keepAssets({ book, store }: RunOptions, plan: Plan): Promise<void> {
  // Samples of voices that exist are kept too: a voice that the service has lost is cloned again while speaking.
  const speaking = new Set(plan.chapters.flatMap(speakingVoices));
  const needed = new Set(
    plan.voices.filter(({ step }) => speaking.has(step.key)).map(({ step }) => step.sample.digest),
  );
  const assets = [...book.samples.values()].filter(({ asset }) => needed.has(asset.digest));
  if (book.cover !== undefined) assets.push(book.cover);
  const recordings = new Set(plan.chapters.flatMap(missingSegments).map(({ pickup }) => pickup?.digest));
  assets.push(...[...book.pickups.values()].filter(({ asset }) => recordings.has(asset.digest)));
  for (const { read } of assets) {
    // Even when it is there: writing it again heals one that was damaged, and it is small.
    await store.putBlob(await read());
  }
}
