/**
 * Every field that delivery writes is read back by two programs of others, in each format of sound. EPUB, whose checker takes long, is
 * in `npm run bench readers`, which writes docs/reference/readers.md.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Ffmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { ffmpegHere } from '../audio/signals.ts';
import { type Field, type Format, makeFiles } from './files.ts';
import { areHere, hasField, readBack } from './read-back.ts';

const FORMATS: readonly Format[] = ['mp3', 'm4a', 'm4b', 'flac', 'wav'];
const isHere = areHere(FORMATS);
if (!isHere)
  console.warn('Tags are NOT read back by foreign programs: mediainfo, mutagen, eyeD3 or AtomicParsley is missing.');

describe.skipIf(!isHere)('foreign programs', () => {
  let folder: string;
  let ffmpeg: Ffmpeg;
  beforeEach(async () => {
    ffmpeg = await ffmpegHere();
    folder = await mkdtemp(join(tmpdir(), 'readers-'));
    return () => rm(folder, { recursive: true });
  });

  const missing = (formats: readonly Format[]): string[] =>
    [...readBack(folder, formats)].flatMap(([field, read]) =>
      [...read].flatMap(([format, names]) =>
        hasField(field, format) && names.length < 2 ? [`${field} in ${format}`] : [],
      ),
    );

  it('read every field of every format, two of them at least', async () => {
    await makeFiles(ffmpeg, folder);
    expect(missing(FORMATS)).toEqual([]);
  });

  it('miss a field whose writer is gone', async () => {
    await makeFiles(ffmpeg, folder, ['aigc', 'publisher', 'isbn']);
    const gone: Field[] = ['AIGC (GB 45438)', 'publisher', 'ISBN'];
    expect(missing(['m4b'])).toEqual(gone.map((field) => `${field} in m4b`));
  });
});
