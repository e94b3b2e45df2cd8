import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AudioFormat } from '../../manifest/manifest.ts';
import type { ChapterTags } from '../../plan/step.ts';
import { chapterMetadata } from '../mastering/chapter-metadata.ts';
import { metadataOptions, threeLetterLanguage } from '../mastering/tags.ts';
import { rewriteComment } from '../mp3/id3-comment.ts';
import { wavHeader } from '../pcm.ts';
import { type FfmpegRun, runFfmpeg } from './ffmpeg.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';

/** A file to write; an existing file is overwritten, so pass a temporary name. */
export interface EncodeOutput {
  format: AudioFormat;
  path: string;
}

/** A cover image: JPEG (`image/jpeg`) or PNG (`image/png`). */
export interface Cover {
  bytes: Uint8Array;
  mediaType: string;
}

/** A chapter mark in a file. */
export interface Mark {
  title: string;
  startSeconds: number;
  endSeconds: number;
}

/** A chapter's audio and its outputs. */
export interface EncodeRequest {
  ffmpeg: Ffmpeg;
  /** s16le mono. Each chunk is written before the next one is requested. */
  pcm: AsyncIterable<Uint8Array>;
  sampleRateHz: number;
  outputs: readonly EncodeOutput[];
  /** Noise reduction. Default: none. */
  denoiseDb?: number | null;
  tags: ChapterTags;
  cover?: Cover;
  /** Chapter marks of MP3s (ID3v2 CHAP and CTOC). Default: none. */
  marks?: readonly Mark[];
  signal?: AbortSignal;
}

/**
 * Encodes and tags one audio stream in all formats in a single run of ffmpeg. Deterministic for the same ffmpeg. When it rejects
 * (errors: those of `runFfmpeg` or the stream), no output is left.
 */
