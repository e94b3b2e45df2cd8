/**
 * Chooses the voice engine: real words when espeak-ng is there, as its npm package or as the program; otherwise tones with the
 * rhythm of syllables.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PipelineError } from '../errors.ts';
import { packageSynthesizer, speechEngine } from './espeak-engine.ts';
import { findEspeakProgram, programSynthesizer } from './espeak-program.ts';
import type { EngineChoice } from './settings.ts';
import { openSpeechCache } from './speech-cache.ts';
import { tonesEngine } from './tones-engine.ts';
import type { VoiceEngine } from './voice-engine.ts';

const PACKAGE = '@echogarden/espeak-ng-emscripten';

/** Where to look for espeak-ng, and where to keep what it spoke. */
export interface VoiceEngineOptions {
  /** Absent: nothing is kept. */
  cacheDir?: string | undefined;
  /** The search path for the program. Absent: it is not looked for. */
  pathEnv?: string | undefined;
  /** Finds the package's file. Replaced in tests. */
  findPackage?: () => string | undefined;
}

/**
 * Opens the chosen engine; `auto` uses tones where no espeak-ng is installed, and `name` says so. Rejects with
 * `service-failed` (never retried) when `speech` was requested and none is installed.
 */
export function openVoiceEngine(choice: EngineChoice, options: VoiceEngineOptions = {}): VoiceEngine {
  if (choice === 'tones') return tonesEngine();
  const { cacheDir, pathEnv, findPackage = packageFile } = options;
  const cacheOf = (version: string) => (cacheDir === undefined ? undefined : openSpeechCache(cacheDir, version));
  const file = findPackage();
  if (file !== undefined) return speechEngine(packageSynthesizer(pathToFileURL(file).href), cacheOf(versionOf(file)));
  const program = pathEnv === undefined ? undefined : findEspeakProgram(pathEnv);
  if (program !== undefined) return speechEngine(programSynthesizer(program), cacheOf(`program ${program.version}`));
  if (choice === 'auto') return tonesEngine();
  throw new PipelineError({
    code: 'service-failed',
    message: `The simulator cannot speak: no espeak-ng is installed. Install it, or let the simulator use tones.`,
    retry: 'never',
  });
}

/** Resolves the package without loading its 24 MB. */
function packageFile(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(PACKAGE);
  } catch {
    return undefined;
  }
}

/** The version of the package that has this file. */
function versionOf(file: string): string {
  const { version } = JSON.parse(readFileSync(join(dirname(file), 'package.json'), 'utf8'));
  return String(version);
}
