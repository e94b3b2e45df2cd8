/** The settings of the recogniser, which hears the words of takes. */
import { nonEmpty, url } from './values.ts';

/** The settings; all undefined: no recogniser is set up. */
export interface HearingSettings {
  /** A server with `/v1/audio/transcriptions`, such as `http://host:8000/v1`; undefined: the service's recogniser. */
  url: string | undefined;
  /** Undefined: it wants none. */
  key: string | undefined;
  model: string | undefined;
}

/** Reads the settings. Throws `ConfigError`. */
export function hearingSettings(env: NodeJS.ProcessEnv): HearingSettings {
  const isNamed = nonEmpty(env['PIPELINE_HEARING_URL']) !== undefined;
  return {
    url: isNamed ? url('PIPELINE_HEARING_URL', env, 'http://localhost:8000/v1', ['http:', 'https:']) : undefined,
    key: nonEmpty(env['PIPELINE_HEARING_KEY']),
    model: nonEmpty(env['PIPELINE_HEARING_MODEL']),
  };
}
