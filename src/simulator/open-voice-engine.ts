/** What speaks: real words by espeak-ng when its package is installed, else tones that only sound like syllables. */

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { PipelineError } from '../errors.ts';
import { speechEngine } from './espeak-engine.ts';
import type { EngineChoice } from './settings.ts';
import { tonesEngine } from './tones-engine.ts';
import type { VoiceEngine } from './voice-engine.ts';

const PACKAGE = '@echogarden/espeak-ng-emscripten';

/**
 * Opens the engine that was chosen; `auto` takes tones where speech is not installed, and `name` says so.
 * Rejects with `service-failed` (never retried) when `speech` was demanded and is not installed.
 */
export function openVoiceEngine(choice: EngineChoice): VoiceEngine {
  if (choice === 'tones') return tonesEngine();
  const moduleUrl = findPackage();
  if (moduleUrl !== undefined) return speechEngine(moduleUrl);
  if (choice === 'auto') return tonesEngine();
  throw new PipelineError({
    code: 'service-failed',
    message: `The simulator can not speak: ${PACKAGE} is not installed. Install it, or let the simulator use tones.`,
    retry: 'never',
  });
}

/** Looks the package up without loading its 24 MB. */
function findPackage(): string | undefined {
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve(PACKAGE)).href;
  } catch {
    return undefined;
  }
}
