/** Reads a WAV file as it arrives: its format, its sound, and whether its own sizes say that it is whole. */
import { parseWavHeader } from '../../audio/pcm.ts';
import { WAV_SIZE_UNKNOWN } from './protocol.ts';

/** What the header says. */
export interface WavFormat {
  sampleRateHz: number;
  channels: number;
  bits: number;
}

/** A reader of one file. */
export interface WavReader {
  /** Takes the next bytes; returns the sound in them, which may be none. */
  push(chunk: Buffer): Buffer;
  /** Undefined until the header has arrived. */
  format(): WavFormat | undefined;
  /** What is wrong, in words; undefined for a file that is whole as far as its header knows. */
  problem(): string | undefined;
  /** Whether the header has a size at all; 0 and 0xFFFFFFFF are placeholders of servers that did not know it. */
  knowsSize(): boolean;
}

/** A longer header is none. */
const MAX_HEADER_BYTES = 65_536;
/** Other placeholders of programs that write to a pipe are close below 2 and 4 GB. */
const PLACEHOLDERS_FROM = 0x7fff_0000;

interface Header {
  format: WavFormat;
  riffSize: number | undefined;
  dataSize: number | undefined;
  dataAt: number;
}

/** Makes a reader. */
export function createWavReader(): WavReader {
  let waiting = Buffer.alloc(0);
  let header: Header | undefined;
  let bad: string | undefined;
  let total = 0;
  let sound = 0;

  function takeSound(chunk: Buffer): Buffer {
    const most = header?.dataSize === undefined ? chunk.length : Math.max(0, header.dataSize - sound);
    const part = chunk.subarray(0, most);
    sound += part.length;
    return part;
  }

  return {
    push(chunk) {
      total += chunk.length;
      if (bad !== undefined) return Buffer.alloc(0);
      if (header !== undefined) return takeSound(chunk);
      waiting = Buffer.concat([waiting, chunk]);
      const read = readHeader(waiting);
      if (typeof read === 'string') bad = read;
      if (typeof read !== 'object') {
        if (waiting.length > MAX_HEADER_BYTES) bad = 'it is not a WAV file';
        return Buffer.alloc(0);
      }
      header = read;
      return takeSound(waiting.subarray(read.dataAt));
    },
    format: () => header?.format,
    knowsSize: () => header?.riffSize !== undefined || header?.dataSize !== undefined,
    problem() {
      if (bad !== undefined) return bad;
      if (header === undefined) return 'the file ended before its sound';
      const { riffSize, dataSize, dataAt } = header;
      if (dataSize !== undefined && sound < dataSize) return `${sound} of ${dataSize} bytes arrived`;
      const wanted = riffSize === undefined ? undefined : riffSize + 8;
      // A file may have an odd size, which is then padded or not.
      if (wanted !== undefined && Math.abs(total - wanted) > 1) return `${total} bytes arrived, not ${wanted}`;
      if (wanted === undefined && dataSize !== undefined && total > dataAt + dataSize + 1)
        return `${total - dataAt} bytes of sound arrived, not ${dataSize}`;
      return undefined;
    },
  };
}

/** The header; undefined while it is not complete, or what is wrong with it. */
function readHeader(bytes: Buffer): Header | string | undefined {
  const parsed = parseWavHeader(bytes);
  if (parsed === 'incomplete') return undefined;
  if (parsed === null) return 'it is not a WAV file';
  const { encoding, channels, sampleRateHz, bitsPerSample: bits, dataOffset: dataAt, dataBytes } = parsed;
  if (encoding !== 'pcm') return 'its sound is compressed or has floating-point numbers';
  const dataSize = dataBytes === null ? undefined : known(dataBytes);
  return { format: { channels, sampleRateHz, bits }, riffSize: known(bytes.readUInt32LE(4)), dataSize, dataAt };
}

function known(size: number): number | undefined {
  return size === 0 || size === WAV_SIZE_UNKNOWN || size >= PLACEHOLDERS_FROM ? undefined : size;
}
