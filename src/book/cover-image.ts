/** Whether a cover is whole. It is copied into the files as it is, so nothing later would see that half of it is missing. */
import { crc32 } from 'node:zlib';

/** What is wrong with a picture, as the end of a sentence that began with its name; undefined when it is whole. */
export function pictureProblem(bytes: Uint8Array, mediaType: string): string | undefined {
  const picture = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return mediaType === 'image/png' ? pngProblem(picture) : jpegProblem(picture);
}

const SIGNATURE_BYTES = 8;
/** Length, type and checksum around the data of a chunk. Source: PNG (ISO 15948), 5.3. */
const CHUNK_BYTES = 12;

function pngProblem(png: Buffer): string | undefined {
  let hasPixels = false;
  for (let at = SIGNATURE_BYTES; ; ) {
    if (at + CHUNK_BYTES > png.length) return 'is cut off';
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const end = at + CHUNK_BYTES + length;
    if (end > png.length) return 'is cut off';
    if (crc32(png.subarray(at + 4, end - 4)) !== png.readUInt32BE(end - 4)) return 'is damaged';
    if (at === SIGNATURE_BYTES && (type !== 'IHDR' || png.readUInt32BE(at + 8) === 0)) return 'is damaged';
    if (type === 'IDAT') hasPixels = true;
    if (type === 'IEND') return hasPixels ? undefined : 'has no picture in it';
    at = end;
  }
}

/** Markers without a length. Source: JPEG (ISO 10918-1), table B.1. */
const isBare = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = Buffer.from([0xff, 0xd9]);

function jpegProblem(jpeg: Buffer): string | undefined {
  let hasFrame = false;
  for (let at = 2; ; ) {
    if (at + 4 > jpeg.length) return 'is cut off';
    if (jpeg[at] !== 0xff) return 'is damaged';
    const marker = jpeg[at + 1]!;
    if (marker === 0xff) at += 1;
    else if (isBare(marker)) at += 2;
    else if (marker === START_OF_SCAN) {
      // Behind the picture itself; a preview in the head of the file has an end of its own.
      if (!jpeg.subarray(at).includes(END_OF_IMAGE)) return 'is cut off';
      return hasFrame ? undefined : 'is damaged';
    } else {
      if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) hasFrame = true;
      at += 2 + Math.max(2, jpeg.readUInt16BE(at + 2));
    }
  }
}
