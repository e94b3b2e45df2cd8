/** How long a process waits for a server that says nothing: a while, and less once it stops. */
import { setMaxListeners } from 'node:events';
import type { S3Client } from '@aws-sdk/client-s3';

/** Times in milliseconds. */
export interface PatienceTimes {
  /** How long nothing may pass in either direction before a try counts as lost; an upload may be slow. Default 10,000. */
  silenceMs?: number;
  /** Longest wait of a stopping process for a silent server. Default 10,000: half of what its steps have to finish. */
  stopMs?: number;
}

/** What a client may be told. */
export interface BucketOptions {
  /** Told now and then when the server refuses many requests. */
  notice?: ((message: string) => void) | undefined;
  /** The process stops; soon after that, nothing waits for a silent server. */
  stop?: AbortSignal | undefined;
  times?: PatienceTimes;
}

/** What is known of a server. */
export interface Patience {
  /** Whether it has answered this process at all, even with an error. */
  hasAnswered(): boolean;
  /** It answered, whatever it said. */
  answered(): void;
  /** Runs a request, with all its tries. */
  during<T>(request: () => Promise<T>): Promise<T>;
  /** Aborts for good when the process stops and the server says nothing to what it is asked: from then on nothing is waited for. */
  readonly over: AbortSignal;
}

/** `stop`: the process stops. */
export function openPatience(stop: AbortSignal | undefined, { stopMs = 10_000 }: PatienceTimes = {}): Patience {
  const over = new AbortController();
  // Every request of the process listens.
  setMaxListeners(0, over.signal);
  let answers = 0;
  let pending = 0;
  let silent: NodeJS.Timeout | undefined;
  /** When this stopping process first asked what was never answered: pauses between its requests count, too. */
  let askedAtMs: number | undefined;
  const watch = (): void => {
    clearTimeout(silent);
    if (!stop?.aborted || pending === 0) return;
    askedAtMs ??= performance.now();
    const restMs = Math.max(0, askedAtMs + stopMs - performance.now());
    silent = setTimeout(() => over.abort(), restMs).unref();
  };
  // Only then: the signal outlives thousands of stores, and would keep each of them in memory.
  let answersBefore = 0;
  const begin = (): void => {
    answersBefore = answers;
    stop?.addEventListener('abort', watch);
    watch();
  };
  const end = (): void => {
    if (answers > answersBefore) askedAtMs = undefined;
    stop?.removeEventListener('abort', watch);
    watch();
  };
  return {
    hasAnswered: () => answers > 0,
    answered: () => {
      answers += 1;
      askedAtMs = undefined;
      watch();
    },
    async during(request) {
      pending += 1;
      if (pending === 1) begin();
      try {
        return await request();
      } finally {
        pending -= 1;
        if (pending === 0) end();
      }
    },
    over: over.signal,
  };
}

/** Lets a client's requests end with the patience, and tell it of answers. */
export function boundBy(patience: Patience, client: S3Client): void {
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request, options) => {
    const answer = await handle(request, { ...options, abortSignal: patience.over });
    patience.answered();
    return answer;
  };
}

const CONNECT_MS = 5_000;
/** Concurrent connections: a run has about as many small requests in progress as it has sessions, reads and parts. */
const SOCKETS = 64;

/** How a client connects, and when a try is over. */
export function connections({ silenceMs = 10_000 }: PatienceTimes = {}) {
  const agent = { keepAlive: true, maxSockets: SOCKETS };
  // Not the whole time of a request: eight megabytes take a while on a slow line.
  return { connectionTimeout: CONNECT_MS, socketTimeout: silenceMs, httpAgent: agent, httpsAgent: agent };
}
