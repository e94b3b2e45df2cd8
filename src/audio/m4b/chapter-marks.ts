/** Chapter marks of an M4B: the packets of a text track, as QuickTime reads them, and Nero's list `chpl`. Pure. */
import { box } from '../mp4/mp4-boxes.ts';
import { fullBox, u16, u32, u64 } from './track-boxes.ts';

/** A mark: its place is counted in samples from the first of the book. */
export interface PlacedMark {
  title: string;
  startSample: number;
}

/** Nero's list counts its marks in one byte: a longer book has the first ones there, and all of them in the text track. */
export const MOST_NERO_MARKS = 255;

const MOST_TEXT_BYTES = 0xffff;
const MOST_NERO_TITLE_BYTES = 255;
/** After a text: it is UTF-8. */
const UTF8_ENCODING = box('encd', u32(0x100));

/** A packet of the text track: the length of the title in two bytes, and the title. */
export function textSample(title: string): Buffer {
  const text = utf8Start(title, MOST_TEXT_BYTES);
  return Buffer.concat([u16(text.length), text, UTF8_ENCODING]);
}

/** Nero's list, which counts in units of 100 ns. */
export function neroMarks(marks: readonly PlacedMark[], sampleRateHz: number): Buffer {
  const own = marks.slice(0, MOST_NERO_MARKS);
  const entries = own.map(({ title, startSample }) => {
    const text = utf8Start(title, MOST_NERO_TITLE_BYTES);
    const units = Math.round((startSample * UNITS_PER_SECOND) / sampleRateHz);
    return Buffer.concat([u64(units), Buffer.from([text.length]), text]);
  });
  return fullBox('chpl', 1, 0, u32(0), Buffer.from([own.length]), ...entries);
}

const UNITS_PER_SECOND = 10_000_000;

/** At most so many bytes of a text, without half a character. Zero bytes would end the text for some readers. */
function utf8Start(text: string, most: number): Buffer {
  const bytes = Buffer.from(text.replaceAll('\0', ''), 'utf8');
  let end = Math.min(bytes.length, most);
  // A byte that goes on with a character.
  while (end < bytes.length && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}
