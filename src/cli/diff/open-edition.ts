/** Reads an edition from a lock, a folder of finished files, a manifest, or the store's history. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Realm } from '../../account.ts';
import { decisionsInEdition } from '../../book/decisions-in-edition.ts';
import { loadBook } from '../../book/load-book.ts';
import { modelChooser } from '../../composition/choose-model.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { COMPLETENESS } from '../../deliver/completeness.ts';
import { readLockFile } from '../../deliver/lock-file.ts';
import { readCompleteness } from '../../deliver/read-completeness.ts';
import { systemCode } from '../../errors.ts';
import { formatDiagnostics } from '../../manifest/diagnostics/diagnostic.ts';
import type { DecisionInEdition } from '../../plan/decided-changes.ts';
import type { Edition } from '../../plan/edition.ts';
import { draftLike } from '../../run/draft-like.ts';
import { draftRun } from '../../run/plan.ts';
import { editionOfDraft } from '../../run/prove.ts';
import { editionOfRecord } from '../history/history.ts';
import { editionName, pickEdition } from '../store/pick-edition.ts';

/** An edition, with a warning if its file is damaged. */
export interface OpenedEdition {
  /** Who spoke it; undefined for a manifest. */
  realm: Realm | undefined;
  /** Of a manifest: with the keys of the version of mastering that made the edition `like`. */
  edition(realm: Realm, like?: Edition): Edition;
  /** Of a manifest with a review file. */
  decisions?: DecisionInEdition[];
  warning?: string;
}

/** Reads an edition. Throws `ConfigError` for what is not one; calls nothing, changes nothing. */
export async function openEdition(path: string, flags: Flags): Promise<OpenedEdition> {
  const isFile = (await stat(path).catch(() => undefined)) !== undefined;
  if (!isFile && editionName(path).number !== undefined) return ofHistory(path, flags);
  const found = await stat(path).catch((error: unknown) => {
    throw new ConfigError(`${path} cannot be read (${systemCode(error) ?? String(error)}).`);
  });
  if (found.isDirectory()) return ofFolder(path);
  if (/^(?:report|completeness)\.json$/.test(basename(path))) return ofFolder(dirname(path));
  if (/\.ya?ml$/i.test(path)) return ofManifest(path);
  return ofLock(path);
}

async function ofFolder(folder: string): Promise<OpenedEdition> {
  const path = join(folder, COMPLETENESS);
  const bytes = await readFile(path).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new ConfigError(`${path} cannot be read (${systemCode(error) ?? String(error)}).`);
  });
  if (bytes === undefined) {
    const lock = join(folder, 'book.lock');
    if ((await stat(lock).catch(() => undefined))?.isFile()) return ofLock(lock);
    throw new ConfigError(
      `There is neither a ${COMPLETENESS} nor a book.lock in ${folder}. Name a book.lock, a folder of finished files, or a manifest; files of an earlier version get their map with the next run.`,
    );
  }
  const read = readCompleteness(bytes);
  if ('problem' in read) throw new ConfigError(`${path} ${read.problem}`);
  const { edition } = read;
  return { realm: edition.realm, edition: () => edition };
}

async function ofLock(path: string): Promise<OpenedEdition> {
  const read = await readLockFile(path).catch((error: unknown) => {
    throw new ConfigError(`${path} cannot be read (${systemCode(error) ?? String(error)}).`);
  });
  if (read?.edition === undefined) throw new ConfigError(`${path} ${read?.message ?? 'no longer exists.'}`);
  const { edition } = read;
  const warning = read.problem !== undefined && { warning: `${path} ${read.message}` };
  return { realm: edition.realm, edition: () => edition, ...warning };
}

async function ofHistory(name: string, flags: Flags): Promise<OpenedEdition> {
  const config = readConfig(flags);
  const store = await openConfiguredStore(config);
  const record = await pickEdition(store, name);
  const edition = await editionOfRecord(store, record);
  if (edition === undefined) throw new ConfigError(`The lock of ${name} is missing or damaged in ${store.location}.`);
  return { realm: edition.realm, edition: () => edition };
}

async function ofManifest(path: string): Promise<OpenedEdition> {
  const { book, diagnostics, sources } = await loadBook({ manifestPath: path, modelFor: modelChooser(readConfig({})) });
  if (book === undefined)
    throw new ConfigError(
      `${path} has errors.\n${formatDiagnostics({ diagnostics, sources, color: false })}`.trimEnd(),
    );
  return {
    realm: undefined,
    decisions: decisionsInEdition(book),
    edition: (realm, like) => {
      const { profile } = readConfig({}).ownServer;
      const own = book.manifest.engine === undefined ? {} : { profile };
      const parts = { book, account: { id: '', realm, ...own } };
      return editionOfDraft(parts, like === undefined ? draftRun(parts) : draftLike(parts, like).draft);
    },
  };
}
