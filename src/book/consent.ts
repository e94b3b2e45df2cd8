/** Whether the people whose voices a book clones have agreed to it, as far as the manifest says. */

import type { Diagnostic } from '../manifest/diagnostic.ts';
import type { Character, Consent } from '../manifest/manifest.ts';
import type { Book } from './load-book.ts';

/** Every character of the book whose voice is cloned and who says something; `consent` is null where none is stated. */
export function consentOf(book: Book): { character: string; consent: Consent | null }[] {
  return cloned(book).map(({ name, consent }) => ({ character: name, consent: consent ?? null }));
}

/**
 * What stands against cloning: a day of consent that is still to come; and with `required` (the operator's setting; the
 * manifest's own `requireConsent` counts too) each character without a consent. An enrolled voice is not cloned here.
 */
export function consentDiagnostics(book: Book, { required, today }: { required: boolean; today: Date }): Diagnostic[] {
  const file = book.manifestPath;
  const severity = 'error';
  const day = today.toISOString().slice(0, 10);
  return cloned(book).flatMap(({ name, consent, at }): Diagnostic[] => {
    if (consent !== undefined && consent.on > day) {
      const message = `The consent for "${name}" is of ${consent.on}, which is still to come.`;
      return [{ code: 'consent-to-come', severity, file, message, fix: 'Write the day on which it was given.', ...at }];
    }
    if (consent !== undefined || !(required || book.manifest.requireConsent)) return [];
    const message = `"${name}" is to be cloned, and nobody's consent is stated.`;
    const fix = 'Add "consent: {by: the person, on: 2026-03-01, recording: where that is kept}" to the character.';
    return [{ code: 'consent-missing', severity, file, message, fix, ...at }];
  });
}

function cloned({ manifest, samples }: Book): Character[] {
  return manifest.characters.filter(({ name, source }) => source.kind === 'sample' && samples.has(name));
}
