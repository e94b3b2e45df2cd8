/** Spells out what an engine reads as it likes, where the manifest switches it on (`spell:`). Pure. */
import type { SpellClass } from '../../manifest/fields/spell-classes.ts';
import { readingsIn } from '../../reading/find-readings.ts';
import { type Pronouncer, type Replacement, replaced } from './pronouncer.ts';

/** A pronouncer that also spells out these classes. A pronunciation takes precedence over a class that it touches. */
export function withSpelling(
  pronouncer: Pronouncer,
  { classes, language }: { classes: readonly SpellClass[]; language: string },
): Pronouncer {
  const isOn: ReadonlySet<string> = new Set(classes);
  const replacements: Pronouncer['replacements'] = (text, used) => {
    const entries = pronouncer.replacements(text, used);
    const spelled = readingsIn(text, language).flatMap((reading): Replacement[] => {
      const { start, end, spoken } = reading;
      if (spoken === undefined || !isOn.has(reading.class)) return [];
      if (entries.some((entry) => entry.start < end && start < entry.end)) return [];
      used?.(reading.text, reading.class as SpellClass);
      return [{ start, end, spoken }];
    });
    return [...entries, ...spelled].sort((a, b) => a.start - b.start);
  };
  return { ...pronouncer, replacements, speak: (text, used) => replaced(text, replacements(text, used)) };
}
