/** What follows a Matroska or WebM in its file: a second one, or bytes that are no element. Source: RFC 8794, RFC 9559. */
import type { Appended } from '../../qc/measured-file.ts';
import type { OpenedFile } from './opened-file.ts';
import { behindTags } from './tags-at-end.ts';

/** How a file begins. */
export const EBML_HEAD = 0x1a45_dfa3;
const SEGMENT = 0x1853_8067;
const CLUSTER = 0x1f43_b675;
/** Of the segment, and what may stand at any place: Void and CRC-32. */
const IN_SEGMENT = new Set([
  ...[0x114d_9b74, 0x1549_a966, 0x1654_ae6b, CLUSTER, 0x1c53_bb6b, 0x1941_a469, 0x1043_a770, 0x1254_c367],
  ...[0xec, 0xbf],
]);
/** Of a cluster: its time, blocks, places. */
const IN_CLUSTER = new Set([0xe7, 0xa3, 0xa0, 0xa7, 0xab, 0xaf, 0x5854, 0xec, 0xbf]);
const HEADER_BYTES = 12;

/** An element's header. `bytes` is undefined when the size is not known: until an element that cannot be in it. */
interface Element {
  id: number;
  headerBytes: number;
  bytes: number | undefined;
}

/** The second file or the bytes; undefined for nothing, and for a Matroska that is cut off. */
export async function afterElements(file: OpenedFile, start: number): Promise<Appended | undefined> {
  /** What may be here: a segment without a size has no end but the first element that is none of it. */
  let allowed = new Set([EBML_HEAD, SEGMENT, 0xec, 0xbf]);
  for (let at = start; at < file.bytes; ) {
    const element = elementIn(await file.read(at, HEADER_BYTES));
    if (element?.id === EBML_HEAD && at > start) return { kind: 'file', bytes: file.bytes - at, atSeconds: null };
    if (element === undefined || !allowed.has(element.id)) {
      const behind = await behindTags(file, at);
      if (behind.bytes === 0) return undefined;
      const next = elementIn(await file.read(behind.at, HEADER_BYTES));
      const kind = next?.id === EBML_HEAD ? 'file' : 'bytes';
      return { kind, bytes: kind === 'file' ? file.bytes - behind.at : behind.bytes, atSeconds: null };
    }
    if (element.bytes === undefined) {
      if (element.id === SEGMENT) allowed = new Set([...allowed, ...IN_SEGMENT]);
      else if (element.id === CLUSTER) allowed = new Set([...allowed, ...IN_CLUSTER]);
      else return undefined;
    }
    at += element.headerBytes + (element.bytes ?? 0);
    // Cut off: the check for damage tells what is missing.
    if (at > file.bytes) return undefined;
  }
  return undefined;
}

function elementIn(bytes: Buffer): Element | undefined {
  const idBytes = Math.clz32(bytes[0] ?? 0) - 23;
  const sizeBytes = Math.clz32(bytes[idBytes] ?? 0) - 23;
  if (idBytes > 4 || sizeBytes > 8 || bytes.length < idBytes + sizeBytes) return undefined;
  const bits = 7 * sizeBytes;
  let size = BigInt(bytes[idBytes]!);
  for (let i = 1; i < sizeBytes; i++) size = (size << 8n) | BigInt(bytes[idBytes + i]!);
  size &= (1n << BigInt(bits)) - 1n;
  const isUnknown = size === (1n << BigInt(bits)) - 1n;
  return {
    id: bytes.readUIntBE(0, idBytes),
    headerBytes: idBytes + sizeBytes,
    bytes: isUnknown ? undefined : Number(size),
  };
}
