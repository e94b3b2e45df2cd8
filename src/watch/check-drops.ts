/** Checks a settled book: unpacks it, reads it with every file that it names, and dispatches the result. */

import { basename, dirname, relative } from 'node:path';
import { errorsInChinese } from '../manifest/diagnostics/chinese/in-chinese.ts';
import { ensureApproved } from './approvals.ts';
import { readBookMemory, rememberedDelivery } from './book-memory.ts';
import type { ReadyBook } from './book-work.ts';
import type { Drop } from './drop.ts';
import { isFileComplete } from './file-complete.ts';
import type { Inbox } from './inbox.ts';
import { failureOf, outageCause } from './outage.ts';
import { readSpent } from './read-spent.ts';
import { NO_REFERENCES, readReferences } from './references.ts';
import type { Scanner } from './scanner.ts';
import type { BookEvent } from './state-machine.ts';
import { unpackArchive } from './unpack-zip.ts';
import { takeRoom } from './unpacked-room.ts';
import { reasonsOf } from './why-incomplete.ts';
import { isWriteFinished, MIN_STABLE_MS, restartWait } from './write-finished.ts';

/** Books checked at once: a check is quick, and speaking needs the processor more. */
const CONCURRENT_CHECKS = 2;
/** A file that is shorter than its header says may have a wrong header: after this time, in milliseconds, it is accepted. */
const MAX_INCOMPLETE_MS = 60_000;

/** The result of a check. */
export type CheckResult = ReadyBook | BookEvent | 'incomplete-file' | 'retry-later';

/**
 * Starts to check the books that have settled, a few at a time; `onEnd` is called after each. The next check starts at once:
 * otherwise each of thousands of books would wait for a round of its own.
 */
