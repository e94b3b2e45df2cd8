/** What each key does in the attributions. */
import { openItem, stepItem } from './state/attributions.ts';
import { firstFor, nameSpeaker, narratorName, offeredFor, undoNaming } from './state/name-speaker.ts';
import { goTo } from './state/route.ts';

export { undoNaming } from './state/name-speaker.ts';

/** The ID of the field for another name. */
export const NAME_FIELD = 'other-name';

/** What a key does; undefined: nothing. */
export function attributionCommand(event: KeyboardEvent): (() => void) | undefined {
  const item = openItem.value;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (digit !== undefined && item !== undefined) {
    const chosen = offeredFor(item)[Number(digit) - 1];
    return chosen && (() => nameSpeaker(item, chosen.character, { inTurns: event.shiftKey }));
  }
  const first = item && firstFor(item);
  const narrator = narratorName();
  const commands: Record<string, (() => void) | undefined> = {
    j: () => stepItem(1),
    arrowdown: () => stepItem(1),
    k: () => stepItem(-1),
    arrowup: () => stepItem(-1),
    n: item && narrator !== undefined ? () => nameSpeaker(item, narrator, { inTurns: event.shiftKey }) : undefined,
    r: item && first !== undefined ? () => nameSpeaker(item, first, { inTurns: true }) : undefined,
    z: () => void undoNaming(),
    '/': () => document.getElementById(NAME_FIELD)?.focus(),
    q: () => goTo({ at: 'suspects' }),
  };
  return commands[event.key.toLowerCase()];
}
