/** The settings of one's own server, which speaks books with `engine: openai-speech`. */
import { ConfigError, count, isOn, nonEmpty, url } from './values.ts';

/** The settings, with defaults filled in. */
export interface OwnServerSettings {
  /** Such as `http://host:8000/v1`, without a slash at the end; undefined: there is no such server. */
  url: string | undefined;
  /** Undefined: it wants none. */
  key: string | undefined;
  profile: SpeechProfile;
  /** Calls at once. */
  callsAtOnce: number;
  /** Accept a server that nothing proves to use the sample. */
  acceptUnproven: boolean;
  /** Sent to CrispASR as the consent of the speaker. */
  consent: string | undefined;
  /** Sent to CrispASR as the statement of how listeners learn that the voice is artificial. */
  marking: string | undefined;
}

/** Which fields a server understands. */
export const SPEECH_PROFILES = ['vllm-omni', 'openai-strict', 'crispasr'] as const;
/** One of them. */
export type SpeechProfile = (typeof SPEECH_PROFILES)[number];

/** Many servers speak one text at a time; whether seeds still give equal sound in a batch is not documented. */
const DEFAULT_CALLS = 1;

/** Reads the settings. Throws `ConfigError`. */
export function ownServerSettings(flags: { sessions?: number }, env: NodeJS.ProcessEnv): OwnServerSettings {
  return {
    url: nonEmpty(env['PIPELINE_SPEECH_URL']) === undefined ? undefined : urlOf(env),
    key: nonEmpty(env['PIPELINE_SPEECH_KEY']),
    profile: profileOf(env),
    callsAtOnce: flags.sessions ?? count('PIPELINE_SPEECH_SESSIONS', env) ?? DEFAULT_CALLS,
    acceptUnproven: isOn('PIPELINE_SPEECH_UNPROVEN', env),
    consent: nonEmpty(env['PIPELINE_SPEECH_CONSENT']),
    marking: nonEmpty(env['PIPELINE_SPEECH_MARKING']),
  };
}

function urlOf(env: NodeJS.ProcessEnv): string {
  return url('PIPELINE_SPEECH_URL', env, 'http://localhost:8000/v1', ['http:', 'https:']);
}

function profileOf(env: NodeJS.ProcessEnv): SpeechProfile {
  const text = nonEmpty(env['PIPELINE_SPEECH_PROFILE'])?.toLowerCase() ?? 'vllm-omni';
  const profile = SPEECH_PROFILES.find((known) => known === text);
  if (profile === undefined)
    throw new ConfigError(`PIPELINE_SPEECH_PROFILE must be one of ${SPEECH_PROFILES.join(', ')}, not "${text}".`);
  return profile;
}
