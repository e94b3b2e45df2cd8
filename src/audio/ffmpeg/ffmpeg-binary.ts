import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { interrupted, PipelineError } from '../../errors.ts';

/** A working ffmpeg with all required encoders. */
export interface Ffmpeg {
  path: string;
  /** As the program reports it, such as `5.1.9-0+deb12u1`. */
  version: string;
  from: FfmpegSource;
  /** Names of all its encoders. */
  encoders: ReadonlySet<string>;
  /** A run without progress for so many milliseconds is stopped. Default 60,000. */
  stallLimitMs?: number;
}

/** Sources of ffmpeg, in search order. */
export type FfmpegSource = 'FFMPEG_PATH' | 'PATH' | 'ffmpeg-static' | '@ffmpeg-installer/ffmpeg';

/** Encoders that every delivery needs. */
export const NEEDED_ENCODERS: readonly string[] = ['libmp3lame', 'aac'];

/**
 * Finds a working ffmpeg: the given path, then `PATH`, then the npm packages `ffmpeg-static` and `@ffmpeg-installer/ffmpeg`.
 * Starts each candidate (about 0.1 s), unless it worked less than a minute ago; so keep the result.
 *
 * Throws `ffmpeg-missing` (never retried) with all places and their problems. An explicit path that does not work is an error:
 * another ffmpeg would hide it.
 */
export async function findFfmpeg(where: {
  /** FFMPEG_PATH, when set. */
  explicitPath?: string;
  /** PATH; `undefined` skips it. */
  pathEnv: string | undefined;
  signal?: AbortSignal;
}): Promise<Ffmpeg> {
  const tried: string[] = [];
  for (const candidate of candidates(where)) {
    if ('path' in candidate) {
      const found = await tryRun(candidate.path, where.signal);
      if (typeof found !== 'string') return { ...found, path: candidate.path, from: candidate.from };
      tried.push(`${candidate.from}: ${candidate.path} ${found}`);
    } else {
      tried.push(`${candidate.from}: ${candidate.problem}`);
    }
  }
  throw new PipelineError({
    code: 'ffmpeg-missing',
    message: [
      'No working ffmpeg was found. Searched:',
      ...tried.map((place) => `  - ${place}`),
      'Install ffmpeg (Debian: apt install ffmpeg; macOS: brew install ffmpeg; or npm install @ffmpeg-installer/ffmpeg),',
      'or set FFMPEG_PATH to an ffmpeg with the encoders libmp3lame and aac.',
    ].join('\n'),
    retry: 'never',
  });
}

type Candidate = { from: FfmpegSource; path: string } | { from: FfmpegSource; problem: string };

function* candidates(where: { explicitPath?: string; pathEnv: string | undefined }): Generator<Candidate> {
  if (where.explicitPath !== undefined) {
    yield { from: 'FFMPEG_PATH', path: where.explicitPath };
    return;
  }
  yield* inPath(where.pathEnv);
  yield inPackage('ffmpeg-static', (exported) => exported);
  yield inPackage('@ffmpeg-installer/ffmpeg', (exported) =>
    typeof exported === 'object' && exported !== null && 'path' in exported ? exported.path : undefined,
  );
}

function* inPath(pathEnv: string | undefined): Generator<Candidate> {
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const folders = (pathEnv ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, name)).filter((path) => existsSync(path));
  for (const path of found) yield { from: 'PATH', path };
  if (found.length === 0) yield { from: 'PATH', problem: `no ${name} in its ${folders.length} folders` };
}

function inPackage(
  name: Exclude<FfmpegSource, 'FFMPEG_PATH' | 'PATH'>,
  pathOf: (exported: unknown) => unknown,
): Candidate {
  let path: unknown;
  try {
    path = pathOf(createRequire(import.meta.url)(name));
  } catch {
    // Both are optional dependencies, which npm skips when their download or platform fails.
    return { from: name, problem: 'the package is not installed' };
  }
  if (typeof path !== 'string') return { from: name, problem: 'the package has no binary for this platform' };
  // ffmpeg-static returns a path even when its download was skipped.
  return existsSync(path) ? { from: name, path } : { from: name, problem: `its file ${path} does not exist` };
}

const LONGEST_TRY_MS = 20_000;

/** One command looks for ffmpeg more than once: for the samples, and for its work. */
const REMEMBERED_MS = 60_000;
const working = new Map<string, { found: Pick<Ffmpeg, 'version' | 'encoders'>; untilMs: number }>();

/** What the same file said less than a minute ago; otherwise asks it. */
async function tryRun(path: string, signal?: AbortSignal): Promise<Pick<Ffmpeg, 'version' | 'encoders'> | string> {
  const file = identityOf(path);
  if (file === undefined) return ask(path, signal);
  const known = working.get(file);
  if (known !== undefined && performance.now() < known.untilMs) return known.found;
  working.delete(file);
  const found = await ask(path, signal);
  if (typeof found !== 'string') working.set(file, { found, untilMs: performance.now() + REMEMBERED_MS });
  return found;
}

/** Changes whenever another program is put there; undefined for a name that the system looks up. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
    return JSON.stringify([path, dev, ino, size, mtimeMs, ctimeMs]);
  } catch {
    return undefined;
  }
}

/** Runs `ffmpeg -encoders`, whose banner has the version. Returns the problem as text when it is not usable. */
async function ask(path: string, signal?: AbortSignal): Promise<Pick<Ffmpeg, 'version' | 'encoders'> | string> {
  const ran = await new Promise<{ error: Error | null; text: string }>((resolve) => {
    const options = { timeout: LONGEST_TRY_MS, killSignal: 'SIGKILL' as const, maxBuffer: 4 << 20, signal };
    const child = execFile(path, ['-encoders'], options, (error, stdout, stderr) =>
      resolve({ error, text: `${stderr}\n${stdout}` }),
    );
    child.stdin?.end();
  });
  if (signal?.aborted) throw interrupted('looking for ffmpeg');
  if (ran.error !== null) return `does not run (${firstLine(ran.error.message)})`;
  const version = /^ffmpeg version (\S+)/m.exec(ran.text)?.[1];
  if (version === undefined) return 'runs, but is not ffmpeg';
  const encoders = new Set([...ran.text.matchAll(/^ A\S{5} (\S+)/gm)].map((match) => match[1]!));
  const missing = NEEDED_ENCODERS.filter((encoder) => !encoders.has(encoder));
  if (missing.length > 0) return `(version ${version}) was built without the encoder ${missing.join(' and ')}`;
  return { version, encoders };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}
