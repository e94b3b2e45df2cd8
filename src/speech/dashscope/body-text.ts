/** The body of an HTTP answer as text. We ask for no compression and no byte order mark; a proxy may send them all the same. */
import type { IncomingHttpHeaders } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

const UNPACK: Readonly<Record<string, (bytes: Buffer, most: { maxOutputLength: number }) => Buffer>> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  // Some servers send the bare stream under this name.
  deflate: (bytes, most) => ((bytes[0] ?? 0) % 16 === 8 ? inflateSync(bytes, most) : inflateRawSync(bytes, most)),
  br: brotliDecompressSync,
  identity: (bytes) => bytes,
};

/**
 * Unpacks and decodes. A proxy that has unpacked a body may leave its header, one that packs may forget it, and some servers
 * name an alphabet there: text that is plain is taken as it is. Throws for a packing that we do not know, that is broken, or
 * that unpacks to more than `mostBytes`.
 */
export function bodyText(bytes: Buffer, headers: IncomingHttpHeaders, mostBytes: number): string {
  let plain = bytes;
  const packings = (headers['content-encoding'] ?? '').toLowerCase().split(',');
  // The last packing was put on last.
  for (const packing of packings.map((name) => name.trim()).reverse()) {
    if (packing === '' || isPlainJson(plain)) continue;
    const unpack = UNPACK[packing];
    if (unpack === undefined) throw new Error('unknown content-encoding');
    plain = unpack(plain, { maxOutputLength: mostBytes });
  }
  if (plain[0] === 0x1f && plain[1] === 0x8b) plain = gunzipSync(plain, { maxOutputLength: mostBytes });
  return plain.toString().replace(/^\uFEFF+/, '');
}

/** Whether it is empty or begins like JSON, which no packed body does. */
function isPlainJson(bytes: Buffer): boolean {
  return (
    bytes.length === 0 || (/^\uFEFF*\s*[{[]"?/.test(bytes.subarray(0, 64).toString()) && isText(bytes.subarray(0, 64)))
  );
}

/** Whether it has no control characters besides white space. */
function isText(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d);
}
