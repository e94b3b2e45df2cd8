/**
 * A small S3 server for tests, strict where a real one is: every request must be signed rightly, bodies must be what was
 * signed, conditions are decided in one step, parts must be large enough, lists end after 1,000 names. It keeps everything
 * in memory and makes trouble on demand. By hand it was checked with the AWS command line and boto3; see docs/reference/store.md.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Credentials, checkSignature, partsOf, Refusal } from './s3-signature.ts';

export interface S3Object {
  bytes: Buffer;
  etag: string;
  modified: Date;
  /** What was sent with it to be kept: its media type, and notes of the client's own (`x-amz-meta-…`). */
  notes?: Record<string, string>;
}

/** What happens to a request instead of, or after, its being answered. */
export type Trouble =
  /** 503 SlowDown, as when the server is overrun. */
  | 'slow-down'
  /** 500 InternalError. */
  | 'internal-error'
  /** The connection is cut before the request is looked at. */
  | 'cut'
  /** It is carried out, but the connection is cut before the answer. */
  | 'answer-lost'
  /** Half of the body is sent, then the connection is cut. */
  | 'cut-body'
  /** A byte of the body is changed on the way. */
  | 'corrupt-body'
  | 'denied';

/** One request as the test's trouble-maker sees it. */
export interface Asked {
  /** As the API reference calls it. */
  operation: string;
  key: string;
  /** 1-based count of requests of this operation. */
  count: number;
}

export interface S3Server {
  url: string;
  /** Settings for a program that should use it. */
  env: Record<string, string>;
  objects: Map<string, S3Object>;
  /** Unfinished multipart uploads, by id. */
  uploads: Map<string, { key: string; parts: Map<number, S3Object>; notes: Record<string, string> }>;
  /** Requests by operation, failed ones included. */
  counts: Map<string, number>;
  /** Keys of the objects that were asked to be written at once, in that order. */
  puts: string[];
  /** Decides about trouble; may wait, so that a test can hold a request. */
  trouble: (asked: Asked) => Trouble | undefined | Promise<Trouble | undefined>;
  close(): Promise<void>;
}

export interface S3Options {
  bucket?: string;
  region?: string;
  /** How it treats If-Match and If-None-Match on writes. */
  conditions?: 'known' | 'ignored' | 'refused';
  /** Time before each answer, in milliseconds. */
  latencyMs?: number;
}

const CREDENTIALS: Credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret/of+the/test' };
const LEAST_PART_BYTES = 5 * 1024 * 1024;
const MOST_KEYS = 1000;

