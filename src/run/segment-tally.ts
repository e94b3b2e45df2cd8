/** How the segments of a run ended: each counts once, however often and from wherever the queue tells of it. */
import type { RunFinishedEvent, Trouble } from '../events.ts';
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
import { estimatedSeconds } from '../script/estimate.ts';

/** Tells of one run's segments by their take keys. */
export class SegmentTally {
  /** Of takes made in this run: seconds of speech, and what was estimated for their texts. */
  readonly spoken = { audioSeconds: 0, estimatedSeconds: 0 };
  /** Tries beyond the first, of takes made in this run. */
  spokenAgain = 0;

  readonly #plan: Plan;
  readonly #missing = new Map<string, SynthesizeStep>();
  readonly #ends = new Map<string, 'made' | 'reused' | 'failed'>();
  readonly #parked = new Map<string, Trouble>();
  /** What the checks did not like, of takes that this run made or met. */
  readonly #doubtful = new Map<string, DoubtfulTake>();
  /** Why the service would not say it. */
  readonly #refusals = new Map<string, string>();

  constructor(plan: Plan) {
    this.#plan = plan;
    for (const step of plan.chapters.flatMap(missingSegments)) {
      if (!this.#missing.has(step.key)) this.#missing.set(step.key, step);
    }
  }

  /** Different segments that were to be made. */
  get missing(): number {
    return this.#missing.size;
  }

  /** Segments that ended in this run. */
  get ended(): number {
    return this.#ends.size;
  }

  /** The step of a key that was to be made and has not ended. */
  pending(key: string): SynthesizeStep | undefined {
    return this.#ends.has(key) ? undefined : this.#missing.get(key);
  }

  /** The chapter's segments are made once more. */
  reopen(chapter: PlannedChapter): void {
    for (const step of missingSegments(chapter)) {
      this.#ends.delete(step.key);
      this.#missing.set(step.key, step);
    }
  }

  /** The take of an open step is there. */
  done(step: SynthesizeStep, { outcome, audioSeconds, doubts, tries = 1 }: StepResult): void {
    this.#ends.set(step.key, outcome === 'made' ? 'made' : 'reused');
    if (doubts !== undefined) this.#doubtful.set(step.key, { doubts, tries });
    if (outcome !== 'made') return;
    this.spokenAgain += tries - 1;
    this.spoken.audioSeconds += audioSeconds;
    this.spoken.estimatedSeconds += estimatedSeconds([step]);
  }

  /** An open step was given up. */
  failed({ key }: SynthesizeStep, failure: Trouble): void {
    this.#ends.set(key, 'failed');
    if (failure.code === 'text-refused') this.#refusals.set(key, failure.message);
    else this.#parked.set(key, failure);
  }

  /** Each segment of the text counts once: spoken where its take was made, reused where one was there. */
  counts(): RunFinishedEvent['segments'] {
    const counts = { total: 0, synthesized: 0, reused: 0, failed: 0 };
    const seen = new Set<string>();
    for (const { step, reason } of spokenChapters(this.#plan).flatMap((chapter) => chapter.segments)) {
      // A take that was there and turned out to be damaged is made as well.
      const end = this.#ends.get(step.key) ?? (reason === 'stored' ? 'reused' : undefined);
      counts.total += 1;
      if (end === 'made' && !seen.has(step.key) && step.pickup === undefined) counts.synthesized += 1;
      else if (end === 'made' || end === 'reused') counts.reused += 1;
      else if (end === 'failed') counts.failed += 1;
      seen.add(step.key);
    }
    return counts;
  }

  /** Lines that somebody should listen to, worst first. */
  doubtful(): DoubtfulLine[] {
    return findLines(this.#plan, ({ step, doubtful }) => doubtful ?? this.#doubtful.get(step.key))
      .map(({ found, ...line }) => ({ ...line, doubts: found.doubts, tries: found.tries }))
      .sort((a, b) => badnessOf(b.doubts) - badnessOf(a.doubts) || a.ordinal - b.ordinal);
  }

  /** Lines that the service would not say, in the order of the text. */
  refused(): RefusedLine[] {
    return findLines(this.#plan, ({ step }) => this.#refusals.get(step.key)).map(({ found, pickup: _, ...line }) => ({
      ...line,
      reason: found,
    }));
  }

  /** Lines that were given up for another reason, in the order of the text; the next run takes up just these. */
  parked(): ParkedLine[] {
    return findLines(this.#plan, ({ step }) => this.#parked.get(step.key)).map(({ found, pickup: _, ...line }) => ({
      ...line,
      code: found.code,
      reason: found.message,
    }));
  }

  /** Whether a segment of the plan has its take by now. */
  readonly hasTake = ({ step, reason }: PlannedSegment): boolean => {
    const end = this.#ends.get(step.key);
    return reason === 'stored' || end === 'made' || end === 'reused';
  };
}
