/** Cuts a finished chapter into one file for each line. */
import { join } from 'node:path';
import type { LineFormat } from '../../manifest/manifest.ts';
import type { ChapterTags } from '../../plan/step.ts';
import { ENCODERS } from '../ffmpeg/encode.ts';
import { runFfmpeg } from '../ffmpeg/ffmpeg.ts';
import type { Ffmpeg } from '../ffmpeg/ffmpeg-binary.ts';
import { rewriteComment } from '../mp3/id3-comment.ts';
import { metadataOptions, threeLetterLanguage } from './tags.ts';

/** A line and its position in the chapter. */
export interface LinePlace {
  character: string;
  startSeconds: number;
  durationSeconds: number;
}

/** A chapter to cut lines from. */
export interface LinesRequest {
  ffmpeg: Ffmpeg;
  /** The finished chapter as WAV, so that lines have its levels and are encoded only once. */
  wav: string;
  lines: readonly LinePlace[];
  format: LineFormat;
  /** Tags of the chapter; each line gets its own title and number. */
  tags: ChapterTags;
  /** Number of the first line, from 1; 0 for a chapter's head. */
  firstNumber: number;
  /** The output folder. */
  folder: string;
  signal?: AbortSignal;
}

/** Files per run of ffmpeg: starting it costs more than cutting a line, but the number of arguments is limited. */
const LINES_PER_RUN = 24;

/** Writes one file for each line and returns the paths in order. Errors: those of `runFfmpeg`. */
export async function cutLines(request: LinesRequest): Promise<string[]> {
  const { ffmpeg, wav, lines, format, tags, firstNumber, folder, signal } = request;
  const paths = lines.map((_, index) => join(folder, `line-${firstNumber + index}.${format}`));
  const { filter = 'anull', options, container } = ENCODERS[format];
  for (let from = 0; from < lines.length; from += LINES_PER_RUN) {
    const some = lines.slice(from, from + LINES_PER_RUN);
    await runFfmpeg({
      ffmpeg,
      doing: `cutting lines of chapter ${tags.track} (${tags.title})`,
      inputs: some.map(({ startSeconds, durationSeconds }) => ({
        from: wav,
        options: ['-f', 'wav', '-ss', startSeconds.toFixed(6), '-t', durationSeconds.toFixed(6)],
      })),
      outputs: some.map(({ character }, index) => {
        const number = firstNumber + from + index;
        const own = { ...tags, title: `${character} ${number}`, track: number, tracks: firstNumber - 1 + lines.length };
        return {
          to: paths[from + index]!,
          options: [
            ...['-map', `${index}:a:0`, '-af', filter, ...options, '-flags:a', '+bitexact'],
            ...metadataOptions(own, format),
            ...['-fflags', '+bitexact', ...container],
          ],
        };
      }),
      signal,
    });
  }
  if (format === 'mp3') for (const path of paths) await rewriteComment(path, threeLetterLanguage(tags.language));
  return paths;
}
