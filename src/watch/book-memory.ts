/**
 * The watcher's record of a book: which edition of its files was delivered, and which price was approved. Stored with the
 * watched folder. Losing it costs nothing: the book runs again, and the store has every take.
 */
import { createHash } from 'node:crypto';
import type { SpendingSummary } from '../store/spending/sums.ts';
import type { Drop } from './drop.ts';
import { sameName } from './file-names.ts';
import type { Granted } from './state-machine.ts';
import type { WatcherRecords } from './watcher-storage.ts';

/** The record of one book. Stored as JSON: field names stay. */
export interface BookMemory {
  path: string;
  /** The fingerprint of its files when the book was delivered; undefined before. */
  delivered?: {
    signature: string;
    title: string;
    author: string;
    chapters: number;
    folder: string;
    /** Absent in records of earlier versions. */
    spent?: SpendingSummary;
    granted?: Granted;
  };
  /**
   * The approval: how much of the approved amount is left, and the fingerprint of the approval file. `agreed`: the amount;
   * `version`: the fingerprint of the book's files that `left` is of. Both are absent in records of earlier versions.
   */
  approval?: { left: number; file: string; agreed?: number; version?: string | undefined };
}

/** What the record of a delivered book says, for the book in memory. */
export function rememberedDelivery({
  chapters,
  folder,
  spent,
  granted,
}: NonNullable<BookMemory['delivered']>): Pick<Drop, 'delivered' | 'spent' | 'granted'> {
  return { delivered: { chapters, folder }, spent, granted };
}

/** The ID of a book, derived from its path; names its record and its claim. */
export function bookId(path: string): string {
  return createHash('sha256').update(sameName(path)).digest('hex').slice(0, 24);
}

/** Reads the record; an empty one when there is none or it is damaged. */
export async function readBookMemory(records: WatcherRecords, path: string): Promise<BookMemory> {
  const value = await records.read(recordName(path));
  return isMemory(value) ? value : { path };
}

/** Writes the record. Rejects when the folder cannot be written. */
export async function writeBookMemory(records: WatcherRecords, memory: BookMemory): Promise<void> {
  // Flushed only for approvals: after a power cut, a book without its record runs again at no cost.
  await records.write(recordName(memory.path), memory, { flush: memory.approval !== undefined });
}

/** Deletes the record of a book that is gone. */
export async function deleteBookMemory(records: WatcherRecords, path: string): Promise<void> {
  await records.remove(recordName(path));
}

function recordName(path: string): string {
  return `books/${bookId(path)}.json`;
}

/** The record is sealed, so checking one field is enough. */
function isMemory(value: unknown): value is BookMemory {
  return typeof value === 'object' && value !== null && 'path' in value && typeof value.path === 'string';
}