export async function encode(request: EncodeRequest): Promise<void> {
  const { cover, marks = [] } = request;
  let folder: string | undefined;
  try {
    const extras: ExtraInputs = {};
    if (cover !== undefined || marks.length > 0) folder = await mkdtemp(join(tmpdir(), 'pipeline-cover-'));
    if (folder !== undefined && cover !== undefined) extras.picture = await coverInput(cover, join(folder, 'cover'));
    if (folder !== undefined && marks.length > 0) extras.marks = await marksInput(marks, join(folder, 'marks'));
    await runFfmpeg(encodingRun(request, extras));
    for (const { format, path } of request.outputs)
      if (format === 'mp3') await rewriteComment(path, threeLetterLanguage(request.tags.language));
  } catch (error) {
    await Promise.all(request.outputs.map(({ path }) => rm(path, { force: true })));
    throw error;
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

/** Sample rate of all delivered files. Source: ACX requires 44.1 kHz; all players and shops support it. */
export const DELIVERY_RATE_HZ = 44_100;

/** Encoder options of each format. */
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
export function encodingRun(request: EncodeRequest, { picture, marks }: ExtraInputs = {}): FfmpegRun {
  const { ffmpeg, sampleRateHz, outputs, tags, signal } = request;
  const inputs: FfmpegRun['inputs'] = [{ from: asWav(request), options: ['-f', 'wav', '-c:a', 'pcm_s16le'] }];
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
      { sampleRateHz, denoiseDb: request.denoiseDb ?? null },
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

/** ffmpeg reads bare samples in packets of 2 KB and a WAV in packets of 4 KB, with half the work. Its length is left open, as streams do. */
async function* asWav({ pcm, sampleRateHz }: EncodeRequest): AsyncGenerator<Uint8Array> {
  yield wavHeader({ sampleRateHz, dataBytes: 0 });
  yield* pcm;
}

/** A cover or chapter marks as an input of ffmpeg. */
export interface ExtraInput {
  from: string;
  options: string[];
}

/** Inputs of a run besides the audio. */
export interface ExtraInputs {
  picture?: ExtraInput;
  marks?: ExtraInput;
}

async function marksInput(marks: readonly Mark[], path: string): Promise<ExtraInput> {
  // ID3 counts milliseconds.
  await writeFile(path, chapterMetadata(marks, 1000));
  return { from: path, options: ['-f', 'ffmetadata'] };
}

/** Writes a cover to a local file for `coverOptions`. The caller removes the file. */
export async function coverInput(cover: Cover, path: string): Promise<ExtraInput> {
  await writeFile(path, cover.bytes);
  return { from: path, options: ['-f', coverDemuxer(cover.mediaType)] };
}

/** A fixed demuxer for each type, so that ffmpeg does not guess from untrusted content. */
function coverDemuxer(mediaType: string): string {
  if (mediaType === 'image/png') return 'png_pipe';
  if (mediaType === 'image/jpeg') return 'jpeg_pipe';
  throw new Error(`Internal error: a cover of type ${mediaType}`);
}

/** Noise below this is reduced; above it, the filter would also reduce the voice. */
const DENOISE_BELOW_DBFS = -50;

/** Sound is read in frames of 2,048 samples; a fourth as many through the graph cost less of the processor. */
const FRAME_SAMPLES = 8192;

/**
 * Where the resampling filter is 6 dB down, as a share of the lower of the two Nyquist frequencies; its taps at the lower rate; and
 * its window. Measured from 24 kHz: flat within 0.1 dB up to 10.5 kHz, and the image of every tone up to 11.4 kHz is 67 dB under
 * it. ffmpeg's own filter (32 taps, down at the Nyquist frequency itself) leaves the image of 11 kHz at −21 dB.
 */
const RESAMPLER = { cutoff: 0.957, taps: 48, kaiserBeta: 7 };

/** The resampling filter. Pure. */
export function resampling(fromHz: number, toHz = DELIVERY_RATE_HZ): string {
  const { cutoff, taps, kaiserBeta } = RESAMPLER;
  // ffmpeg counts the cutoff from the Nyquist frequency of its output.
  const share = (cutoff * Math.min(fromHz, toHz)) / toHz;
  return `aresample=${toHz}:filter_size=${taps}:cutoff=${share.toFixed(4)}:kaiser_beta=${kaiserBeta}`;
}

/** Resamples once for all formats, in floating point to round only once. */
function encodingGraph(
  formats: readonly AudioFormat[],
  { sampleRateHz, denoiseDb }: { sampleRateHz: number; denoiseDb: number | null },
): string {
  // With a floor that stands, all that is under it goes down by what was asked; where the filter tracks the floor itself
  // (`tn`), a hiss of −57 dBFS beside a voice went down by 5 dB of 12.
  const denoise = denoiseDb === null ? '' : `,afftdn=nr=${denoiseDb}:nf=${DENOISE_BELOW_DBFS}`;
  // The resampler takes 16 bits and brings floating point: a filter for that before it would copy each frame once more.
  const start = `[0:a]asetnsamples=n=${FRAME_SAMPLES}:p=0,${resampling(sampleRateHz)}:tsf=fltp:osf=fltp${denoise}`;
  const [only, ...others] = formats;
  if (only !== undefined && others.length === 0) return `${start},${ENCODERS[only].filter ?? 'anull'}[out0]`;
  const split = formats.map((_, index) => `[in${index}]`).join('');
  const branches = formats.map((format, index) => `[in${index}]${ENCODERS[format].filter ?? 'anull'}[out${index}]`);
  return [`${start},asplit=${formats.length}${split}`, ...branches].join(';');
}

/** Options of an output with a cover, given the index of the cover's input. */
export function coverOptions(input: number): string[] {
  return [
    ...['-map', `${input}:v:0`, '-c:v', 'copy', '-frames:v', '1', '-disposition:v:0', 'attached_pic'],
    // ID3 readers recognize the picture type by this comment.
    ...['-metadata:s:v', 'title=Cover', '-metadata:s:v', 'comment=Cover (front)'],
  ];
}
