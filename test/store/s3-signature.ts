/**
 * Checks a request's signature as S3 does ("Authenticating Requests (AWS Signature Version 4)", Amazon S3 API reference):
 * in the header, or in the query of a presigned link. Written from that page, not from the client's source.
 */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** A refusal: status, code, and further elements of the error document. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly more: Record<string, string>;
  constructor(status: number, code: string, more: Record<string, string> = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

const MOST_SKEW_MS = 15 * 60 * 1000;
const MOST_LINK_SECONDS = 7 * 24 * 3600;

/** Throws a `Refusal` unless the request is signed by these credentials, for this region, now, over this body. */
export function checkSignature(
  request: IncomingMessage,
  body: Buffer,
  { accessKeyId, secretAccessKey }: Credentials,
  region: string,
): void {
  const { path, query } = partsOf(request);
  const isLink = query.some(([name]) => name === 'X-Amz-Signature');
  const given = isLink ? fromQuery(query) : fromHeader(request);
  const [keyId, day, scopeRegion, service, end] = given.credential.split('/');
  if (keyId !== accessKeyId) throw new Refusal(403, 'InvalidAccessKeyId');
  if (scopeRegion !== region) throw new Refusal(400, 'AuthorizationHeaderMalformed', { Region: region });
  if (service !== 's3' || end !== 'aws4_request' || !given.date.startsWith(day ?? ' '))
    throw new Refusal(400, 'AuthorizationHeaderMalformed');
  const signedAt = Date.parse(given.date.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
  if (isLink) {
    const expires = Number(query.find(([name]) => name === 'X-Amz-Expires')?.[1]);
    if (!(expires >= 1 && expires <= MOST_LINK_SECONDS)) throw new Refusal(400, 'AuthorizationQueryParametersError');
    if (Date.now() > signedAt + expires * 1000)
      throw new Refusal(403, 'AccessDenied', { Message: 'Request has expired' });
  } else if (!(Math.abs(Date.now() - signedAt) <= MOST_SKEW_MS)) throw new Refusal(403, 'RequestTimeTooSkewed');
  const signed = given.signedHeaders.split(';');
  if (!signed.includes('host')) throw new Refusal(403, 'AccessDenied');
  for (const name of Object.keys(request.headers)) {
    if (name.startsWith('x-amz-') && !signed.includes(name))
      throw new Refusal(403, 'AccessDenied', { Message: `${name} is not signed` });
  }
  const hashGiven = isLink ? 'UNSIGNED-PAYLOAD' : String(request.headers['x-amz-content-sha256'] ?? '');
  if (/^STREAMING-/.test(hashGiven)) throw new Refusal(501, 'NotImplemented', { Message: 'aws-chunked bodies' });
  if (hashGiven !== 'UNSIGNED-PAYLOAD' && hashGiven !== sha256(body))
    throw new Refusal(400, 'XAmzContentSHA256Mismatch');
  const canonical = [
    request.method,
    path,
    query
      .filter(([name]) => name !== 'X-Amz-Signature')
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&'),
    ...signed.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    given.signedHeaders,
    hashGiven,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', given.date, scope, sha256(canonical)].join('\n');
  let key: Buffer = hmac(`AWS4${secretAccessKey}`, day ?? '');
  for (const part of [region, 's3', 'aws4_request']) key = hmac(key, part);
  if (hmac(key, toSign).toString('hex') !== given.signature) throw new Refusal(403, 'SignatureDoesNotMatch');
}

/** The request's path, percent-encoded as it came, and its query, decoded. */
export function partsOf(request: IncomingMessage): { path: string; query: [string, string][] } {
  const [path = '/', search = ''] = (request.url ?? '/').split('?');
  const query = search
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return at < 0
        ? [decodeURIComponent(pair), '']
        : [decodeURIComponent(pair.slice(0, at)), decodeURIComponent(pair.slice(at + 1))];
    });
  return { path, query };
}

interface Given {
  credential: string;
  date: string;
  signedHeaders: string;
  signature: string;
}

function fromHeader(request: IncomingMessage): Given {
  const found = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
    request.headers.authorization ?? '',
  );
  if (found === null) throw new Refusal(403, 'AccessDenied');
  const [, credential = '', signedHeaders = '', signature = ''] = found;
  return { credential, signedHeaders, signature, date: String(request.headers['x-amz-date'] ?? '') };
}

function fromQuery(query: [string, string][]): Given {
  const get = (name: string): string => query.find(([other]) => other === name)?.[1] ?? '';
  if (get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') throw new Refusal(400, 'AuthorizationQueryParametersError');
  return {
    credential: get('X-Amz-Credential'),
    date: get('X-Amz-Date'),
    signedHeaders: get('X-Amz-SignedHeaders'),
    signature: get('X-Amz-Signature'),
  };
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
