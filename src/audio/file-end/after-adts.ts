/**
 * What follows an AAC of ADTS frames in its file: a second one, or bytes that are no frame. Such streams may be joined by the
 * standard (ISO/IEC 14496-3), and two by one encoder are one, unless the encoder writes its name into its first frame.
 */
import type { Appended } from '../../qc/measured-file.ts';
import { AAC_FRAME_SAMPLES, adtsFrameAt, HEADER_BYTES } from '../mp4/adts.ts';
import type { OpenedFile } from './opened-file.ts';
import { behindTags } from './tags-at-end.ts';

/** How encoders name themselves in a fill element of the first frame. */
const ENCODERS = /Lavc\d+\.\d+|libfaac \d|FAAC \d/;
/** ffmpeg's encoder does so every so many frames, about six seconds, counted from its first. */
const NAMED_EVERY_FRAMES = 256;
const MOST_FRAME_BYTES = 8192;

/** The second file or the bytes; undefined for nothing, and for a stream that is cut off. */
export async function afterAdts(file: OpenedFile, start: number): Promise<Appended | undefined> {
  let next = start;
  let frames = 0;
  let first: { format: string; encoder: string | undefined; hz: number } | undefined;
  let result: Appended | undefined;
  let foreignAt: number | undefined;
  await file.pieces({ from: start, to: file.bytes, overlap: MOST_FRAME_BYTES }, (bytes, at) => {
    const isLast = at + bytes.length >= file.bytes;
    while (next < at + bytes.length && (isLast || next + MOST_FRAME_BYTES <= at + bytes.length)) {
      const frame = adtsFrameAt(bytes, next - at);
      if (frame === undefined) {
        foreignAt = next;
        return true;
      }
      // Cut off within its last frame.
      if (frame.bytes > at + bytes.length - next) return true;
      const text = bytes.toString('latin1', next - at, next - at + frame.bytes);
      const format = `${frame.profile} ${frame.sampleRateHz} ${frame.channels}`;
      const encoder = ENCODERS.exec(text)?.[0];
      const beginsAgain = encoder !== undefined && first?.encoder !== undefined && !isNamedAgain(encoder, frames);
      if (first !== undefined && (format !== first.format || beginsAgain)) {
        result = { kind: 'file', bytes: file.bytes - next, atSeconds: (frames * AAC_FRAME_SAMPLES) / first.hz };
        return true;
      }
      first ??= { format, encoder, hz: frame.sampleRateHz };
      frames += 1;
      next += frame.bytes;
    }
    return false;
  });
  if (foreignAt === undefined || first === undefined) return result;
  const { at, bytes } = await behindTags(file, foreignAt);
  if (bytes === 0) return undefined;
  const atSeconds = (frames * AAC_FRAME_SAMPLES) / first.hz;
  if (adtsFrameAt(await file.read(at, HEADER_BYTES), 0) !== undefined)
    return { kind: 'file', bytes: file.bytes - at, atSeconds };
  // A broken frame is followed by others: that is damage.
  return (await goesOn(file, at)) ? undefined : { kind: 'bytes', bytes, atSeconds };
}

/** Whether the encoder of a stream names itself again in this frame, as it goes on. */
function isNamedAgain(encoder: string, frame: number): boolean {
  return encoder.startsWith('Lavc') && frame % NAMED_EVERY_FRAMES === 0;
}

/** Whether two frames stand one behind the other. */
async function goesOn(file: OpenedFile, from: number): Promise<boolean> {
  let isFound = false;
  await file.pieces({ from, to: file.bytes, overlap: 2 * MOST_FRAME_BYTES }, (bytes) => {
    for (let at = bytes.indexOf(0xff); at >= 0 && !isFound; at = bytes.indexOf(0xff, at + 1)) {
      const frame = adtsFrameAt(bytes, at);
      isFound = frame !== undefined && adtsFrameAt(bytes, at + frame.bytes) !== undefined;
    }
    return isFound;
  });
  return isFound;
}
