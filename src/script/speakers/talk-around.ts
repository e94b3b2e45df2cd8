/** The unbroken talk around a turn: how long it is, how much of it has names beside it, and whom it speaks of. Pure. */
import type { Turn } from './turns.ts';
import type { Voice } from './voice.ts';

/** What is seen of it. */
export interface TalkAround {
  /** Turns, the one itself too. */
  length: number;
  /** How many of the others have a name beside them. */
  named: number;
  /** The voice is spoken of, and never spoken to: who is there is seldom only spoken of. */
  isOnlyMentioned: boolean;
  /** Turns of the other, where two take turns, that address the voice. */
  addressedAcross: number;
}

/** Turns before and after that are looked at, and of those the ones whose words are. */
const FARTHEST = 12;
const NEAR = 7;

/** Looks around a turn. */
export function talkAround(turns: readonly Turn[], index: number, voice: Voice): TalkAround {
  let [length, named, mentioned, addressed, addressedAcross] = [1, 0, 0, 0, 0];
  for (let step = -1; step <= 1; step += 2)
    for (let distance = 1; distance <= FARTHEST; distance++) {
      const turn = turns[index + step * distance];
      const joint = step < 0 ? turns[index - distance + 1]! : turn;
      if (turn === undefined || joint === undefined || joint.startsScene || joint.gap > 0) break;
      length++;
      if (turn.sayer?.kind === 'name' || turn.sayer?.kind === 'narrator') named++;
      if (distance > NEAR || typeof voice !== 'object') continue;
      if (turn.mentioned.has(voice)) mentioned++;
      if (!turn.addressed.has(voice)) continue;
      addressed++;
      if (distance % 2 === 1) addressedAcross++;
    }
  return { length, named, isOnlyMentioned: mentioned > 0 && addressed === 0, addressedAcross };
}
