/** Opens a WebSocket from a URL and a key, or explains why the service refused it. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { PipelineError } from '../../errors.ts';
import { type CallKey, permanentKey } from './api-key.ts';
import { bodyText } from './body-text.ts';
import { failureOf, networkFailure } from './failures.ts';
import { SIMULATOR_HEADER } from './protocol.ts';
import { authorizationHeader } from './redact.ts';
import { type Refusal, readRefusal, retryAfterMs } from './refusal.ts';

/**
 * Largest event accepted from the service: about two minutes of speech in one piece; typical events are about 15 kB.
 */
const MAX_EVENT_BYTES = 8 * 1024 * 1024;
/** Most bytes read from the body of a refused handshake. */
const MAX_REFUSAL_BYTES = 65_536;

/** An open, paused socket: no message is lost before a listener is attached. Call `resume()` afterwards. */
export interface Connection {
  socket: WebSocket;
  url: URL;
  /** The server identified itself as our simulator. */
  simulated: boolean;
}

/** Where to connect, and with what. */
export interface ConnectOptions {
  url: URL;
  apiKey: string;
  /** The key of the handshake. Default: `apiKey`. Otherwise `apiKey` is only masked in messages. */
  callKey?: CallKey | undefined;
  model: string;
}

/**
 * Opens one socket for one model. A temporary key can expire early: then a new one is requested. The key matters at the
 * handshake only. Rejects with the meaning of the refusal (see failures.ts), with `service-unreachable` (worth a retry),
 * or with the signal's reason when it aborts.
 */
export async function connectWithKey(options: ConnectOptions, signal: AbortSignal): Promise<Connection> {
  const { callKey = permanentKey(options.apiKey) } = options;
  const key = await callKey.current(signal);
  try {
    return await connect({ ...options, key, signal });
  } catch (error) {
    const mayHelp = error instanceof PipelineError && error.code === 'key-refused' && callKey.invalidate(key);
    if (!mayHelp) throw error;
    return connect({ ...options, key: await callKey.current(signal), signal });
  }
}

/** A WebSocket URL. Throws `service-unreachable` with the name of the setting when the text is none. */
export function socketUrl(text: string, setting: string): URL {
  if (!URL.canParse(text) || !/^wss?:$/.test(new URL(text).protocol)) {
    throw new PipelineError({
      code: 'service-unreachable',
      message: `${setting} is not a WebSocket URL. Set it to a URL that begins with wss:// or ws://.`,
      retry: 'never',
    });
  }
  const url = new URL(text);
  url.hash = '';
  return url;
}

async function connect({
  url,
  apiKey,
  key,
  model,
  signal,
}: {
  url: URL;
  /** Only needed to mask it in messages. */
  apiKey: string;
  /** The key that is sent. */
  key: string;
  model: string;
  signal: AbortSignal;
}): Promise<Connection> {
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
      // Reject only when the socket is closed: until then it may count among the account's sessions.
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
    // The listener stays after a refusal: terminate() emits another error, and an unhandled 'error' event would end the
    // process.
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

/** The body of a refused handshake; a truncated or endless body is worth no more than the status. */
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
    // The status is known; that is enough.
  }
  const status = response.statusCode ?? 0;
  const refusal = readRefusal(status, textOf(Buffer.concat(chunks), response.headers));
  const waitMs = retryAfterMs(response.headers['retry-after']);
  return waitMs === undefined ? refusal : { ...refusal, retryAfterMs: waitMs };
}

/** A body that can not be unpacked says nothing; the status does. */
function textOf(body: Buffer, headers: IncomingHttpHeaders): string {
  try {
    return bodyText(body, headers, MAX_REFUSAL_BYTES);
  } catch {
    return '';
  }
}
