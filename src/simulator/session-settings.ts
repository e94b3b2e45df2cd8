/** Validates a `session.update`. Sources: Qwen-TTS-Realtime client events, error-code page. */

import type { Model } from '../models/model.ts';
import type { CommitMode, WireError } from '../speech/dashscope-realtime/protocol.ts';
import { isLanguageType } from './language.ts';
import type { VoiceRecord } from './voices.ts';

/** Validated settings. */
export interface AcceptedSettings {
  voice: VoiceRecord;
  mode: CommitMode;
  languageType: string;
  sampleRateHz: number;
  speechRate: number;
  pitchRate: number;
  volume: number;
}

/** The voice of a session that names none: a system voice, which voice-cloning models do not have. */
export const DEFAULT_VOICE = 'Cherry';
/** The voices of the service's own, which no model for clones speaks with. Source: Qwen-TTS-Realtime user guide. */
const STOCK_VOICES: ReadonlySet<unknown> = new Set([DEFAULT_VOICE, 'Serena', 'Ethan', 'Chelsie']);

/**
 * Validates the `session` of an update; `findVoice` looks up a voice. Returns the error event's body where the service
 * refuses.
 */
export function acceptSettings(
  session: Record<string, unknown>,
  model: Model,
  findVoice: (voice: string) => VoiceRecord | undefined,
): AcceptedSettings | WireError {
  const { voice = DEFAULT_VOICE, mode = 'server_commit', language_type: languageType = 'Auto' } = session;
  const { response_format: format = 'pcm', sample_rate: sampleRateHz = 24_000 } = session;
  if (STOCK_VOICES.has(voice)) return systemVoiceError();
  const record = typeof voice === 'string' ? findVoice(voice) : undefined;
  if (record?.targetModel !== model.id) return invalidValue(`The requested voice '${voice}' is not supported.`);
  if (mode !== 'commit' && mode !== 'server_commit') return invalidValue(`Invalid mode '${mode}'.`);
  if (!isLanguageType(languageType)) return invalidValue(`Invalid language_type '${languageType}'.`);
  if (!model.formats.some((known) => known === format)) return invalidValue(`Invalid response_format '${format}'.`);
  // The framing of the other formats is not documented.
  if (format !== 'pcm') return invalidValue(`Invalid response_format '${format}': the simulator speaks pcm only.`);
  if (typeof sampleRateHz !== 'number' || !model.outputRatesHz.includes(sampleRateHz)) {
    return invalidValue(`Invalid sample_rate '${sampleRateHz}'.`);
  }
  const prosody = acceptProsody(session, model);
  if ('code' in prosody) return prosody;
  return { voice: record, mode, languageType, sampleRateHz, ...prosody };
}

/** The error for a stock voice on a voice-cloning model. Source: error-code page. */
export function systemVoiceError(): WireError {
  return { code: 'CLIENT_ERROR', message: '[qwen-tts:]Engine return error code: 411' };
}

/** The error body for a value that is not allowed. */
export function invalidValue(message: string): WireError & { code: string; message: string } {
  return { code: 'invalid_value', message };
}

type Prosody = Pick<AcceptedSettings, 'speechRate' | 'pitchRate' | 'volume'>;

/**
 * Pace, pitch and volume exist for qwen3 models; the older family has no such settings and is assumed to ignore them.
 */
function acceptProsody(session: Record<string, unknown>, model: Model): Prosody | (WireError & { code: string }) {
  if (!model.takesProsody) return { speechRate: 1, pitchRate: 1, volume: 50 };
  const speechRate = within(session['speech_rate'] ?? 1, 0.5, 2);
  const pitchRate = within(session['pitch_rate'] ?? 1, 0.5, 2);
  const volume = within(session['volume'] ?? 50, 0, 100);
  if (speechRate === undefined) return invalidValue('speech_rate must be in [0.5, 2.0].');
  if (pitchRate === undefined) return invalidValue('pitch_rate must be in [0.5, 2.0].');
  if (volume === undefined) return invalidValue('volume must be in [0, 100].');
  return { speechRate, pitchRate, volume };
}

function within(value: unknown, low: number, high: number): number | undefined {
  return typeof value === 'number' && value >= low && value <= high ? value : undefined;
}
