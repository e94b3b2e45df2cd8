/** Whether a take is spoken by another voice: far from the other takes of its own, or nearer to another of the cast. Pure. */
import type { Score } from './score.ts';
import type { TakeContext } from './take-context.ts';
import { distanceFrom } from './voice-print.ts';

const OTHER_VOICE: Pick<Score, 'check' | 'severity'> = { check: 'other-voice', severity: 3 };

/** The scores; they need the print of the take alone, and nothing else that is heard. */
export const VOICE_SCORES: readonly Score[] = [
  {
    ...OTHER_VOICE,
    name: 'other-voice of the cast',
    scale: 2,
    of: (_heard, context) => {
      const { cast = [], print } = context;
      const own = ownDistance(context);
      if (own === undefined || print === undefined) return undefined;
      const distances = cast.flatMap((other) => distanceFrom(other, print) ?? []);
      return distances.length === 0 ? undefined : own ** 2 - Math.min(...distances) ** 2;
    },
    tell: () => ({ measured: 'sounds like another voice of the cast', wanted: 'the voice of its other takes' }),
  },
  {
    ...OTHER_VOICE,
    name: 'other-voice',
    scale: 1,
    // A direction such as “whispering” changes a voice, too.
    of: (_heard, context) => (context.isDirected ? undefined : ownDistance(context)),
    tell: () => ({ measured: 'sounds like another voice', wanted: 'the voice of its other takes' }),
  },
];

/** How far the take is from the other takes of its voice; undefined while too few are known. */
function ownDistance({ print, voice }: TakeContext): number | undefined {
  return print && voice?.print && distanceFrom(voice.print, print);
}
