import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PipelineError } from '../../errors.ts';
import { parseWavHeader } from '../pcm.ts';
import { runFfmpeg } from './ffmpeg.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';

/** Properties of an audio file, as ffmpeg reports them. */
export interface AudioFacts {
  /** ffmpeg's name of the demuxer: `wav`, `mp3`, `mov,mp4,m4a,3gp,3g2,mj2`, … */
  container: string;
  codec: string;
  /** Of the file, not of the decoded audio. */
  sampleRateHz: number;
  channels: number;
  /** Declared bit rate of the audio; `null` when unknown. */
  bitRateKbps: number | null;
  /** Declared length; `null` when missing or only estimated. */
  declaredSeconds: number | null;
  /** Chapter marks in the file's order. */
  marks: { title: string; startSeconds: number; endSeconds: number }[];
  /** ffmpeg's first few error messages; empty for an intact file. */
  decodeErrors: string[];
}

/** The format of the decoded audio: s16le, channels interleaved. */
export interface PcmFormat {
  sampleRateHz: number;
  channels: number;
}

/** What to decode, and to which format. */
export interface DecodeRequest {
  ffmpeg: Ffmpeg;
  /** The file's content, or its path. */
  input: Uint8Array | string;
  /** Name for messages, such as `the sample of mara`. */
  name: string;
  /** Default: as in the file. */
  sampleRateHz?: number;
  /** 1 mixes down. Default: as in the file. */
  channels?: number;
  /**
   * The file's sound has one rate and layout from its start to its end: then ffmpeg passes it on in longer frames, with a tenth less
   * work. Where these change, ffmpeg would drop what it has gathered. Default: false.
   */
  isOneFormat?: boolean;
  /** Maximum length to decode. Default: all. */
  maxSeconds?: number;
  signal?: AbortSignal;
}

// Demuxers of common audio files. Without playlists (hls, concat, dash, sdp, …), which would make ffmpeg open other files.
const DEMUXERS = 'wav,w64,aiff,caf,mp3,aac,flac,ogg,mov,mp4,m4a,3gp,matroska,webm,amr';

/**
 * Decodes the first audio stream of a file to s16le, chunk by chunk, whose memory is used again when `onPcm` returns. One run of
 * ffmpeg gives audio and properties. Ignores video streams and cover images.
 *
 * Errors: those of `runFfmpeg` and of `onPcm`; `ffmpeg-failed` (never retried) when there is no readable audio.
 */
