/** Unpacks a dropped ZIP archive into a work folder; the result has one manifest. The archive itself is not changed. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { crc32, inflateRaw as inflateRawLater } from 'node:zlib';
import { systemCode } from '../errors.ts';
import { temporaryName } from '../holders/abandoned.ts';
import { type ArchiveEntry, findDirectory, readEntries, TAIL_BYTES } from '../import/zip/zip-directory.ts';
import { makeFolder } from '../store/make-folder.ts';
import { isScannedFolder, kindOfName } from './file-names.ts';
import { type ReadReferences, readReferences } from './references.ts';

/** An unpacked archive, or why it cannot be unpacked: the problem and the fix. */
export type Unpacked = { folder: string; manifest: string } | { problem: string; fix: string };

/** Limits: a book with its samples and texts is far smaller. */
export const ARCHIVE_BOUNDS = {
  archiveBytes: 1024 * 1024 * 1024,
  fileBytes: 64 * 1024 * 1024,
  allBytes: 1024 * 1024 * 1024,
  files: 5_000,
  nameLength: 500,
} as const;

/**
 * Unpacks the archive into `workFolder/<name>` and replaces what is there; nobody else may use `name`. Rejects with the
 * system's error when the disk fails.
 */
export async function unpackArchive(of: {
  archive: string;
  workFolder: string;
  name: string;
  /** Whether so many bytes may be unpacked now; otherwise the result is `no-room`. Default: yes. */
  takeRoom?: (bytes: number) => Promise<boolean>;
  /** Default: in this thread. */
  readReferences?: ReadReferences | undefined;
}): Promise<Unpacked | 'no-room'> {
  const { archive, workFolder, name, takeRoom = async () => true } = of;
  let file: FileHandle;
  try {
    file = await open(archive, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    return { problem: 'The archive is gone.', fix: 'Drop it again.' };
  }
  const temporary = join(workFolder, `.unpacking-${temporaryName()}`);
  try {
    const directory = await readDirectory(file);
    if ('problem' in directory) return directory;
    const wanted = directory.entries.filter(({ name: inner, isFolder }) => !isFolder && isWanted(inner));
    const problem = firstProblem(wanted);
    if (problem !== undefined) return problem;
    if (!(await takeRoom(totalBytes(wanted)))) return 'no-room';
    await makeFolder(temporary);
    for (const entry of wanted) {
      const content = await extract(file, entry);
      if (content === undefined) return damagedFile(entry.name);
      const path = join(temporary, entry.name);
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content, { flag: 'wx' });
      } catch (error) {
        const conflict = await conflictOf(error, path, entry.name);
        if (conflict === undefined) throw error;
        return conflict;
      }
    }
    const manifest = await findManifest(temporary, wanted, of.readReferences);
    if (typeof manifest !== 'string') return manifest;
    const folder = join(workFolder, name);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
    return { folder, manifest: join(folder, manifest) };
  } finally {
    await file.close();
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Whether the archive has its end record: an archive that is still being copied has none. */
export async function isArchiveComplete(path: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch {
    return false;
  }
  try {
    return findDirectory(await readTail(file)) !== undefined;
  } finally {
    await file.close();
  }
}

async function readTail(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const length = Math.min(size, TAIL_BYTES);
  return readAt(file, size - length, length);
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

async function readDirectory(
  file: FileHandle,
): Promise<{ entries: ArchiveEntry[] } | { problem: string; fix: string }> {
  const again = 'Create the archive again and drop it again.';
  const { size } = await file.stat();
  if (size > ARCHIVE_BOUNDS.archiveBytes) return tooLarge();
  const place = findDirectory(await readTail(file));
  if (place === undefined) return { problem: 'This ZIP archive is incomplete: its end is missing.', fix: again };
  if (place.count > ARCHIVE_BOUNDS.files || place.offset + place.byteLength > size) {
    return place.count > ARCHIVE_BOUNDS.files ? tooLarge() : { problem: 'This archive is damaged.', fix: again };
  }
  const entries = readEntries(await readAt(file, place.offset, place.byteLength), place.count);
  return entries === undefined ? { problem: 'The list of files in this archive is damaged.', fix: again } : { entries };
}

/** Skips what operating systems and unfinished copies leave in archives. Names with `..` are kept, so that they are refused. */
function isWanted(name: string): boolean {
  return name.split('/').every((part) => /^\.{1,2}$/.test(part) || isScannedFolder(part));
}

function totalBytes(entries: readonly ArchiveEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}

function firstProblem(entries: readonly ArchiveEntry[]): { problem: string; fix: string } | undefined {
  if (totalBytes(entries) > ARCHIVE_BOUNDS.allBytes) return tooLarge();
  for (const entry of entries) {
    const { name, bytes, method } = entry;
    if (entry.encrypted)
      return { problem: `"${name}" is protected by a password.`, fix: 'Create the archive without a password.' };
    if (!isSafe(name) || entry.isLink) {
      return {
        problem: `"${name.slice(0, 80)}" would be written outside the archive's own folder.`,
        fix: 'Create the archive from plain files in one folder.',
      };
    }
    if (bytes > ARCHIVE_BOUNDS.fileBytes) return tooLarge();
    if (method !== 0 && method !== 8)
      return { problem: `"${name}" uses an unsupported compression method.`, fix: 'Create a plain ZIP archive.' };
  }
  return undefined;
}

/** Whether the name stays inside the folder on every system: no `..`, no drive, no absolute path, no control characters. */
function isSafe(name: string): boolean {
  if (name.length > ARCHIVE_BOUNDS.nameLength || /^\/|^[a-z]:|[\p{Cc}\p{Cs}]/iu.test(name)) return false;
  return name
    .split('/')
    .every((part) => part !== '..' && part !== '.' && part !== '' && Buffer.byteLength(part) <= 255);
}

/** The content of an entry; undefined when it does not match the directory. The buffer never exceeds the declared size. */
async function extract(file: FileHandle, entry: ArchiveEntry): Promise<Buffer | undefined> {
  const header = await readAt(file, entry.offset, 30);
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) return undefined;
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (entry.packedBytes > ARCHIVE_BOUNDS.fileBytes) return undefined;
  const packed = await readAt(file, start, entry.packedBytes);
  let content: Buffer;
  try {
    content = entry.method === 0 ? packed : await inflateRaw(packed, { maxOutputLength: Math.max(1, entry.bytes) });
  } catch {
    return undefined;
  }
  return content.length === entry.bytes && crc32(content) === entry.crc32 ? content : undefined;
}

/** On another thread: 64 MB take a third of a second. */
const inflateRaw = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRawLater);

