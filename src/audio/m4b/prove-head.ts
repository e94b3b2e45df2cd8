/** Proves the head of an M4B before anything is written, with the reader of the program that reads foreign files. Pure. */
import { AAC_FRAME_SAMPLES } from '../mp4/adts.ts';
import { boxAt } from '../mp4/mp4-boxes.ts';
import { type Mp4Track, mp4Tracks } from '../mp4/mp4-tracks.ts';
import { type BookLayout, playedSamples } from './book-head.ts';

/**
 * Throws unless the index names every packet of the book, in order, where it will be written, and every mark at the first sample
 * of its chapter. The packets themselves are those of the chapters: their files are verified while they are read, and the book's
 * bytes when they are delivered.
 */
export function proveHead(head: Buffer, layout: BookLayout): void {
  const tracks = mp4Tracks(boxAt(head, ['moov']) ?? Buffer.alloc(0)) ?? [];
  const sound = tracks.find(({ kind }) => kind === 'soun');
  const text = tracks.find(({ kind }) => kind === 'text');
  const problem =
    (isSound(sound, head, layout) ? undefined : 'sound is not where its index says') ??
    (areMarks(text, head, layout) ? undefined : 'chapter marks are wrong');
  if (problem !== undefined) throw new Error(`Internal error: the ${problem} in the M4B.`);
}

function isSound(track: Mp4Track | undefined, head: Buffer, layout: BookLayout): boolean {
  const { sizes, sampleRateHz, primingSamples, lastPacketSamples } = layout;
  if (track === undefined || track.timescale !== sampleRateHz || track.editStart !== primingSamples) return false;
  if (track.sizes.length !== sizes.length) return false;
  let at = head.length;
  for (let i = 0; i < sizes.length; i++) {
    const duration = i === sizes.length - 1 ? lastPacketSamples : AAC_FRAME_SAMPLES;
    if (track.sizes[i] !== sizes[i] || track.offsets[i] !== at || track.durations[i] !== duration) return false;
    at += sizes[i]!;
  }
  return true;
}

/** The title of each chapter at its first sample, up to the end of the book. */
function areMarks(track: Mp4Track | undefined, head: Buffer, layout: BookLayout): boolean {
  const { chapters, sampleRateHz } = layout;
  if (track === undefined || track.timescale !== sampleRateHz || track.sizes.length !== chapters.length) return false;
  let startSample = 0;
  const inPlace = chapters.every((chapter, i) => {
    const from = track.offsets[i]!;
    const title = head.toString('utf8', from + 2, from + 2 + head.readUInt16BE(from));
    const isHere = chapter.startSample === startSample && chapter.title.replaceAll('\0', '').startsWith(title);
    startSample += track.durations[i]!;
    return isHere;
  });
  return inPlace && startSample === playedSamples(layout);
}
