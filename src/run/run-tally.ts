/** Counts a run's results and failures as the queue reports them, and emits an event for each. */
import { PipelineError } from '../errors.ts';
import type { Emit, ReportedFailure } from '../events.ts';
import { lineNumberOf } from '../plan/line-number.ts';
import { missingSegments, type Plan, type PlannedChapter } from '../plan/plan.ts';
import { planTotals } from '../plan/plan-totals.ts';
import type { Tariff } from '../plan/price.ts';
import { measuredPace, type Pace } from '../plan/report.ts';
import type { CallCounts, StepResult, SynthesizeStep } from '../plan/step.ts';
import type { FollowerEvents } from '../queue/job-outcomes.ts';
import { BLOCKING } from './blocking.ts';
import { sumOfCalls } from './call-counts.ts';
import type { Deliveries } from './deliveries.ts';
import { pendingVoices } from './pending-voices.ts';
import { ProgressMeter } from './progress.ts';
import type { Damage, Repair } from './repair.ts';
import { SegmentTally } from './segment-tally.ts';
import { SpentTally } from './spent-tally.ts';
import { VoiceTally } from './voice-tally.ts';

/** What a tally needs. */
export interface TallyOptions {
  plan: Plan;
  emit: Emit;
  /** Whether the service is known to be a simulator before the first call. */
  simulated: boolean;
  tariff: Tariff;
  /** Records damaged files of the store, which may be made again. */
  damage: Damage;
  /** Delivers finished chapters and the bound book. */
  deliveries: Pick<Deliveries, 'deliver' | 'deliverBook'>;
}

/** Counts one run. */
export class RunTally {
  /** How its segments ended. */
  readonly segments: SegmentTally;
  /** How its voices ended. */
  readonly voices: VoiceTally;
  /** Called with the first failure that stops the run. */
  onBlocked: (failure: PipelineError) => void = () => undefined;
  /** What the queue reported to this run as spent. */
  readonly spent: SpentTally;
  /** Whether any of the speech came from a simulator. */
  simulated: boolean;
  /** Whether a step was refused because of the budget. */
  budgetReached = false;

  readonly #plan: Plan;
  readonly #emit: Emit;
  readonly #damage: Damage;
  readonly #deliveries: TallyOptions['deliveries'];
  readonly #startedAt = performance.now();
  readonly #progress: ProgressMeter;
  readonly #byMasterKey = new Map<string, PlannedChapter[]>();
  /** Keys of all steps that were made, found in the store, or given up. */
  readonly #ended = new Set<string>();
  /** Calls of workers in other processes, from their results. */
  readonly #callsOfOthers: CallCounts = { enroll: 0, list: 0, synthesize: 0 };
  #ownWorkers: { workerId: string; calls(): CallCounts } | undefined;
  /** Segments that were not spoken because of the budget. */
  readonly #unspoken = new Set<string>();

