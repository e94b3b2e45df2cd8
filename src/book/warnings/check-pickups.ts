/** Checks the author's own recordings against their lines before anything is spent. */

import type { Ffmpeg } from '../../audio/ffmpeg/ffmpeg-binary.ts';
import { convertPickup, MOST_PICKUP_SECONDS } from '../../audio/samples/pickup.ts';
import { PipelineError } from '../../errors.ts';
import type { TakeDoubt } from '../../events.ts';
import type { Diagnostic } from '../../manifest/diagnostics/diagnostic.ts';
import { modelOf } from '../../models.ts';
import type { MeasuredTake } from '../../qc/measured-take.ts';
import { judgeTake } from '../../qc/take.ts';
import type { Book } from '../load-book.ts';

/** The checks whose failure is an error of the author's; others are only reported. */
const ERROR_CHECKS: ReadonlySet<string> = new Set(['no-sound', 'too-long', 'too-short']);

/**
 * Errors in recordings: silent, or far too long or short for their words. Decodes each once. Other sample rates, two channels
 * and other levels are allowed, since they are converted. Read-only; safe to run twice.
 */
export async function pickupDiagnostics(
  book: Book,
  { ffmpeg, signal }: { ffmpeg: Ffmpeg; signal?: AbortSignal },
): Promise<Diagnostic[]> {
  const sampleRateHz = modelOf(book.manifest)?.outputRateHz ?? 24_000;
  const diagnostics: Diagnostic[] = [];
  const heard = new Map<string, MeasuredPickup | string>();
  for (const { path, file, at, number, text } of book.pickupRefs) {
    const recording = book.pickups.get(path);
    if (recording === undefined) continue;
    let sound = heard.get(path);
    if (sound === undefined) {
      const name = `"${path}"`;
      sound = await measured({ ffmpeg, bytes: await recording.read(), name, sampleRateHz, ...(signal && { signal }) });
      heard.set(path, sound);
    }
    const problem = typeof sound === 'string' ? unreadable(path, sound) : problemOf(path, sound, text);
    if (problem) diagnostics.push({ severity: 'error', file, ...problem, ...at, number });
  }
  return diagnostics;
}

/** Why a recording cannot be used for a text; undefined when it can. The same errors as `pickupDiagnostics`. */
export async function recordingProblem(
  { manifest }: Pick<Book, 'manifest'>,
  of: { bytes: Uint8Array; text: string; ffmpeg: Ffmpeg; signal?: AbortSignal },
): Promise<string | undefined> {
  const { bytes, text, ffmpeg, signal } = of;
  const sampleRateHz = modelOf(manifest)?.outputRateHz ?? 24_000;
  const name = 'The recording';
  const sound = await measured({ ffmpeg, bytes, name, sampleRateHz, ...(signal && { signal }) });
  // Its name is said already, and so is what failed.
  const why = typeof sound === 'string' ? sound.replace(/^ffmpeg failed while decoding [^:]*: (.*?)\.?$/s, '$1.') : '';
  const problem = typeof sound === 'string' ? unreadable(name, why) : problemOf(name, sound, text);
  return problem && `${problem.message.replace(`"${name}"`, name)} ${problem.fix}`;
}

/** The measurements, or why it cannot be decoded. */
async function measured(request: Parameters<typeof convertPickup>[0]): Promise<MeasuredPickup | string> {
  try {
    const { measured: sound, tooLong } = await convertPickup(request);
    return { sound, tooLong };
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'ffmpeg-failed' && error.retry === 'never')
      return error.message;
    throw error;
  }
}

interface MeasuredPickup {
  sound: MeasuredTake;
  tooLong: boolean;
}

type Problem = Pick<Diagnostic, 'code' | 'message' | 'fix'>;

function unreadable(path: string, why: string): Problem {
  const message = `"${path}" cannot be decoded. ${why.replace(/\bfile:\S+: /, '')}`;
  return { code: 'not-audio', message, fix: 'Export it again as 16-bit WAV.' };
}

function problemOf(path: string, { sound, tooLong }: MeasuredPickup, text: string): Problem | undefined {
  if (tooLong) {
    const message = `"${path}" is longer than ${MOST_PICKUP_SECONDS / 60} minutes.`;
    return { code: 'pickup-too-long', message, fix: 'Cut it into one recording for each paragraph.' };
  }
  const doubt = judgeTake(sound, { text }).doubts.find(({ check }) => ERROR_CHECKS.has(check));
  return doubt && { code: `pickup-${doubt.check}`, ...doubtMessage(path, doubt) };
}

function doubtMessage(path: string, { check, measured, wanted }: TakeDoubt): Pick<Diagnostic, 'message' | 'fix'> {
  if (check === 'no-sound') {
    return { message: `"${path}" is silent: ${measured}.`, fix: 'Record it again, or export another track.' };
  }
  const side = check === 'too-long' ? 'long' : 'short';
  const message = `"${path}" is far too ${side} for its line: ${measured}, expected ${wanted.replace(' for its text', '')}.`;
  return { message, fix: 'Check that it is the recording of this line, and trim it.' };
}
