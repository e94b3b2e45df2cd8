/** Once before the tests: builds the program, which the tests run as users do, from dist/; and gives them a quick place for their files. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A place in memory that Linux has; temporary files of the tests go there when it has this much room, in bytes. */
const MEMORY = '/dev/shm';
const ROOM = 4 * 2 ** 30;

/** Called by vitest. */
export function setup(): () => void {
  execFileSync(process.execPath, ['tools/build.mjs'], { stdio: 'inherit' });
  const removeFiles = quickFiles();
  const removeSpeech = sharedSpeech();
  return () => {
    removeSpeech();
    removeFiles();
  };
}

/** The tests speak the same few texts hundreds of times; a third of a short run's processor time is espeak-ng's. */
function sharedSpeech(): () => void {
  const folder = mkdtempSync(join(process.env['TMPDIR'] ?? tmpdir(), 'pipeline-speech-'));
  chmodSync(folder, 0o1777);
  process.env['PIPELINE_SIMULATOR_CACHE'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}

/**
 * Points TMPDIR to a folder in memory. A test run makes and removes some hundred thousand small files; on ext4 each costs
 * up to a millisecond of the kernel's time, because it looks for an inode that was not in use a moment ago. What is about
 * the disk itself asks for `DISK_TMPDIR`. Who sets TMPDIR is obeyed.
 */
function quickFiles(): () => void {
  process.env['DISK_TMPDIR'] = process.env['TMPDIR'] ?? '/tmp';
  if (process.platform !== 'linux' || process.env['TMPDIR'] !== undefined) return () => undefined;
  let folder: string;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < ROOM) return () => undefined;
    folder = mkdtempSync(join(MEMORY, 'pipeline-test-'));
    // As /tmp is: some tests act as another user.
    chmodSync(folder, 0o1777);
  } catch {
    return () => undefined;
  }
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