export async function startS3Server(options: S3Options = {}): Promise<S3Server> {
  const { bucket = 'books', region = 'eu-test-1', conditions = 'known', latencyMs = 0 } = options;
  const objects: S3Server['objects'] = new Map();
  const uploads: S3Server['uploads'] = new Map();
  const counts: S3Server['counts'] = new Map();
  const puts: string[] = [];

  const http = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) refuse(response, request, error);
      else response.destroy();
    });
  });
  http.keepAliveTimeout = 60_000;
  await new Promise<void>((listening) => http.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const { path, query: pairs } = partsOf(request);
    const query = new Map(pairs);
    const [, first = '', ...rest] = path.split('/').map(decodeURIComponent);
    const key = rest.join('/');
    const operation = operationOf(request, query, key);
    const count = (counts.get(operation) ?? 0) + 1;
    counts.set(operation, count);
    if (operation === 'PutObject') puts.push(key);
    const trouble = await server.trouble({ operation, key, count });
    if (latencyMs > 0) await sleep(latencyMs);
    if (trouble === 'cut') return void request.socket.destroy();
    if (trouble === 'slow-down') throw new Refusal(503, 'SlowDown');
    if (trouble === 'internal-error') throw new Refusal(500, 'InternalError');
    checkSignature(request, body, CREDENTIALS, region);
    if (trouble === 'denied') throw new Refusal(403, 'AccessDenied');
    if (first !== bucket) throw new Refusal(404, 'NoSuchBucket');
    const answer = act({ operation, key, query, request, body });
    if (trouble === 'answer-lost') return void request.socket.destroy();
    send(response, request, answer, trouble);
  }

  interface Act {
    operation: string;
    key: string;
    query: Map<string, string>;
    request: IncomingMessage;
    body: Buffer;
  }

  /** Not async, so that a condition and its write are one step. */
  function act({ operation, key, query, request, body }: Act): Answer {
    switch (operation) {
      case 'HeadBucket':
        return { status: 200 };
      case 'ListObjectsV2':
        return { status: 200, xml: list(query) };
      case 'GetObject':
      case 'HeadObject':
        return read(key, request, query);
      case 'PutObject':
        checkConditions(key, request);
        checkDigests(request, body);
        return { status: 200, headers: { etag: keep(key, body, notesOf(request)).etag } };
      case 'CopyObject': {
        const source = decodeURIComponent(String(request.headers['x-amz-copy-source'])).replace(/^\//, '');
        const from = objects.get(source.slice(bucket.length + 1));
        if (!source.startsWith(`${bucket}/`) || from === undefined) throw new Refusal(404, 'NoSuchKey');
        return {
          status: 200,
          xml: `<CopyObjectResult><ETag>${keep(key, from.bytes, from.notes ?? {}).etag}</ETag></CopyObjectResult>`,
        };
      }
      case 'DeleteObject':
        objects.delete(key);
        return { status: 204 };
      case 'CreateMultipartUpload': {
        const id = randomUUID();
        uploads.set(id, { key, parts: new Map(), notes: notesOf(request) });
        const names = `<Bucket>${bucket}</Bucket><Key>${escaped(key)}</Key>`;
        return {
          status: 200,
          xml: `<InitiateMultipartUploadResult>${names}<UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
        };
      }
      case 'UploadPart': {
        checkDigests(request, body);
        const part = object(body);
        uploadOf(query, key).parts.set(Number(query.get('partNumber')), part);
        return { status: 200, headers: { etag: part.etag } };
      }
      case 'CompleteMultipartUpload':
        return complete(key, query, request, body);
      case 'AbortMultipartUpload':
        uploadOf(query, key);
        uploads.delete(query.get('uploadId') ?? '');
        return { status: 204 };
      default:
        throw new Refusal(501, 'NotImplemented');
    }
  }

  function read(key: string, request: IncomingMessage, query: Map<string, string>): Answer {
    const found = objects.get(key);
    if (found === undefined) throw new Refusal(404, 'NoSuchKey');
    const headers: Record<string, string> = {
      etag: found.etag,
      'last-modified': found.modified.toUTCString(),
      'accept-ranges': 'bytes',
      ...found.notes,
    };
    const named = query.get('response-content-disposition');
    if (named !== undefined) headers['content-disposition'] = named;
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (range === null) return { status: 200, headers, body: found.bytes };
    const start = Number(range[1]);
    if (start >= found.bytes.length) throw new Refusal(416, 'InvalidRange');
    const end = range[2] === '' ? found.bytes.length - 1 : Math.min(Number(range[2]), found.bytes.length - 1);
    headers['content-range'] = `bytes ${start}-${end}/${found.bytes.length}`;
    return { status: 206, headers, body: found.bytes.subarray(start, end + 1) };
  }

  function list(query: Map<string, string>): string {
    const prefix = query.get('prefix') ?? '';
    const continued = query.get('continuation-token');
    const after =
      continued === undefined ? (query.get('start-after') ?? '') : Buffer.from(continued, 'base64').toString();
    const most = Math.min(MOST_KEYS, Number(query.get('max-keys') ?? MOST_KEYS));
    const names = [...objects.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
    const page = names.slice(0, most);
    const more = names.length > page.length;
    const contents = page.map((name) => {
      const { bytes, etag, modified } = objects.get(name) as S3Object;
      const shown = query.get('encoding-type') === 'url' ? encodeURIComponent(name) : escaped(name);
      return `<Contents><Key>${shown}</Key><LastModified>${modified.toISOString()}</LastModified><ETag>${escaped(etag)}</ETag><Size>${bytes.length}</Size></Contents>`;
    });
    const token = more
      ? `<NextContinuationToken>${Buffer.from(page.at(-1) ?? '').toString('base64')}</NextContinuationToken>`
      : '';
    const encoding = query.get('encoding-type') === 'url' ? '<EncodingType>url</EncodingType>' : '';
    return `<ListBucketResult>${encoding}<Name>${bucket}</Name><Prefix>${escaped(prefix)}</Prefix><KeyCount>${page.length}</KeyCount><MaxKeys>${most}</MaxKeys><IsTruncated>${more}</IsTruncated>${token}${contents.join('')}</ListBucketResult>`;
  }

  function complete(key: string, query: Map<string, string>, request: IncomingMessage, body: Buffer): Answer {
    const { parts, notes } = uploadOf(query, key);
    const named = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
      number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
      etag: (/<ETag>(.*?)</.exec(part)?.[1] ?? '').replaceAll('&quot;', '"'),
    }));
    const found = named.map(({ number, etag }, index) => {
      const part = parts.get(number);
      if (part === undefined || part.etag.replaceAll('"', '') !== etag.replaceAll('"', ''))
        throw new Refusal(400, 'InvalidPart');
      if (index > 0 && number <= (named[index - 1]?.number ?? 0)) throw new Refusal(400, 'InvalidPartOrder');
      if (index < named.length - 1 && part.bytes.length < LEAST_PART_BYTES) throw new Refusal(400, 'EntityTooSmall');
      return part;
    });
    if (found.length === 0) throw new Refusal(400, 'MalformedXML');
    checkConditions(key, request);
    const { etag } = keep(key, Buffer.concat(found.map(({ bytes }) => bytes)), notes);
    uploads.delete(query.get('uploadId') ?? '');
    return {
      status: 200,
      xml: `<CompleteMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escaped(key)}</Key><ETag>${escaped(etag)}</ETag></CompleteMultipartUploadResult>`,
    };
  }

  function uploadOf(query: Map<string, string>, key: string) {
    const upload = uploads.get(query.get('uploadId') ?? '');
    if (upload === undefined || upload.key !== key) throw new Refusal(404, 'NoSuchUpload');
    return upload;
  }

  function checkConditions(key: string, request: IncomingMessage): void {
    const none = request.headers['if-none-match'];
    const match = request.headers['if-match'];
    if ((none === undefined && match === undefined) || conditions === 'ignored') return;
    if (conditions === 'refused' || (none !== undefined && none !== '*')) throw new Refusal(501, 'NotImplemented');
    const found = objects.get(key);
    if (none !== undefined && found !== undefined) throw new Refusal(412, 'PreconditionFailed');
    if (match === undefined) return;
    if (found === undefined) throw new Refusal(404, 'NoSuchKey');
    if (found.etag.replaceAll('"', '') !== match.replaceAll('"', '')) throw new Refusal(412, 'PreconditionFailed');
  }

  function keep(key: string, bytes: Buffer, notes: Record<string, string>): S3Object {
    const made = { ...object(bytes), notes };
    objects.set(key, made);
    return made;
  }

  const server: S3Server = {
    url,
    env: {
      AWS_ENDPOINT_URL_S3: url,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_REGION: region,
    },
    objects,
    uploads,
    counts,
    puts,
    trouble: () => undefined,
    close: () =>
      new Promise((closed) => {
        http.close(() => closed());
        http.closeAllConnections();
      }),
  };
  return server;
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer;
  xml?: string;
}

function operationOf({ method = '', headers }: IncomingMessage, query: Map<string, string>, key: string): string {
  if (key === '')
    return method === 'HEAD' ? 'HeadBucket' : query.get('list-type') === '2' ? 'ListObjectsV2' : `${method}Bucket`;
  if (method === 'POST')
    return query.has('uploads')
      ? 'CreateMultipartUpload'
      : query.has('uploadId')
        ? 'CompleteMultipartUpload'
        : 'PostObject';
  if (method === 'PUT' && query.has('uploadId')) return 'UploadPart';
  if (method === 'PUT') return headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject';
  if (method === 'DELETE') return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
  return method === 'HEAD' ? 'HeadObject' : 'GetObject';
}

function object(bytes: Buffer): S3Object {
  return { bytes, etag: `"${createHash('md5').update(bytes).digest('hex')}"`, modified: new Date() };
}

function notesOf({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name === 'content-type' || name.startsWith('x-amz-meta-'));
  return Object.fromEntries(kept) as Record<string, string>;
}

function checkDigests({ headers }: IncomingMessage, body: Buffer): void {
  if (headers['content-length'] === undefined) throw new Refusal(411, 'MissingContentLength');
  const digest = (kind: string): string => createHash(kind).update(body).digest('base64');
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== digest('md5')) throw new Refusal(400, 'BadDigest');
  const sha256 = headers['x-amz-checksum-sha256'];
  if (sha256 !== undefined && sha256 !== digest('sha256')) throw new Refusal(400, 'BadDigest');
}

function send(response: ServerResponse, request: IncomingMessage, answer: Answer, trouble: Trouble | undefined): void {
  let body =
    answer.xml === undefined
      ? (answer.body ?? Buffer.alloc(0))
      : Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${answer.xml}`);
  if (trouble === 'corrupt-body' && body.length > 0) {
    body = Buffer.from(body);
    body[0] = (body[0] ?? 0) ^ 1;
  }
  response.writeHead(answer.status, {
    'x-amz-request-id': randomUUID(),
    ...(answer.xml === undefined ? {} : { 'content-type': 'application/xml' }),
    ...(answer.status === 204 ? {} : { 'content-length': String(body.length) }),
    ...answer.headers,
  });
  if (request.method === 'HEAD') return void response.end();
  if (trouble !== 'cut-body') return void response.end(body);
  response.write(body.subarray(0, Math.ceil(body.length / 2)), () => request.socket.destroy());
}

function refuse(response: ServerResponse, request: IncomingMessage, error: unknown): void {
  if (!(error instanceof Refusal)) return void response.destroy(error instanceof Error ? error : undefined);
  const more = Object.entries(error.more).map(([name, value]) => `<${name}>${escaped(value)}</${name}>`);
  const xml = `<Error><Code>${error.code}</Code><Message>${error.code}</Message>${more.join('')}<RequestId>1</RequestId></Error>`;
  send(response, request, { status: error.status, xml }, undefined);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
