/** What follows an MP4 in its file: a second one, or bytes that are no box. Source: ISO/IEC 14496-12. */
import type { Appended } from '../../qc/measured-file.ts';
import { boxHeader } from '../mp4/mp4-boxes.ts';
import type { OpenedFile } from './opened-file.ts';
import { behindTags } from './tags-at-end.ts';

/** Types at the top of a file; one of these that is too long is a file that was cut off. */
const OWN_TYPES = new Set(
  'ftyp styp pdin moov moof mfra mdat free skip wide udta meta uuid sidx ssix prft emsg pnot jumb mdia'.split(' '),
);
const LONG_HEADER_BYTES = 16;
/** Letters of a type: ASCII, and © of QuickTime. */
const TYPE = /^[\x20-\x7e\xa9]{4}$/;

/** The second file or the bytes; undefined for nothing. */
export async function afterBoxes(file: OpenedFile, start: number): Promise<Appended | undefined> {
  for (let at = start; at < file.bytes; ) {
    const { header, type } = await boxOf(file, at);
    if (type === 'ftyp' && at > start) return { kind: 'file', bytes: file.bytes - at, atSeconds: null };
    if (header === undefined || !TYPE.test(type)) {
      if (OWN_TYPES.has(type)) return undefined;
      const behind = await behindTags(file, at);
      if (behind.bytes === 0) return undefined;
      // The size of a box begins with zeros, as padding does.
      const second = (await file.read(behind.at - 4, LONG_HEADER_BYTES)).indexOf('ftyp');
      if (second >= 0) return { kind: 'file', bytes: file.bytes - (behind.at + second - 8), atSeconds: null };
      return { kind: 'bytes', bytes: behind.bytes, atSeconds: null };
    }
    at += header.bytes;
  }
  return undefined;
}

/** The box at a place: its type, and its header unless the file has not all of it. */
async function boxOf(file: OpenedFile, at: number) {
  const header = boxHeader(await file.read(at, LONG_HEADER_BYTES), 0, file.bytes - at);
  const isWhole = header !== undefined && header.bytes >= header.headerBytes && at + header.bytes <= file.bytes;
  return { type: header?.type ?? '', header: isWhole ? header : undefined };
}
