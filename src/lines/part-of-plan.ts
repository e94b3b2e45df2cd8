/** What of a book's plan some segments need: for their price, and to speak them. */
import type { Plan } from '../plan/plan.ts';
import type { SynthesizeStep } from '../plan/step.ts';

/** The plan with nothing but these segments, to be spoken, and the voices that they lack. `hasVoice` is by voice key. */
export function planForSegments(
  plan: Plan,
  segments: readonly SynthesizeStep[],
  hasVoice: (key: string) => boolean,
): Plan {
  const voices = new Set(
    segments
      .flatMap(({ voice }) => ('enrollment' in voice ? [voice.enrollment.key] : []))
      .filter((key) => !hasVoice(key)),
  );
  const [first] = plan.chapters;
  return {
    ...plan,
    voices: plan.voices.flatMap((voice) => (voices.has(voice.step.key) ? [{ ...voice, need: 'enroll' as const }] : [])),
    chapters:
      first === undefined
        ? []
        : [{ ...first, segments: segments.map((step) => ({ step, need: 'speak' as const, reason: 'take' as const })) }],
  };
}