/** The only manifest at the highest level that has one. */
async function findManifest(
  folder: string,
  entries: readonly ArchiveEntry[],
  read: ReadReferences | undefined,
): Promise<string | { problem: string; fix: string }> {
  const names = entries.map(({ name }) => name);
  const depth = (name: string): number => name.split('/').length;
  const yaml = names
    .filter((name) => kindOfName(name.split('/').at(-1) ?? '', { atRoot: false }) === 'manifest')
    .sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
  const manifests: string[] = [];
  for (const name of yaml) {
    // Two at one level are one too many, and deeper ones do not count.
    const [first] = manifests;
    if (first !== undefined && (manifests.length > 1 || depth(name) > depth(first))) break;
    const found = await readReferences(join(folder, name), read);
    if (found?.looksLikeManifest) manifests.push(name);
  }
  const [manifest, other] = manifests;
  if (manifest === undefined) {
    const nested = names.some((name) => /\.zip$/i.test(name));
    return {
      problem: nested
        ? 'This archive contains another archive instead of a book.'
        : 'There is no manifest in this archive.',
      fix: 'Put the manifest (a .yaml file), its texts and its samples into one ZIP archive.',
    };
  }
  if (other === undefined) return manifest;
  return {
    problem: `There are several manifests in this archive: "${manifest}" and "${other}".`,
    fix: 'Create one archive for each book.',
  };
}

function tooLarge(): { problem: string; fix: string } {
  const { fileBytes, files } = ARCHIVE_BOUNDS;
  return {
    problem: 'This archive contains more than any book needs.',
    fix: `Use at most ${files} files of at most ${fileBytes / 1024 / 1024} MB each, or drop a folder instead of an archive.`,
  };
}

function damagedFile(name: string): { problem: string; fix: string } {
  return { problem: `"${name}" in this archive is damaged.`, fix: 'Create the archive again and drop it again.' };
}

/** A name that occurs twice, or is a file where another name has a folder; undefined for a failing disk. */
async function conflictOf(
  error: unknown,
  path: string,
  name: string,
): Promise<{ problem: string; fix: string } | undefined> {
  if (!['EEXIST', 'EISDIR', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
  const there = await lstat(path).catch(() => undefined);
  if (there?.isFile()) return duplicateName(name);
  return {
    problem: `"${name}" is in this archive both as a file and as a folder.`,
    fix: 'Rename one of the two and create the archive again.',
  };
}

function duplicateName(name: string): { problem: string; fix: string } {
  return {
    problem: `The name "${name}" is in this archive twice.`,
    fix: 'Create the archive again and include each file once.',
  };
}
