/** Turns environment and flags into one checked configuration. The only file that reads the environment. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { join, resolve } from 'node:path';

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
export interface Config {
  /** Undefined when neither the environment nor `--simulate` gives one. */
  apiKey: string | undefined;
  simulate: boolean;
  /** Lifetime of the temporary keys that calls send instead of the key, in seconds; undefined: calls send the key itself. */
  temporaryKeySeconds: number | undefined;
  /** Base URL of the HTTP API, without a slash at the end. */
  httpBaseUrl: string;
  /** WebSocket endpoint, without the `model` query. */
  realtimeUrl: string;
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
  /** WebSocket sessions at once for the whole account. */
  sessionsAtOnce: number;
  /** Chapters mastered at once in this process; each uses about one core. */
  mastersAtOnce: number;
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
  /** Clone no voice for a character without a consent in the manifest. */
  requireConsent: boolean;
  /** Send traces: OpenTelemetry's own variables name an endpoint. */
  tracing: boolean;
  /** Least level of a worker's log. */
  logLevel: LogLevel;
}

/** A place on S3 or a compatible server. Holds no credentials: the SDK finds them as every AWS tool does. */
export interface S3Place {
  bucket: string;
  /** Prefix of all names: empty, or ending with a slash. */
  prefix: string;
  /** Undefined: Amazon's own, or that of the shared AWS configuration. */
  endpoint: string | undefined;
  /** Undefined: that of the shared AWS configuration. */
  region: string | undefined;
  pathStyle: boolean;
}

/** Levels of the log; each includes those after it. Only `debug` contains words of the book. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
/** A level of the log. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const DEFAULT_HTTP_BASE_URL = 'https://dashscope.aliyuncs.com/api/v1';
const DEFAULT_REALTIME_URL = 'wss://dashscope.aliyuncs.com/api-ws/v1/realtime';
/** The service publishes no figure for sessions at once; 8 speaks a ten-hour book in well under an hour. */
const DEFAULT_SESSIONS = 8;

/** Not documented; clients have seen gaps of one to two seconds between bursts of speech. */
const DEFAULT_STALL_SECONDS = 30;
/** Ten seconds are enough for a slow handshake; the service allows at most half an hour (page on temporary API keys). */
const TEMPORARY_KEY_SECONDS = { least: 10, most: 1_800 };
/** Longest file that may hold a key, in bytes. */
const MAX_KEY_FILE_BYTES = 4_096;

/** A wrong setting or flag. The command line prints it and ends with exit code 2. */
export class ConfigError extends Error {}

/**
 * Reads the configuration. Throws `ConfigError` that names the wrong setting. Reads nothing but its arguments and the file
 * that holds the key, if one is named and needed.
 */
