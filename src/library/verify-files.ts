/** Finished files, measured and judged by a shop's rules, whatever program made them. For the command and the library. */
import { basename } from 'node:path';
import pLimit from 'p-limit';
import { findFfmpeg } from '../audio/ffmpeg/ffmpeg-binary.ts';
import type { Config } from '../config/config.ts';
import { markFinder } from '../deliver/marks/find-marks.ts';
import { judgeSet } from '../qc/file-set.ts';
import type { Profile } from '../qc/profiles.ts';
import { overallVerdict, type Verdict } from '../qc/verdict.ts';
import { type VerifiedFile, verifyFile } from './verify-file.ts';

/** The verdicts on files, one by one and together. */
export interface VerifiedSet {
  ok: boolean;
  files: VerifiedFile[];
  /** Rules about files that belong together, such as one sample rate; `none` without a profile. */
  set: Pick<Verdict, 'rules'> & { verdict: Verdict['verdict'] | 'none' };
}

/** Measures and judges them. A file that cannot be read fails; rejects only with what concerns all files, such as no ffmpeg. */
export async function verifyFiles(of: {
  paths: readonly string[];
  profile: Profile;
  config: Config;
  signal: AbortSignal;
}): Promise<VerifiedSet> {
  const { paths, profile, config, signal } = of;
  const ffmpeg = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv });
  const limit = pLimit(config.mastersAtOnce);
  const findMarks = markFinder();
  const verifying = paths.map((path) => limit(() => verifyFile({ ffmpeg, path, profile, findMarks, signal })));
  const files: VerifiedFile[] = [];
  for (const next of verifying) files.push(await next.catch((error) => abandon(verifying, error)));
  const named = files.flatMap(({ path, measured }) => (measured ? [{ name: basename(path), measured }] : []));
  const set = profile.name === 'none' ? { verdict: 'none' as const, rules: [] } : judgeSet(named);
  return { ok: overallVerdict([...files.map(({ verdict }) => verdict), set]) !== 'fail', files, set };
}

/** The other files are still being measured: their failures must not end the process before the first one is reported. */
async function abandon(verifying: Promise<unknown>[], error: unknown): Promise<never> {
  await Promise.allSettled(verifying);
  throw error;
}
