/** One HTTP request to one's own server: sent once over a connection of its own, never redirected. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { interrupted, PipelineError } from '../../errors.ts';
import { bodyText } from '../dashscope/body-text.ts';
import { withDeadline } from '../dashscope/deadline.ts';
import { openRequest } from '../dashscope/open-request.ts';
import { SIMULATOR_HEADER } from '../dashscope/protocol.ts';
import { networkFailure } from './failures.ts';
import type { OwnServer } from './options.ts';

/** A list of models or an error page is far smaller. */
const MAX_TEXT_BYTES = 1024 * 1024;

/** A short answer with any status. */
export interface ShortAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
  /** The server named itself our simulator. */
  simulated: boolean;
}

/** What a request carries. */
export interface Body {
  pieces: readonly Buffer[];
  /** The media type. */
  type: string;
}

/**
 * Sends a request and resolves when the answer begins. Rejects with `service-unreachable`, or with the signal's reason. The
 * key goes to the server's own address only. `onReady` is awaited before anything is sent; when it rejects, nothing is, and
 * neither its time nor its error is the request's. Its `connect` resolves when there is a connection.
 */
export async function send(
  server: OwnServer,
  {
    path,
    body,
    method = body === undefined ? 'GET' : 'POST',
    signal,
    onReady,
  }: {
    path: string;
    body?: Body;
    method?: string;
    signal: AbortSignal;
    onReady?: ((connect: () => Promise<void>) => Promise<void>) | undefined;
  },
): Promise<IncomingMessage> {
  const url = new URL(server.root + path);
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const failure = (error: unknown): unknown => {
    if (signal.aborted && signal.reason instanceof PipelineError) return signal.reason;
    if (signal.aborted) return interrupted('waiting for the server');
    return error instanceof PipelineError ? error : networkFailure(error, server);
  };
  const { connect, request, answer, drop } = openRequest(() =>
    start(url, {
      method,
      // A connection that the server closes while it is idle would look like a failure of the next call.
      agent: false,
      headers: {
        accept: body === undefined ? 'application/json' : 'audio/*, application/json',
        ...(server.apiKey === undefined ? {} : { authorization: authorization(server.apiKey) }),
        ...(body === undefined ? {} : { 'content-type': body.type }),
        ...(body === undefined ? {} : { 'content-length': byteLengthOf(body) }),
      },
      signal,
    }),
  );
  const connected = (): Promise<void> =>
    connect().catch((error: unknown) => {
      throw failure(error);
    });
  await onReady?.(connected).catch((error: unknown) => {
    drop();
    throw error;
  });
  try {
    for (const piece of body?.pieces ?? []) request().write(piece);
    request().end();
    return await answer();
  } catch (error) {
    throw failure(error);
  }
}

/** Asks a short question. Rejects like `send`, and when the answer takes too long. */
export async function ask(
  server: OwnServer,
  {
    path,
    method,
    form,
    timeoutMs,
    signal,
  }: { path: string; method?: string; form?: FormData; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<ShortAnswer> {
  const body = form === undefined ? undefined : await formBody(form);
  const onTimeout = () =>
    new PipelineError({
      code: 'service-unreachable',
      message: `The server at ${hostOf(server)} did not answer within ${timeoutMs / 1_000} s.`,
      retry: 'backoff',
    });
  const what = 'asking the server what it is';
  return withDeadline({ limitMs: timeoutMs, signal, what, onTimeout }, async (within) => {
    const sent = { path, signal: within, ...(method && { method }), ...(body && { body }) };
    const response = await send(server, sent);
    const { statusCode: status = 0, headers } = response;
    try {
      return { status, headers, text: await textOf(response), simulated: isSimulated(response) };
    } catch (error) {
      if (within.aborted) throw within.reason;
      throw networkFailure(error, server);
    }
  });
}

async function formBody(form: FormData): Promise<Body> {
  const packed = new Response(form);
  // The type has the boundary.
  return { pieces: [Buffer.from(await packed.arrayBuffer())], type: packed.headers.get('content-type') ?? '' };
}

function byteLengthOf({ pieces }: Body): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** The body as text, up to a megabyte. */
export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let byteLength = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    byteLength += chunk.length;
    // Leaving the loop discards the rest of the body.
    if (byteLength > MAX_TEXT_BYTES) break;
  }
  const bytes = Buffer.concat(chunks);
  try {
    return bodyText(bytes, response.headers, MAX_TEXT_BYTES);
  } catch {
    return bytes.toString();
  }
}

/** Whether the server names itself our simulator; its address says nothing. */
export function isSimulated({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return SIMULATOR_HEADER in headers;
}

/** Host and port, for messages. */
export function hostOf({ root }: Pick<OwnServer, 'root'>): string {
  return URL.canParse(root) ? new URL(root).host : 'PIPELINE_SPEECH_URL';
}

function authorization(key: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return `Bearer ${key}`;
  throw new PipelineError({
    code: 'key-refused',
    message: 'PIPELINE_SPEECH_KEY contains a space, a line break or another character that no key has. Copy it again.',
    retry: 'never',
  });
}
