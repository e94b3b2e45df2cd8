/**
 * The embedded queue's empty database, ready to be copied: PGlite's files with BullMQ's tables.
 *
 * Making it takes about five seconds and 800 MB of memory, so a child process makes it once and releases its memory on
 * exit; the result is stored in the cache folder.
 */
import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { PipelineError, systemCode } from '../../errors.ts';

/** Name of the file that records the size of a seed; written last. */
const MANIFEST = 'seed.json';

/** Version of the steps below that affect the format; increase it when they change. */
const SEED_EDITION = 1;

/**
 * Copies the cached seed to `target`, a folder that must not exist yet, and first makes the seed if it is missing or
 * damaged. May run in many processes at once. If `cacheDir` is not writable, the database is made in `target` at every
 * start.
 *
 * Throws `queue-unreachable` when the database cannot be made; a retry does not help.
 */
export async function copySeed({ cacheDir, target, notice }: SeedOptions): Promise<void> {
  const seed = join(cacheDir, seedName());
  if (await copyIfComplete(seed, target)) return;
  notice?.('Preparing the embedded queue; this takes a few seconds, once.');
  try {
    await makeCached(seed, cacheDir);
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    notice?.(`The folder ${cacheDir} is not writable, so the embedded queue is prepared again at every start.`);
    await makeDatabase(target);
    return;
  }
  if (!(await copyIfComplete(seed, target))) throw new Error('Internal error: a new queue seed is incomplete');
}

/** Removes the cached seed, so that the next start makes it again. For a seed that can be copied but not opened. */
export async function dropSeed(cacheDir: string): Promise<void> {
  await rm(join(cacheDir, seedName()), { recursive: true, force: true });
}

interface SeedOptions {
  cacheDir: string;
  target: string;
  notice?: ((message: string) => void) | undefined;
}

/** The name contains the versions, so an upgrade of either package makes its own seed. */
function seedName(): string {
  return `queue-seed-${SEED_EDITION}-pglite-${versionOf('@electric-sql/pglite')}-bullmq-${versionOf('bullmq')}`;
}

/** False, with nothing left at `target`, when there is no seed or part of it is missing. */
async function copyIfComplete(seed: string, target: string): Promise<boolean> {
  try {
    const wanted: unknown = JSON.parse(await readFile(join(seed, MANIFEST), 'utf8'));
    await mkdir(dirname(target), { recursive: true });
    const copied = await copyTree(join(seed, 'data'), target);
    if (JSON.stringify(wanted) === JSON.stringify(copied)) return true;
  } catch (error) {
    // A full disk is no reason to make another seed.
    if (systemCode(error) === 'ENOSPC') throw diskFull(error);
  }
  await rm(target, { recursive: true, force: true });
  return false;
}

interface Extent {
  files: number;
  bytes: number;
}

async function copyTree(from: string, to: string): Promise<Extent> {
  const limit = pLimit(16);
  const extent: Extent = { files: 0, bytes: 0 };
  const copies: Promise<void>[] = [];
  const visit = async (source: string, target: string): Promise<void> => {
    await mkdir(target, { mode: 0o700 });
    for (const entry of await readdir(source, { withFileTypes: true })) {
      const [here, there] = [join(source, entry.name), join(target, entry.name)];
      if (entry.isDirectory()) await visit(here, there);
      else
        copies.push(
          limit(async () => {
            await copyFile(here, there);
            const { size } = await stat(there);
            extent.files += 1;
            extent.bytes += size;
          }),
        );
    }
  };
  // Copies start while folders are still being read; both errors must be awaited, or one would be unhandled.
  const visited = visit(from, to).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  const failed = await visited;
  const results = await Promise.allSettled(copies);
  const rejected = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.error;
  if (rejected !== undefined) throw rejected.reason;
  return extent;
}

/**
 * Makes the seed in a temporary folder and renames it. A slower process finds the first one's seed and discards its
 * own.
 */
async function makeCached(seed: string, cacheDir: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const scratch = await mkdtemp(join(cacheDir, 'queue-seed-making-'));
  try {
    await makeDatabase(join(scratch, 'data'));
    await writeFile(join(scratch, MANIFEST), JSON.stringify(await extentOf(join(scratch, 'data'))));
    // The existing seed did not pass as complete. If another process has published a good one in the meantime, its
    // readers have open files.
    await rm(seed, { recursive: true, force: true });
    await rename(scratch, seed);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOSPC') throw diskFull(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function extentOf(folder: string): Promise<Extent> {
  const extent: Extent = { files: 0, bytes: 0 };
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const { size } = await stat(join(entry.parentPath, entry.name));
    extent.files += 1;
    extent.bytes += size;
  }
  return extent;
}

/**
 * The child's program. Plain CommonJS in a string, so that it runs from the sources, the build and the tests. Small
 * write-ahead segments and no template databases: 10 MB instead of 40 to copy at every start.
 */
const MAKER = `
// It runs for two seconds: optimizing its WebAssembly takes a third more of the processor than it gains.
require('node:v8').setFlagsFromString('--liftoff-only');
const [, pglite, bullmq, folder] = process.argv;
const { PGlite } = require(pglite);
const { runMigrations } = require(bullmq);
(async () => {
  const database = new PGlite(folder, { initDbStartParams: ['--wal-segsize=1', '--no-sync'] });
  await database.waitReady;
  const query = async (text, params) => {
    if (params) return database.query(text, [...params]);
    return { rows: (await database.exec(text)).at(-1)?.rows ?? [] };
  };
  await runMigrations({ query });
  await database.exec("update pg_database set datistemplate = false where datname like 'template%'");
  await database.exec('drop database template0');
  await database.exec('drop database template1');
  await database.exec('checkpoint');
  await database.close();
})().catch((error) => { console.error(error); process.exitCode = 1; });
`;

async function makeDatabase(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const require = createRequire(import.meta.url);
  const arguments_ = ['-e', MAKER, require.resolve('@electric-sql/pglite'), require.resolve('bullmq'), folder];
  // No environment: the child needs none, and must not see our API key.
  const child = spawn(process.execPath, arguments_, { env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2_000);
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (exitCode === 0) return;
  if (/ENOSPC|No space left/i.test(stderr)) throw diskFull(stderr);
  throw new PipelineError({
    code: 'queue-unreachable',
    message: 'The embedded queue could not be prepared. Set REDIS_URL to use a Redis server instead.',
    retry: 'never',
    cause: stderr,
  });
}

function diskFull(cause: unknown): PipelineError {
  const message = 'The disk is full: the embedded queue needs about 30 MB for its files.';
  return new PipelineError({ code: 'disk-full', message, retry: 'never', cause });
}

/** Version of an installed package, from its package.json, which is beside or above the resolved main file. */
function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  let folder = dirname(require.resolve(name));
  while (!folder.endsWith(join('node_modules', ...name.split('/')))) {
    const above = dirname(folder);
    if (above === folder) throw new Error(`Internal error: the folder of the package ${name} was not found`);
    folder = above;
  }
  const facts: unknown = require(join(folder, 'package.json'));
  if (typeof facts === 'object' && facts !== null && 'version' in facts) return String(facts.version);
  throw new Error(`Internal error: the package ${name} has no version`);
}
