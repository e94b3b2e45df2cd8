/** How the voices of a run ended. */
import type { Trouble } from '../events.ts';
import { missingSegments, type Plan, type PlannedChapter } from '../plan/plan.ts';
import type { StepResult } from '../plan/step.ts';

/** Counts the voices of one run, and knows who has none. */
export class VoiceTally {
  readonly #plan: Plan;
  readonly #failed = new Map<string, Trouble>();
  #enrolled = 0;
  /** Voices that were to be enrolled and turned out to be there: adopted, or made by another run meanwhile. */
  #found = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** Voices that this run had made. */
  get enrolled(): number {
    return this.#enrolled;
  }

  /** Voices that were there already. */
  get reused(): number {
    return this.#plan.voices.filter(({ need }) => need === 'reuse').length + this.#found;
  }

  /** A voice that the plan asked for is there. */
  ready(outcome: StepResult['outcome']): void {
    if (outcome === 'made') this.#enrolled += 1;
    else this.#found += 1;
  }

  /** The service had lost a voice in the middle of the run, so it is counted once more, now as enrolled. */
  recloned({ key, outcome }: NonNullable<StepResult['cloned']>): void {
    if (outcome !== 'made') return;
    this.#enrolled += 1;
    if (this.#plan.voices.some(({ step, need }) => step.key === key && need === 'reuse')) this.#found -= 1;
  }

  /** There will be no such voice. */
  failed(key: string, failure: Trouble): void {
    this.#failed.set(key, failure);
  }

  /** The first voice that a chapter still needs and that could not be enrolled: whose it is, and why. */
  missingFor(chapter: PlannedChapter): { characters: readonly string[]; failure: Trouble } | undefined {
    for (const { voice, pickup } of missingSegments(chapter)) {
      if (!('enrollment' in voice) || pickup !== undefined) continue;
      const failure = this.#failed.get(voice.enrollment.key);
      if (failure !== undefined) return { characters: voice.enrollment.characters, failure };
    }
    return undefined;
  }

  /** Names of the characters who speak with a voice. */
  charactersOf(key: string): string[] {
    return this.#plan.voices.find(({ step }) => step.key === key)?.step.characters ?? [];
  }
}