  constructor({ plan, emit, simulated, tariff, damage, deliveries }: TallyOptions) {
    this.#plan = plan;
    this.#emit = emit;
    this.simulated = simulated;
    this.#damage = damage;
    this.#deliveries = deliveries;
    for (const chapter of plan.chapters) {
      const { key } = chapter.master.step;
      this.#byMasterKey.set(key, [...(this.#byMasterKey.get(key) ?? []), chapter]);
    }
    this.segments = new SegmentTally(plan);
    this.voices = new VoiceTally(plan);
    this.spent = new SpentTally(plan);
    const { voices, chapters } = planTotals(plan, tariff);
    this.#progress = new ProgressMeter({
      total: {
        voices: voices.enroll,
        // Including recordings to be converted: they end as segments, too.
        segments: this.segments.missing,
        chapters: chapters.total,
        masters: chapters.master,
      },
      now: () => performance.now(),
    });
  }

  /** Number of steps that have ended. */
  get ended(): number {
    return this.#ended.size;
  }

  /** Calls to the service, including those of other processes. */
  get calls(): CallCounts {
    return sumOfCalls(this.#ownWorkers?.calls(), this.#callsOfOthers);
  }

  /** Segments that were not spoken because of the budget. */
  get unspoken(): number {
    return this.#unspoken.size;
  }

  /** Whether workers were opened for the run. */
  get hasWorked(): boolean {
    return this.#ownWorkers !== undefined;
  }

  /** Seconds since the run began, to the millisecond. */
  get seconds(): number {
    return Math.round(performance.now() - this.#startedAt) / 1000;
  }

  /** Whether the step with this key was made, found in the store, or given up. */
  hasEnded(key: string): boolean {
    return this.#ended.has(key);
  }

  /** These chapters are submitted again, because their results are damaged. */
  reopen({ plan, chapters }: Repair): void {
    for (const chapter of chapters) {
      this.#ended.delete(chapter.master.step.key);
      for (const { key } of missingSegments(chapter)) this.#ended.delete(key);
      this.segments.reopen(chapter);
    }
    if (plan.book?.need === 'make') this.#ended.delete(plan.book.step.key);
    this.masterAgain(chapters.length);
  }

  /** This many chapters are mastered again. */
  masterAgain(chapters: number): void {
    this.#progress.masterAgain(chapters);
  }

  /** Counts the calls of this process's workers where they are made, so that failed calls count, too. */
  countCallsOfOwnWorkers(workers: { workerId: string; calls(): CallCounts }): void {
    this.#ownWorkers = workers;
  }

  /** The first segments are about to be submitted. */
  startSpeaking(): void {
    this.#progress.startSpeaking();
  }

  /** The book file is about to be bound. */
  startBinding(): void {
    this.#progress.binding(0);
    this.#emit(this.#progress.event());
  }

  /** A chapter was delivered or given up. */
  chapterDelivered(): void {
    this.#progress.chapterDone();
    this.#emit(this.#progress.event());
  }

  /** Callbacks for the queue's follower. */
  listener(): FollowerEvents {
    return {
      onResult: (result) => this.#onResult(result),
      onRetry: pendingVoices((event) => this.#emit(event)),
      onProgress: (share, { kind, key }) => {
        if (kind === 'master') this.#progress.mastering(key, share);
        if (kind === 'bind') this.#progress.binding(share);
        this.#emit(this.#progress.event());
      },
      onFailure: ({ kind, key, code, message }) => {
        if (code === 'store-damaged' && kind === 'master')
          return this.#damage.record(key, () => this.#onMasterFailed(key, { code, message }));
        if (code === 'take-missing' && kind === 'master' && this.segments.hadAllTakes(this.#byMasterKey.get(key)))
          return this.#damage.recordLost(key, () => this.#onMasterFailed(key, { code, message }));
        if (code === 'store-damaged' && kind === 'bind')
          return this.#damage.record(key, () => this.#onBookFailed({ code, message }));
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

  /** Measured speed of this run; undefined when it spoke too little. */
  pace(sessions: number): Pace | undefined {
    const { timesRealtime } = this.#progress.event();
    const [segments, calls] = [this.segments.counts().synthesized, this.calls.synthesize];
    const parallel = Math.min(sessions, this.segments.ended);
    return measuredPace({ ...this.segments.spoken, timesRealtime, sessions: parallel, segments, calls });
  }

  #onBudgetReached(message: string): void {
    if (this.budgetReached) return;
    this.budgetReached = true;
    this.#emit({ type: 'budget.reached', message });
  }

  #onResult(result: StepResult): void {
    if (result.reopened !== undefined) {
      this.#onReopened(result.key);
      return;
    }
    this.#ended.add(result.key);
    this.simulated ||= result.simulated;
    if (result.worker !== this.#ownWorkers?.workerId) {
      Object.assign(this.#callsOfOthers, sumOfCalls(this.#callsOfOthers, result.calls));
    }
    this.spent.count(result);
    if (result.kind === 'enroll') this.#onVoice(result);
    if (result.cloned !== undefined) this.#onVoiceAgain(result.cloned);
    if (result.kind === 'synthesize') this.#onSegment(result);
    if (result.kind === 'bind') {
      this.#progress.bound();
      this.#deliveries.deliverBook();
    }
    if (result.kind === 'master') {
      this.#progress.mastered(result.key);
      for (const chapter of this.#byMasterKey.get(result.key) ?? []) this.#deliveries.deliver(chapter);
    }
    this.#emit(this.#progress.event());
  }

  /** Takes of the chapter were doubted late: it has not ended, and the next round makes it. */
  #onReopened(key: string): void {
    const message = 'Takes that were doubted late were not made again. Run the same command again.';
    this.#damage.recordLate(key, () => this.#onMasterFailed(key, { code: 'take-missing', message }));
  }

  #onVoice({ key, outcome, notes = [] }: StepResult): void {
    this.voices.ready(outcome);
    this.#progress.voiceDone();
    this.#emit({ type: 'voice.ready', characters: this.voices.charactersOf(key), outcome });
    for (const message of notes) this.#emit({ type: 'notice', level: 'info', message });
  }

  #onVoiceAgain(cloned: NonNullable<StepResult['cloned']>): void {
    this.voices.recloned(cloned);
    const { key, outcome } = cloned;
    this.#emit({ type: 'voice.ready', characters: this.voices.charactersOf(key), outcome });
  }

  /** Equal segments of two chapters give two results, `made` and `reused`; they count once. */
  #onSegment(result: StepResult): void {
    const step = this.segments.pending(result.key);
    if (step === undefined) return;
    this.segments.done(step, result);
    const { outcome, audioSeconds, doubts, tries = 1 } = result;
    this.#progress.segmentDone(outcome === 'made' ? audioSeconds : 0);
    const { chapter, character, text } = step;
    const place = { chapter, ordinal: step.ordinal, ...numberOf(step) };
    const again = outcome === 'made' && tries > 1 ? { tries } : {};
    this.#emit({ type: 'segment.done', ...place, character, outcome, audioSeconds, ...again });
    if (doubts === undefined) return;
    this.#emit({ type: 'segment.doubtful', ...place, character, text, doubts, tries });
  }

  #onVoiceFailed(key: string, failure: ReportedFailure): void {
    if (failure.code === 'interrupted') return;
    this.voices.failed(key, failure);
    if (failure.code === 'over-budget') this.#onBudgetReached(failure.message);
    this.#progress.voiceDone();
    this.#emit({ type: 'voice.failed', characters: this.voices.charactersOf(key), ...failure });
  }

  #onSegmentFailed(key: string, failure: ReportedFailure): void {
    const step = this.segments.pending(key);
    if (step === undefined || failure.code === 'interrupted') return;
    if (failure.code === 'over-budget') {
      // It can affect thousands of segments: reported once, counted at the end.
      this.#unspoken.add(key);
      this.#onBudgetReached(failure.message);
      return;
    }
    this.segments.failed(step, failure);
    this.#progress.segmentDone(0);
    const { chapter, ordinal, character, text } = step;
    this.#emit({ type: 'segment.failed', chapter, ordinal, ...numberOf(step), character, text, ...failure });
  }

  #onMasterFailed(key: string, failure: ReportedFailure): void {
    if (failure.code === 'interrupted') return;
    this.#progress.mastered(key);
    for (const { number, title } of this.#byMasterKey.get(key) ?? []) {
      this.#emit({ type: 'chapter.failed', index: number, title, ...failure });
    }
  }

  #onBookFailed(failure: ReportedFailure): void {
    if (failure.code === 'interrupted') return;
    this.#progress.bound();
    this.#emit({ type: 'book.failed', title: this.#plan.title, ...failure });
  }
}

function numberOf(step: SynthesizeStep): { number?: string } {
  const number = lineNumberOf(step);
  return number === undefined ? {} : { number };
}
