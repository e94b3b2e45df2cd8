/** Steps, results and processors for the queue's tests: as small as the types allow. */
import type { EnrollStep, MasterStep, Step, StepResult, SynthesizeStep } from '../../src/plan/step.ts';
import type { Processors } from '../../src/queue/workers.ts';

export function voice(key: string): EnrollStep {
  const sample = { digest: key, mediaType: 'audio/wav', byteLength: 1 };
  return { kind: 'enroll', key, characters: [key], model: 'model', preferredName: 'n', sample };
}

export function segment(key: string, ordinal = 1, chapter = 1): SynthesizeStep {
  return {
    kind: 'synthesize',
    key,
    chapter,
    ordinal,
    character: 'narrator',
    voice: { voiceId: 'voice' },
    model: 'model',
    languageType: 'English',
    sampleRateHz: 24_000,
    text: 'Who is there?',
  };
}

export function master(key: string, chapter = 1): MasterStep {
  const tags = { title: 't', album: 'b', artist: 'a', track: chapter, tracks: 1, language: 'en', comment: '' };
  return {
    kind: 'master',
    key,
    chapter,
    title: 't',
    takes: [],
    sampleRateHz: 24_000,
    profile: 'acx',
    formats: ['mp3'],
    tags,
  };
}

/** The result of a step; `also` runs before. */
export function made(step: Step, also?: () => unknown): StepResult {
  also?.();
  return {
    kind: step.kind,
    key: step.key,
    outcome: 'made',
    calls: { enroll: 0, list: 0, synthesize: 1 },
    billedCharacters: 13,
    audioSeconds: 1.5,
    simulated: true,
    worker: 'test',
  };
}

/** Processors that make everything at once, apart from those given. */
export function processors(given: Partial<Processors> = {}): Processors {
  return {
    enroll: async (step) => made(step),
    synthesize: async (step) => made(step),
    master: async (step) => made(step),
    bind: async (step) => made(step),
    ...given,
  };
}

/** A promise that the test ends. */
export function latch(): { opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Most times within any window of so many milliseconds. */
export function mostWithin(times: readonly number[], windowMs: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.max(...sorted.map((from) => sorted.filter((time) => time >= from && time < from + windowMs).length));
}
