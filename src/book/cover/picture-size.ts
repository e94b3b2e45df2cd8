/** Width and height of a PNG or JPEG in pixels; undefined when they cannot be found. Sources: ISO 15948, 11.2.2; ISO 10918-1, B.2.2. Pure. */
export function pictureSize(bytes: Buffer, mediaType: string): { width: number; height: number } | undefined {
  if (mediaType === 'image/png') {
    if (bytes.length < 24) return undefined;
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  }
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    // Frames of all kinds; the other codes in this range are tables.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return undefined;
}
