/** Turns environment and flags into one checked configuration. Only this folder reads the environment. */
import { availableParallelism, homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { type HearingSettings, hearingSettings } from './hearing-settings.ts';
import { type OwnServerSettings, ownServerSettings } from './own-server-settings.ts';
import { addressOf, folderNameOf, type S3Place, s3Place } from './s3-place.ts';
import { type ServiceAddresses, serviceAddresses } from './service-addresses.ts';
import { ConfigError, count, isOn, nonEmpty, secretFromFile } from './values.ts';

/** Flags that every command with a store, a service or a queue understands; undefined means "not given". */
export interface Flags {
  simulate?: boolean;
  out?: string;
  store?: string;
  sessions?: number;
  /** Of `run`: send texts again that the service refused in an earlier run. */
  retryRefused?: boolean;
  /** Most that a run may spend, as the user wrote it. */
  budget?: string;
  /** The watched folder or `s3://` prefix. */
  inbox?: string;
}

/** All settings of environment and flags, with defaults filled in. */
export interface Config extends ServiceAddresses {
  /** Undefined when neither the environment nor `--simulate` gives one. */
  apiKey: string | undefined;
  simulate: boolean;
  /** One's own server, for manifests with `engine: openai-speech`. */
  ownServer: OwnServerSettings;
  /** What hears the words of takes. */
  hearing: HearingSettings;
  /** Lifetime of the temporary keys that calls send instead of the key, in seconds; undefined: calls send the key itself. */
  temporaryKeySeconds: number | undefined;
  /** The environment sets DASHSCOPE_REALTIME_URL. */
  namesRealtimeServer: boolean;
  /** The shared queue; undefined for the embedded one. */
  redisUrl: string | undefined;
  ffmpegPath: string | undefined;
  /** The search path for programs. */
  pathEnv: string;
  /** Absolute. With a store on S3: this machine's local folder for it. */
  storeDir: string;
  /** The store on S3; undefined when it is the folder `storeDir`. */
  s3: S3Place | undefined;
  /** Absolute folder for intermediate files; undefined: `storeDir`. */
  workDir: string | undefined;
  /** Absolute, or the `s3://` URL of `s3Out`. */
  outDir: string;
  /** The place on S3 for finished books; undefined when it is the folder `outDir`. */
  s3Out: S3Place | undefined;
  /** The watched prefix on S3; undefined when a folder or nothing is watched. */
  s3Inbox: S3Place | undefined;
  /** Its local copy on this machine; absolute. */
  s3InboxDir: string | undefined;
  /** For files that can be made again at any time, such as the embedded queue's seed. */
  cacheDir: string;
  /** Where the simulator keeps what it spoke; undefined: nowhere. */
  simulatorCacheDir: string | undefined;
  /** WebSocket sessions at once for the whole account. */
  sessionsAtOnce: number;
  /** Chapters mastered at once in this process; each uses about one core. */
  mastersAtOnce: number;
  /** Threads that listen to takes in this process. */
  listeningThreads: number;
  /** Longest silence of the service while speech is due, in seconds; then the session is closed and the segment spoken again. */
  stallSeconds: number;
  /** When the account has no room for another voice, ours unused for so many days may be deleted; undefined: never. */
  freeVoicesAfterDays: number | undefined;
  /** Absolute path of the user's own prices; the file need not exist. */
  pricesPath: string;
  /** PIPELINE_PRICES names the file, so it must exist. */
  pricesNamed: boolean;
  /** Overrides the limit in the table of models; undefined: the table's. */
  callsPerMinute: number | undefined;
  /** Tokens a minute of each model; undefined: the table's, if any. */
  tokensPerMinute: number | undefined;
  /** Clone no voice for a character without a consent in the manifest. */
  requireConsent: boolean;
  /** Send traces: OpenTelemetry's own variables name an endpoint. */
  tracing: boolean;
  /** Least level of a worker's log. */
  logLevel: LogLevel;
}

/** Levels of the log; each includes those after it. Only `debug` contains words of the book. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
/** A level of the log. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The service publishes no figure for sessions at once; 8 speaks a ten-hour book in well under an hour. */
const DEFAULT_SESSIONS = 8;

/** One thread hears what some 30 sessions speak; with fewer cores, a second one would take the place of other work. */
const CORES_FOR_TWO_LISTENERS = 4;

/** Not documented; clients have seen gaps of one to two seconds between bursts of speech. */
const DEFAULT_STALL_SECONDS = 30;
/** Ten seconds are enough for a slow handshake; the service allows at most half an hour (page on temporary API keys). */
const TEMPORARY_KEY_SECONDS = { least: 10, most: 1_800 };

/**
 * Reads the configuration. Throws `ConfigError` that names the wrong setting. Reads nothing but its arguments and the file
 * that holds the key, if one is named and needed.
 */
export function readConfig(flags: Flags, env: NodeJS.ProcessEnv = process.env): Config {
  const cacheDir = cacheFolder(env);
  const workDir = nonEmpty(env['PIPELINE_WORK_DIR']);
  const store = flags.store ?? nonEmpty(env['PIPELINE_STORE']);
  const out = flags.out ?? nonEmpty(env['PIPELINE_OUT']);
  const s3 = s3Place(flags.store === undefined ? 'PIPELINE_STORE' : '--store', store, env);
  const s3Out = s3Place(flags.out === undefined ? 'PIPELINE_OUT' : '--out', out, env);
  const s3Inbox = s3Place('The watched folder', flags.inbox, env);
  return {
    apiKey: nonEmpty(env['DASHSCOPE_API_KEY']) ?? (flags.simulate ? undefined : keyFromFile(env)),
    simulate: flags.simulate ?? false,
    temporaryKeySeconds: count('PIPELINE_TEMPORARY_KEY_SECONDS', env, TEMPORARY_KEY_SECONDS),
    ...serviceAddresses(env),
    namesRealtimeServer: nonEmpty(env['DASHSCOPE_REALTIME_URL']) !== undefined,
    ownServer: ownServerSettings(flags, env),
    hearing: hearingSettings(env),
    redisUrl: nonEmpty(env['REDIS_URL']),
    ffmpegPath: nonEmpty(env['FFMPEG_PATH']),
    pathEnv: env['PATH'] ?? '',
    storeDir: s3 === undefined ? resolve(store ?? '.pipeline') : join(cacheDir, 'stores', folderNameOf(s3)),
    s3,
    workDir: workDir === undefined ? undefined : resolve(workDir),
    outDir: s3Out === undefined ? resolve(out ?? 'out') : addressOf(s3Out),
    s3Out,
    s3Inbox,
    s3InboxDir: s3Inbox === undefined ? undefined : join(cacheDir, 'inboxes', folderNameOf(s3Inbox)),
    cacheDir,
    simulatorCacheDir: absolute(env['PIPELINE_SIMULATOR_CACHE']),
    sessionsAtOnce: flags.sessions ?? count('PIPELINE_SESSIONS', env) ?? DEFAULT_SESSIONS,
    mastersAtOnce: availableParallelism(),
    listeningThreads: availableParallelism() < CORES_FOR_TWO_LISTENERS ? 1 : 2,
    stallSeconds: count('PIPELINE_STALL_SECONDS', env) ?? DEFAULT_STALL_SECONDS,
    freeVoicesAfterDays: count('PIPELINE_FREE_VOICES_AFTER_DAYS', env),
    callsPerMinute: count('PIPELINE_CALLS_PER_MINUTE', env),
    tokensPerMinute: count('PIPELINE_TOKENS_PER_MINUTE', env, { least: 1, most: 1_000_000_000 }),
    requireConsent: isOn('PIPELINE_REQUIRE_CONSENT', env),
    pricesPath: resolve(
      nonEmpty(env['PIPELINE_PRICES']) ??
        join(absolute(env['XDG_CONFIG_HOME']) ?? join(homedir(), '.config'), 'narration-pipeline', 'prices.yaml'),
    ),
    pricesNamed: nonEmpty(env['PIPELINE_PRICES']) !== undefined,
    tracing:
      nonEmpty(env['OTEL_SDK_DISABLED']) !== 'true' &&
      (nonEmpty(env['OTEL_EXPORTER_OTLP_ENDPOINT']) ?? nonEmpty(env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])) !==
        undefined,
    logLevel: logLevel(env),
  };
}

/**
 * Stops the AWS SDK from printing, at each run on Node 20, which Node its later versions will need: this program chooses the
 * version of the SDK, and its own `engines` says which Node it needs.
 */
export function silenceSdkNotice(env: NodeJS.ProcessEnv = process.env): void {
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

function logLevel(env: NodeJS.ProcessEnv): LogLevel {
  const text = nonEmpty(env['PIPELINE_LOG_LEVEL']) ?? 'info';
  const level = LOG_LEVELS.find((known) => known === text.toLowerCase());
  if (level === undefined)
    throw new ConfigError(`PIPELINE_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}, not "${text}".`);
  return level;
}

/** A terminal that cannot rewrite a line. */
export function isDumbTerminal(env: NodeJS.ProcessEnv = process.env): boolean {
  return env['TERM'] === 'dumb';
}

/** The service's own SDKs know this setting too. */
function keyFromFile(env: NodeJS.ProcessEnv): string | undefined {
  return secretFromFile('DASHSCOPE_API_KEY_FILE_PATH', 'the API key', env);
}

/** The XDG specification: a relative path is invalid and is ignored. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
