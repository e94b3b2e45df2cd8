/** Looking a settled book over: unpacking it, reading it and all that it names, and saying what was found. */
import { basename, dirname, relative } from 'node:path';
import { recall } from './book-memory.ts';
import type { ReadyBook } from './book-work.ts';
import type { Drop } from './drop.ts';
import { isFileComplete } from './file-complete.ts';
import type { Inbox } from './inbox.ts';
import { outageTrouble, troubleOf } from './outage.ts';
import { NO_REFERENCES, readReferences } from './references.ts';
import type { Scanner } from './scanner.ts';
import type { BookEvent } from './state-machine.ts';
import { unpackArchive } from './unpack-zip.ts';
import { isWriteFinished, LEAST_STABLE_MS, restarted } from './write-finished.ts';

/** Books read at once: reading is quick, and speaking needs the processor more. */
const AT_ONCE = 2;
/** A file that says it is longer than it is may be wrong about that: after so long, in milliseconds, it is taken as it is. */
const INCOMPLETE_MS = 60_000;

/** What reading a book found. */
export type Reading = ReadyBook | BookEvent | 'not-whole' | 'not-yet';

/**
 * Begins to check the books that have settled, a few at a time; `onEnd` is called after each. A place that becomes free is
 * given on at once: of thousands of books each would otherwise wait for a round of its own.
 */
export function startChecks(inbox: Inbox, scanner: Scanner, onEnd: () => void): void {
  const now = performance.now();
  if (now < inbox.checksAtMs || inbox.options.signal.aborted) return;
  let free = AT_ONCE;
  for (const { busy } of inbox.drops.values()) if (busy === 'check') free -= 1;
  if (free <= 0) return;
  for (const drop of inbox.drops.values()) {
    if (!isDue(drop, now)) continue;
    drop.busy = 'check';
    void check(inbox, scanner, drop).finally(() => {
      drop.busy = undefined;
      startChecks(inbox, scanner, onEnd);
      onEnd();
    });
    free -= 1;
    if (free <= 0) return;
  }
}

function isDue({ state, busy, still, checkedSignature, goneSinceMs }: Drop, now: number): boolean {
  if (state.name !== 'settling' && state.name !== 'waiting-files') return false;
  if (busy || goneSinceMs !== undefined || still === undefined) return false;
  return still.signature !== checkedSignature && isWriteFinished(still, now);
}

async function check(inbox: Inbox, scanner: Scanner, drop: Drop): Promise<void> {
  inbox.dispatch(drop, { type: 'settled' });
  const signature = drop.still?.signature;
  const { delivered } = await recall(inbox.storage.records, drop.path);
  let reading: Reading;
  try {
    // Known by its looks: after a restart nothing is read that was delivered before.
    if (delivered !== undefined && delivered.signature === signature) {
      drop.title = delivered.title;
      drop.author = delivered.author;
      drop.delivered = { chapters: delivered.chapters, folder: delivered.folder };
      reading = { type: 'known' };
    } else reading = await readDrop(inbox, scanner, drop);
    if (inbox.outage.trouble !== undefined && inbox.checksAtMs > 0) inbox.resumeQueue();
    inbox.checksAtMs = 0;
  } catch (error) {
    const trouble = troubleOf(error);
    if (outageTrouble(trouble, { made: 0, failures: [] }) === undefined)
      reading = { type: 'failed', reason: trouble.message };
    else {
      // Not this book's trouble: it stays as it is, and is read again when a book would be tried.
      inbox.stopQueue(trouble);
      inbox.checksAtMs = inbox.outage.probeAtMs;
      reading = 'not-yet';
    }
  }
  // Changed while it was read, or found to name other files: it settles anew.
  if (drop.still?.signature !== signature || inbox.drops.get(drop.path) !== drop) return;
  const now = performance.now();
  if (reading === 'not-whole' || reading === 'not-yet') {
    if (drop.still !== undefined) drop.still = restarted(drop.still, now);
    drop.lookAtMs = now + LEAST_STABLE_MS;
    return;
  }
  drop.incompleteSinceMs = undefined;
  drop.checkedSignature = signature;
  if ('type' in reading) {
    inbox.dispatch(drop, reading);
    return;
  }
  inbox.dispatch(drop, { type: 'passed' });
  const { title, segments, price } = reading;
  inbox.announce({ type: 'inbox.accepted', path: drop.path, title, version: signature, segments, price });
}

