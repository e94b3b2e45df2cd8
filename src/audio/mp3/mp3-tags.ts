/** Tags around the frames of an MP3: ID3v1, ID3v2, APE and Lyrics3. Pure. */

const ID3V1_BYTES = 128;
const ID3V1_EXTENDED_BYTES = 227;
const APE_HEADER_BYTES = 32;
const LYRICS = /LYRICS(200|END)/;

/** Bytes of the tag that begins at `at`, also of those that the buffer does not have; 0 when none begins there. */
export function tagBytesAt(bytes: Buffer, at: number): number {
  const first = bytes[at];
  // Asked for each foreign byte: T, I, A and L begin the names.
  if (first !== 0x54 && first !== 0x49 && first !== 0x41 && first !== 0x4c) return 0;
  const name = bytes.toString('latin1', at, at + 11);
  if (name.startsWith('TAG+')) return ID3V1_EXTENDED_BYTES;
  if (name.startsWith('TAG')) return ID3V1_BYTES;
  if (name.startsWith('ID3')) return id3v2Bytes(bytes.subarray(at, at + 10));
  if (name.startsWith('APETAGEX')) return apeBytes(bytes.subarray(at, at + APE_HEADER_BYTES));
  if (name !== 'LYRICSBEGIN') return 0;
  const text = bytes.toString('latin1', at);
  const end = LYRICS.exec(text);
  return end === null ? text.length : end.index + end[0].length;
}

/** An ID3v2 tag at the start of a file or of a second one in it; 0 without its ten bytes. */
function id3v2Bytes(header: Buffer): number {
  if (header.length < 10) return 0;
  const [a, b, c, d] = [header[6]! & 127, header[7]! & 127, header[8]! & 127, header[9]! & 127];
  const footer = (header[5]! & 0x10) === 0 ? 0 : 10;
  return 10 + (a << 21) + (b << 14) + (c << 7) + d + footer;
}

/** A header counts the items and the footer behind it; a footer alone has nothing behind it. */
function apeBytes(header: Buffer): number {
  if (header.length < APE_HEADER_BYTES) return APE_HEADER_BYTES;
  const isHeader = (header.readUInt32LE(20) & 0x2000_0000) !== 0;
  return APE_HEADER_BYTES + (isHeader ? header.readUInt32LE(12) : 0);
}
