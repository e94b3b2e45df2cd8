/** `pipeline check`: every error and warning of a manifest and its files. */
import { relative } from 'node:path';
import { coverShapeText, oddCoverShape } from '../../book/cover/cover-shape.ts';
import type { Book } from '../../book/load-book.ts';
import { type OpenReading, openReadings, readingGroups } from '../../book/warnings/open-readings.ts';
import { spokenDisclosure, spokenDisclosureText } from '../../book/warnings/spoken-disclosure.ts';
import { MARK_CODES } from '../../book/warnings/spoken-marks.ts';
import { type Flags, readConfig } from '../../config/config.ts';
import { checkManifest } from '../../library/check-manifest.ts';
import { type Diagnostic, hasErrors } from '../../manifest/diagnostics/diagnostic.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { printDiagnostics } from '../screen/diagnostics-screen.ts';
import { counted, grouped, plain } from '../screen/format.ts';
import { headLines } from '../screen/head-lines.ts';
import { reviewLines } from '../screen/review-lines.ts';
import { spelledLines } from '../screen/spelled-lines.ts';
import { openTerminal } from '../screen/terminal.ts';
import { placeLine, readingLines } from './reading-lines.ts';

/** Flags of `check`. */
export interface CheckFlags extends Flags {
  json?: boolean;
  /** List every place that is left to the engine. */
  all?: boolean;
  /** Warnings that something else would be spoken than was written are errors. */
  strict?: boolean;
}

/** Warnings of a text that `--strict` makes errors: what is spoken would not be what was written. */
const STRICT: ReadonlySet<string> = new Set(['lost-character', ...Object.values(MARK_CODES)]);

/**
 * Exit code 0 when the book can be run, 2 when it has errors; warnings alone do not matter, except some with `strict`. Reads the store only for what it
 * knows of voices and recordings, and keeps there what it measures of recordings.
 */
export async function checkCommand(manifest: string, flags: CheckFlags): Promise<number> {
  const terminal = openTerminal();
  const { book: readable, sources, diagnostics: found } = await checkManifest(manifest, readConfig(flags));
  const diagnostics = flags.strict ? found.map(strictly) : found;
  const book = hasErrors(diagnostics) ? undefined : readable;
  const ok = book !== undefined;
  const spoken = book && spokenDisclosure(book.manifest);
  const untold = spoken && spokenDisclosureText(spoken);
  const cover = book && (await oddCoverShape(book));
  const more = {
    ...(book?.review && { review: book.review }),
    ...(untold && { spokenDisclosure: spoken }),
    ...(cover && { oddCover: cover }),
  };
  const ofManifest = book && sources.get(book.manifestPath);
  const groups = book === undefined ? [] : readingGroups(book, ofManifest);
  const readings = (): Iterable<OpenReading> => (book === undefined ? [] : openReadings(book, ofManifest));
  if (flags.json) {
    const reading = { classes: groups, spelled: book?.spelled ?? {}, ...(flags.all && { places: [...readings()] }) };
    terminal.raw(JSON.stringify({ type: 'check', ok, diagnostics, ...more, ...(ok && { reading }) }));
  } else printDiagnostics({ diagnostics, sources }, terminal);
  if (!ok) return EXIT.wrongInput;
  if (flags.json) return EXIT.ok;
  terminal.out(summary(book, { manifest, warnings: diagnostics.length }));
  for (const line of reviewLines(book.review, { all: true })) terminal.out(line);
  if (untold !== undefined) terminal.out(plain(untold));
  if (cover !== undefined) terminal.out(coverShapeText(cover));
  for (const line of [...headLines(book.chapters), ...spelledLines(book.spelled)]) terminal.out(line);
  const manifestHas = book.manifest.spell?.classes ?? [];
  for (const line of readingLines(groups, { manifestHas, width: terminal.columns })) terminal.out(line);
  if (flags.all) for (const reading of readings()) terminal.out(placeLine(reading));
  return EXIT.ok;
}

function strictly(diagnostic: Diagnostic): Diagnostic {
  return STRICT.has(diagnostic.code) ? { ...diagnostic, severity: 'error' } : diagnostic;
}

function summary(book: Book, { manifest, warnings }: { manifest: string; warnings: number }): string {
  const segments = book.chapters.reduce((sum, chapter) => sum + chapter.segments.length, 0);
  const characters = book.chapters.reduce((sum, chapter) => sum + chapter.spokenCharacters, 0);
  return (
    `${plain(relative('.', manifest))}: no errors${warnings > 0 ? `, ${counted(warnings, 'warning')}` : ''}. ` +
    `“${plain(book.manifest.title)}”, ` +
    `${counted(book.chapters.filter(({ role }) => role === undefined).length, 'chapter')}, ${counted(book.manifest.characters.length, 'character')}, ` +
    `${counted(segments, 'segment')}, ${grouped(characters)} letters.`
  );
}
