/**
 * Everything of an M4B before its sound: `ftyp`, the index, and the titles of the chapters, which are the packets of a text track.
 * All times are counted in samples, so marks are exact. Pure.
 */
import type { BookTags } from '../../plan/step.ts';
import { threeLetterLanguage } from '../mastering/tags.ts';
import { AAC_FRAME_SAMPLES } from '../mp4/adts.ts';
import { box } from '../mp4/mp4-boxes.ts';
import { FULL_BOX_BYTES, ITEMS_HANDLER } from '../mp4/mp4-items.ts';
import { type BookCover, bookItems } from './book-items.ts';
import { neroMarks, textSample } from './chapter-marks.ts';
import type { AacTrack } from './stored-chapter.ts';
import {
  bytesOf,
  DATA_IN_FILE,
  decoderWarmUp,
  editList,
  fullBox,
  handler,
  mediaHeader,
  movieHeader,
  packetsPerSecond,
  packetTables,
  type Track,
  trackHeader,
  UNIT_MATRIX,
  u16,
  u32,
  u64,
} from './track-boxes.ts';

/** A book's sound and chapters. */
export interface BookLayout extends AacTrack {
  /** In order; `startSample` is counted from the book's first sample. */
  chapters: readonly { title: string; startSample: number }[];
  tags: BookTags;
  cover?: BookCover;
}

/** Samples that are played. */
export function playedSamples({ sizes, primingSamples, lastPacketSamples }: BookLayout): number {
  return (sizes.length - 1) * AAC_FRAME_SAMPLES + lastPacketSamples - primingSamples;
}

/** The bytes before the first packet of sound. Equal layouts give equal bytes. */
export function bookHead(layout: BookLayout): Buffer {
  const titles = layout.chapters.map(({ title }) => textSample(title));
  const text = Buffer.concat(titles);
  const soundBytes = bytesOf(layout.sizes);
  const data = dataHeader(text.length + soundBytes);
  const type = box('ftyp', Buffer.from('M4B \0\0\x02\0M4B M4A mp42isom', 'latin1'));
  const titleSizes = Uint32Array.from(titles, ({ length }) => length);
  // Delivery adds tags, and then moves the places.
  const isLong = soundBytes > MOST_SHORT_BYTES;
  // Places do not change the length of the index.
  const length = index(layout, { titleSizes, textFrom: 0, soundFrom: 0, isLong }).length;
  const textFrom = type.length + length + data.length;
  return Buffer.concat([
    type,
    index(layout, { titleSizes, textFrom, soundFrom: textFrom + text.length, isLong }),
    data,
    text,
  ]);
}

/** Above this, places have eight bytes. Less than four bytes can count, because tags are added later. */
const MOST_SHORT_BYTES = 0xf000_0000;

function dataHeader(bytes: number): Buffer {
  const mdat = Buffer.from('mdat', 'latin1');
  if (bytes + 8 <= 0xffff_ffff) return Buffer.concat([u32(bytes + 8), mdat]);
  return Buffer.concat([u32(1), mdat, u64(bytes + 16)]);
}

interface Places {
  titleSizes: Uint32Array;
  textFrom: number;
  soundFrom: number;
  isLong: boolean;
}

function index(layout: BookLayout, { titleSizes, textFrom, soundFrom, isLong }: Places): Buffer {
  const { sampleRateHz: timescale, sizes, chapters, tags } = layout;
  const duration = playedSamples(layout);
  const both = { timescale, duration, isLong };
  const perChunk = packetsPerSecond(timescale);
  const list = box('ilst', ...bookItems(tags, layout.cover));
  return box(
    'moov',
    movieHeader({ timescale, duration, nextTrack: TEXT_TRACK + 1 }),
    soundTrack({ ...both, id: SOUND_TRACK, sizes, from: soundFrom, perChunk }, layout),
    textTrack({ ...both, id: TEXT_TRACK, sizes: titleSizes, from: textFrom, perChunk: titleSizes.length }, chapters),
    box('udta', box('meta', Buffer.alloc(FULL_BOX_BYTES), ITEMS_HANDLER, list), neroMarks(chapters, timescale)),
  );
}

const SOUND_TRACK = 1;
const TEXT_TRACK = 2;
/** Flags of a track: it is played; it belongs to the presentation. */
const PLAYED = 1;
const PRESENTED = 2;

