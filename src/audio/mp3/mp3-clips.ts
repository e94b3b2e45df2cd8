/**
 * Many short sounds as MP3s, which every browser plays. All are encoded in one run of ffmpeg and then cut between frames:
 * starting ffmpeg for each would take longer than encoding.
 */
import { PassThrough } from 'node:stream';
import { PipelineError } from '../../errors.ts';
import { runFfmpeg } from '../ffmpeg/ffmpeg.ts';
import type { Ffmpeg } from '../ffmpeg/ffmpeg-binary.ts';
import { mp3FrameAt } from './mp3-header.ts';

/** Bit rate of a clip: clear for one voice. */
export const CLIP_KBPS = 64;
/** Silence before and after a clip in the encoder, in frames: what is cut there is heard in no clip. */
const SILENT_FRAMES = 3;
/** By so many samples LAME and a decoder together are late, so a sound begins in the second frame of its clip. */
const DELAY_SAMPLES = 1105;

/** A clip as MP3. */
export interface Mp3Clip {
  bytes: Buffer;
  /** Where its first sample is heard. */
  startSeconds: number;
}

/**
 * The clips, in their order. `clips` is s16 mono; the next one is asked for when the encoder has taken the one before. Fails as
 * `runFfmpeg`, or like `clips`.
 */
export async function encodeClips(of: {
  ffmpeg: Ffmpeg;
  clips: AsyncIterable<Int16Array>;
  sampleRateHz: number;
  signal?: AbortSignal | undefined;
}): Promise<Mp3Clip[]> {
  const { ffmpeg, clips, sampleRateHz, signal } = of;
  // MPEG-1 has 32 kHz and more, MPEG-2 the lower rates.
  const frameSamples = sampleRateHz < 32_000 ? 576 : 1152;
  const places: { from: number; to: number }[] = [];
  const pcm = async function* (): AsyncGenerator<Uint8Array> {
    let frame = 0;
    for await (const samples of clips) {
      const frames = Math.ceil(samples.length / frameSamples) + 2 * SILENT_FRAMES;
      const padded = new Int16Array(frames * frameSamples);
      padded.set(samples, SILENT_FRAMES * frameSamples);
      const from = frame + SILENT_FRAMES;
      const soundFrames = Math.ceil((samples.length + DELAY_SAMPLES) / frameSamples);
      places.push({ from, to: from + soundFrames });
      frame += frames;
      yield new Uint8Array(padded.buffer);
    }
  };
  const output = new PassThrough({ emitClose: false });
  const pieces: Buffer[] = [];
  output.on('data', (piece: Buffer) => pieces.push(piece));
  await runFfmpeg({
    ffmpeg,
    doing: 'encoding clips',
    inputs: [{ from: pcm(), options: ['-f', 's16le', '-ar', String(sampleRateHz), '-ac', '1'] }],
    outputs: [{ to: output, options: OPTIONS }],
    ...(signal && { signal }),
  });
  const bytes = Buffer.concat(pieces);
  const starts = frameStarts(bytes);
  return places.map(({ from, to }) => {
    const [start, end] = [starts[from], starts[Math.min(to, starts.length - 1)]];
    if (start === undefined || end === undefined) throw badOutput();
    return { bytes: bytes.subarray(start, end), startSeconds: DELAY_SAMPLES / sampleRateHz };
  });
}

// Without the reservoir a frame needs none of those before it; without headers there is nothing but frames.
const OPTIONS = [
  ...['-c:a', 'libmp3lame', '-b:a', `${CLIP_KBPS}k`, '-compression_level', '7', '-reservoir', '0'],
  ...['-write_xing', '0', '-id3v2_version', '0', '-write_id3v1', '0', '-flags:a', '+bitexact', '-f', 'mp3'],
];

/** Where each frame begins, and where the last one ends. */
function frameStarts(bytes: Buffer): number[] {
  const starts = [0];
  for (let at = 0; at < bytes.length; ) {
    const frame = mp3FrameAt(bytes, at);
    if (frame === null) throw badOutput();
    at += frame.bytes;
    starts.push(Math.min(at, bytes.length));
  }
  return starts;
}

function badOutput(): PipelineError {
  const message = 'ffmpeg did not write the clips as MP3 frames. Try another ffmpeg (FFMPEG_PATH).';
  return new PipelineError({ code: 'ffmpeg-failed', message, retry: 'never' });
}