export function readConfig(flags: Flags, env: NodeJS.ProcessEnv = process.env): Config {
  const cacheDir = join(nonEmpty(env['XDG_CACHE_HOME']) ?? join(homedir(), '.cache'), 'narration-pipeline');
  const workDir = nonEmpty(env['PIPELINE_WORK_DIR']);
  const s3 = s3Place('--store', flags.store, env);
  const s3Out = s3Place('--out', flags.out, env);
  const s3Inbox = s3Place('The watched folder', flags.inbox, env);
  return {
    apiKey: nonEmpty(env['DASHSCOPE_API_KEY']) ?? (flags.simulate ? undefined : keyFromFile(env)),
    simulate: flags.simulate ?? false,
    temporaryKeySeconds: count('PIPELINE_TEMPORARY_KEY_SECONDS', env, TEMPORARY_KEY_SECONDS),
    httpBaseUrl: url('DASHSCOPE_HTTP_BASE_URL', env, DEFAULT_HTTP_BASE_URL, ['http:', 'https:']),
    realtimeUrl: url('DASHSCOPE_REALTIME_URL', env, DEFAULT_REALTIME_URL, ['ws:', 'wss:']),
    redisUrl: nonEmpty(env['REDIS_URL']),
    ffmpegPath: nonEmpty(env['FFMPEG_PATH']),
    pathEnv: env['PATH'] ?? '',
    storeDir: s3 === undefined ? resolve(flags.store ?? '.pipeline') : join(cacheDir, 'stores', folderNameOf(s3)),
    s3,
    workDir: workDir === undefined ? undefined : resolve(workDir),
    outDir: s3Out === undefined ? resolve(flags.out ?? 'out') : addressOf(s3Out),
    s3Out,
    s3Inbox,
    s3InboxDir: s3Inbox === undefined ? undefined : join(cacheDir, 'inboxes', folderNameOf(s3Inbox)),
    cacheDir,
    sessionsAtOnce: flags.sessions ?? count('PIPELINE_SESSIONS', env) ?? DEFAULT_SESSIONS,
    mastersAtOnce: availableParallelism(),
    stallSeconds: count('PIPELINE_STALL_SECONDS', env) ?? DEFAULT_STALL_SECONDS,
    freeVoicesAfterDays: count('PIPELINE_FREE_VOICES_AFTER_DAYS', env),
    callsPerMinute: count('PIPELINE_CALLS_PER_MINUTE', env),
    requireConsent: isOn('PIPELINE_REQUIRE_CONSENT', env),
    pricesPath: resolve(
      nonEmpty(env['PIPELINE_PRICES']) ??
        join(nonEmpty(env['XDG_CONFIG_HOME']) ?? join(homedir(), '.config'), 'narration-pipeline', 'prices.yaml'),
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

/** Names of buckets (Amazon S3 user guide, "General purpose bucket naming rules"). */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Characters that every server and tool accepts in a name. */
const PREFIX = /^[\w.=+-]+(\/[\w.=+-]+)*$/;
/** A name on S3 has at most 1,024 bytes, and ours need up to 250 behind the prefix. */
const MOST_PREFIX_LETTERS = 500;

function s3Place(option: string, place: string | undefined, env: NodeJS.ProcessEnv): S3Place | undefined {
  if (place === undefined || !/^[a-z][a-z0-9+.-]+:\/\//i.test(place)) return undefined;
  const parts = /^s3:\/\/([^/]+)(?:\/(.*?)\/*)?$/.exec(place);
  if (parts === null) throw new ConfigError(`${option} must be a folder or s3://bucket/prefix, not "${place}".`);
  const [, bucket = '', prefix = ''] = parts;
  if (!BUCKET.test(bucket)) {
    throw new ConfigError(
      `${option}: "${bucket}" cannot be the name of a bucket. A name has 3 to 63 lower-case letters, digits, periods and hyphens. To use another server than Amazon's, set AWS_ENDPOINT_URL.`,
    );
  }
  if (
    prefix !== '' &&
    (!PREFIX.test(prefix) || /(^|\/)\.\.?(\/|$)/.test(prefix) || prefix.length > MOST_PREFIX_LETTERS)
  ) {
    throw new ConfigError(
      `${option}: the prefix "${prefix.slice(0, 80)}" must consist of letters, digits and . _ - = + with single slashes between names, at most ${MOST_PREFIX_LETTERS} characters in all.`,
    );
  }
  const endpoint = s3Endpoint(env);
  const region = nonEmpty(env['AWS_REGION']) ?? nonEmpty(env['AWS_DEFAULT_REGION']);
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint,
    // Other servers need a region in the signature, but accept any.
    region: region ?? (endpoint === undefined ? undefined : 'us-east-1'),
    pathStyle: flag('PIPELINE_S3_PATH_STYLE', env) ?? (endpoint !== undefined && !wantsHostStyle(endpoint)),
  };
}

function s3Endpoint(env: NodeJS.ProcessEnv): string | undefined {
  const name = ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'].find((one) => nonEmpty(env[one]) !== undefined);
  return name === undefined ? undefined : url(name, env, 'https://s3.example.com', ['http:', 'https:']);
}

/** Amazon, and Alibaba Cloud OSS, which refuses the bucket in the path (OSS, "Use Amazon S3 SDKs to access OSS"). */
function wantsHostStyle(endpoint: string): boolean {
  return /\.(amazonaws\.com(\.cn)?|aliyuncs\.com)$/.test(new URL(endpoint).hostname);
}

function flag(name: string, env: NodeJS.ProcessEnv): boolean | undefined {
  const text = nonEmpty(env[name]);
  if (text === undefined) return undefined;
  if (text !== '0' && text !== '1') throw new ConfigError(`${name} must be 0 or 1, not "${text}".`);
  return text === '1';
}

/** A folder name for each place, valid whatever characters the place has. */
function folderNameOf({ endpoint = '', bucket, prefix }: S3Place): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([endpoint, bucket, prefix]))
    .digest('hex');
  return `${bucket}-${hash.slice(0, 12)}`;
}

/** The same URL for a place, however the user wrote it: a book is identified by where it is delivered. */
function addressOf({ bucket, prefix }: S3Place): string {
  return `s3://${bucket}${prefix === '' ? '' : `/${prefix.slice(0, -1)}`}`;
}

function url(name: string, env: NodeJS.ProcessEnv, fallback: string, protocols: string[]): string {
  const text = nonEmpty(env[name]) ?? fallback;
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    throw new ConfigError(`${name} is not a URL: "${text}". Omit it, or set a URL such as ${fallback}`);
  }
  if (!protocols.includes(parsed.protocol)) {
    throw new ConfigError(`${name} must begin with ${protocols.join(' or ')}//, such as ${fallback}`);
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '') {
    throw new ConfigError(`${name} must not contain a password or a query. Keys have settings of their own.`);
  }
  return text.replace(/\/+$/, '');
}

function count(
  name: string,
  env: NodeJS.ProcessEnv,
  { least, most }: { least: number; most?: number } = { least: 1 },
): number | undefined {
  const text = nonEmpty(env[name]);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || value > (most ?? value)) {
    const range = most === undefined ? `from ${least}` : `from ${least} to ${most}`;
    throw new ConfigError(`${name} must be a whole number ${range}, not "${text}".`);
  }
  return value;
}

function isOn(name: string, env: NodeJS.ProcessEnv): boolean {
  const text = nonEmpty(env[name])?.toLowerCase();
  if (text === undefined || text === '0' || text === 'false') return false;
  if (text === '1' || text === 'true') return true;
  throw new ConfigError(`${name} must be 1 or 0, not "${text}".`);
}

/** The service's own SDKs know this setting too. */
function keyFromFile(env: NodeJS.ProcessEnv): string | undefined {
  return secretFromFile('DASHSCOPE_API_KEY_FILE_PATH', 'the API key', env);
}

/** Settings of webhooks and HTTP servers, read only by the commands that use them. They are never printed. */
export interface WebSettings {
  webhookUrls: readonly string[];
  /** As the user gave it; src/web/webhook-signature.ts parses it. */
  webhookSecret: string | undefined;
  apiToken: string | undefined;
}

/** Reads them. Throws `ConfigError` for a file that cannot be read or holds no secret. */
export function readWebSettings(env: NodeJS.ProcessEnv = process.env): WebSettings {
  return {
    webhookUrls: (env['PIPELINE_WEBHOOK_URL'] ?? '').split(/\s+/).filter((one) => one !== ''),
    webhookSecret:
      nonEmpty(env['PIPELINE_WEBHOOK_SECRET']) ??
      secretFromFile('PIPELINE_WEBHOOK_SECRET_FILE', 'the secret (or several, separated by commas)', env),
    apiToken: nonEmpty(env['PIPELINE_API_TOKEN']) ?? secretFromFile('PIPELINE_API_TOKEN_FILE', 'the token', env),
  };
}

/** Reads a file that holds one secret and nothing else; no message contains the secret. */
function secretFromFile(setting: string, what: string, env: NodeJS.ProcessEnv): string | undefined {
  const path = nonEmpty(env[setting]);
  if (path === undefined) return undefined;
  const wrong = (why: string) => new ConfigError(`${setting}: the file ${path} ${why}.`);
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > MAX_KEY_FILE_BYTES) throw wrong(`has ${size} bytes; it must contain ${what} and nothing else`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw wrong(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`);
  }
  // Editors on Windows put a byte order mark in front.
  const key = nonEmpty(text.replace(/^\ufeff/, ''));
  if (key === undefined) throw wrong('is empty');
  if (!/^[\x21-\x7e]+$/.test(key)) throw wrong(`must contain ${what} on one line and nothing else`);
  return key;
}

function nonEmpty(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === '' ? undefined : trimmed;
}