function soundTrack(track: Track, { primingSamples, lastPacketSamples, channels, config, tags }: BookLayout): Buffer {
  const { timescale, sizes } = track;
  const media = mediaHeader({
    timescale,
    duration: (sizes.length - 1) * AAC_FRAME_SAMPLES + lastPacketSamples,
    language: threeLetterLanguage(tags.language),
  });
  const full = sizes.length - 1;
  const durations = [...(full > 0 ? [[full, AAC_FRAME_SAMPLES] as const] : []), [1, lastPacketSamples] as const];
  const table = box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), soundEntry({ track, channels, config })),
    ...packetTables(track, durations),
    ...decoderWarmUp(sizes.length),
  );
  return box(
    'trak',
    trackHeader(track, { flags: PLAYED | PRESENTED, isSound: true }),
    editList(track, primingSamples),
    box('tref', box('chap', u32(TEXT_TRACK))),
    box(
      'mdia',
      media,
      handler('soun', 'SoundHandler'),
      box('minf', fullBox('smhd', 0, 0, u32(0)), DATA_IN_FILE, table),
    ),
  );
}

/** The entry `mp4a` and the descriptors of its decoder (ISO/IEC 14496-1, 7.2.6). */
function soundEntry({ track, channels, config }: { track: Track; channels: number; config: Buffer }): Buffer {
  const { timescale, sizes } = track;
  const bytes = bytesOf(sizes);
  const average = Math.round((8 * bytes * timescale) / (sizes.length * AAC_FRAME_SAMPLES));
  const highest = Math.max(average, highestRate(sizes, timescale));
  const specific = descriptor(5, config);
  const decoder = descriptor(4, Buffer.from([AAC, SOUND_STREAM, 0, 0, 0]), u32(highest, average), specific);
  const stream = descriptor(3, u16(0), Buffer.from([0]), decoder, descriptor(6, Buffer.from([2])));
  const sampleBits = 16;
  return box(
    'mp4a',
    ...[Buffer.alloc(6), u16(1), Buffer.alloc(8), u16(channels, sampleBits, 0, 0), u32(timescale * 0x10000)],
    fullBox('esds', 0, 0, stream),
  );
}

/** Object type of MPEG-4 audio; type 5, sound, with the bit that is always set. */
const AAC = 0x40;
const SOUND_STREAM = 0x15;

/** Bits in the fullest second. */
function highestRate(sizes: Uint32Array, sampleRateHz: number): number {
  const perSecond = packetsPerSecond(sampleRateHz);
  let sum = 0;
  let highest = 0;
  for (let i = 0; i < sizes.length; i++) {
    sum += sizes[i]! - (i >= perSecond ? sizes[i - perSecond]! : 0);
    if (sum > highest) highest = sum;
  }
  return 8 * highest;
}

function descriptor(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  // All of ours are shorter than 128 bytes.
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}

/** Not played, but named by the sound as its chapters. */
function textTrack(track: Track, chapters: BookLayout['chapters']): Buffer {
  const { timescale, duration } = track;
  const durations = chapters.map(
    ({ startSample }, i) => [1, (chapters[i + 1]?.startSample ?? duration) - startSample] as const,
  );
  const table = box('stbl', fullBox('stsd', 0, 0, u32(1), TEXT_ENTRY), ...packetTables(track, durations));
  return box(
    'trak',
    trackHeader(track, { flags: PRESENTED, isSound: false }),
    editList(track, 0),
    box(
      'mdia',
      mediaHeader({ timescale, duration, language: 'und' }),
      handler('text', 'Chapters'),
      box('minf', TEXT_HEADER, DATA_IN_FILE, table),
    ),
  );
}

/** Of QuickTime's text media: copied as the graphics are, neither turned nor moved. */
const TEXT_HEADER = box(
  'gmhd',
  fullBox('gmin', 0, 0, u16(0x40, 0x8000, 0x8000, 0x8000, 0, 0)),
  box('text', UNIT_MATRIX),
);
/** Flags; justification, color and place of the text; its style, with the first font of a list of one without a name. */
const TEXT_ENTRY = box(
  'text',
  ...[Buffer.alloc(6), u16(1), u32(1), Buffer.alloc(14)],
  ...[u16(0, 0, 1, 0), Buffer.alloc(4)],
  box('ftab', u16(1, 1), Buffer.from([0])),
);
