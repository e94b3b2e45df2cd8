/** Checks that a cover is complete. It is copied into the files unchanged, so nothing later would notice missing data. */
import { crc32 } from 'node:zlib';

/** What is wrong with an image, as a predicate to follow its name; undefined for a complete image. */
export function imageProblem(bytes: Uint8Array, mediaType: string): string | undefined {
  const picture = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return mediaType === 'image/png' ? pngProblem(picture) : jpegProblem(picture);
}

const SIGNATURE_BYTES = 8;
/** Length, type and checksum around the data of a chunk. Source: PNG (ISO 15948), 5.3. */
const CHUNK_BYTES = 12;

function pngProblem(png: Buffer): string | undefined {
  let hasPixels = false;
  for (let at = SIGNATURE_BYTES; ; ) {
    if (at + CHUNK_BYTES > png.length) return 'is truncated';
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const end = at + CHUNK_BYTES + length;
    if (end > png.length) return 'is truncated';
    if (crc32(png.subarray(at + 4, end - 4)) !== png.readUInt32BE(end - 4)) return 'is damaged';
    if (at === SIGNATURE_BYTES && (type !== 'IHDR' || png.readUInt32BE(at + 8) === 0)) return 'is damaged';
    if (type === 'IDAT') hasPixels = true;
    if (type === 'IEND') return hasPixels ? undefined : 'contains no pixels';
    at = end;
  }
}

/** Markers without a length. Source: JPEG (ISO 10918-1), table B.1. */
const hasNoLength = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);

function jpegProblem(jpeg: Buffer): string | undefined {
  let hasFrame = false;
  for (let at = 2; ; ) {
    if (at + 4 > jpeg.length) return 'is truncated';
    if (jpeg[at] !== 0xff) return 'is damaged';
    const marker = jpeg[at + 1]!;
    if (marker === 0xff) at += 1;
    else if (hasNoLength(marker)) at += 2;
    else if (marker === START_OF_SCAN) {
      // After the image data; a preview in the header has its own end marker.
      if (!jpeg.subarray(at).includes(END_OF_IMAGE)) return 'is truncated';
      return hasFrame ? undefined : 'is damaged';
    } else {
      if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) hasFrame = true;
      at += 2 + Math.max(2, jpeg.readUInt16BE(at + 2));
    }
  }
}
