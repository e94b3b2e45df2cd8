/**
 * Keeps V8's compiled code between starts, in the cache folder: most of a short command's time is reading and compiling the
 * program. V8 refuses code of another version, of other flags, or of another processor. By its version it means not all of it:
 * Node 20.19 and 20.20 have one, and code of the one ends the other with a segmentation fault. So the name of a file says
 * which Node made it.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import module from 'node:module';
import { basename, dirname, join } from 'node:path';
import { cachedDataVersionTag, getHeapCodeStatistics } from 'node:v8';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { cacheFolder } from '../config/cache-folder.ts';

/** Node's function since 22.1; older ones have none. A folder that cannot be written is passed over by Node itself. */
const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => unknown };

/** After the code: its checksum, and how much code V8 had when it was kept, in bytes; 32 bits each. */
const TRAILER_BYTES = 8;
/** A start that has compiled this many times as much keeps all again: the one before may have ended early. */
const MORE = 1.25;
/** So many releases, or sets of Node's flags, have code of a command; older code is deleted. */
const RELEASES = 3;

/** For modules of packages that are loaded from now on. Does nothing on an older Node, and twice the same as once. */
export function keepCompiledCode(): void {
  enableCompileCache?.(compiledFolder());
}

/** A script that was evaluated. */
export interface LoadedScript {
  /** Its last expression. */
  value: unknown;
  /**
   * Keeps what V8 has compiled of the script until now, for the next start. To be called when the process ends; does nothing
   * when that is little more than what is kept, or when it is not worth it.
   */
  keep(isWorth: () => boolean): void;
}

/**
 * Evaluates a script in ASCII, with the code that an earlier start kept under the same name. A folder that cannot be read
 * or written changes nothing but the time.
 *
 * @param name for files, of the functions that a start calls: each command calls others
 */
export function loadScript(file: string, name: string): LoadedScript {
  const source = readFileSync(file);
  const version = `${hex(crc32(source))}-${hex(crc32(thisNode()))}`;
  const path = join(compiledFolder(), `${name}-${version}.code`);
  const kept = readKept(path);
  const script = new Script(source.toString('latin1'), { filename: file, ...(kept && { cachedData: kept.code }) });
  const isNew = kept === undefined || script.cachedDataRejected === true;
  return {
    value: script.runInThisContext(),
    keep: (isWorth) => {
      const size = getHeapCodeStatistics().bytecode_and_metadata_size;
      if (!isNew && size <= MORE * kept.size) return;
      if (isWorth()) write(path, { code: script.createCachedData(), size });
    },
  };
}

/** This Node with its flags. Two builds of one release differ in their size or their time. */
function thisNode(): string {
  const { size, mtimeMs } = statSync(process.execPath, { throwIfNoEntry: false }) ?? {};
  const { version, versions, arch, platform } = process;
  return [version, versions.v8, platform, arch, size, mtimeMs, cachedDataVersionTag()].join(' ');
}

function compiledFolder(): string {
  return join(cacheFolder(), 'compiled');
}

interface Kept {
  code: Buffer;
  size: number;
}

/** Only the whole of a file that this user wrote: V8 trusts the code. */
function readKept(path: string): Kept | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { uid } = fstatSync(file);
    if (uid !== (process.geteuid?.() ?? uid)) return undefined;
    const bytes = readFileSync(file);
    const code = bytes.subarray(0, -TRAILER_BYTES);
    if (crc32(code) !== bytes.readUInt32LE(code.length)) return undefined;
    return { code, size: bytes.readUInt32LE(code.length + 4) };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Must not throw: the process is ending, and with another result. */
function write(path: string, { code, size }: Kept): void {
  const temporary = `${path}.${process.pid}`;
  try {
    const trailer = Buffer.alloc(TRAILER_BYTES);
    trailer.writeUInt32LE(crc32(code), 0);
    trailer.writeUInt32LE(size, 4);
    mkdirSync(compiledFolder(), { recursive: true });
    writeFileSync(temporary, Buffer.concat([code, trailer]), { mode: 0o600 });
    renameSync(temporary, path);
    deleteOld(path);
  } catch {
    removeQuietly(temporary);
  }
}

/** What was kept longest ago goes; also what a process that was killed left half written. */
function deleteOld(path: string): void {
  const command = basename(path).replace(/-[0-9a-f]{8}-.*$/, '');
  const written = readdirSync(dirname(path))
    .filter((name) => name.startsWith(`${command}-`) && /^-[0-9a-f]{8}-/.test(name.slice(command.length)))
    .map((name) => join(dirname(path), name))
    .map((one) => ({ one, atMs: statSync(one, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.atMs - a.atMs);
  for (const { one } of written.slice(RELEASES)) removeQuietly(one);
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It stays.
  }
}

function hex(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0');
}
