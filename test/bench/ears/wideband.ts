/** The English recordings at 16 kHz, which is what a recogniser wants; the others of the bench are at 8 kHz. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CACHE, download, type Recording } from './recordings.ts';

const run = promisify(execFile);
const PACKAGE = 'asterisk-core-sounds-en-g722';
const SOUNDS = join(CACHE, PACKAGE, 'usr/share/asterisk/sounds/en_US_f_Allison');

/** Whether they were downloaded before, by the bench. */
export const hasWideband = existsSync(SOUNDS);

/** Downloads them unless they are there. */
export function downloadWideband(): Promise<void> {
  return download([PACKAGE]);
}

/** One of them by its name, at 16 kHz. */
export async function wideband(name: string): Promise<Int16Array> {
  const from = ['-f', 'g722', '-i', join(SOUNDS, `${name}.g722`)];
  const { stdout } = await run('ffmpeg', ['-v', 'error', ...from, '-f', 's16le', '-ar', '16000', '-'], {
    encoding: 'buffer',
    maxBuffer: 64 * 1024 * 1024,
  });
  return new Int16Array(new Uint8Array(stdout.subarray(0, stdout.length & ~1)).buffer);
}

/** A recording with its sound at 16 kHz. */
export async function inWideband(recording: Recording): Promise<Recording> {
  return { ...recording, samples: await wideband(recording.name), sampleRateHz: 16_000 };
}
