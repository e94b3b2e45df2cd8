import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AudioFormat } from '../manifest/manifest.ts';
import type { ChapterTags } from '../plan/step.ts';
import { chapterMetadata } from './chapter-metadata.ts';
import { type FfmpegRun, runFfmpeg } from './ffmpeg.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';
import { mendComment } from './id3-comment.ts';
import { metadataOptions, threeLetterLanguage } from './tags.ts';

/** A file to write. A file that is there already is overwritten: hand in a temporary name. */
export interface EncodeOutput {
  format: AudioFormat;
  path: string;
}

/** A cover picture. Both containers take JPEG (`image/jpeg`) and PNG (`image/png`) as they are; nothing else goes. */
export interface Cover {
  bytes: Uint8Array;
  mediaType: string;
}

/** A place to jump to, from one time to another in the file. */
export interface Mark {
  title: string;
  startSeconds: number;
  endSeconds: number;
}

/** A chapter's sound and where it goes. */
export interface EncodeRequest {
  ffmpeg: Ffmpeg;
  /** s16le mono. Each chunk is written before the next is asked for. */
  pcm: AsyncIterable<Uint8Array>;
  sampleRateHz: number;
  outputs: readonly EncodeOutput[];
  /** Gentle noise reduction by so many dB. Default: none. */
  denoiseDb?: number | null;
  tags: ChapterTags;
  cover?: Cover;
  /** Put into MP3s (ID3v2's CHAP and CTOC). Default: none. */
  marks?: readonly Mark[];
  signal?: AbortSignal;
}

/**
 * Encodes one stream of sound to all formats in one run of ffmpeg, tagged. The same input gives the same bytes with the
 * same ffmpeg. When it rejects (errors: `runFfmpeg`, or the stream's own), no output is left behind.
 */
