/** `pipeline verify`: judges finished files by a shop's rules, whatever program made them. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import pLimit from 'p-limit';
import { findFfmpeg } from '../../audio/ffmpeg-binary.ts';
import { readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { PROFILE_NAMES } from '../../manifest/manifest.ts';
import { judgeSet } from '../../qc/file-set.ts';
import { PROFILES, type Profile } from '../../qc/profiles.ts';
import { overallVerdict } from '../../qc/verdict.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { printSetVerdict, printVerdict } from './verdict-table.ts';
import { type VerifiedFile, verifyFile } from './verify-file.ts';

/**
 * Exit code 0 when every file passes, 1 when one does not, 2 for an unknown profile or when there is nothing to verify. A
 * folder stands for the sound files in it.
 */
export async function verifyCommand(paths: string[], flags: { profile?: string; json?: boolean }): Promise<number> {
  const terminal = openTerminal();
  const profile = profileOf(flags.profile ?? 'acx');
  const files = (await Promise.all(paths.map(soundFiles))).flat();
  if (files.length === 0)
    throw new ConfigError(
      `There is no sound file in ${paths.join(', ')}. Name the files, or the folder that holds them.`,
    );
  const config = readConfig({});
  const ffmpeg = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv });
  const interrupt = onInterrupt(() => terminal.err('Stopping.'));
  try {
    const limit = pLimit(config.mastersAtOnce);
    const verifying = files.map((path) => limit(() => verifyFile({ ffmpeg, path, profile, signal: interrupt.signal })));
    const verified: VerifiedFile[] = [];
    for (const next of verifying) verified.push(await next.catch((error) => abandon(verifying, error)));
    return conclude({ verified, profile, terminal, json: flags.json ?? false });
  } finally {
    interrupt.release();
  }
}

/** The other files are still being measured: their failures must not end the process before the first one is reported. */
async function abandon(verifying: Promise<unknown>[], error: unknown): Promise<never> {
  await Promise.allSettled(verifying);
  throw error;
}

function conclude(of: { verified: VerifiedFile[]; profile: Profile; terminal: Terminal; json: boolean }): number {
  const { verified, profile, terminal, json } = of;
  const named = verified.flatMap(({ path, measured }) => (measured ? [{ name: basename(path), measured }] : []));
  const set = profile.name === 'none' ? { verdict: 'none' as const, rules: [] } : judgeSet(named);
  const ok = overallVerdict([...verified.map(({ verdict }) => verdict), set]) !== 'fail';
  const failed = verified.filter(({ verdict }) => verdict.verdict === 'fail').length;
  if (json) {
    for (const { verdict, ...file } of verified) {
      terminal.raw(JSON.stringify({ type: 'file.verified', ...file, ...verdict }));
    }
    const counts = { files: verified.length, failed };
    terminal.raw(JSON.stringify({ type: 'verify.finished', ok, profile: profile.name, ...counts, set: set.rules }));
  } else {
    for (const file of verified) printVerdict(file, terminal);
    printSetVerdict({ set, ok, files: verified.length, failed, profile: profile.name }, terminal);
  }
  return ok ? EXIT.ok : EXIT.incomplete;
}

function profileOf(name: string): Profile {
  const known = PROFILE_NAMES.find((own) => own === name);
  if (known !== undefined) return PROFILES[known];
  throw new ConfigError(`There is no profile "${name}". Use one of ${PROFILE_NAMES.join(', ')}.`);
}

const SOUND_ENDINGS = new Set('.mp3 .m4a .m4b .mp4 .aac .flac .wav .ogg .oga .opus .aif .aiff .mka .webm'.split(' '));

async function soundFiles(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  // A missing path is reported when it is measured: ffmpeg says why.
  if (found === undefined || !found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => SOUND_ENDINGS.has(extname(name).toLowerCase())).sort();
  return names.map((name) => join(path, name));
}
