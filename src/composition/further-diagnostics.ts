/** Errors and warnings that need more than the manifest and its texts: consent, and the sound of recorded lines. */
import { findFfmpeg } from '../audio/ffmpeg/ffmpeg-binary.ts';
import { consentDiagnostics } from '../book/consent.ts';
import type { BookReading } from '../book/load-book.ts';
import { pickupDiagnostics } from '../book/warnings/check-pickups.ts';
import { modelEndDiagnostics } from '../book/warnings/model-end.ts';
import type { Config } from '../config/config.ts';
import { type Diagnostic, hasErrors } from '../manifest/diagnostics/diagnostic.ts';
import { dayOf } from '../models/life.ts';
import { accountWithoutCalls } from './service.ts';

/** Finds them all; calls nothing. Needs ffmpeg only when the book has recorded lines. */
export async function furtherDiagnostics(
  { book }: Pick<BookReading, 'book'>,
  { config, signal }: { config: Config; signal?: AbortSignal },
): Promise<Diagnostic[]> {
  if (book === undefined) return [];
  const today = new Date();
  const further = [
    ...consentDiagnostics(book, { required: config.requireConsent, today }),
    // A simulator and servers of one's own speak any model for as long as they like.
    ...(accountWithoutCalls(config).realm === 'dashscope' ? modelEndDiagnostics(book, dayOf(today)) : []),
  ];
  if (book.pickupRefs.length === 0) return further;
  const ffmpeg = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv });
  return [...further, ...(await pickupDiagnostics(book, { ffmpeg, ...(signal && { signal }) }))];
}

/** The reading with further diagnostics; without its book when one of them is an error. */
export function withDiagnostics(loaded: BookReading, further: readonly Diagnostic[]): BookReading {
  const { book, ...rest } = loaded;
  const diagnostics = [...loaded.diagnostics, ...further];
  return { ...rest, diagnostics, ...(book && !hasErrors(further) && { book }) };
}
