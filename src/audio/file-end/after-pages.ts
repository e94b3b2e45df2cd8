/** What follows an Ogg in its file: a second one (a chain), or bytes that are no page. Source: RFC 3533. */
import type { Appended } from '../../qc/measured-file.ts';
import type { OpenedFile } from './opened-file.ts';
import { behindTags } from './tags-at-end.ts';

const NAME = 'OggS';
const HEADER_BYTES = 27;
const MOST_HEADER_BYTES = HEADER_BYTES + 255;
/** Flags: a stream's first page, its last. */
const FIRST = 2;
const LAST = 4;
const MOST_PAGE_BYTES = MOST_HEADER_BYTES + 255 * 255;
/** Opus counts at this rate, whatever it was made from (RFC 7845). */
const OPUS_HZ = 48_000;

/** A page, by its header. */
interface Page {
  bytes: number;
  headerBytes: number;
  isFirst: boolean;
  isLast: boolean;
  /** Samples to its end; undefined when none ends in it. */
  samples: number | undefined;
}

/** The second file or the bytes; undefined for nothing, and for an Ogg that is cut off. */
export async function afterPages(file: OpenedFile, start: number): Promise<Appended | undefined> {
  let clock: { hz: number; before: number } | undefined;
  let samples = 0;
  let isUnderWay = false;
  for (let at = start; at < file.bytes; ) {
    const page = pageIn(await file.read(at, MOST_HEADER_BYTES));
    if (page === undefined || page === 'incomplete') {
      const behind = await behindTags(file, at);
      if (page === 'incomplete' || behind.bytes === 0) return undefined;
      const isFile = (await file.read(behind.at, NAME.length)).toString('latin1') === NAME;
      if (!isFile) return { kind: 'bytes', bytes: behind.bytes, atSeconds: null };
      at = behind.at;
      continue;
    }
    // All streams of one file begin before any of them goes on.
    if (page.isFirst && isUnderWay) {
      const atSeconds = clock === undefined ? null : (samples - clock.before) / clock.hz;
      return { kind: 'file', bytes: file.bytes - at, atSeconds };
    }
    if (at + page.bytes > file.bytes) return undefined;
    if (page.isFirst) clock ??= clockOf(await file.read(at + page.headerBytes, page.bytes - page.headerBytes));
    isUnderWay ||= !page.isFirst;
    samples = page.samples ?? samples;
    at += page.bytes;
  }
  return undefined;
}

/** Whether the last page of an Ogg is all there and ends its stream. Encoders set its flag; a file that was cut off has none. */
export async function isEnded(file: OpenedFile): Promise<boolean> {
  const from = Math.max(0, file.bytes - 2 * MOST_PAGE_BYTES);
  const bytes = await file.read(from, 2 * MOST_PAGE_BYTES);
  const at = bytes.lastIndexOf(NAME);
  const page = at < 0 ? undefined : pageIn(bytes.subarray(at));
  return typeof page === 'object' && page.isLast && from + at + page.bytes <= file.bytes;
}

function pageIn(bytes: Buffer): Page | 'incomplete' | undefined {
  if (bytes.toString('latin1', 0, 4) !== NAME.slice(0, bytes.length)) return undefined;
  const segments = bytes[26];
  if (segments === undefined || bytes.length < HEADER_BYTES + segments) return 'incomplete';
  const samples = bytes.readBigInt64LE(6);
  const headerBytes = HEADER_BYTES + segments;
  const sound = bytes.subarray(HEADER_BYTES, headerBytes).reduce((sum, length) => sum + length, 0);
  return {
    bytes: headerBytes + sound,
    headerBytes,
    isFirst: (bytes[5]! & FIRST) !== 0,
    isLast: (bytes[5]! & LAST) !== 0,
    samples: samples < 0 ? undefined : Number(samples),
  };
}

/** How a stream counts its time, by its first packet; undefined for a codec that is not known. */
function clockOf(packet: Buffer): { hz: number; before: number } | undefined {
  const name = packet.toString('latin1', 0, 8);
  if (name === 'OpusHead' && packet.length >= 12) return { hz: OPUS_HZ, before: packet.readUInt16LE(10) };
  if (name.startsWith('\x01vorbis') && packet.length >= 16) return { hz: packet.readUInt32LE(12) || 1, before: 0 };
  if (name.startsWith('\x7fFLAC') && packet.length >= 30) return { hz: packet.readUIntBE(27, 3) >> 4 || 1, before: 0 };
  return undefined;
}
