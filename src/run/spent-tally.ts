/** What the queue reported to a run as spent, by model: each has its own price. */
import type { Plan } from '../plan/plan.ts';
import type { StepResult } from '../plan/step.ts';

/** Billed characters, seconds of takes, and enrolled voices. */
export interface Spent {
  billedCharacters: number;
  audioSeconds: number;
  voices: number;
}

/** Counts one run. */
export class SpentTally {
  readonly #modelOf = new Map<string, string>();
  readonly #pickups = new Set<string>();
  readonly #byModel = new Map<string, Spent>();

  constructor({ voices, chapters }: Plan) {
    for (const { step } of voices) this.#modelOf.set(step.key, step.model);
    for (const { step } of chapters.flatMap(({ segments }) => segments)) {
      this.#modelOf.set(step.key, step.model);
      if (step.pickup !== undefined) this.#pickups.add(step.key);
    }
  }

  /** A step has ended. */
  count({ kind, key, outcome, billedCharacters, audioSeconds, cloned }: StepResult): void {
    const isSpoken = kind === 'synthesize' && outcome === 'made' && !this.#pickups.has(key);
    this.#add(key, {
      billedCharacters,
      audioSeconds: isSpoken ? audioSeconds : 0,
      voices: kind === 'enroll' && outcome === 'made' ? 1 : 0,
    });
    if (cloned?.outcome === 'made') this.#add(cloned.key, { billedCharacters: 0, audioSeconds: 0, voices: 1 });
  }

  /** Billed characters of all models. */
  get billedCharacters(): number {
    return [...this.#byModel.values()].reduce((sum, spent) => sum + spent.billedCharacters, 0);
  }

  /** A copy of what was spent with each model. */
  byModel(): Map<string, Spent> {
    return new Map([...this.#byModel].map(([model, spent]) => [model, { ...spent }]));
  }

  #add(key: string, more: Spent): void {
    const model = this.#modelOf.get(key) ?? '';
    this.#byModel.set(model, sumOfSpent(this.#byModel.get(model), more));
  }
}

/** Both together. */
export function sumOfSpent(a: Spent = { billedCharacters: 0, audioSeconds: 0, voices: 0 }, b: Spent): Spent {
  return {
    billedCharacters: a.billedCharacters + b.billedCharacters,
    audioSeconds: a.audioSeconds + b.audioSeconds,
    voices: a.voices + b.voices,
  };
}
