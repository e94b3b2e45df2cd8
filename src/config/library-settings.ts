/** The settings of a program that uses this one as a library, turned into the same configuration that the commands read. */
import { type Config, readConfig } from './config.ts';
import { ConfigError, count } from './values.ts';

/** As for `--sessions`. */
const SESSIONS = { least: 1, most: 1000 };

/** What a program may set. What it leaves out comes from the environment, as for the commands. */
export interface PipelineSettings {
  /** Key of the service. Default: `DASHSCOPE_API_KEY`. */
  apiKey?: string;
  /** Speak with the built-in simulator: no key, no costs. Default: no. */
  simulate?: boolean;
  /** Folder or `s3://` prefix with takes, voices and masters. Default: `PIPELINE_STORE`, or `.pipeline` in the working folder. */
  store?: string;
  /** Folder or `s3://` prefix for finished books. Default: `PIPELINE_OUT`, or `out` in the working folder. */
  out?: string;
  /** The queue that machines share. Default: `REDIS_URL`; without it a queue inside this process. */
  redisUrl?: string;
  /** Calls to the service at once. Default: `PIPELINE_SESSIONS`. */
  sessions?: number;
  /** Default: `FFMPEG_PATH`, otherwise the newest one on the search path or in the package. */
  ffmpegPath?: string;
  /** All other settings, by their names in docs/reference/settings.md. Default: the environment of the process, read once. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** The configuration of a program's settings. Throws `ConfigError`. */
export function configOf(settings: PipelineSettings, env: NodeJS.ProcessEnv = settings?.env ?? process.env): Config {
  if (typeof settings !== 'object' || settings === null) throw new ConfigError('The settings must be an object.');
  const { apiKey, simulate, store, out, redisUrl, sessions, ffmpegPath } = settings;
  const given = {
    ...(apiKey !== undefined && { DASHSCOPE_API_KEY: apiKey }),
    ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
    ...(ffmpegPath !== undefined && { FFMPEG_PATH: ffmpegPath }),
  };
  const flags = {
    ...(simulate !== undefined && { simulate }),
    ...(store !== undefined && { store }),
    ...(out !== undefined && { out }),
    ...(sessions !== undefined && { sessions: count('sessions', { sessions: `${sessions}` }, SESSIONS) }),
  };
  return readConfig(flags, { ...env, ...given });
}
