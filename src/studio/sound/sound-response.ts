/** Sound over HTTP, in ranges: a player begins anywhere, and what it does not ask for is not read. */
import { wavHeader } from '../../audio/pcm.ts';
import { rangeOf } from '../../web/byte-range.ts';
import { ProblemError } from '../../web/problem.ts';
import { problemOf } from '../server/problem.ts';

/** Bytes that can be sent in ranges. */
export interface Rangeable {
  byteLength: number;
  mediaType: string;
  /** Names this state of the bytes. */
  version: string;
  /** The bytes from `from` to just before `to`. Chunk memory may be reused. */
  open(range: { from: number; to: number; signal: AbortSignal }): AsyncGenerator<Uint8Array>;
}

/**
 * Responds with all bytes, or with the range that the request asks for. Throws a `ProblemError` for an impossible range, and what fails
 * before the first sound: then a response can still say why.
 */
export async function sendRange(of: Rangeable, request: { headers: Headers; isHead: boolean }): Promise<Response> {
  const { byteLength, mediaType, version } = of;
  const etag = `"${version}"`;
  const isSame = request.headers.get('if-range') === null || request.headers.get('if-range') === etag;
  const range = isSame ? rangeOf(request.headers.get('range'), byteLength) : undefined;
  if (range === 'none')
    throw new ProblemError(416, `The sound has ${byteLength} bytes.`, { 'content-range': `bytes */${byteLength}` });
  const { start, end } = range ?? { start: 0, end: byteLength - 1 };
  const headers = {
    'content-type': mediaType,
    'content-length': String(end - start + 1),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-cache',
    etag,
    ...(range !== undefined && { 'content-range': `bytes ${start}-${end}/${byteLength}` }),
  };
  const body = request.isHead ? null : await streamOf(of, { from: start, to: end + 1 });
  return new Response(body, { status: range === undefined ? 200 : 206, headers });
}

/** Makes each piece when the client has taken the one before; stops when it goes away. */
async function streamOf(of: Rangeable, range: { from: number; to: number }): Promise<ReadableStream<Uint8Array>> {
  const stop = new AbortController();
  const pieces = of.open({ ...range, signal: stop.signal });
  const ready = [await nextOf(pieces)];
  // A WAV's header comes from no store.
  if ((ready[0]?.length ?? Infinity) <= MOST_HEADER_BYTES) ready.push(await nextOf(pieces));
  return new ReadableStream(
    {
      pull: async (controller) => {
        try {
          const piece = ready.length > 0 ? ready.shift() : await nextOf(pieces);
          if (piece === undefined) controller.close();
          else controller.enqueue(piece);
        } catch (error) {
          // The server prints what ends a body early: of what can happen in the world, words and no places in the code.
          controller.error(problemOf(error)?.message ?? error);
        }
      },
      cancel: async () => {
        stop.abort();
        await pieces.return(undefined).catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

const MOST_HEADER_BYTES = 64;

/** Copied, because its memory may be reused; `undefined` at the end. */
async function nextOf(pieces: AsyncGenerator<Uint8Array>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { value, done } = await pieces.next();
  return done ? undefined : Uint8Array.from(value);
}

/** 16-bit mono sound as a WAV file. `open` gives the samples of a range. */
export function wavOf(of: {
  sampleRateHz: number;
  totalSamples: number;
  version: string;
  open(range: { from: number; to: number; signal: AbortSignal }): AsyncIterable<Int16Array>;
}): Rangeable {
  const { sampleRateHz, totalSamples, version } = of;
  const header = wavHeader({ sampleRateHz, dataBytes: 2 * totalSamples });
  const first = header.length;
  return {
    byteLength: first + 2 * totalSamples,
    mediaType: 'audio/wav',
    version,
    open: async function* ({ from, to, signal }) {
      if (from < first) yield header.subarray(from, to);
      if (to <= first) return;
      const begin = Math.max(0, from - first);
      const end = to - first;
      // A range may begin or end in the middle of a sample.
      let at = begin - (begin % 2);
      const samples = of.open({ from: at / 2, to: Math.ceil(end / 2), signal });
      for await (const chunk of samples) {
        const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
        yield bytes.subarray(Math.max(0, begin - at), Math.min(bytes.length, end - at));
        at += bytes.length;
      }
    },
  };
}
