/** The tracks in the index of an MP4 file (ISO/IEC 14496-12): where the packets of its sound and the texts of its chapter marks are. Pure. */

/** One track. */
export interface Mp4Track {
  /** `soun`, `text`, … */
  kind: string;
  /** Units of a second in which its durations are counted. */
  timescale: number;
  /** Decoder's configuration of AAC (ISO/IEC 14496-3, AudioSpecificConfig); empty for other tracks. */
  config: Buffer;
  /** Bytes of each packet, its place in the file, and its duration. */
  sizes: Uint32Array;
  offsets: Float64Array;
  durations: Uint32Array;
  /** Its first edit: where in the track playing begins, in its units, which is after what the encoder put before the sound. */
  editStart: number;
}

/** The tracks of an index, by the content of `moov`; undefined for a damaged one. */
export function mp4Tracks(moov: Buffer): Mp4Track[] | undefined {
  try {
    return boxes(moov).flatMap(({ name, body }) => (name === 'trak' ? trackIn(body) : []));
  } catch (error) {
    // A length that points outside: the index is damaged.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function trackIn(trak: Buffer): Mp4Track[] {
  const media = child(trak, 'mdia');
  const table = media && child(media, 'minf', 'stbl');
  const header = media && child(media, 'mdhd');
  const handler = media && child(media, 'hdlr');
  if (table === undefined || header === undefined || handler === undefined) return [];
  const sizes = packetSizes(table);
  return [
    {
      kind: handler.toString('latin1', 8, 12),
      timescale: header.readUInt32BE(header[0] === 1 ? 20 : 12),
      config: audioConfig(child(table, 'stsd')),
      sizes,
      offsets: packetOffsets(table, sizes),
      durations: packetDurations(table, sizes.length),
      editStart: editStart(child(trak, 'edts', 'elst')),
    },
  ];
}

function packetSizes(table: Buffer): Uint32Array {
  const box = child(table, 'stsz') ?? Buffer.alloc(12);
  const [equal, count] = [box.readUInt32BE(4), box.readUInt32BE(8)];
  if (equal === 0 && box.length < 12 + 4 * count) throw new RangeError('stsz');
  const sizes = new Uint32Array(count);
  for (let i = 0; i < count; i++) sizes[i] = equal || box.readUInt32BE(12 + 4 * i);
  return sizes;
}

function packetOffsets(table: Buffer, sizes: Uint32Array): Float64Array {
  const short = child(table, 'stco');
  const chunks = short ?? child(table, 'co64');
  const runs = child(table, 'stsc');
  const offsets = new Float64Array(sizes.length);
  if (chunks === undefined || runs === undefined) return offsets;
  const count = chunks.readUInt32BE(4);
  let packet = 0;
  let run = 0;
  for (let chunk = 0; chunk < count && packet < sizes.length; chunk++) {
    const isNext = run + 1 < runs.readUInt32BE(4) && runs.readUInt32BE(8 + 12 * (run + 1)) === chunk + 1;
    if (isNext) run += 1;
    let at = short ? chunks.readUInt32BE(8 + 4 * chunk) : Number(chunks.readBigUInt64BE(8 + 8 * chunk));
    for (let left = runs.readUInt32BE(8 + 12 * run + 4); left > 0 && packet < sizes.length; left--, packet++) {
      offsets[packet] = at;
      at += sizes[packet]!;
    }
  }
  if (packet < sizes.length) throw new RangeError('stsc');
  return offsets;
}

function packetDurations(table: Buffer, count: number): Uint32Array {
  const box = child(table, 'stts') ?? Buffer.alloc(8);
  const durations = new Uint32Array(count);
  let packet = 0;
  for (let entry = 0; entry < box.readUInt32BE(4); entry++) {
    const end = Math.min(count, packet + box.readUInt32BE(8 + 8 * entry));
    durations.fill(box.readUInt32BE(12 + 8 * entry), packet, end);
    packet = end;
  }
  return durations;
}

/** Empty edits, which only wait, count as none. */
function editStart(edits: Buffer | undefined): number {
  if (edits === undefined) return 0;
  const isLong = edits[0] === 1;
  const [step, at] = isLong ? [20, 16] : [12, 12];
  for (let entry = 0; entry < edits.readUInt32BE(4); entry++) {
    const start = isLong ? Number(edits.readBigInt64BE(at + entry * step)) : edits.readInt32BE(at + entry * step);
    if (start >= 0) return start;
  }
  return 0;
}

const ESDS_AT = 36;
const DECODER_CONFIG = 4;
const DECODER_SPECIFIC = 5;

/** In `stsd` → `mp4a` → `esds`: descriptors within descriptors, of which the innermost is the configuration. */
function audioConfig(stsd: Buffer | undefined): Buffer {
  const none = Buffer.alloc(0);
  const entry = stsd && boxes(stsd.subarray(8))[0];
  if (entry?.name !== 'mp4a') return none;
  const esds = boxes(entry.body.subarray(ESDS_AT - 8)).find(({ name }) => name === 'esds')?.body;
  for (let at = 4; esds !== undefined && at < esds.length; ) {
    const tag = esds[at++];
    let bytes = 0;
    for (let more = true; more && at < esds.length; at++) {
      bytes = (bytes << 7) | (esds[at]! & 127);
      more = esds[at]! >= 128;
    }
    if (tag === DECODER_SPECIFIC) return esds.subarray(at, at + bytes);
    // What these say before what is in them: an ID and flags; type, buffer and rates.
    at += tag === 3 ? 3 : tag === DECODER_CONFIG ? 13 : bytes;
  }
  return none;
}

function child(parent: Buffer, ...path: string[]): Buffer | undefined {
  return path.reduce<Buffer | undefined>(
    (box, name) => box && boxes(box).find((each) => each.name === name)?.body,
    parent,
  );
}

function boxes(bytes: Buffer): { name: string; body: Buffer }[] {
  const found: { name: string; body: Buffer }[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    if (length < 8 || at + length > bytes.length) throw new RangeError('box');
    found.push({ name: bytes.toString('latin1', at + 4, at + 8), body: bytes.subarray(at + 8, at + length) });
    at += length;
  }
  return found;
}
