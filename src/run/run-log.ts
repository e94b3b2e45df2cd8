/** What happened in a run so far: turns the queue's answers into events, deliveries and the closing account. */

import { PipelineError } from '../errors.ts';
import type { Emit, FailureCode, RunFinishedEvent, Trouble } from '../events.ts';
import { type BudgetBalance, NOTHING_SPENT } from '../limits.ts';
import { gapOf } from '../plan/completeness.ts';
import type { Edition } from '../plan/edition.ts';
import { missingSegments, type Plan, type PlannedChapter, planTotals } from '../plan/plan.ts';
import { moneyOf, type Tariff } from '../plan/price.ts';
import type { Pace } from '../plan/report.ts';
import type { CallCounts, StepResult } from '../plan/step.ts';
import type { FollowerEvents } from '../queue/follow-jobs.ts';
import type { Store } from '../store/store.ts';
import { Deliveries, unsealed } from './deliveries.ts';
import { ProgressMeter } from './progress.ts';
import { Damage, type Repair } from './repair.ts';
import { SegmentTally } from './segment-tally.ts';
import { VoiceTally } from './voice-tally.ts';

/** Failures that the next step would only repeat: the run stops instead of failing a thousand times. */
const BLOCKING: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'key-refused',
  'account-blocked',
  'model-unknown',
  'disk-full',
  'store-unwritable',
  'store-unreachable',
  'ffmpeg-missing',
  'service-unreachable',
  'queue-unreachable',
]);

/** Less speech than this says nothing of an account's usual speed, in seconds. */
const LEAST_PACE_SECONDS = 60;

/** Collects one run. */
export class RunLog {
  /** What is delivered, and when. */
  readonly deliveries: Deliveries;
  /** How its segments ended. */
  readonly segments: SegmentTally;
  /** What was met damaged in the store, until it is made again or given up. */
  readonly damage = new Damage();
  /** Hears the first failure that stops the run. */
  onBlocked: (failure: PipelineError) => void = () => undefined;
  /** What the run's purse counted in the end; undefined when nothing was to be spent, or nobody could say. */
  account: BudgetBalance | undefined;

  readonly #plan: Plan;
  readonly #folder: string;
  readonly #emit: Emit;
  readonly #startedAt = performance.now();
  readonly #progress: ProgressMeter;
  readonly #byMasterKey = new Map<string, PlannedChapter[]>();
  readonly #voices: VoiceTally;
  /** Keys of all steps that were made, found or given up. */
  readonly #ended = new Set<string>();
  /** Calls of workers in other processes, from their results. */
  readonly #callsElsewhere: CallCounts = { enroll: 0, list: 0, synthesize: 0 };
  #here: { workerId: string; calls(): CallCounts } | undefined;
  #billedCharacters = 0;
  /** Segments that were left because of the budget. */
  readonly #unspoken = new Set<string>();
  #budgetReached = false;
  readonly #terms: { tariff: Tariff; budgetNanos?: number };
  #simulated: boolean;

