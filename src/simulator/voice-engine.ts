/** What speaks: real words by espeak-ng when its package is installed, else tones that only sound like syllables. */

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { PipelineError } from '../errors.ts';
import { speechEngine } from './espeak-engine.ts';
import type { EngineChoice } from './settings.ts';
import { tonesEngine } from './tones-engine.ts';
import type { VoiceTraits } from './voice-traits.ts';

/** One text to speak, and how. */
export interface Utterance {
  text: string;
  traits: VoiceTraits;
  /** The service's `language_type`. */
  languageType: string;
  /** Rate of the samples to return. */
  sampleRateHz: number;
  /** Samples in a chunk; the last one may be shorter. */
  chunkSamples: number;
  /** Session settings of the qwen3 models: factors on pace and pitch [0.5, 2], and loudness [0, 100] with 50 as it is. */
  speechRate: number;
  pitchRate: number;
  volume: number;
}

/** Speaks utterances; equal utterances give equal samples. */
export interface VoiceEngine {
  readonly name: 'speech' | 'tones';
  /** Mono samples in chunks, never empty as a whole. Ends early, without an error, when the signal aborts. */
  speak(utterance: Utterance, signal: AbortSignal): AsyncIterable<Int16Array>;
  close(): Promise<void>;
}

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
