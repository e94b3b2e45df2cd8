/**
 * Chooses the voice engine: real words by espeak-ng when its package is installed, otherwise tones with the rhythm of
 * syllables.
 */

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { PipelineError } from '../errors.ts';
import { speechEngine } from './espeak-engine.ts';
import type { EngineChoice } from './settings.ts';
import { tonesEngine } from './tones-engine.ts';
import type { VoiceEngine } from './voice-engine.ts';

const PACKAGE = '@echogarden/espeak-ng-emscripten';

/**
 * Opens the chosen engine; `auto` uses tones where speech is not installed, and `name` says so. Rejects with
 * `service-failed` (never retried) when `speech` was requested and is not installed.
 */
export function openVoiceEngine(choice: EngineChoice): VoiceEngine {
  if (choice === 'tones') return tonesEngine();
  const moduleUrl = findPackage();
  if (moduleUrl !== undefined) return speechEngine(moduleUrl);
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
    return pathToFileURL(createRequire(import.meta.url).resolve(PACKAGE)).href;
  } catch {
    return undefined;
  }
}
