/** Writes a stored sound to the delivery folder with its marks and tags, and reads them back before the file gets its name. */
import { createHash } from 'node:crypto';
import { lstat, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '../../errors.ts';
import type { OutputFormat } from '../../manifest/manifest.ts';
import { writeAll } from '../../store/blob-writer.ts';
import type { BlobRef, Store } from '../../store/store.ts';
import { deliverWritten, isDelivered } from '../files.ts';
import type { MarkedAs } from './book-tags.ts';
import { type FileTags, MARKS_VERSION } from './file-tags.ts';
import { hasMarks, markedBytes, markedSound, writtenMarks } from './marked-sound.ts';
import type { SpokenBy } from './sentences.ts';

/** A delivered file with marks, as disclosure.json lists it. */
export interface MarkedFile {
  /** In the book's folder, with `/` between the parts. */
  name: string;
  format: OutputFormat;
  spokenBy: SpokenBy;
  /** SHA-256 and length of the file. */
  digest: string;
  byteLength: number;
  /** SHA-256 of the file in the store, before its marks. */
  unmarked: string;
  /** Digest of everything that was written into it. */
  tags: string;
  /** The marks were read back from the finished file. */
  verified: true;
}

/** Delivers one file; leaves a file that is already there with these marks. Fails like `deliverStored`. */
export async function deliverMarked(of: {
  store: Store;
  file: BlobRef;
  format: OutputFormat;
  folder: string;
  name: string;
  madeAt: Date;
  marked: MarkedAs;
  /** What an earlier run wrote under this name, by its own account. */
  earlier: MarkedFile | undefined;
  /** The digest that the file must have; `lock-differs` for another one. Absent: any. */
  wanted?: string | undefined;
}): Promise<{ written: boolean; marked: MarkedFile }> {
  const { file, format, folder, name, madeAt } = of;
  const { tags, spokenBy } = of.marked;
  const path = join(folder, name);
  const head = { name, format, spokenBy, unmarked: file.digest, tags: tagsDigest(tags) };
  const there = await markedBefore({ ...of, path, unmarked: file.digest });
  if (there !== undefined && (of.wanted === undefined || of.wanted === there.digest))
    return { written: false, marked: { ...there, ...head } };
  let digest = '';
  let byteLength = 0;
  const write = async (temporary: string): Promise<void> => {
    ({ digest, byteLength } = await writeMarked({ ...of, path: temporary }));
    await proveMarks(temporary, { name, format, tags });
    if (of.wanted !== undefined && of.wanted !== digest) throw otherTags(name);
  };
  const written = await deliverWritten({
    ...{ folder, path, madeAt, write },
    isNeeded: async () => !(await isDelivered({ path, file: { digest, byteLength }, madeAt: NEVER })),
  });
  return { written, marked: { ...head, digest, byteLength, verified: true } };
}

function otherTags(name: string): PipelineError {
  const message = `"${name}" would have other tags than the lock says, although its sound is the same: it was delivered by another version of the program.`;
  return new PipelineError({ code: 'lock-differs', message, retry: 'never' });
}

/** The same for a file in memory, which is always written. */
export async function deliverMarkedBytes(of: {
  bytes: Buffer;
  format: OutputFormat;
  folder: string;
  path: string;
  name: string;
  madeAt: Date;
  marked: MarkedAs;
  unmarked: string;
}): Promise<{ name: string; file: MarkedFile }> {
  const { format, folder, path, name, madeAt, unmarked } = of;
  const { tags, spokenBy } = of.marked;
  const bytes = markedBytes(of.bytes, { format, tags });
  const write = async (temporary: string): Promise<void> => {
    await writeFile(temporary, bytes, { flush: true });
    await proveMarks(temporary, { name, format, tags });
  };
  await deliverWritten({ folder, path, madeAt, write });
  const digest = createHash('sha256').update(bytes).digest('hex');
  const head = { name, format, spokenBy, digest, byteLength: bytes.length, unmarked, tags: tagsDigest(tags) };
  return { name, file: { ...head, verified: true } };
}

/** The digest of tags: another version of the writers may write other bytes. */
export function tagsDigest(tags: FileTags): string {
  return createHash('sha256')
    .update(JSON.stringify([MARKS_VERSION, Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))]))
    .digest('hex');
}

/** No file has this time, so that its content is compared. */
const NEVER = new Date(0);

/** What an earlier run wrote, if the file is still as it was, by its size and time, and has its marks; else undefined. */
export async function markedBefore(of: {
  path: string;
  earlier: MarkedFile | undefined;
  unmarked: string;
  format: OutputFormat;
  madeAt: Date;
  marked: MarkedAs;
}): Promise<MarkedFile | undefined> {
  const { path, earlier, unmarked, format, madeAt, marked } = of;
  if (earlier?.unmarked !== unmarked || earlier.tags !== tagsDigest(marked.tags)) return undefined;
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size !== earlier.byteLength) return undefined;
  if (Math.abs(found.mtimeMs - madeAt.getTime()) >= 1) return undefined;
  return hasMarks(await writtenMarks(path, format), marked.tags) ? earlier : undefined;
}

/** Fails if a file does not have its marks: nothing without them is delivered as marked. */
export async function proveMarks(
  path: string,
  of: { name: string; format: OutputFormat; tags: FileTags },
): Promise<void> {
  if (!hasMarks(await writtenMarks(path, of.format), of.tags))
    throw new Error(`Internal error: the marks of "${of.name}" cannot be read back.`);
}

async function writeMarked(of: {
  store: Store;
  file: BlobRef;
  format: OutputFormat;
  marked: MarkedAs;
  path: string;
}): Promise<{ digest: string; byteLength: number }> {
  const { store, file, format, marked, path } = of;
  const hash = createHash('sha256');
  let byteLength = 0;
  const stored = store.openBlob(file.digest, { reuse: true });
  const written = await open(path, 'wx');
  try {
    for await (const piece of markedSound(stored, { format, byteLength: file.byteLength, tags: marked.tags })) {
      hash.update(piece);
      byteLength += piece.length;
      await writeAll(written, piece);
    }
    await written.sync();
  } finally {
    await written.close();
  }
  return { digest: hash.digest('hex'), byteLength };
}
