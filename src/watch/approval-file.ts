/** The file with which a person approves the price of a book, and what stays of it when its book is gone. */
import { join } from 'node:path';
import { deleteBookMemory, readBookMemory, writeBookMemory } from './book-memory.ts';
import { approvalNames } from './file-names.ts';
import type { WatcherStorage } from './watcher-storage.ts';

/** What is needed of an inbox. */
interface In {
  storage: WatcherStorage;
  options: { folder: string };
}

/** The fingerprint of the approval file; undefined when there is none. */
export async function approvalFingerprint(
  { storage, options }: In,
  { path }: { path: string },
): Promise<string | undefined> {
  for (const name of approvalNames(path)) {
    const fingerprint = await storage.fingerprintOf(join(options.folder, name));
    // Without the permissions: changing those is no new approval.
    if (fingerprint !== undefined) return fingerprint.split(' ').slice(0, 3).join(' ');
  }
  return undefined;
}

/**
 * Forgets a book that was cancelled or removed, except its approval while that file is there: the next book of this name, or
 * this one when it comes back, may cost what was agreed, and not whatever it costs then. Rejects when the folder cannot be written.
 */
export async function forgetBook(inbox: In, { path }: { path: string }): Promise<void> {
  const { records } = inbox.storage;
  const file = await approvalFingerprint(inbox, { path });
  if (file === undefined) return deleteBookMemory(records, path);
  const { approval } = await readBookMemory(records, path);
  // Without a price that was agreed, the file approves nothing.
  await writeBookMemory(records, {
    path,
    approval: approval?.file === file ? approval : { left: 0, file },
  });
}
