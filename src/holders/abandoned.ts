/** Temporary files that tell whose they are, and the removal of those that crashed processes left. */
import { randomUUID } from 'node:crypto';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ProcessIdentity, stateOf, THIS_PROCESS } from './process-identity.ts';

/** This process in the name of a file: `77_3f3a1ac1122a4b5d_4026531836-4026531834_48213`. */
export const OWNER_MARK = markOf(THIS_PROCESS);

const MARK = /(?<![0-9a-z])(\d+)_([0-9a-f]{16})_(\d+-\d+)_(\d+)(?![0-9a-z])/;

/** A unique name that tells which process made it. */
export function temporaryName(): string {
  return `${OWNER_MARK}-${randomUUID()}`;
}

/** Most bytes of a file's own name in that of a hidden one: what stands behind it has up to 120, and a disk allows 255. */
const MOST_NAME_BYTES = 110;

/** The path of a hidden file beside another one: `.NAME.ENDING`. Of a long name only the beginning is in it. */
export function hiddenBeside(path: string, ending: string): string {
  return join(dirname(path), `.${beginningOf(path)}.${ending}`);
}

/** The same for a unique temporary file: by its ending, watchers and sync programs leave it alone. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${beginningOf(path)}.${temporaryName()}.tmp`);
}

function beginningOf(path: string): string {
  let name = basename(path);
  while (Buffer.byteLength(name) > MOST_NAME_BYTES) name = [...name].slice(0, -1).join('');
  return name;
}

function markOf({ pid, boot, namespaces, started = '0' }: ProcessIdentity): string {
  return boot === undefined || namespaces === undefined ? String(pid) : `${pid}_${boot}_${namespaces}_${started}`;
}

/** The process that made a file; undefined for a name without it, such as one of an earlier version. */
export function ownerOf(name: string): ProcessIdentity | undefined {
  const [, pid, boot, namespaces, started] = MARK.exec(name) ?? [];
  if (boot === undefined) return undefined;
  return { pid: Number(pid), boot, namespaces, ...(started === '0' ? {} : { started }) };
}

/**
 * Removes temporary files and folders in `folder` whose process has ended. Where that cannot be proved (another machine,
 * another container, an earlier version), it removes those that have not changed for `afterMs` by the disk's own clock.
 * Rejects when the folder cannot be read.
 */
export async function removeAbandoned(
  folder: string,
  { afterMs, isTemporary = () => true }: { afterMs: number; isTemporary?: (name: string) => boolean },
): Promise<void> {
  let diskNowMs: number | undefined;
  for (const name of await readdir(folder)) {
    if (!isTemporary(name)) continue;
    const path = join(folder, name);
    const owner = ownerOf(name);
    const state = owner === undefined ? 'unknown' : stateOf(owner);
    if (state === 'runs') continue;
    if (state === 'unknown') {
      diskNowMs ??= await clockOf(folder);
      // Not the time of its content, which may be that of another file.
      const changedAtMs = (await stat(path).catch(() => undefined))?.ctimeMs;
      if (diskNowMs === undefined || changedAtMs === undefined || diskNowMs - changedAtMs <= afterMs) continue;
    }
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * The time by the clock of the disk, which is another machine's on a network disk: the time of a file that was just made there.
 * Undefined when none can be made.
 */
async function clockOf(folder: string): Promise<number | undefined> {
  const path = join(folder, `.clock-${randomUUID()}`);
  try {
    const file = await open(path, 'wx');
    try {
      return (await file.stat()).ctimeMs;
    } finally {
      await file.close();
      await rm(path, { force: true });
    }
  } catch {
    return undefined;
  }
}
