/** Every error and warning of a manifest and its files. For the command and the library. */
import { existsSync } from 'node:fs';
import { type Book, type BookReading, loadBook } from '../book/load-book.ts';
import { modelChooser } from '../composition/choose-model.ts';
import { furtherDiagnostics, withDiagnostics } from '../composition/further-diagnostics.ts';
import { openConfiguredStore } from '../composition/open-store.ts';
import { serviceOfBook } from '../composition/own-server.ts';
import { voiceDiagnostics } from '../composition/voice-diagnostics.ts';
import type { Config } from '../config/config.ts';
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';

/**
 * The book when it can be run, and all diagnostics. Reads the store only for what it knows of voices and recordings, and keeps
 * there what it measures of recordings.
 */
export async function checkManifest(manifest: string, config: Config): Promise<BookReading> {
  const read = await loadBook({ manifestPath: manifest, modelFor: modelChooser(config) });
  const further = await furtherDiagnostics(read, { config });
  const voices = read.book === undefined ? [] : await ofVoices(read.book, config);
  return withDiagnostics(read, [...further, ...voices]);
}

/** A store that does not exist knows nothing, and a check must not create it. */
async function ofVoices(book: Book, config: Config): Promise<Diagnostic[]> {
  const isThere = config.s3 !== undefined || existsSync(config.storeDir);
  const store = isThere ? await openConfiguredStore(config) : undefined;
  const { account } = await serviceOfBook(config, book.manifest, { sends: false });
  return voiceDiagnostics(book, { config, account, store });
}
