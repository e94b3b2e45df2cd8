/** The field `spell`: what is spoken in words instead of being left to the engine. */
import type { Context } from '../diagnostics/context.ts';
import type { Spell } from '../manifest.ts';
import { SPELL_CLASSES } from './spell-classes.ts';

/** Reads `spell`, already checked by the schema. Whether the book's language has these classes is checked with the texts. */
export function readSpell(raw: unknown, { places }: Context): { spell?: Spell } {
  if (!Array.isArray(raw)) return {};
  const classes = SPELL_CLASSES.filter((each) => raw.includes(each));
  return classes.length === 0 ? {} : { spell: { classes, at: places.value(['spell']) } };
}
