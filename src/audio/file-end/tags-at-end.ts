/** Tags and padding behind the sound of any file. */
import { tagBytesAt } from '../mp3/mp3-tags.ts';
import type { OpenedFile } from './opened-file.ts';

const ID3V1_BYTES = 128;
const APE_FOOTER_BYTES = 32;
const LYRICS_FOOTER_BYTES = 15;
/** More is read by no program as padding. */
const MOST_PADDING_BYTES = 1 << 24;

/** What is behind tags and zeros from `from` on: where, and how many bytes to the tags at the end; 0 for nothing. */
export async function behindTags(file: OpenedFile, from: number): Promise<{ at: number; bytes: number }> {
  const to = await beforeTags(file);
  let at = from;
  while (at < to) {
    const bytes = await file.read(at, MOST_PADDING_BYTES);
    const zeros = bytes.findIndex((byte) => byte !== 0);
    const skipped = zeros < 0 ? bytes.length : zeros;
    const tag = zeros < 0 ? 0 : tagBytesAt(bytes, zeros);
    if (skipped + tag === 0) break;
    at += skipped + tag;
  }
  return { at, bytes: Math.max(0, to - at) };
}

/** Where the tags begin that are found from the end of the file: ID3v1, and before it APE or Lyrics3. */
async function beforeTags(file: OpenedFile): Promise<number> {
  let to = file.bytes;
  if ((await textAt(file, to - ID3V1_BYTES, 3)) === 'TAG') to -= ID3V1_BYTES;
  const lyrics = await textAt(file, to - LYRICS_FOOTER_BYTES, LYRICS_FOOTER_BYTES);
  if (/^\d{6}LYRICS200$/.test(lyrics)) to -= Number(lyrics.slice(0, 6)) + LYRICS_FOOTER_BYTES;
  const footer = await file.read(Math.max(0, to - APE_FOOTER_BYTES), APE_FOOTER_BYTES);
  if (footer.length === APE_FOOTER_BYTES && footer.toString('latin1', 0, 8) === 'APETAGEX') {
    const hasHeader = (footer.readUInt32LE(20) & 0x8000_0000) !== 0;
    to -= footer.readUInt32LE(12) + (hasHeader ? APE_FOOTER_BYTES : 0);
  }
  return to;
}

async function textAt(file: OpenedFile, at: number, length: number): Promise<string> {
  return at < 0 ? '' : (await file.read(at, length)).toString('latin1');
}
