/** Reads a stored chapter's M4A as a stream: first its index, then its packets. Nothing is decoded. */
import { AAC_FRAME_SAMPLES, aacFormat } from '../mp4/adts.ts';
import { boxAt, boxHeader } from '../mp4/mp4-boxes.ts';
import { type Mp4Track, mp4Tracks } from '../mp4/mp4-tracks.ts';

/** A track of AAC packets. */
export interface AacTrack {
  sampleRateHz: number;
  channels: number;
  /** The decoder's configuration. */
  config: Buffer;
  /** Bytes of each packet. */
  sizes: Uint32Array;
  /** Samples that the encoder put before the sound. */
  primingSamples: number;
  /** Samples of the last packet that are sound. */
  lastPacketSamples: number;
}

/** What a chapter's index says. */
export interface ChapterIndex extends AacTrack {
  /** Where the packets are, as stretches of the file in order. */
  stretches: readonly Stretch[];
}

interface Stretch {
  from: number;
  to: number;
}

/** An index larger than this is damage: 100 hours of sound have 60 MB. */
const MOST_HEAD_BYTES = 1 << 28;

/**
 * The index of an M4A that has it before its sound, as this program writes them; reads no further. Undefined for another file and
 * for a damaged index. Rejects like `file`.
 */
export async function readChapterIndex(file: AsyncIterable<Buffer>): Promise<ChapterIndex | undefined> {
  const head = await readHead(file);
  const sound = mp4Tracks(boxAt(head, ['moov']) ?? Buffer.alloc(0))?.find(({ kind }) => kind === 'soun');
  const format = sound && aacFormat(sound.config);
  if (sound === undefined || format === undefined || !isWhole(sound, format.sampleRateHz)) return undefined;
  return {
    ...{ sampleRateHz: format.sampleRateHz, channels: format.channels },
    // Two bytes say all of AAC-LC; encoders add that there is nothing more.
    config: sound.config.subarray(0, 2),
    sizes: sound.sizes,
    primingSamples: sound.editStart,
    lastPacketSamples: sound.durations.at(-1)!,
    stretches: stretchesOf(sound),
  };
}

/** Every packet but the last has its full length, and the packets are one after the other. */
function isWhole({ sizes, offsets, durations, timescale, editStart }: Mp4Track, sampleRateHz: number): boolean {
  const last = sizes.length - 1;
  if (last < 0 || timescale !== sampleRateHz || editStart >= sizes.length * AAC_FRAME_SAMPLES) return false;
  for (let i = 0; i < last; i++)
    if (durations[i] !== AAC_FRAME_SAMPLES || offsets[i]! + sizes[i]! > offsets[i + 1]!) return false;
  return durations[last]! <= AAC_FRAME_SAMPLES;
}

/** Everything before the sound; what there is when the file ends before it. */
async function readHead(file: AsyncIterable<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for await (const piece of file) {
    head = Buffer.concat([head, piece]);
    const bytes = headBytes(head);
    if (bytes === undefined || bytes > MOST_HEAD_BYTES) break;
    if (bytes <= head.length) return head.subarray(0, bytes);
  }
  return Buffer.alloc(0);
}

/** How long the head is, or more than there is of it; undefined for what is no MP4 file. */
function headBytes(start: Buffer): number | undefined {
  for (let at = 0; ; ) {
    const header = boxHeader(start, at, Number.POSITIVE_INFINITY);
    if (header === undefined) return Math.max(start.length + 1, at);
    if (header.type === 'mdat') return at;
    if (header.bytes < header.headerBytes) return undefined;
    at += header.bytes;
  }
}

function stretchesOf({ sizes, offsets }: Mp4Track): Stretch[] {
  const stretches: Stretch[] = [];
  let last: Stretch | undefined;
  // An hour has 155,000 packets: iterators cost more here than reading the file.
  for (let i = 0; i < sizes.length; i++) {
    const from = offsets[i]!;
    const to = from + sizes[i]!;
    if (last?.to === from) last.to = to;
    else {
      last = { from, to };
      stretches.push(last);
    }
  }
  return stretches;
}

/**
 * All packets of the chapter, in order, in pieces that may end anywhere. Reads the file to its end, so that its reader can verify it.
 * Fewer bytes than the index says come from a file that is cut off.
 */
export async function* packetBytes(file: AsyncIterable<Buffer>, { stretches }: ChapterIndex): AsyncGenerator<Buffer> {
  let at = 0;
  let next = 0;
  for await (const piece of file) {
    const end = at + piece.length;
    for (; next < stretches.length; next++) {
      const { from, to } = stretches[next]!;
      if (from < end && to > at) yield piece.subarray(Math.max(from, at) - at, Math.min(to, end) - at);
      // The next piece may go on with it.
      if (to > end) break;
    }
    at = end;
  }
}