export async function decodeAudio(
  request: DecodeRequest,
  onPcm: (chunk: Buffer, format: PcmFormat) => void,
): Promise<AudioFacts> {
  const { input } = request;
  if (typeof input === 'string') return decodeFile(request, resolve(input), onPcm);
  // A file, not standard input: an M4A usually has its index at the end, so ffmpeg must seek.
  const folder = await mkdtemp(join(tmpdir(), 'pipeline-audio-'));
  try {
    const path = join(folder, 'input');
    await writeFile(path, input, { mode: 0o600 });
    return await decodeFile(request, path, onPcm);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Like `decodeAudio`, but into one buffer; for short audio. */
export async function decodeToPcm(
  request: DecodeRequest & { maxSeconds: number },
): Promise<{ pcm: Buffer; format: PcmFormat; facts: AudioFacts }> {
  const chunks: Buffer[] = [];
  let format: PcmFormat | undefined;
  const facts = await decodeAudio(request, (chunk, itsFormat) => {
    chunks.push(Buffer.from(chunk));
    format = itsFormat;
  });
  return { pcm: Buffer.concat(chunks), format: format ?? facts, facts };
}

const FRAME_SAMPLES = 8192;

async function decodeFile(
  request: DecodeRequest,
  path: string,
  onPcm: (chunk: Buffer, format: PcmFormat) => void,
): Promise<AudioFacts> {
  const { ffmpeg, name, sampleRateHz, channels, maxSeconds } = request;
  // WAV instead of raw samples: its header has the rate and channels.
  const options = ['-map', '0:a:0', '-c:a', 'pcm_s16le', '-f', 'wav', '-fflags', '+bitexact'];
  // ffmpeg would write each frame by itself, 26 ms of an MP3: ten times as many writes, and as often would we be woken.
  options.push('-flush_packets', '0');
  if (sampleRateHz !== undefined) options.push('-ar', String(sampleRateHz));
  if (channels !== undefined) options.push('-ac', String(channels));
  if (maxSeconds !== undefined) options.push('-t', String(maxSeconds));
  if (request.isOneFormat) options.push('-af', `asetnsamples=n=${FRAME_SAMPLES}:p=0`);

  const reader = createWavReader(onPcm);
  const { log } = await runFfmpeg({
    ffmpeg,
    doing: `decoding ${name}`,
    inputs: [{ from: path, options: ['-format_whitelist', DEMUXERS] }],
    outputs: [{ to: reader.read, options }],
    signal: request.signal,
  });
  return parseFacts(log, name);
}

function createWavReader(onPcm: (chunk: Buffer, format: PcmFormat) => void): { read(chunk: Buffer): void } {
  let start: Buffer = Buffer.alloc(0);
  let format: PcmFormat | undefined;
  return {
    read(chunk) {
      if (format !== undefined) {
        onPcm(chunk, format);
        return;
      }
      start = Buffer.concat([start, chunk]);
      const header = parseWavHeader(start);
      if (header === null) throw new Error('Internal error: ffmpeg did not write WAV');
      if (header === 'incomplete') return;
      format = { sampleRateHz: header.sampleRateHz, channels: header.channels };
      if (start.length > header.dataOffset) onPcm(start.subarray(header.dataOffset), format);
    },
  };
}

/** Reads ffmpeg's description of its input; the indentation differs between versions. */
function parseFacts(log: string, name: string): AudioFacts {
  const container = /^\[info\] Input #0, (\S+), from /m.exec(log)?.[1];
  const stream = /^\[info\] {3}(?: {2})?Stream #0:\d+\S*: Audio: (.*)$/m.exec(log)?.[1];
  const codec = /^[\w-]+/.exec(stream ?? '')?.[0];
  const sampleRateHz = Number(/, (\d+) Hz/.exec(stream ?? '')?.[1]);
  const channels = channelsOf(/ Hz, ([^,]+)/.exec(stream ?? '')?.[1] ?? '');
  if (container === undefined || codec === undefined || !(sampleRateHz > 0)) {
    const message = `ffmpeg decoded ${name} but did not describe it.`;
    throw new PipelineError({ code: 'ffmpeg-failed', message, retry: 'never' });
  }
  const bitRate = /, (\d+) kb\/s/.exec(stream ?? '')?.[1];
  const facts = { container: container.replace(/,$/, ''), codec, sampleRateHz, channels };
  return {
    ...facts,
    bitRateKbps: bitRate === undefined ? null : Number(bitRate),
    declaredSeconds: declaredSeconds(log),
    marks: marksIn(log),
    decodeErrors: decodeErrorsIn(log),
  };
}

function declaredSeconds(log: string): number | null {
  if (/Estimating duration from bitrate/.test(log)) return null;
  const [, hours, minutes, seconds] = /^\[info\] {3}Duration: (\d+):(\d+):([\d.]+)/m.exec(log) ?? [];
  return hours === undefined ? null : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** The chapter marks in ffmpeg's log. */
export function marksIn(log: string): AudioFacts['marks'] {
  // Up to the output's description, which repeats the marks.
  const input = log.split(/^\[info\] Output #0/m, 1)[0]!;
  const pattern =
    /^\[info\] +Chapter #0:\d+: start ([\d.-]+), end ([\d.-]+)\s*\n(?:\[info\] +Metadata:\s*\n\[info\] +title +: (.*)$)?/gm;
  return [...input.matchAll(pattern)].map(([, start, end, title = '']) => {
    return { title, startSeconds: Number(start), endSeconds: Number(end) };
  });
}

const MOST_ERRORS = 3;

function decodeErrorsIn(log: string): string[] {
  const lines = log.split('\n').filter((line) => /\[(error|fatal)\]/.test(line));
  return [...new Set(lines.map((line) => line.replace(/\[[\w ,@#:/.-]*\] ?/g, '').trim()))].slice(0, MOST_ERRORS);
}

function channelsOf(layout: string): number {
  const named: Record<string, number> = { mono: 1, stereo: 2, downmix: 2, '2.1': 3, quad: 4, '5.1': 6, '7.1': 8 };
  return named[layout.replace(/\(.*$/, '').trim()] ?? (Number.parseInt(layout, 10) || 2);
}
