/** Whether a book says aloud that cloned voices speak. Pure. */
import type { Manifest } from '../../manifest/manifest.ts';

/** `said`: in the opening credits; `omitted`: the manifest says why not; `missing`: it says nothing; `unneeded`: no voice is cloned. */
export interface SpokenDisclosure {
  state: 'said' | 'omitted' | 'missing' | 'unneeded';
  /** Why it is left out. */
  reason?: string;
}

/** What the manifest asks for. A manifest of an earlier version says nothing, and stays as it is. */
export function spokenDisclosure({ characters, credits }: Pick<Manifest, 'characters' | 'credits'>): SpokenDisclosure {
  const { disclosure } = credits ?? {};
  if (disclosure !== undefined && 'omit' in disclosure) return { state: 'omitted', reason: disclosure.omit };
  if (disclosure !== undefined) return { state: 'said' };
  return { state: characters.some(({ source }) => source.kind === 'sample') ? 'missing' : 'unneeded' };
}

/** A sentence for the producer; undefined when all is said. */
export function spokenDisclosureText({ state, reason }: SpokenDisclosure): string | undefined {
  if (state === 'omitted') return `The book does not say aloud that cloned voices speak. Reason: ${reason}`;
  if (state !== 'missing') return undefined;
  return 'The book does not say aloud that cloned voices speak. To add a sentence: "credits: {opening: true, disclosure: true}".';
}
