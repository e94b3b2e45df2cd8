/** How the segments of a run ended. Each counts once, however often the queue reports it. */
import type { ReportedFailure, RunFinishedEvent } from '../events.ts';
import { type DoubtfulLine, findLines, type ParkedLine, type RefusedLine } from '../plan/lines-to-review.ts';
import {
  type DoubtfulTake,
  missingSegments,
  type Plan,
  type PlannedChapter,
  type PlannedSegment,
  spokenChapters,
} from '../plan/plan.ts';
import type { StepResult, SynthesizeStep } from '../plan/step.ts';
import { badnessOf } from '../qc/take.ts';
import { estimatedSeconds } from '../script/cut/estimate.ts';

/** Counts one run's segments by their take keys. */
export class SegmentTally {
  /** Of takes made in this run: seconds of speech, measured and estimated. */
  readonly spoken = { audioSeconds: 0, estimatedSeconds: 0 };
  /** Attempts after the first, of takes made in this run. */
  spokenAgain = 0;

  readonly #plan: Plan;
  readonly #missing = new Map<string, SynthesizeStep>();
  readonly #ends = new Map<string, 'made' | 'reused' | 'failed'>();
  readonly #parked = new Map<string, ReportedFailure>();
  /** Doubtful takes that this run made or found. */
  readonly #doubtful = new Map<string, DoubtfulTake>();
  /** Take key → why the service refused to speak it. */
  readonly #refusals = new Map<string, string>();

  constructor(plan: Plan) {
    this.#plan = plan;
    for (const step of plan.chapters.flatMap(missingSegments)) {
      if (!this.#missing.has(step.key)) this.#missing.set(step.key, step);
    }
  }

  /** Number of different segments to make. */
  get missing(): number {
    return this.#missing.size;
  }

  /** Number of segments that ended in this run. */
  get ended(): number {
    return this.#ends.size;
  }

  /** The step with this key, if it was to be made and has not ended. */
  pending(key: string): SynthesizeStep | undefined {
    return this.#ends.has(key) ? undefined : this.#missing.get(key);
  }

  /** The chapter's missing segments are made again. */
  reopen(chapter: PlannedChapter): void {
    for (const step of missingSegments(chapter)) {
      this.#ends.delete(step.key);
      this.#missing.set(step.key, step);
    }
  }

  /** A pending step has its take. */
  done(step: SynthesizeStep, { outcome, audioSeconds, doubts, tries = 1 }: StepResult): void {
    this.#ends.set(step.key, outcome === 'made' ? 'made' : 'reused');
    if (doubts !== undefined) this.#doubtful.set(step.key, { doubts, tries });
    if (outcome !== 'made') return;
    this.spokenAgain += tries - 1;
    this.spoken.audioSeconds += audioSeconds;
    this.spoken.estimatedSeconds += estimatedSeconds([step]);
  }

  /** A pending step was given up. */
  failed({ key }: SynthesizeStep, failure: ReportedFailure): void {
    this.#ends.set(key, 'failed');
    if (failure.code === 'text-refused') this.#refusals.set(key, failure.message);
    else this.#parked.set(key, failure);
  }

  /** Counts each segment of the text once: synthesized when its take was made, reused when it was stored. */
  counts(): RunFinishedEvent['segments'] {
    const counts = { total: 0, synthesized: 0, reused: 0, failed: 0 };
    const seen = new Set<string>();
    for (const { step, reason } of spokenChapters(this.#plan).flatMap((chapter) => chapter.segments)) {
      // A stored take that turned out to be damaged is made again.
      const end = this.#ends.get(step.key) ?? (reason === 'stored' ? 'reused' : undefined);
      counts.total += 1;
      if (end === 'made' && !seen.has(step.key) && step.pickup === undefined) counts.synthesized += 1;
      else if (end === 'made' || end === 'reused') counts.reused += 1;
      else if (end === 'failed') counts.failed += 1;
      seen.add(step.key);
    }
    return counts;
  }

  /** Lines with doubtful takes, worst first. */
  doubtful(): DoubtfulLine[] {
    return findLines(this.#plan, ({ step, doubtful }) => doubtful ?? this.#doubtful.get(step.key))
      .map(({ found, ...line }) => ({ ...line, doubts: found.doubts, tries: found.tries }))
      .sort((a, b) => badnessOf(b.doubts) - badnessOf(a.doubts) || a.ordinal - b.ordinal);
  }

  /** Lines that the service refused to speak, in the order of the text. */
  refused(): RefusedLine[] {
    return findLines(this.#plan, ({ step }) => this.#refusals.get(step.key)).map(({ found, pickup: _, ...line }) => ({
      ...line,
      reason: found,
    }));
  }

  /** Lines that were given up for another reason, in the order of the text; the next run tries them again. */
  parked(): ParkedLine[] {
    return findLines(this.#plan, ({ step }) => this.#parked.get(step.key)).map(({ found, pickup: _, ...line }) => ({
      ...line,
      code: found.code,
      reason: found.message,
    }));
  }

  /** Whether a segment of the plan has its take now. */
  readonly hasTake = ({ step, reason }: PlannedSegment): boolean => {
    const end = this.#ends.get(step.key);
    return reason === 'stored' || end === 'made' || end === 'reused';
  };

  /** Whether all takes of these chapters have been there in this run: one that is missing now was taken away since. */
  hadAllTakes(chapters: readonly PlannedChapter[] = []): boolean {
    return chapters.length > 0 && chapters.every(({ segments }) => segments.every(this.hasTake));
  }
}
