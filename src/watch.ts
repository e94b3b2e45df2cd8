/**
 * The watched folder: every manifest in it is run, and run again when anything in its folder changes.
 *
 *     unseen ──► settling ──(unchanged for one sweep)──► running ──► settled ──(something changed)──► settling
 *
 * A sweep instead of file events: it works on network disks, misses nothing and survives everything. A run asks the
 * store first, so running a book whose files did not really change costs a moment and no call.
 */
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from './errors.ts';

/** What a run of one manifest came to. */
export interface WatchedRun {
  /** A sentence for the status file. */
  status: string;
  /** Every mistake of the manifest, as text; undefined when it could be run. */
  rejected: string | undefined;
  /** Everything was delivered. */
  done: boolean;
}

/** What watching needs. */
export interface WatchParts {
  folder: string;
  /** Finished books; not looked into. */
  outDir: string;
  run(manifestPath: string, signal: AbortSignal): Promise<WatchedRun>;
  notice(message: string): void;
  signal: AbortSignal;
  /** Pause between sweeps. */
  sweepMs: number;
}

/** Wait before a book that needs attention is tried again by itself, in milliseconds. */
const RETRY_MS = 5 * 60 * 1000;
const MANIFEST = /\.ya?ml$/i;
/** What we write beside manifests; no change of these starts a run. */
const OURS = /\.(status|rejected)\.txt$/;

/** Watches until the signal aborts. One book at a time; a book's own segments are spoken side by side. */
export async function watchFolder(parts: WatchParts): Promise<void> {
  /** Manifest → what its folder looked like at the last sweep. */
  const seen = new Map<string, string>();
  /** Manifest → what its folder looked like when it was run. */
  const ran = new Map<string, string>();
  /** Manifest → when a run that was not rejected and did not deliver is tried again. */
  const retryAt = new Map<string, number>();
  while (!parts.signal.aborted) {
    for (const manifest of await findManifests(parts)) {
      if (parts.signal.aborted) return;
      const now = await fingerprint(dirname(manifest), parts.outDir);
      const settled = seen.get(manifest) === now;
      seen.set(manifest, now);
      const due = (retryAt.get(manifest) ?? Number.POSITIVE_INFINITY) <= Date.now();
      if (!settled || (ran.get(manifest) === now && !due)) continue;
      ran.set(manifest, now);
      const again = await runOne(manifest, parts);
      // Trouble that no file can mend (a network that is down) may pass by itself: look again later.
      if (again) retryAt.set(manifest, Date.now() + RETRY_MS);
      else retryAt.delete(manifest);
    }
    await sleep(parts.sweepMs, undefined, { signal: parts.signal }).catch(() => undefined);
  }
}

/** Answers whether it is worth trying again though no file changes. Never throws: other books are waiting. */
async function runOne(manifest: string, { run, notice, signal }: WatchParts): Promise<boolean> {
  const statusPath = `${manifest}.status.txt`;
  const rejectedPath = `${manifest}.rejected.txt`;
  const write = (path: string, text: string): Promise<void> =>
    writeFile(path, text).catch((error: unknown) => {
      // The folder may be gone or closed to us; its book can still be spoken and delivered.
      notice(`${basename(path)} can not be written (${systemCode(error) ?? error}).`);
    });
  await write(statusPath, 'working\n');
  notice(`${basename(manifest)}: working`);
  const { status, rejected, done } = await run(manifest, signal);
  if (rejected === undefined) await rm(rejectedPath, { force: true }).catch(() => undefined);
  else await write(rejectedPath, `${rejected.trimEnd()}\n`);
  await write(statusPath, `${status}\n`);
  notice(`${basename(manifest)}: ${status}`);
  return rejected === undefined && !done;
}

/** Manifests in the folder and in the folders directly in it. */
async function findManifests({ folder, outDir }: WatchParts): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await list(folder)) {
    const path = join(folder, entry.name);
    if (entry.isFile() && MANIFEST.test(entry.name)) found.push(path);
    if (!entry.isDirectory() || path === outDir || entry.name.startsWith('.')) continue;
    for (const inner of await list(path)) {
      if (inner.isFile() && MANIFEST.test(inner.name)) found.push(join(path, inner.name));
    }
  }
  return found.sort();
}

/** Names, sizes and times of all files below a folder, without ours. */
async function fingerprint(folder: string, outDir: string): Promise<string> {
  const lines: string[] = [];
  for (const entry of await list(folder)) {
    const path = join(folder, entry.name);
    if (path === outDir || OURS.test(entry.name) || entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) lines.push(`${entry.name}/\n${await fingerprint(path, outDir)}`);
    if (!entry.isFile()) continue;
    const about = await stat(path).catch(() => undefined);
    if (about !== undefined) lines.push(`${entry.name} ${about.size} ${about.mtimeMs}`);
  }
  return lines.join('\n');
}

/** What is in a folder; nothing when it has gone, which a watched folder may at any time. */
async function list(folder: string): Promise<import('node:fs').Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
