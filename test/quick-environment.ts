/** What makes the programs of the tests start and speak sooner. */
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { type Ffmpeg, findFfmpeg } from '../src/audio/ffmpeg/ffmpeg-binary.ts';

/**
 * The ffmpeg that comes with the program: one file, where a system's often loads 200 libraries, which takes longer than the
 * few seconds of sound of a test (measured with Debian's: 66 ms of 90). The tests of the sound itself, and rigs that are not
 * `quick`, use the system's, so that a test run works with both. Undefined where there is none for the platform.
 */
export const BUNDLED_FFMPEG = bundledFfmpeg();

/** What a quick rig gives its programs, for a test that starts one in another way. */
export function quickEnvironment(): NodeJS.ProcessEnv {
  return {
    PIPELINE_SIMULATOR_CACHE: process.env['PIPELINE_SIMULATOR_CACHE'],
    ...(BUNDLED_FFMPEG !== undefined && { FFMPEG_PATH: BUNDLED_FFMPEG }),
  };
}

/** For a test that calls what needs an ffmpeg, and is not about the sound: the one that starts soonest. */
export const quickFfmpeg = (): Promise<Ffmpeg> =>
  findFfmpeg({ pathEnv: process.env['PATH'], ...(BUNDLED_FFMPEG !== undefined && { explicitPath: BUNDLED_FFMPEG }) });

function bundledFfmpeg(): string | undefined {
  try {
    const { path } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string };
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}
