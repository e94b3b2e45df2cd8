/** A value that somebody types: it outlives a reload and a closed row. */
import { useState } from 'preact/hooks';
import { keepDraft, keptDraft } from '../state/kept.ts';

/** The value, how to change it, and how to forget it. `initial` is shown while nothing was typed. */
export function useDraft(name: string, initial: string): [string, (value: string) => void, () => void] {
  const [typed, setTyped] = useState(() => keptDraft(name));
  const change = (value: string): void => {
    keepDraft(name, value);
    setTyped(value);
  };
  const forget = (): void => {
    keepDraft(name, undefined);
    setTyped(undefined);
  };
  return [typed ?? initial, change, forget];
}
