/** Chapters to bind: real M4As with a tone at a known place. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { masterChapter } from '../../../src/audio/mastering/master.ts';
import { PROFILES, type Profile } from '../../../src/qc/profiles.ts';
import { ffmpegHere, join, RATE_HZ, silence, sine, take } from '../signals.ts';

export const TITLES = ['"One" = 1; #2 \\ 3', 'Zwei 🎉', 'three\nlines', 'x'.repeat(300), 'Five'];
export const TAGS = { title: 'The Tin Lighthouse', artist: 'A. Writer', language: 'en', comment: 'Synthetic speech' };
/** Where in each chapter its tone begins, in seconds. */
export const TONE_AT = 1;
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);

/** `0.m4a` (or `.mp3`), `1.m4a`, … in a new folder, one for each title. Odd lengths, so that every chapter ends inside a packet. */
export async function makeChapters(
  titles = TITLES,
  format: 'm4a' | 'mp3' = 'm4a',
  mastering: Profile = PROFILES.none,
): Promise<string> {
  const ffmpeg = await ffmpegHere();
  const folder = await mkdtemp(joinPath(tmpdir(), 'bind-chapters-'));
  for (const i of titles.keys()) {
    const tail = 1 + 0.0137 * i;
    const takes = [take(join(silence(TONE_AT), sine(500, -20, 0.5), silence(tail)))];
    const tags = { ...TAGS, album: 'b', track: i + 1, tracks: titles.length };
    const outputs = [{ format, path: joinPath(folder, `${i}.${format}`) }];
    const profile = { ...mastering, headSeconds: TONE_AT, tailSeconds: tail };
    await masterChapter({ ffmpeg, takes, sampleRateHz: RATE_HZ, profile, outputs, tags });
  }
  return folder;
}