export function startChecks(inbox: Inbox, scanner: Scanner, onEnd: () => void): void {
  const now = performance.now();
  if (now < inbox.checksPausedUntilMs || inbox.options.signal.aborted) return;
  let free = CONCURRENT_CHECKS;
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

function isDue({ state, busy, stability, checkedSignature, missingSinceMs }: Drop, now: number): boolean {
  if (state.name !== 'settling' && state.name !== 'waiting-files') return false;
  if (busy || missingSinceMs !== undefined || stability === undefined) return false;
  return stability.signature !== checkedSignature && isWriteFinished(stability, now);
}

async function check(inbox: Inbox, scanner: Scanner, drop: Drop): Promise<void> {
  inbox.dispatch(drop, { type: 'settled' });
  const signature = drop.stability?.signature;
  const { delivered } = await readBookMemory(inbox.storage.records, drop.path);
  let result: CheckResult;
  try {
    // The fingerprint is enough: after a restart, delivered books are not read again.
    if (delivered !== undefined && delivered.signature === signature) {
      drop.title = delivered.title;
      drop.author = delivered.author;
      Object.assign(drop, rememberedDelivery(delivered));
      result = { type: 'already-delivered' };
    } else result = await readDrop(inbox, scanner, drop);
    if (inbox.outage.cause !== undefined && inbox.checksPausedUntilMs > 0) inbox.endOutage();
    inbox.checksPausedUntilMs = 0;
  } catch (error) {
    const failure = failureOf(error);
    // The status says what happened; where in the program is for the operator.
    if (failure.code === 'internal' && error instanceof Error) inbox.options.notice(error.stack ?? error.message);
    if (inbox.options.signal.aborted) result = 'retry-later';
    else if (outageCause(failure, { made: 0, failures: [] }) === undefined) {
      drop.failures = [failure];
      result = { type: 'failed', ...reasonsOf(failure) };
    } else {
      // Every book would fail like this: the book keeps its state and is checked again with the next probe.
      inbox.beginOutage(failure);
      inbox.checksPausedUntilMs = inbox.outage.probeAtMs;
      result = 'retry-later';
    }
  }
  // A check that was cut off says nothing about the book; the next watcher checks it again.
  if (inbox.options.signal.aborted && result !== 'retry-later' && !isConclusive(result)) result = 'retry-later';
  // It changed while it was read, or names other files than before: wait until it settles again.
  if (drop.stability?.signature !== signature || inbox.drops.get(drop.path) !== drop) return;
  const now = performance.now();
  if (result === 'incomplete-file' || result === 'retry-later') {
    if (drop.stability !== undefined) drop.stability = restartWait(drop.stability, now);
    drop.nextScanAtMs = now + MIN_STABLE_MS;
    return;
  }
  drop.incompleteSinceMs = undefined;
  drop.checkedSignature = signature;
  if ('type' in result) {
    inbox.dispatch(drop, result);
    return;
  }
  inbox.dispatch(drop, { type: 'valid' });
  const { title, segments, price } = result;
  inbox.emitInOrder({ type: 'inbox.accepted', path: drop.path, title, version: signature, segments, price });
  // Asked now and not at its turn, which may be hours away.
  if (['queued', 'paused'].includes(drop.state.name)) await ensureApproved(inbox, drop, result).catch(() => undefined);
}

function isConclusive(result: CheckResult): boolean {
  return typeof result === 'object' && (!('type' in result) || result.type === 'already-delivered');
}

/** Reads a book as it is now. Rejects with a `PipelineError` for a failure that is not the book's. */
export async function readDrop(inbox: Inbox, scanner: Scanner, drop: Drop): Promise<CheckResult> {
  const archive = drop.kind === 'archive' ? await openArchive(inbox, drop) : undefined;
  if (archive === 'incomplete-file' || archive === 'retry-later') return archive;
  if (archive !== undefined && 'type' in archive) return archive;
  const manifest = archive?.manifest ?? drop.file;
  const references = (await readReferences(manifest, inbox.options.readReferences)) ?? NO_REFERENCES;
  if (archive === undefined) {
    scanner.setReferences(drop, references);
    const shared = checkWordList(inbox, scanner, drop);
    if (shared !== undefined) return shared;
    const incomplete = await firstIncomplete(drop, references.files);
    if (incomplete !== undefined) {
      inbox.dispatch(drop, { type: 'incomplete', missing: [shownFile(drop, incomplete)] });
      return 'incomplete-file';
    }
  } else drop.references = { ...references, files: [], optional: [] };
  drop.title = references.title;
  const prepared = await inbox.options.prepare(manifest, inbox.options.signal);
  if (prepared.verdict === 'incomplete') {
    if (archive !== undefined) return reject(drop, missingFromArchive(drop, prepared.missing));
    return { type: 'incomplete', missing: prepared.missing };
  }
  if (prepared.verdict === 'refused') {
    // People know the archive and the folder, not the absolute path or the folder into which the archive was unpacked.
    const folder = archive?.folder ?? dirname(drop.file);
    const prefix = archive === undefined ? '' : `${basename(drop.file)}/`;
    return reject(drop, prepared.text.replaceAll(`${folder}/`, prefix));
  }
  drop.title = prepared.title;
  drop.author = prepared.author;
  drop.price = prepared.price ?? undefined;
  await readSpent(inbox, drop);
  return prepared;
}

async function openArchive(
  inbox: Inbox,
  drop: Drop,
): Promise<
  { folder: string; manifest: string } | 'incomplete-file' | 'retry-later' | Extract<BookEvent, { type: 'invalid' }>
> {
  if (!(await isCompleteByNow(drop, drop.file))) return 'incomplete-file';
  const { workDir: workFolder } = inbox.options;
  const name = inbox.unpackedName(drop);
  const unpacked = await unpackArchive({
    archive: drop.file,
    workFolder,
    name,
    takeRoom: (bytes) => takeRoom({ workFolder, name, bytes }),
    readReferences: inbox.options.readReferences,
  });
  // Others make room when they are delivered.
  if (unpacked === 'no-room') return 'retry-later';
  if ('folder' in unpacked) return unpacked;
  return reject(drop, `${basename(drop.file)} error: ${unpacked.problem}\n   fix: ${unpacked.fix}\n\n1 error`);
}

function missingFromArchive(drop: Drop, missing: readonly string[]): string {
  const names = missing.map((name) => `"${name}"`).join(', ');
  return `${basename(drop.file)} error: The manifest names ${names}, which is not in the archive.\n   fix: Create the archive again and include every file.\n\n1 error`;
}

function reject(drop: Drop, text: string): { type: 'invalid' } {
  drop.rejection = text;
  drop.rejectionZh = errorsInChinese(text);
  return { type: 'invalid' };
}

/**
 * A YAML file that is no manifest may be the word list of one and then has no status. Returns undefined for a manifest, and
 * for a file that no book names once every book near it has been read.
 */
function checkWordList(
  inbox: Inbox,
  scanner: Scanner,
  drop: Drop,
): 'retry-later' | { type: 'already-delivered' } | undefined {
  if (drop.references.looksLikeManifest) return undefined;
  if (scanner.isPartOfBook(drop)) {
    drop.partOfBook = true;
    inbox.removeStatusFiles(drop);
    return { type: 'already-delivered' };
  }
  drop.partOfBook = false;
  const folder = dirname(drop.path);
  const unread = [...inbox.drops.values()].some(
    (other) =>
      other !== drop &&
      other.state.name === 'seen' &&
      (folder === '.' || !relative(dirname(other.path), folder).startsWith('..')),
  );
  return unread ? 'retry-later' : undefined;
}

async function firstIncomplete(drop: Drop, files: readonly string[]): Promise<string | undefined> {
  for (const file of files) if (!(await isCompleteByNow(drop, file))) return file;
  return undefined;
}

/** Whether the file is complete, or has been incomplete for `MAX_INCOMPLETE_MS`. */
async function isCompleteByNow(drop: Drop, file: string): Promise<boolean> {
  const now = performance.now();
  if (drop.incompleteSinceMs !== undefined && now - drop.incompleteSinceMs > MAX_INCOMPLETE_MS) return true;
  if (await isFileComplete(file)) return true;
  drop.incompleteSinceMs ??= now;
  return false;
}

/** The path of a file as the manifest names it. */
export function shownFile(drop: Drop, file: string): string {
  return relative(dirname(drop.file), file);
}