export async function encode(request: EncodeRequest): Promise<void> {
  const { cover, marks = [] } = request;
  let folder: string | undefined;
  try {
    const beside: Beside = {};
    if (cover !== undefined || marks.length > 0) folder = await mkdtemp(join(tmpdir(), 'pipeline-cover-'));
    if (folder !== undefined && cover !== undefined) beside.picture = await coverInput(cover, join(folder, 'cover'));
    if (folder !== undefined && marks.length > 0) beside.marks = await marksInput(marks, join(folder, 'marks'));
    await runFfmpeg(encodingRun(request, beside));
    for (const { format, path } of request.outputs)
      if (format === 'mp3') await mendComment(path, threeLetterLanguage(request.tags.language));
  } catch (error) {
    await Promise.all(request.outputs.map(({ path }) => rm(path, { force: true })));
    throw error;
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Rate of every delivered file. Source: ACX asks for 44.1 kHz; all players and shops take it. */
export const DELIVERY_RATE_HZ = 44_100;

/** How each kind of file is encoded. */
export const ENCODERS: Record<AudioFormat, { filter?: string; options: string[]; container: string[] }> = {
  mp3: {
    // LAME scales its input by 0.97 in its preset for 192 kb/s (libmp3lame/presets.c); measured −0.26 dB. Taken back here.
    filter: `volume=${1 / 0.97}:precision=float`,
    // At 192 kb/s mono the slow modes of LAME win nothing: level 7 is a third faster and closer to the original waveform
    // (55.9 dB against 54.5 dB SNR on 24 kHz speech).
    options: ['-c:a', 'libmp3lame', '-b:a', '192k', '-compression_level', '7'],
    // The Info header (duration, gapless play) needs a real file to go back in.
    container: ['-id3v2_version', '3', '-write_xing', '1', '-f', 'mp3'],
  },
  // Masters for another editor: 16 bits, as the takes have, with the last bit's rounding far under the room tone.
  flac: { options: ['-c:a', 'flac', '-sample_fmt', 's16', '-compression_level', '5'], container: ['-f', 'flac'] },
  wav: { options: ['-c:a', 'pcm_s16le'], container: ['-f', 'wav'] },
  m4a: {
    // Measured 45.9 dB SNR at 128 kb/s against 32.9 dB of the default coder, in 60 % of its time.
    options: ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '128k'],
    container: ['-movflags', '+faststart', '-f', 'ipod'],
  },
};

/** The run of ffmpeg for a chapter. Pure. */
export function encodingRun(request: EncodeRequest, { picture, marks }: Beside = {}): FfmpegRun {
  const { ffmpeg, pcm, sampleRateHz, outputs, tags, signal } = request;
  const inputs: FfmpegRun['inputs'] = [
    { from: pcm, options: ['-f', 's16le', '-ar', String(sampleRateHz), '-ac', '1'] },
  ];
  if (picture !== undefined) inputs.push(picture);
  if (marks !== undefined) inputs.push(marks);
  const last = String(inputs.length - 1);
  // The titles of marks are metadata; the file of marks has no other.
  const marksFor = (format: AudioFormat) =>
    format === 'mp3' ? ['-map_chapters', last, '-map_metadata', last] : ['-map_chapters', '-1'];
  return {
    ffmpeg,
    doing: `encoding chapter ${tags.track} (${tags.title})`,
    inputs,
    graph: encodingGraph(
      outputs.map(({ format }) => format),
      request.denoiseDb ?? null,
    ),
    outputs: outputs.map(({ format, path }, index) => ({
      to: resolve(path),
      options: [
        ...['-map', `[out${index}]`],
        ...ENCODERS[format].options,
        ...['-flags:a', '+bitexact'],
        ...(picture !== undefined && format !== 'wav' ? coverOptions(1) : []),
        ...(marks !== undefined ? marksFor(format) : []),
        ...metadataOptions(tags, format),
        ...['-fflags', '+bitexact'],
        ...ENCODERS[format].container,
      ],
    })),
    signal,
  };
}

/** A cover, or marks, as an input of ffmpeg. */
export interface CoverInput {
  from: string;
  options: string[];
}

/** What goes into a run beside the sound. */
export interface Beside {
  picture?: CoverInput;
  marks?: CoverInput;
}

async function marksInput(marks: readonly Mark[], path: string): Promise<CoverInput> {
  // ID3 counts milliseconds.
  await writeFile(path, chapterMetadata(marks, 1000));
  return { from: path, options: ['-f', 'ffmetadata'] };
}

/** Writes a cover to a local file, for `coverOptions` to put into an output. The caller removes the file. */
export async function coverInput(cover: Cover, path: string): Promise<CoverInput> {
  await writeFile(path, cover.bytes);
  return { from: path, options: ['-f', coverDemuxer(cover.mediaType)] };
}

/** A fixed demuxer for each type: what the file itself pretends to be does not matter. */
function coverDemuxer(mediaType: string): string {
  if (mediaType === 'image/png') return 'png_pipe';
  if (mediaType === 'image/jpeg') return 'jpeg_pipe';
  throw new Error(`Internal error: a cover of type ${mediaType}`);
}

/** Noise under this is lowered; above it a gentle reduction would take the voice, too. */
const DENOISE_BELOW_DBFS = -50;

/** Raw sound is read in frames of 1,024 samples; an eighth as many through the graph saves 3 % of the processor. */
const FRAME_SAMPLES = 8192;

/** Resamples once for all formats. In floats, so that nothing is rounded twice. */
function encodingGraph(formats: readonly AudioFormat[], denoiseDb: number | null): string {
  // With a floor that stands, all that is under it goes down by what was asked; where the filter tracks the floor itself
  // (`tn`), a hiss of −57 dBFS beside a voice went down by 5 dB of 12.
  const denoise = denoiseDb === null ? '' : `,afftdn=nr=${denoiseDb}:nf=${DENOISE_BELOW_DBFS}`;
  const start = `[0:a]asetnsamples=n=${FRAME_SAMPLES}:p=0,aformat=sample_fmts=fltp,aresample=${DELIVERY_RATE_HZ}${denoise}`;
  const split = formats.map((_, index) => `[in${index}]`).join('');
  const branches = formats.map((format, index) => `[in${index}]${ENCODERS[format].filter ?? 'anull'}[out${index}]`);
  return [`${start},asplit=${formats.length}${split}`, ...branches].join(';');
}

/** Options of an output that carries the cover, which is the run's input of this index. */
export function coverOptions(input: number): string[] {
  return [
    ...['-map', `${input}:v:0`, '-c:v', 'copy', '-frames:v', '1', '-disposition:v:0', 'attached_pic'],
    // What an ID3 reader takes for the kind of picture.
    ...['-metadata:s:v', 'title=Cover', '-metadata:s:v', 'comment=Cover (front)'],
  ];
}
