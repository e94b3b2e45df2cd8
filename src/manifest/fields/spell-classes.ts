/** What an engine reads as it likes, by class; `spell:` in the manifest switches classes on. */

/** Classes that can be spelled out, where the language has them. */
export const SPELL_CLASSES = [
  'numbers',
  'years',
  'dates',
  'times',
  'money',
  'units',
  'phones',
  'fractions',
  'roman',
  'abbreviations',
  'mixed',
] as const;
/** A class that `spell:` can name. `mixed`: Chinese and Arabic digits in one number. */
export type SpellClass = (typeof SPELL_CLASSES)[number];

/** Classes that are only listed: words in capitals, other scripts, web and mail addresses. */
export const LISTED_CLASSES = ['capitals', 'scripts', 'addresses'] as const;
/** A class of places that are read as the engine likes. */
export type ReadingClass = SpellClass | (typeof LISTED_CLASSES)[number];
