import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDownload, type DownloadOptions, isPublicAddress } from '../../src/book/download.ts';
import { CERTIFICATE, PRIVATE_KEY } from './certificate.ts';

let answer: (request: IncomingMessage, response: ServerResponse) => void;
let requests: IncomingMessage[];
const server = createServer({ key: PRIVATE_KEY, cert: CERTIFICATE }, (request, response) => {
  requests.push(request);
  answer(request, response);
});

beforeEach(async () => {
  requests = [];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

/** A real download over TLS; only the resolver and the judge of addresses are told that loopback is the public internet. */
function downloader(options: DownloadOptions = {}) {
  return createDownload({
    ca: CERTIFICATE,
    lookup: async () => [{ address: '127.0.0.1', family: 4 }],
    mayConnect: () => true,
    ...options,
  });
}

function url(path = '/a.wav', host = 'samples.test'): string {
  return `https://${host}:${(server.address() as AddressInfo).port}${path}`;
}

async function problem(promise: ReturnType<ReturnType<typeof createDownload>>): Promise<string> {
  const result = await promise;
  if (!('problem' in result)) throw new Error('the download was not refused');
  return result.problem.message;
}

it('fetches what is there, over redirects, and gives nothing of ours away', async () => {
  answer = (request, response) => {
    if (request.url === '/a.wav') response.writeHead(302, { location: url('/b.wav', 'other.test') }).end();
    else response.end('RIFF');
  };
  expect(await downloader()({ url: url() })).toEqual({ bytes: Buffer.from('RIFF') });
  expect(requests.map(({ headers }) => headers.host?.split(':')[0])).toEqual(['samples.test', 'other.test']);
  expect(Object.keys(requests[1]!.headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host']);
});

it.each([
  ['an endless answer', { maxBytes: 2 ** 20 }, 'The recording is larger than 1 MB.'],
  ['an answer that never comes', { timeoutMs: 300 }, 'The download took longer than 0.3 s.'],
  ['a loop of redirects', {}, 'The server redirects more than 3 times.'],
  ['a redirect to http', {}, 'The address, or a redirect from it, is not https.'],
  ['a page that is not there', {}, 'The server answered with status 404.'],
  ['a length that is too large', {}, 'The recording is larger than 10 MB.'],
  ['a cut connection', {}, 'The download failed (ECONNRESET).'],
])('refuses %s', async (what, options, message) => {
  answer = (_request, response) => {
    if (what === 'an endless answer') pour(response);
    if (what === 'a loop of redirects') response.writeHead(301, { location: '/again' }).end();
    if (what === 'a redirect to http') response.writeHead(307, { location: 'http://samples.test/' }).end();
    if (what === 'a page that is not there') response.writeHead(404).end();
    if (what === 'a length that is too large') response.writeHead(200, { 'content-length': '99999999' }).write('x');
    if (what === 'a cut connection') response.destroy();
  };
  expect(await problem(downloader(options)({ url: url() }))).toBe(message);
});

function pour(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(65_536)));
  };
  response.on('drain', more);
  more();
}

it('does not talk to this machine or its network, by name, number or redirect', async () => {
  const guarded = createDownload({ ca: CERTIFICATE, lookup: async () => [{ address: '127.0.0.1', family: 4 }] });
  expect(await problem(guarded({ url: url() }))).toBe('The host samples.test is not on the public internet.');
  expect(await problem(guarded({ url: url('/', '127.0.0.1') }))).toBe(
    'The host 127.0.0.1 is not on the public internet.',
  );
  expect(await problem(guarded({ url: url('/', '[::1]') }))).toBe('The host ::1 is not on the public internet.');
  answer = (_request, response) => response.writeHead(302, { location: 'https://192.168.0.1/' }).end();
  const mayConnect = (address: string): boolean => address === '127.0.0.1' || isPublicAddress(address);
  expect(await problem(downloader({ mayConnect })({ url: url() }))).toBe(
    'The host 192.168.0.1 is not on the public internet.',
  );
  expect(requests).toHaveLength(1);
});

it('refuses a host of which one address is private', async () => {
  const lookup = async () => [
    { address: '93.184.216.34', family: 4 },
    { address: '10.0.0.1', family: 4 },
  ];
  expect(await problem(createDownload({ lookup })({ url: url() }))).toMatch(/not on the public internet/);
});

it('does not trust a certificate that nobody vouches for', async () => {
  const strict = createDownload({ lookup: async () => [{ address: '127.0.0.1', family: 4 }], mayConnect: () => true });
  expect(await problem(strict({ url: url() }))).toBe('The download failed (DEPTH_ZERO_SELF_SIGNED_CERT).');
});

it('ends when the run is interrupted, in the middle of an answer or of the look-up', async () => {
  const running = new AbortController();
  answer = (_request, response) => {
    response.write('x');
    running.abort();
  };
  await expect(downloader()({ url: url(), signal: running.signal })).rejects.toMatchObject({ code: 'interrupted' });
  const looking = new AbortController();
  const lookup = (): Promise<never> => {
    queueMicrotask(() => looking.abort());
    return new Promise(() => {});
  };
  await expect(downloader({ lookup })({ url: url(), signal: looking.signal })).rejects.toMatchObject({
    code: 'interrupted',
  });
});

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::ffff:8.8.8.8',
  'fe80::1',
  'fd00::1',
  '64:ff9b::a00:1',
  '2002:a00:1::',
  '::ffff:0:7f00:1',
  '2001:470:1:2:0:5efe:7f00:1',
  '2001:470:1:2:200:5efe:10.0.0.1',
  '2a01::5efe:a00:1',
  '192.88.99.1',
  '168.63.129.16',
  '3fff::1',
  '5f00::1',
  '2001:2::1',
  '2001:20::1',
  '2620:4f:8000::1',
  '64:ff9b::808:808',
  '4000::1',
  '2::1',
  '2606:4700::1111%eth0',
  'localhost',
])('does not take %s for a public address', (address) => expect(isPublicAddress(address)).toBe(false));

it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '2001:4860:4860::8888', '2a01:5efe::1', '2a01::5efe:1:2:3'])(
  'takes %s for a public address',
  (address) => expect(isPublicAddress(address)).toBe(true),
);
