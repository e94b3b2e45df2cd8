/** What a book's manifest and plan say about who speaks in it. Pure. */
import { spokenDisclosure } from '../book/warnings/spoken-disclosure.ts';
import { modelOfCharacter, modelsInUse } from '../manifest/fields/character-model.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Edition } from '../plan/edition.ts';
import { type Plan, spokenChapters } from '../plan/plan.ts';
import type { DisclosedVoice, DisclosureFacts } from './disclosure.ts';
import { spokenByOf } from './marks/book-tags.ts';

/** The facts of a book, of all characters that speak in it. */
export function disclosureFacts(of: { book: { manifest: Manifest }; plan: Plan; edition: Edition }): DisclosureFacts {
  const { plan, edition } = of;
  const { manifest } = of.book;
  const segments = spokenChapters(plan).flatMap((chapter) => chapter.segments);
  const machine = new Set(segments.flatMap(({ step }) => (step.pickup === undefined ? [step.character] : [])));
  const { narrator, tradeNarrator } = plan.delivery;
  const named = narrator ?? (spokenByOf(segments) === 'person' ? undefined : tradeNarrator);
  return {
    edition,
    narrator: named ?? null,
    engine: plan.model.engine,
    models: modelsInUse(manifest, (name) => machine.has(name)).map(({ model }) => model.id),
    spoken: spokenDisclosure(manifest),
    voices: manifest.characters.flatMap((character): DisclosedVoice[] => {
      const { name, source, consent = null } = character;
      if (!machine.has(name)) return [];
      const kind = source.kind === 'sample' ? 'cloned' : 'enrolled before';
      return [{ character: name, kind, model: modelOfCharacter(manifest, character).id, consent }];
    }),
  };
}
