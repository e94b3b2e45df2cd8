/** Mistakes of a book that its texts and files alone do not show: casting, consent, what its recordings sound like. */
import { findFfmpeg } from '../../audio/ffmpeg-binary.ts';
import { pickupDiagnostics } from '../../book/check-pickups.ts';
import { consentDiagnostics } from '../../book/consent.ts';
import type { BookReading } from '../../book/load-book.ts';
import type { Config } from '../../config.ts';
import { type Diagnostic, hasErrors } from '../../manifest/diagnostic.ts';

/** All of them together; calls nothing. ffmpeg is looked for only when the book has recordings of lines. */
export async function furtherDiagnostics(
  { book }: Pick<BookReading, 'book'>,
  { config, signal }: { config: Config; signal?: AbortSignal },
): Promise<Diagnostic[]> {
  if (book === undefined) return [];
  const mistakes = consentDiagnostics(book, { required: config.requireConsent, today: new Date() });
  if (book.pickupRefs.length === 0) return mistakes;
  const ffmpeg = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv });
  return [...mistakes, ...(await pickupDiagnostics(book, { ffmpeg, ...(signal && { signal }) }))];
}

/** The reading with further mistakes; without its book when one of them is an error. */
export function withDiagnostics(loaded: BookReading, mistakes: readonly Diagnostic[]): BookReading {
  const { book, ...rest } = loaded;
  const diagnostics = [...loaded.diagnostics, ...mistakes];
  return { ...rest, diagnostics, ...(book && !hasErrors(mistakes) && { book }) };
}