/** Reads a book as it is now. Rejects with a failure of the world. */
export async function readDrop(inbox: Inbox, scanner: Scanner, drop: Drop): Promise<Reading> {
  const archive = drop.kind === 'archive' ? await openArchive(inbox, drop) : undefined;
  if (archive === 'not-whole') return archive;
  if (archive !== undefined && 'type' in archive) return archive;
  const manifest = archive?.manifest ?? drop.file;
  const references = (await readReferences(manifest)) ?? NO_REFERENCES;
  if (archive === undefined) {
    scanner.setReferences(drop, references);
    const shared = wordList(inbox, scanner, drop);
    if (shared !== undefined) return shared;
    const incomplete = await firstIncomplete(drop, references.files);
    if (incomplete !== undefined) {
      inbox.dispatch(drop, { type: 'incomplete', missing: [shownFile(drop, incomplete)] });
      return 'not-whole';
    }
  } else drop.references = { ...references, files: [] };
  drop.title = references.title;
  const prepared = await inbox.options.prepare(manifest, inbox.options.signal);
  if (prepared.verdict === 'incomplete') {
    if (archive !== undefined) return refusal(drop, archiveMisses(drop, prepared.missing));
    return { type: 'incomplete', missing: prepared.missing };
  }
  if (prepared.verdict === 'refused') {
    // What a person knows is the archive, or the folder: not where we have unpacked it, and not how its disk is called.
    const folder = archive?.folder ?? dirname(drop.file);
    const shown = archive === undefined ? '' : `${basename(drop.file)}/`;
    return refusal(drop, prepared.text.replaceAll(`${folder}/`, shown));
  }
  drop.title = prepared.title;
  drop.author = prepared.author;
  drop.price = prepared.price ?? undefined;
  return prepared;
}

async function openArchive(
  inbox: Inbox,
  drop: Drop,
): Promise<{ folder: string; manifest: string } | 'not-whole' | Extract<BookEvent, { type: 'refused' }>> {
  if (!(await isCompleteByNow(drop, drop.file))) return 'not-whole';
  const { workDir: workFolder } = inbox.options;
  const unpacked = await unpackArchive({ archive: drop.file, workFolder, name: inbox.unpackedName(drop) });
  if ('folder' in unpacked) return unpacked;
  return refusal(drop, `${basename(drop.file)} error: ${unpacked.problem}\n   fix: ${unpacked.fix}\n\n1 error`);
}

function archiveMisses(drop: Drop, missing: readonly string[]): string {
  const names = missing.map((name) => `"${name}"`).join(', ');
  return `${basename(drop.file)} error: The manifest names ${names}, which is not in the archive.\n   fix: Make the archive again with everything in it.\n\n1 error`;
}

function refusal(drop: Drop, text: string): { type: 'refused' } {
  drop.rejection = text;
  return { type: 'refused' };
}

/**
 * YAML that is no manifest may be the word list of one: then nothing is said of it. Undefined for a manifest, and for what
 * nobody names once everything near it has been read.
 */
function wordList(inbox: Inbox, scanner: Scanner, drop: Drop): 'not-yet' | { type: 'known' } | undefined {
  if (drop.references.looksLikeManifest) return undefined;
  if (scanner.isPartOfBook(drop)) {
    drop.partOfBook = true;
    inbox.forgetFiles(drop);
    return { type: 'known' };
  }
  drop.partOfBook = false;
  const folder = dirname(drop.path);
  const unread = [...inbox.drops.values()].some(
    (other) =>
      other !== drop &&
      other.state.name === 'seen' &&
      (folder === '.' || !relative(dirname(other.path), folder).startsWith('..')),
  );
  return unread ? 'not-yet' : undefined;
}

async function firstIncomplete(drop: Drop, files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if (!(await isCompleteByNow(drop, file))) return file;
  return undefined;
}

/** Whole, or known to be short for so long that it will stay so. */
async function isCompleteByNow(drop: Drop, file: string): Promise<boolean> {
  const now = performance.now();
  if (drop.incompleteSinceMs !== undefined && now - drop.incompleteSinceMs > INCOMPLETE_MS) return true;
  if (await isFileComplete(file)) return true;
  drop.incompleteSinceMs ??= now;
  return false;
}

/** A file as the manifest names it. */
export function shownFile(drop: Drop, file: string): string {
  return relative(dirname(drop.file), file);
}
