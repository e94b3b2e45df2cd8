/** From a URL and a key to an open WebSocket, or to the reason why the service refused it. */
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { PipelineError } from '../../errors.ts';
import { failureOf, networkFailure } from './failures.ts';
import { SIMULATOR_HEADER } from './protocol.ts';
import { authorizationHeader } from './redact.ts';
import { type Refusal, readRefusal, retryAfterMs } from './refusal.ts';

/** Largest event taken from the service. About two minutes of speech in one piece; ours are some 15 kB. */
const MAX_EVENT_BYTES = 8 * 1024 * 1024;
/** Most bytes read from the body of a refused handshake. */
const MAX_REFUSAL_BYTES = 65_536;

/** An open socket, paused: nothing is lost before a listener is there. Call `resume()` once it is. */
export interface Connection {
  socket: WebSocket;
  url: URL;
  /** The other side said that it is our simulator. */
  simulated: boolean;
}

/**
 * Opens one socket for one model. Rejects with the refusal's own meaning (see failures.ts), with `service-unreachable`
 * (worth a retry), or with the signal's reason once it aborts.
 */
export async function connect({
  realtimeUrl,
  apiKey,
  key,
  model,
  signal,
}: {
  realtimeUrl: string;
  /** Only to mask it. */
  apiKey: string;
  /** What is sent. */
  key: string;
  model: string;
  signal: AbortSignal;
}): Promise<Connection> {
  const url = urlFor(realtimeUrl, model);
  const socket = new WebSocket(url, {
    headers: { authorization: authorizationHeader(key) },
    // Audio in base64 barely shrinks, and inflating it costs six times the CPU of everything else.
    perMessageDeflate: false,
    maxPayload: MAX_EVENT_BYTES,
  });
  let simulated = false;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      signal.removeEventListener('abort', onAbort);
      // Told when the socket is gone: until then it may count among the account's sessions.
      if (socket.readyState === WebSocket.CLOSED) reject(error);
      else socket.once('close', () => reject(error));
      socket.terminate();
    };
    const onAbort = () => fail(signal.reason);
    const onError = (error: Error) => fail(networkFailure(error, { url, apiKey }));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('upgrade', (response) => {
      simulated = SIMULATOR_HEADER in response.headers;
    });
    // The listener stays after a refusal: terminate() reports once more, and an unheard 'error' would end the process.
    socket.on('error', onError);
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      refusalOf(response).then((refusal) => fail(failureOf(refusal, { doing: 'speak', apiKey, model })), fail);
    });
    socket.once('open', () => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
      socket.pause();
      resolve({ socket, url, simulated });
    });
    if (signal.aborted) onAbort();
  });
}

function urlFor(realtimeUrl: string, model: string): URL {
  if (!URL.canParse(realtimeUrl) || !/^wss?:$/.test(new URL(realtimeUrl).protocol)) {
    throw new PipelineError({
      code: 'service-unreachable',
      message: 'DASHSCOPE_REALTIME_URL is not a URL that begins with wss:// or ws://.',
      retry: 'never',
    });
  }
  const url = new URL(realtimeUrl);
  url.searchParams.set('model', model);
  url.hash = '';
  return url;
}

/** The body of a refused handshake; a body that breaks off or never ends is worth no more than the status. */
async function refusalOf(response: IncomingMessage): Promise<Refusal> {
  const chunks: Buffer[] = [];
  let byteLength = 0;
  try {
    for await (const chunk of response) {
      chunks.push(chunk);
      byteLength += chunk.length;
      if (byteLength > MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // The status has been read; that is enough.
  }
  const status = response.statusCode ?? 0;
  const refusal = readRefusal(status, Buffer.concat(chunks).toString());
  const waitMs = retryAfterMs(response.headers['retry-after']);
  return waitMs === undefined ? refusal : { ...refusal, retryAfterMs: waitMs };
}
