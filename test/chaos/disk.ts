/** A small disk of its own for the store, so that it can be full or slow while the machine's disk is neither. */
import { execFile } from 'node:child_process';
import { mkdir, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MEBIBYTE = 2 ** 20;
/** How long the slow disk stands still, and how long it works in between, in milliseconds. */
const SLOW_MS = { still: 450, works: 50 };

/** The disk with the store. */
export interface StoreDisk {
  folder: string;
  /** Fills it to the last byte for so long; undefined when the disk is the machine's own. */
  fill?: (ms: number) => Promise<void>;
  /** Lets every write wait, again and again, for so long; undefined likewise. */
  slow?: (ms: number) => Promise<void>;
  close(): Promise<void>;
}

/** An ext4 file system in a file (needs root); where that can not be had, a plain folder, and `say` hears why. */
export async function openStoreDisk(
  folder: string,
  { mebibytes, say }: { mebibytes: number; say: (line: string) => void },
): Promise<StoreDisk> {
  const mount = join(folder, 'disk');
  const image = join(folder, 'disk.img');
  await mkdir(mount, { recursive: true });
  try {
    await writeFile(image, '');
    await truncate(image, mebibytes * MEBIBYTE);
    await run('mkfs.ext4', ['-q', '-F', '-m', '0', image]);
    await run('mount', ['-o', 'loop', image, mount]);
  } catch (error) {
    await rm(image, { force: true });
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    say(`SKIPPED: disk full and slow disk, as no disk of our own can be mounted here (${why}).`);
    return { folder: mount, close: async () => undefined };
  }
  return {
    folder: mount,
    fill: async (ms) => {
      const ballast = join(mount, 'ballast');
      const { bavail, bsize } = await statfs(mount);
      // More than is free: fallocate then takes what there is, so the rest is asked for in smaller pieces.
      for (let bytes = bavail * bsize; bytes >= bsize; bytes = Math.floor(bytes / 2)) {
        await run('fallocate', ['-l', String(bytes), `${ballast}-${bytes}`]).catch(() => undefined);
      }
      await sleep(ms);
      await run('find', [mount, '-maxdepth', '1', '-name', 'ballast*', '-delete']);
    },
    slow: async (ms) => {
      for (const until = Date.now() + ms; Date.now() < until; ) {
        await run('fsfreeze', ['--freeze', mount]);
        try {
          await sleep(SLOW_MS.still);
        } finally {
          await run('fsfreeze', ['--unfreeze', mount]);
        }
        await sleep(SLOW_MS.works);
      }
    },
    close: async () => {
      await run('umount', [mount]);
      await rm(image, { force: true });
    },
  };
}
