/** One finished file, measured and judged by a profile. */
import type { Ffmpeg } from '../audio/ffmpeg-binary.ts';
import { inspectFile } from '../audio/inspect.ts';
import { PipelineError, systemCode } from '../errors.ts';
import { type Advice, adviceOn } from '../qc/advice.ts';
import type { MeasuredFile } from '../qc/measured-file.ts';
import type { Profile } from '../qc/profiles.ts';
import { judgeFile, unreadableVerdict, type Verdict } from '../qc/verdict.ts';

/** A file and its verdict. `measured` is absent when the file cannot be read. */
export interface VerifiedFile {
  path: string;
  verdict: Verdict;
  advice: Advice[];
  measured?: MeasuredFile;
}

/** Measures and judges a file. A file that cannot be read fails; throws only what concerns all files, such as no ffmpeg. */
export async function verifyFile(of: {
  ffmpeg: Ffmpeg;
  path: string;
  profile: Profile;
  signal: AbortSignal;
}): Promise<VerifiedFile> {
  const { path, profile } = of;
  try {
    const measured = await inspectFile(of);
    return { path, verdict: judgeFile(measured, profile), advice: adviceOn(measured, profile), measured };
  } catch (error) {
    const ofThisFile =
      systemCode(error) !== undefined ||
      (error instanceof PipelineError && error.code === 'ffmpeg-failed' && error.retry === 'never');
    if (!ofThisFile || !(error instanceof Error)) throw error;
    return { path, verdict: unreadableVerdict(whyUnreadable(error)), advice: [] };
  }
}

/** The last part of ffmpeg's sentence: `Invalid data found when processing input`. */
function whyUnreadable(error: Error): string {
  return error.message.split(': ').at(-1) ?? error.message;
}
