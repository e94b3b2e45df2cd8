/** How the voices of a run ended. */
import type { ReportedFailure } from '../events.ts';
import { missingSegments, type Plan, type PlannedChapter } from '../plan/plan.ts';
import type { StepResult } from '../plan/step.ts';

/** Counts the voices of one run, and records failed enrollments. */
export class VoiceTally {
  readonly #plan: Plan;
  readonly #failed = new Map<string, ReportedFailure>();
  #enrolled = 0;
  /** Voices that were to be enrolled and turned out to exist: adopted, or made by another run in the meantime. */
  #found = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Number of voices that this run enrolled. */
  get enrolled(): number {
    return this.#enrolled;
  }

  /** Number of voices that existed already. */
  get reused(): number {
    return this.#plan.voices.filter(({ need }) => need === 'reuse').length + this.#found;
  }

  /** A voice of the plan is available. */
  ready(outcome: StepResult['outcome']): void {
    if (outcome === 'made') this.#enrolled += 1;
    else this.#found += 1;
  }

  /** The service had lost a voice during the run and it was cloned again, so it now counts as enrolled. */
  recloned({ key, outcome }: NonNullable<StepResult['cloned']>): void {
    if (outcome !== 'made') return;
    this.#enrolled += 1;
    if (this.#plan.voices.some(({ step, need }) => step.key === key && need === 'reuse')) this.#found -= 1;
  }

  /** The enrollment failed for good. */
  failed(key: string, failure: ReportedFailure): void {
    this.#failed.set(key, failure);
  }

  /** The first voice that a chapter still needs and that could not be enrolled: its characters, and the failure. */
  missingFor(chapter: PlannedChapter): { characters: readonly string[]; failure: ReportedFailure } | undefined {
    for (const { voice, pickup } of missingSegments(chapter)) {
      if (!('enrollment' in voice) || pickup !== undefined) continue;
      const failure = this.#failed.get(voice.enrollment.key);
      if (failure !== undefined) return { characters: voice.enrollment.characters, failure };
    }
    return undefined;
  }

  /** Names of the characters with this voice. */
  charactersOf(key: string): string[] {
    return this.#plan.voices.find(({ step }) => step.key === key)?.step.characters ?? [];
  }
}
