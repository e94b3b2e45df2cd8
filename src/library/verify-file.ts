/** One finished file, measured and judged by a profile. */
import { stat } from 'node:fs/promises';
import type { Ffmpeg } from '../audio/ffmpeg/ffmpeg-binary.ts';
import { inspectFile } from '../audio/measure/inspect.ts';
import type { MarkFinding } from '../deliver/marks/find-marks.ts';
import { interrupted, PipelineError, systemCode } from '../errors.ts';
import { type Advice, adviceOn } from '../qc/advice.ts';
import type { MeasuredFile } from '../qc/measured-file.ts';
import type { Profile } from '../qc/profiles.ts';
import { judgeFile, type RuleVerdict, unreadableVerdict, type Verdict } from '../qc/verdict.ts';

/** A file and its verdict. `measured` is absent when the file cannot be read. */
export interface VerifiedFile {
  path: string;
  verdict: Verdict;
  advice: Advice[];
  measured?: MeasuredFile;
  /** Whether it says in a standard field that a machine speaks. */
  marks?: MarkFinding;
}

/** Measures and judges a file. A file that cannot be read fails; throws only what concerns all files, such as no ffmpeg. */
export async function verifyFile(of: {
  ffmpeg: Ffmpeg;
  path: string;
  profile: Profile;
  signal: AbortSignal;
  findMarks: (path: string) => Promise<MarkFinding>;
}): Promise<VerifiedFile> {
  const { path, profile } = of;
  const other = await otherThanFile(path);
  if (other !== undefined) return { path, verdict: unreadableVerdict(other), advice: [] };
  try {
    const measured = await inspectFile(of);
    const marks = await of.findMarks(path);
    const verdict = withMarks(judgeFile(measured, profile), marks);
    return { path, verdict, advice: adviceOn(measured, profile), measured, marks };
  } catch (error) {
    // A file that was not looked at to its end has no verdict.
    if (of.signal.aborted) throw interrupted(`looking at ${path}`);
    const ofThisFile =
      systemCode(error) !== undefined ||
      (error instanceof PipelineError && error.code === 'ffmpeg-failed' && error.retry === 'never');
    if (!ofThisFile || !(error instanceof Error)) throw error;
    return { path, verdict: unreadableVerdict((await isEmpty(path)) ? undefined : whyUnreadable(error)), advice: [] };
  }
}

/** What is there instead of a file: a pipe would be waited for without end. A missing file is reported when it is measured. */
async function otherThanFile(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || found.isFile()) return undefined;
  return found.isDirectory() ? 'a folder' : 'a pipe or a device';
}

async function isEmpty(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && found.size === 0;
}

/** The last part of ffmpeg's sentence: `Invalid data found when processing input`. */
function whyUnreadable(error: Error): string {
  return error.message.split(': ').at(-1) ?? error.message;
}

/** A mark that was taken out of a file of ours is a failure, whatever the profile. Whether others write marks is up to them. */
function withMarks({ verdict, rules }: Verdict, { state }: MarkFinding): Verdict {
  if (state !== 'stripped') return { verdict, rules };
  const lost: RuleVerdict = {
    rule: 'speechMark',
    wanted: 'a mark that says who speaks, as it was delivered',
    measured: 'taken out',
    pass: false,
    fix: 'Deliver the file again (pipeline run), and use a tool that keeps the tags it does not know.',
  };
  return { verdict: 'fail', rules: [...rules, lost] };
}
