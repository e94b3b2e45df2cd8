/** Checks the consents in the manifest for all voices that a book clones. */

import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import type { Character, Consent } from '../manifest/manifest.ts';
import type { Book } from './load-book.ts';

/** Every speaking character whose voice is cloned; `consent` is null when none is stated. */
export function consentOf(book: Book): { character: string; consent: Consent | null }[] {
  return clonedCharacters(book).map(({ name, consent }) => ({ character: name, consent: consent ?? null }));
}

/**
 * Errors that prevent cloning: a consent date in the future, and, with `required` (the operator's setting) or the manifest's
 * `requireConsent`, each character without a consent. Enrolled voices are not cloned here.
 */
export function consentDiagnostics(book: Book, { required, today }: { required: boolean; today: Date }): Diagnostic[] {
  const file = book.manifestPath;
  const severity = 'error';
  const day = today.toISOString().slice(0, 10);
  return clonedCharacters(book).flatMap(({ name, consent, at }): Diagnostic[] => {
    if (consent !== undefined && consent.on > day) {
      const message = `The consent for "${name}" is dated ${consent.on}, which is in the future.`;
      return [
        { code: 'consent-to-come', severity, file, message, fix: 'Write the date on which it was given.', ...at },
      ];
    }
    if (consent?.until !== undefined && consent.until < consent.on) {
      const message = `The consent for "${name}" ends on ${consent.until}, before it was given on ${consent.on}.`;
      return [{ code: 'consent-days', severity, file, message, fix: 'Correct one of the two dates.', ...at }];
    }
    if (consent !== undefined || !(required || book.manifest.requireConsent)) return [];
    const message = `The voice of "${name}" would be cloned without a stated consent.`;
    const fix = 'Add "consent: {by: the person, on: 2026-03-01, recording: where it is stored}" to the character.';
    return [{ code: 'consent-missing', severity, file, message, fix, ...at }];
  });
}

/**
 * Errors for voices that would be cloned after the last day of their consent. A voice that exists is not cloned again, so its
 * book can still be delivered.
 *
 * @param needed keys of the voices that are to be enrolled
 */
export function consentEndDiagnostics(
  book: Book,
  { needed, today }: { needed: readonly { characters: readonly string[] }[]; today: Date },
): Diagnostic[] {
  const day = today.toISOString().slice(0, 10);
  const names = new Set(needed.flatMap(({ characters }) => characters));
  return clonedCharacters(book).flatMap(({ name, consent, at }): Diagnostic[] => {
    if (!names.has(name) || consent?.until === undefined || consent.until >= day) return [];
    const message = `The consent for "${name}" ended on ${consent.until}, so the voice cannot be cloned.`;
    const fix = `Ask ${consent.by} for a new consent and write its dates, or give "${name}" another voice.`;
    return [{ code: 'consent-over', severity: 'error', file: book.manifestPath, message, fix, ...at }];
  });
}

function clonedCharacters({ manifest, samples }: Book): Character[] {
  return manifest.characters.filter(({ name, source }) => source.kind === 'sample' && samples.has(name));
}
