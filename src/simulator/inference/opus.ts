/**
 * Ogg Opus of the right length, but silent: an encoder would be a program of its own. Every page is whole by itself, as the
 * service sends them. Pure. Sources: RFC 3533 (Ogg), RFC 7845 (Opus in Ogg), RFC 6716 (a frame without sound).
 */

/** A mono frame of 20 ms without sound. */
const SILENT_FRAME = Buffer.from([0xf8, 0xff, 0xfe]);
const FRAME_SECONDS = 0.02;
/** Opus counts at 48 kHz, whatever the rate of the sound was. */
const TICKS_PER_FRAME = 960;
/** A second; the service's pages are as small. */
const MOST_FRAMES_IN_PAGE = 50;
const VENDOR = 'narration-pipeline simulator';
/** Beginning of a logical stream. */
const FIRST_PAGE = 0x02;

/** Makes the pages of one task. */
export function opusPages(sampleRateHz: number): (pcm: Int16Array) => Buffer[] {
  let sequence = 0;
  let ticks = 0;
  let waiting = 0;
  const page = (packets: readonly Buffer[]) => oggPage(packets, { sequence: sequence++, ticks });
  return (pcm) => {
    const pages = sequence === 0 ? [page([opusHead(sampleRateHz)]), page([opusTags()])] : [];
    waiting += pcm.length;
    const frameSamples = sampleRateHz * FRAME_SECONDS;
    let frames = Math.floor(waiting / frameSamples);
    waiting -= frames * frameSamples;
    for (; frames > 0; frames -= MOST_FRAMES_IN_PAGE) {
      const count = Math.min(frames, MOST_FRAMES_IN_PAGE);
      ticks += count * TICKS_PER_FRAME;
      pages.push(page(Array.from({ length: count }, () => SILENT_FRAME)));
    }
    return pages;
  };
}

function opusHead(sampleRateHz: number): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 0, 'latin1');
  head.set([1, 1], 8);
  head.writeUInt32LE(sampleRateHz, 12);
  return head;
}

function opusTags(): Buffer {
  const tags = Buffer.alloc(16 + VENDOR.length);
  tags.write('OpusTags', 0, 'latin1');
  tags.writeUInt32LE(VENDOR.length, 8);
  tags.write(VENDOR, 12, 'latin1');
  return tags;
}

/** One page; packets are shorter than 255 bytes. */
function oggPage(packets: readonly Buffer[], { sequence, ticks }: { sequence: number; ticks: number }): Buffer {
  const header = Buffer.alloc(27 + packets.length);
  header.write('OggS', 0, 'latin1');
  header[5] = sequence === 0 ? FIRST_PAGE : 0;
  header.writeBigUInt64LE(BigInt(ticks), 6);
  header.writeUInt32LE(1, 14);
  header.writeUInt32LE(sequence, 18);
  header[26] = packets.length;
  header.set(
    packets.map(({ length }) => length),
    27,
  );
  const page = Buffer.concat([header, ...packets]);
  page.writeUInt32LE(oggChecksum(page), 22);
  return page;
}

function oggChecksum(page: Buffer): number {
  let sum = 0;
  for (const byte of page) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 0x8000_0000 ? (sum << 1) ^ 0x04c1_1db7 : sum << 1;
  }
  return sum >>> 0;
}
