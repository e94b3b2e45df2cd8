/**
 * What is known of a book beyond what its files say: that exactly this was delivered, and what a person has agreed to.
 * Kept with the watched folder. Losing it costs nothing: the book is run again, and the store has everything.
 */
import { createHash } from 'node:crypto';
import { sameName } from './file-names.ts';
import type { WatcherRecords } from './watcher-storage.ts';

/** What is remembered of one book. */
export interface BookMemory {
  path: string;
  /** How its files looked when all of it was delivered; undefined before that. */
  delivered?: { signature: string; title: string; author: string; chapters: number; folder: string };
  /** A person's yes: what of it is left, and how the file looked that said so. */
  approval?: { left: number; file: string };
}

/** The file of a book's memory, and of its claim, is named by this. */
export function bookId(path: string): string {
  return createHash('sha256').update(sameName(path)).digest('hex').slice(0, 24);
}

/** Reads what is remembered; an empty memory when there is none or it is damaged. */
export async function readBookMemory(records: WatcherRecords, path: string): Promise<BookMemory> {
  const value = await records.read(recordName(path));
  return isMemory(value) ? value : { path };
}

/** Keeps what is to be remembered. Rejects when the folder can not be written. */
export async function writeBookMemory(records: WatcherRecords, memory: BookMemory): Promise<void> {
  // Not flushed: after a power cut it is missing or damaged, and the book is run again for nothing.
  await records.write(recordName(memory.path), memory, { flush: memory.approval !== undefined });
}

/** Forgets a book that is gone. */
export async function deleteBookMemory(records: WatcherRecords, path: string): Promise<void> {
  await records.remove(recordName(path));
}

function recordName(path: string): string {
  return `books/${bookId(path)}.json`;
}

/** It was sealed, so one look at its outer shape is enough. */
function isMemory(value: unknown): value is BookMemory {
  return typeof value === 'object' && value !== null && 'path' in value && typeof value.path === 'string';
}
