/**
 * Chooses the voice engine: real words by espeak-ng when its package is installed, otherwise tones with the rhythm of
 * syllables.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PipelineError } from '../errors.ts';
import { speechEngine } from './espeak-engine.ts';
import type { EngineChoice } from './settings.ts';
import { openSpeechCache } from './speech-cache.ts';
import { tonesEngine } from './tones-engine.ts';
import type { VoiceEngine } from './voice-engine.ts';

const PACKAGE = '@echogarden/espeak-ng-emscripten';

/**
 * Opens the chosen engine; `auto` uses tones where speech is not installed, and `name` says so. Rejects with
 * `service-failed` (never retried) when `speech` was requested and is not installed. `cacheDir` keeps what was spoken.
 */
export function openVoiceEngine(choice: EngineChoice, cacheDir?: string): VoiceEngine {
  if (choice === 'tones') return tonesEngine();
  const file = findPackage();
  if (file !== undefined) {
    const cache = cacheDir === undefined ? undefined : openSpeechCache(cacheDir, versionOf(file));
    return speechEngine(pathToFileURL(file).href, cache);
  }
  if (choice === 'auto') return tonesEngine();
  throw new PipelineError({
    code: 'service-failed',
    message: `The simulator cannot speak: ${PACKAGE} is not installed. Install it, or let the simulator use tones.`,
    retry: 'never',
  });
}

/** Resolves the package without loading its 24 MB. */
function findPackage(): string | undefined {
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
