/** The connection to Redis: checked once when it opens, restored automatically afterwards. */
import { Redis } from 'ioredis';
import { PipelineError } from '../../errors.ts';
import { isRefusal } from '../limits/refusals-redis.ts';

/** Longest duration of the first connection, in milliseconds. */
const CONNECT_LIMIT_MS = 5_000;

/**
 * Oldest Redis that BullMQ and ioredis 6 support without a warning. Source: bullmq 6.7 redis-connection, ioredis 6
 * README.
 */
const OLDEST = [6, 2] as const;

/**
 * Connects and checks that the server is suitable for a queue: reachable, password accepted, 6.2 or newer. An eviction
 * policy that may drop jobs is reported through `notice`.
 *
 * Throws `queue-unreachable` within about five seconds; the message says what to do and has no password. Once
 * connected, a lost connection is restored automatically and commands wait for it.
 */
export async function openRedis({
  url,
  notice,
}: {
  url: string;
  notice?: ((message: string) => void) | undefined;
}): Promise<Redis> {
  const place = describeRedis(url);
  let connected = false;
  let lastError: Error | undefined;
  const client = new Redis(url, {
    lazyConnect: true,
    // BullMQ requires it, and we want it: a command waits until the server is back.
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_LIMIT_MS - 500,
    retryStrategy: (times) => (connected ? Math.min(times * 200, 2_000) : null),
  });
  client.on('error', (error: Error) => {
    lastError = error;
  });
  try {
    const info = await withinLimit(client.connect().then(() => client.info()));
    checkServer(info, place, notice);
    connected = true;
    return client;
  } catch (error) {
    client.disconnect();
    if (error instanceof PipelineError) throw error;
    throw unreachable(place, lastError ?? error);
  }
}

/** The address without user, password and options, for messages: `redis://:***@host:6379/0`. */
export function describeRedis(url: string): string {
  if (url.startsWith('/')) return url.replace(/\?.*$/s, '');
  try {
    const { protocol, host, pathname, username, password } = new URL(url);
    return `${protocol}//${username !== '' || password !== '' ? `${username}:***@` : ''}${host}${pathname}`;
  } catch {
    throw new PipelineError({
      code: 'queue-unreachable',
      message: 'REDIS_URL is not an address. Write it like redis://host:6379 or rediss://user:password@host:6380/0.',
      retry: 'never',
    });
  }
}

async function withinLimit<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no response within 5 seconds')), CONNECT_LIMIT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * An unsuitable server is an error; a setting that only endangers jobs is a notice. Lost jobs are recovered from the
 * store, so missing persistence is fine.
 */
function checkServer(info: string, place: string, notice: ((message: string) => void) | undefined): void {
  const version = /^redis_version:(\d+)\.(\d+)/m.exec(info);
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw unfit(`Redis at ${place} is version ${major}.${minor}; 6.2 or newer is needed.`);
  }
  if (fieldOf(info, 'cluster_enabled') === '1') {
    throw unfit(
      `Redis at ${place} runs as a cluster, which distributes one queue's keys over servers that cannot process them together. ` +
        'Point REDIS_URL at a server that runs with "cluster-enabled no".',
    );
  }
  if (fieldOf(info, 'role') === 'slave') {
    throw unfit(
      `Redis at ${place} is a read-only replica. Point REDIS_URL at its primary (${fieldOf(info, 'master_host')}:${fieldOf(info, 'master_port')}), or run there: redis-cli replicaof no one`,
    );
  }
  const policy = fieldOf(info, 'maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    notice?.(
      `Redis at ${place} may drop jobs when its memory is full (maxmemory-policy ${policy}). ` +
        'Run: redis-cli config set maxmemory-policy noeviction',
    );
  }
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(\\S+)`, 'm').exec(info)?.[1];
}

function unfit(message: string): PipelineError {
  return new PipelineError({ code: 'queue-unreachable', message, retry: 'never' });
}

/** The failure of a server that cannot be reached, or cannot work now. */
export function unreachable(place: string, error: unknown): PipelineError {
  const reason = error instanceof Error ? error.message : String(error);
  if (/NOAUTH|WRONGPASS|NOPERM|invalid.*password/i.test(reason)) {
    // Errors about a password are not quoted: some servers echo what they receive.
    return new PipelineError({
      code: 'queue-unreachable',
      message: `Redis at ${place} refused the user or password. Check REDIS_URL (redis://user:password@host:port).`,
      retry: 'backoff',
    });
  }
  if (isRefusal(error)) {
    return new PipelineError({
      code: 'queue-unreachable',
      message: `Redis at ${place} refuses commands (${reason}). Wait until it works again, or correct its settings: its memory (maxmemory), its disk, its replicas.`,
      retry: 'backoff',
      cause: error,
    });
  }
  const fix =
    encryptionFix(place, reason) ?? 'Start it, correct REDIS_URL, or unset REDIS_URL to use the embedded queue.';
  return new PipelineError({
    code: 'queue-unreachable',
    message: `Redis at ${place} cannot be reached (${reason}). ${fix}`,
    retry: 'backoff',
  });
}

/** A server that responds but not in the same protocol: only one side uses TLS, or its certificate is unknown. */
function encryptionFix(place: string, reason: string): string | undefined {
  if (place.startsWith('rediss:')) {
    if (/certificate|altname|SELF_SIGNED/i.test(reason)) {
      return 'Its certificate is not trusted here: set NODE_EXTRA_CA_CERTS to the file of the authority that signed it, and use the host name of the certificate.';
    }
    // A server without TLS waits for the end of a line that never comes, or responds without TLS.
    if (!/no response|ETIMEDOUT|closed|ECONNRESET|wrong version number|packet length/i.test(reason)) return undefined;
    return 'If the server does not speak TLS on this port, write redis:// instead of rediss://, or use its TLS port.';
  }
  // A TLS port that receives plain text closes the connection, or waits for more.
  if (!/closed|ECONNRESET|no response|ETIMEDOUT|protocol error/i.test(reason)) return undefined;
  return 'If the server requires TLS, write rediss:// instead of redis://; otherwise correct REDIS_URL, or unset it to use the embedded queue.';
}
