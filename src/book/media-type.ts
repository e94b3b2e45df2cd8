/** Media types of sound that are detected. */
export const SOUND_TYPES = [
  'audio/wav',
  'audio/mpeg',
  'audio/mp4',
  'audio/flac',
  'audio/ogg',
  'audio/aac',
  'audio/aiff',
  'audio/amr',
  'audio/webm',
] as const;

/** Media types that are detected by a file's first bytes; its name is not reliable. */
export type MediaType = (typeof SOUND_TYPES)[number] | 'image/png' | 'image/jpeg';

/** Number of bytes from the start of a file that `sniffMediaType` needs. */
export const SNIFFED_BYTES = 16;

/**
 * Detects audio and cover images by their signatures; undefined for everything else. Text, SVG, and the playlists and concat
 * scripts that ffmpeg would follow to other files have no signature.
 */
export function sniffMediaType(head: Uint8Array): MediaType | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const ascii = (from: number, to: number): string => bytes.toString('latin1', from, to);
  const first = ascii(0, 4);
  if ((first === 'RIFF' || first === 'RF64') && ascii(8, 12) === 'WAVE') return 'audio/wav';
  if (first === 'FORM' && /^AIF[FC]$/.test(ascii(8, 12))) return 'audio/aiff';
  if (first === 'fLaC') return 'audio/flac';
  if (first === 'OggS') return 'audio/ogg';
  if (first.startsWith('#!AM') && ascii(0, 5) === '#!AMR') return 'audio/amr';
  if (ascii(4, 8) === 'ftyp') return 'audio/mp4';
  if (first === '\u001aE\u00df\u00a3') return 'audio/webm';
  if (ascii(0, 8) === '\u0089PNG\r\n\u001a\n') return 'image/png';
  if (ascii(0, 3) === '\u00ff\u00d8\u00ff') return 'image/jpeg';
  if (ascii(0, 3) === 'ID3') return 'audio/mpeg';
  return mpegFrame(bytes);
}

/** The header of an MPEG audio frame (ISO 11172-3) or of an ADTS frame (ISO 13818-7), neither of which has a signature. */
function mpegFrame(bytes: Buffer): MediaType | undefined {
  if (bytes.length < 4 || bytes[0] !== 0xff || (bytes[1]! & 0xe0) !== 0xe0) return undefined;
  if ((bytes[1]! & 0xf6) === 0xf0) return 'audio/aac';
  const version = (bytes[1]! >> 3) & 3;
  const layer = (bytes[1]! >> 1) & 3;
  const bitRate = bytes[2]! >> 4;
  const sampleRate = (bytes[2]! >> 2) & 3;
  return version !== 1 && layer !== 0 && bitRate !== 15 && sampleRate !== 3 ? 'audio/mpeg' : undefined;
}
