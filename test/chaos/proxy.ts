/** A TCP proxy between one process and one server, so that a test can cut the network of that process alone. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Socket } from 'node:net';
import { SESSIONS } from './engines.ts';
import { lineReader } from './sent-lines.ts';

/** The wire between one process and one server. */
export interface Wire {
  readonly port: number;
  /** Sessions, or calls of one's own server, that are open over it now: so many answers can be lost when it breaks. */
  openSessions(): number;
  /** When each line of a book was last sent over it, by `performance.now()`; see sent-lines.ts. */
  readonly sentLines: Map<string, number>;
  /** Calls, no sessions, that have waited for their answer for so long, in milliseconds. */
  waitingCalls(ms: number): number;
  /** Resolves when a call has sent so many bytes and is not answered yet; passes nothing more on of it, until `heal`. */
  holdUpload(bytes: number, over: AbortSignal): Promise<void>;
  /** Where new connections go. */
  aim(to: NetConnectOpts): void;
  /** Ends all connections and refuses new ones, as a machine does whose cable is pulled out at the switch. */
  cut(): void;
  /** Keeps connections and takes new ones, but passes nothing on: what a firewall does that drops packets. */
  swallow(): void;
  /** Passes everything again; what was swallowed arrives late, as TCP sends it again. */
  heal(): void;
  close(): Promise<void>;
}

/** Opens a wire on a free port of this machine. */
export async function openWire(to: NetConnectOpts): Promise<Wire> {
  let target = to;
  let state: 'whole' | 'cut' | 'silent' = 'whole';
  let uploadBytes = Number.POSITIVE_INFINITY;
  let uploading = (): void => undefined;
  const pairs = new Set<Pair>();
  const sentLines = new Map<string, number>();
  const server = createServer((client) => {
    if (state === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const pair: Pair = join(client, connect(target), {
      onEnd: () => pairs.delete(pair),
      onLine: (line) => sentLines.set(line, performance.now()),
      onSent: (bytes) => {
        if (bytes < uploadBytes) return;
        uploadBytes = Number.POSITIVE_INFINITY;
        pair.pause();
        uploading();
      },
    });
    pairs.add(pair);
    if (state === 'silent') pair.pause();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endAll = (): void => {
    for (const pair of pairs) pair.end();
  };
  return {
    port: (server.address() as AddressInfo).port,
    openSessions: () => [...pairs].filter((pair) => pair.isSession()).length,
    sentLines,
    waitingCalls: (ms) => [...pairs].filter((pair) => !pair.isSession() && pair.waitsMs() >= ms).length,
    holdUpload: (bytes, over) =>
      new Promise((held) => {
        uploadBytes = bytes;
        uploading = held;
        over.addEventListener('abort', () => {
          uploadBytes = Number.POSITIVE_INFINITY;
        });
      }),
    aim: (next) => {
      target = next;
    },
    cut: () => {
      state = 'cut';
      endAll();
    },
    swallow: () => {
      state = 'silent';
      for (const pair of pairs) pair.pause();
    },
    heal: () => {
      state = 'whole';
      for (const pair of pairs) pair.resume();
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      endAll();
      await closed;
    },
  };
}

interface Pair {
  isSession(): boolean;
  /** How long the last call has waited for its answer, in milliseconds. */
  waitsMs(): number;
  pause(): void;
  resume(): void;
  end(): void;
}

function join(
  client: Socket,
  upstream: Socket,
  of: { onEnd: () => void; onLine: (line: string) => void; onSent: (bytesOfCall: number) => void },
): Pair {
  const { onEnd, onLine, onSent } = of;
  const readLines = lineReader();
  let isSession: boolean | undefined;
  let sentBytes = 0;
  let sentAt: number | undefined;
  const end = (): void => {
    client.destroy();
    upstream.destroy();
    onEnd();
  };
  client.on('data', (bytes) => {
    isSession ??= SESSIONS.some((start) => bytes.subarray(0, start.length).equals(start));
    if (isSession) for (const line of readLines(bytes)) onLine(line);
    if (!upstream.write(bytes)) client.pause();
    sentBytes += bytes.length;
    sentAt ??= performance.now();
    onSent(sentBytes);
  });
  upstream.on('data', (bytes) => {
    sentBytes = 0;
    sentAt = undefined;
    if (!client.write(bytes)) upstream.pause();
  });
  let isSilent = false;
  upstream.on('drain', () => isSilent || client.resume());
  client.on('drain', () => isSilent || upstream.resume());
  for (const socket of [client, upstream]) socket.on('error', end).on('close', end);
  return {
    isSession: () => isSession === true,
    waitsMs: () => (sentAt === undefined ? 0 : performance.now() - sentAt),
    pause: () => {
      isSilent = true;
      client.pause();
      upstream.pause();
    },
    resume: () => {
      isSilent = false;
      client.resume();
      upstream.resume();
    },
    end,
  };
}
