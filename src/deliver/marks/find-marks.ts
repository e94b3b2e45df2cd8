/** Looks for marks that a machine speaks in a file of anybody. */
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { boxHeader } from '../../audio/mp4/mp4-boxes.ts';
import { hasContentCredentials } from './content-credentials.ts';
import type { MarkedFile } from './deliver-marked.ts';
import type { FoundMarks } from './file-tags.ts';
import { writtenMarks } from './marked-sound.ts';
import { readIndex } from './mp4.ts';
import { readMarkedFiles } from './read-disclosure.ts';
import { saysSentence } from './sentences.ts';

/** What was found in a file. */
export interface MarkFinding extends FoundMarks {
  /**
   * `present`: a standard field says whether a machine speaks; `absent`: none does; `stripped`: one was there, by the folder's
   * disclosure.json or by what is left; `unknown`: a format that is not looked into.
   */
  state: 'present' | 'absent' | 'stripped' | 'unknown';
  /** The file also carries content credentials (C2PA). Whether their signature holds is not checked. */
  contentCredentials?: true;
}

/** Files of one folder that are judged together ask for its disclosure once. */
export function markFinder(): (path: string) => Promise<MarkFinding> {
  const folders = new Map<string, Promise<MarkedFile[]>>();
  const listed = (folder: string): Promise<MarkedFile[]> => {
    const known = folders.get(folder) ?? readMarkedFiles(folder);
    folders.set(folder, known);
    return known;
  };
  const marksOf = async (path: string): Promise<MarkFinding> => {
    const found = await marksIn(path);
    if (found === undefined) return { state: 'unknown' };
    const { digitalSourceType, aigc, sentence, comment } = found;
    if (digitalSourceType !== undefined && sentence !== undefined) return { state: 'present', ...found };
    const isOurs = sentence !== undefined || saysSentence(comment ?? '') || (await isListed(path, listed));
    if (isOurs) return { state: 'stripped', ...found };
    return { state: digitalSourceType !== undefined || aigc !== undefined ? 'present' : 'absent', ...found };
  };
  return async (path) => {
    const has = await hasContentCredentials(path).catch(() => false);
    return { ...(await marksOf(path)), ...(has && { contentCredentials: true as const }) };
  };
}

/** Whether the disclosure of the file's folder, or of the one above for a single line, lists the file. */
async function isListed(path: string, listed: (folder: string) => Promise<MarkedFile[]>): Promise<boolean> {
  const folder = dirname(path);
  const name = basename(path);
  const own = await listed(folder);
  if (own.some((file) => file.name === name)) return true;
  const above = await listed(join(folder, '..'));
  return above.some((file) => file.name === `${basename(folder)}/${name}`);
}

async function marksIn(path: string): Promise<FoundMarks | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const start = Buffer.alloc(12);
    await file.read(start, 0, start.length, 0);
    const text = start.toString('latin1');
    if (text.startsWith('fLaC')) return await writtenMarks(path, 'flac');
    if (text.startsWith('RIFF')) return await writtenMarks(path, 'wav');
    if (text.slice(4, 8) === 'ftyp') return readIndex(await indexOf(file));
    if (text.startsWith('ID3')) return await writtenMarks(path, 'mp3');
    // An MP3 without a tag has no place for a mark.
    return start[0] === 0xff && (start[1]! & 0xe0) === 0xe0 ? {} : undefined;
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** An index of a book of a hundred hours is smaller. */
const MOST_INDEX_BYTES = 512 * 1024 * 1024;

/** The index of an MP4 file, wherever it is in the file. */
async function indexOf(file: FileHandle): Promise<Buffer | undefined> {
  const { size } = await file.stat();
  const head = Buffer.alloc(16);
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(head, 0, head.length, at);
    const header = boxHeader(head.subarray(0, bytesRead), 0, size - at);
    if (header === undefined || header.bytes < header.headerBytes) return undefined;
    if (header.type === 'moov' && header.bytes <= MOST_INDEX_BYTES) {
      const content = Buffer.alloc(header.bytes - header.headerBytes);
      await file.read(content, 0, content.length, at + header.headerBytes);
      return content;
    }
    at += header.bytes;
  }
  return undefined;
}