  constructor({
    plan,
    store,
    folder,
    emit,
    simulated,
    locked,
    terms,
  }: {
    plan: Plan;
    store: Store;
    folder: string;
    emit: Emit;
    simulated: boolean;
    /** What the files must be; see Deliveries. */
    locked?: Edition | undefined;
    terms: { tariff: Tariff; budgetNanos?: number };
  }) {
    this.#terms = terms;
    this.#simulated = simulated;
    this.#plan = plan;
    this.#folder = folder;
    this.#emit = emit;
    for (const chapter of plan.chapters) {
      const { key } = chapter.master.step;
      this.#byMasterKey.set(key, [...(this.#byMasterKey.get(key) ?? []), chapter]);
    }
    this.segments = new SegmentTally(plan);
    this.#voices = new VoiceTally(plan);
    const totals = planTotals(plan, terms.tariff);
    this.#progress = new ProgressMeter({
      // Recordings to be converted, too: whatever ends as a segment.
      total: { voices: totals.voices.enroll, segments: this.segments.missing, chapters: totals.chapters.total },
      now: () => performance.now(),
    });
    const onChapter = (): void => {
      this.#progress.chapterDone();
      emit(this.#progress.event());
    };
    const { damage } = this;
    this.deliveries = new Deliveries({ plan, store, folder, emit, onChapter, damage, locked });
  }

  /** Steps that were made, found or given up so far. */
  get ended(): number {
    return this.#ended.size;
  }

  /** What this run heard to be billed, seconds of its takes, and the voices it enrolled. */
  get spent(): { billedCharacters: number; audioSeconds: number; voices: number } {
    const { audioSeconds } = this.segments.spoken;
    return { billedCharacters: this.#billedCharacters, audioSeconds, voices: this.#voices.enrolled };
  }

  /** Whether the step of a key was made, found or given up in this run. */
  hasEnded(key: string): boolean {
    return this.#ended.has(key);
  }

  /** These are handed out once more, because what was made of them is damaged. */
  reopen({ plan, chapters }: Repair): void {
    for (const chapter of chapters) {
      this.#ended.delete(chapter.master.step.key);
      for (const { key } of missingSegments(chapter)) this.#ended.delete(key);
      this.segments.reopen(chapter);
    }
    if (plan.book?.need === 'make') this.#ended.delete(plan.book.step.key);
  }

  /** This process's own workers: their calls are counted where they are made, so that failed tries count too. */
  countCallsOf(here: { workerId: string; calls(): CallCounts }): void {
    this.#here = here;
  }

  /** The first segments are about to be handed out. */
  startSpeaking(): void {
    this.#progress.startSpeaking();
  }

  /** What the queue's follower should call. */
  listener(): FollowerEvents {
    return {
      onResult: (result) => this.#onResult(result),
      onFailure: ({ kind, key, code, message }) => {
        if (code === 'store-damaged' && kind === 'master')
          return this.damage.note(key, () => this.#onMasterFailed(key, { code, message }));
        if (code === 'store-damaged' && kind === 'bind')
          return this.damage.note(key, () => this.#onBookFailed({ code, message }));
        if (code !== 'interrupted') this.#ended.add(key);
        if (kind === 'enroll') this.#onVoiceFailed(key, { code, message });
        if (kind === 'synthesize') this.#onSegmentFailed(key, { code, message });
        if (kind === 'master') this.#onMasterFailed(key, { code, message });
        if (kind === 'bind') this.#onBookFailed({ code, message });
        if (BLOCKING.has(code))
          this.onBlocked(new PipelineError({ code: code as PipelineError['code'], message, retry: 'never' }));
      },
    };
  }

  /** Whether the chapter would say its text whole and once; says so when not. */
  isWhole(chapter: PlannedChapter): boolean {
    const gap = gapOf(chapter);
    if (gap === undefined) return true;
    const { code, message } = unsealed(gap);
    this.#emit({ type: 'chapter.failed', index: chapter.number, title: chapter.title, code, message });
    return false;
  }

  /** Whether every voice that the chapter still needs was enrolled; says so when not. */
  canSpeak(chapter: PlannedChapter): boolean {
    const lacking = this.#voices.lacking(chapter);
    if (lacking === undefined) return true;
    const { number, title } = chapter;
    this.#emit({
      type: 'chapter.failed',
      index: number,
      title,
      code: lacking.trouble.code,
      message: `There is no voice for ${lacking.characters.join(', ')}.`,
    });
    return false;
  }

  /** The closing account. */
  finished(): RunFinishedEvent {
    const { billedCharacters, cost, estimated, tokens } = planTotals(this.#plan, this.#terms.tariff);
    const chapters = this.deliveries.chapters();
    const book = this.deliveries.book();
    const epub = this.deliveries.epub();
    const parts = [...chapters, ...(book === null ? [] : [book]), ...(epub === undefined ? [] : [epub])];
    return {
      type: 'run.finished',
      ok: parts.every(({ files, verdict }) => files.length > 0 && verdict !== 'fail'),
      simulated: this.#simulated || this.deliveries.simulated,
      voices: { enrolled: this.#voices.enrolled, reused: this.#voices.reused },
      segments: this.segments.counts(),
      billedCharacters: this.#billedCharacters,
      calls: sumOfCalls(this.#here?.calls(), this.#callsElsewhere),
      chapters,
      book,
      ...(epub && { epub }),
      takes: { doubtful: this.segments.doubtful().length, spokenAgain: this.segments.spokenAgain },
      folder: this.#folder,
      seconds: Math.round(performance.now() - this.#startedAt) / 1000,
      planned: { billedCharacters, cost, estimated, tokens },
      billedDifference: this.#billedCharacters - billedCharacters,
      ...this.#money(),
    };
  }

  /** How fast this run spoke; undefined when it was too short to tell. */
  pace(sessions: number): Pace | undefined {
    const { timesRealtime } = this.#progress.event();
    const { audioSeconds, estimatedSeconds } = this.segments.spoken;
    if (timesRealtime === null || timesRealtime <= 0 || audioSeconds < LEAST_PACE_SECONDS) return undefined;
    const lanes = Math.min(sessions, this.segments.ended);
    return { timesRealtime, sessions: lanes, lengthFactor: audioSeconds / estimatedSeconds };
  }

  #money(): Pick<RunFinishedEvent, 'cost' | 'usage' | 'unanswered' | 'budget'> {
    const { tariff, budgetNanos } = this.#terms;
    // Without a purse nothing was asked for, so nothing was spent.
    const spent = this.account ?? (this.#here === undefined ? NOTHING_SPENT : undefined);
    const known = tariff.speech !== undefined && spent !== undefined;
    return {
      cost: known ? moneyOf(spent.spentNanos + spent.reservedNanos - spent.unsentNanos, tariff.currency) : null,
      usage:
        spent === undefined
          ? null
          : { characters: spent.characters, inputTokens: spent.inputTokens, outputTokens: spent.outputTokens },
      unanswered: { calls: spent?.unansweredCommits ?? 0, billedCharacters: spent?.unansweredCharacters ?? 0 },
      budget:
        budgetNanos === undefined
          ? null
          : {
              ...moneyOf(budgetNanos, tariff.currency),
              reached: this.#budgetReached,
              unspoken: this.#unspoken.size,
            },
    };
  }

  #onBudgetReached(message: string): void {
    if (this.#budgetReached) return;
    this.#budgetReached = true;
    this.#emit({ type: 'budget.reached', message });
  }

  #onResult(result: StepResult): void {
    this.#ended.add(result.key);
    this.#simulated ||= result.simulated;
    if (result.worker !== this.#here?.workerId) {
      Object.assign(this.#callsElsewhere, sumOfCalls(this.#callsElsewhere, result.calls));
    }
    this.#billedCharacters += result.billedCharacters;
    if (result.kind === 'enroll') this.#onVoice(result);
    if (result.cloned !== undefined) this.#onVoiceAgain(result.cloned);
    if (result.kind === 'synthesize') this.#onSegment(result);
    if (result.kind === 'bind') this.deliveries.deliverBook();
    if (result.kind === 'master')
      for (const chapter of this.#byMasterKey.get(result.key) ?? []) this.deliveries.deliver(chapter);
    this.#emit(this.#progress.event());
  }

  #onVoice({ key, outcome, notes = [] }: StepResult): void {
    this.#voices.ready(outcome);
    this.#progress.voiceDone();
    this.#emit({ type: 'voice.ready', characters: this.#voices.charactersOf(key), outcome });
    for (const message of notes) this.#emit({ type: 'notice', level: 'info', message });
  }

  #onVoiceAgain(cloned: NonNullable<StepResult['cloned']>): void {
    this.#voices.again(cloned);
    const { key, outcome } = cloned;
    this.#emit({ type: 'voice.ready', characters: this.#voices.charactersOf(key), outcome });
  }

  /** Equal segments of two chapters answer twice, once `made` and once `reused`; they count once. */
  #onSegment(result: StepResult): void {
    const step = this.segments.open(result.key);
    if (step === undefined) return;
    this.segments.done(step, result);
    const { outcome, audioSeconds, doubts, tries = 1 } = result;
    this.#progress.segmentDone(outcome === 'made' ? audioSeconds : 0);
    const { chapter, ordinal, character, text } = step;
    const again = outcome === 'made' && tries > 1 ? { tries } : {};
    this.#emit({ type: 'segment.done', chapter, ordinal, character, outcome, audioSeconds, ...again });
    if (doubts === undefined) return;
    this.#emit({ type: 'segment.doubtful', chapter, ordinal, character, text, doubts, tries });
  }

  #onVoiceFailed(key: string, trouble: Trouble): void {
    if (trouble.code === 'interrupted') return;
    this.#voices.failed(key, trouble);
    if (trouble.code === 'over-budget') this.#onBudgetReached(trouble.message);
    this.#progress.voiceDone();
    this.#emit({ type: 'voice.failed', characters: this.#voices.charactersOf(key), ...trouble });
  }

  #onSegmentFailed(key: string, trouble: Trouble): void {
    const step = this.segments.open(key);
    if (step === undefined || trouble.code === 'interrupted') return;
    if (trouble.code === 'over-budget') {
      // The same for each of what may be thousands of segments: said once, counted at the end.
      this.#unspoken.add(key);
      this.#onBudgetReached(trouble.message);
      return;
    }
    this.segments.failed(step, trouble);
    this.#progress.segmentDone(0);
    const { chapter, ordinal, character, text } = step;
    this.#emit({ type: 'segment.failed', chapter, ordinal, character, text, ...trouble });
  }

  #onMasterFailed(key: string, trouble: Trouble): void {
    if (trouble.code === 'interrupted') return;
    for (const { number, title } of this.#byMasterKey.get(key) ?? []) {
      this.#emit({ type: 'chapter.failed', index: number, title, ...trouble });
    }
  }

  #onBookFailed(trouble: Trouble): void {
    if (trouble.code === 'interrupted') return;
    this.#emit({ type: 'book.failed', title: this.#plan.title, ...trouble });
  }
}

function sumOfCalls(a: CallCounts | undefined, b: CallCounts): CallCounts {
  if (a === undefined) return { ...b };
  return { enroll: a.enroll + b.enroll, list: a.list + b.list, synthesize: a.synthesize + b.synthesize };
}
