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

/** Unpacks and decodes. Throws for a packing that we do not know, that is broken, or that unpacks to more than `mostBytes`. */
export function bodyText(bytes: Buffer, headers: IncomingHttpHeaders, mostBytes: number): string {
  let plain = bytes;
  const packings = (headers['content-encoding'] ?? '').toLowerCase().split(',');
  // The last packing was put on last.
  for (const packing of packings.map((name) => name.trim()).reverse()) {
    if (packing === '' || plain.length === 0) continue;
    const unpack = UNPACK[packing];
    if (unpack === undefined) throw new Error('unknown content-encoding');
    plain = unpack(plain, { maxOutputLength: mostBytes });
  }
  return plain.toString().replace(/^\uFEFF/, '');
}
