/** `pipeline verify`: judges finished files by a shop's rules, whatever program made them. */
import { readdir, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { type VerifiedSet, verifyFiles } from '../../library/verify-files.ts';
import { PROFILE_NAMES } from '../../manifest/manifest.ts';
import { PROFILES, type Profile } from '../../qc/profiles.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { printSetVerdict, printVerdict } from './verdict-table.ts';

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
      `There is no sound file in ${paths.map(nameOf).join(', ')}. Name the files, or the folder that holds them.`,
    );
  const interrupt = onInterrupt(() => terminal.err('Stopping.'));
  try {
    const { signal } = interrupt;
    const verified = await verifyFiles({ paths: files, profile, config: readConfig({}), signal });
    return conclude({ verified, profile, terminal, json: flags.json ?? false });
  } finally {
    interrupt.release();
  }
}

/** A folder that is only dots reads like punctuation. */
function nameOf(path: string): string {
  return /^[./\\]+$/.test(path) ? resolve(path) : path;
}

function conclude(of: { verified: VerifiedSet; profile: Profile; terminal: Terminal; json: boolean }): number {
  const { profile, terminal, json } = of;
  const { ok, files: verified, set } = of.verified;
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
