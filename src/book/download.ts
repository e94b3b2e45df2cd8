import { lookup as systemLookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { interrupted, systemCode } from '../errors.ts';
import { withJoinedSignal } from '../signals.ts';

/** Why a download was refused, worded for the author. */
export interface DownloadProblem {
  code: string;
  message: string;
  fix: string;
}

/** Downloads from an https address. Returns a refusal, which the author can fix; does not throw it. */
export type Download = (request: {
  url: string;
  signal?: AbortSignal | undefined;
}) => Promise<{ bytes: Uint8Array } | { problem: DownloadProblem }>;

/** Limits of a download, and the parts of the network that a test replaces. */
export interface DownloadOptions {
  /** Default 10 MB. */
  maxBytes?: number;
  /** From the first lookup to the last byte, including all redirects. Default 30 s. */
  timeoutMs?: number;
  /** Addresses of a host. Default: the system's resolver. */
  lookup?: (hostname: string) => Promise<{ address: string; family: number }[]>;
  /** Whether connections to an address are allowed. Default: `isPublicAddress`. */
  mayConnect?: (address: string) => boolean;
  /** Additional certificate authority to trust, in PEM. */
  ca?: string;
}

const MAX_BYTES = 10 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
const MOST_REDIRECTS = 3;

/**
 * Creates a downloader for samples with an address in the manifest. The manifest is untrusted: https only, no credentials, at
 * most three redirects, limited bytes and time. Resolves the host once, checks every address, and connects only to these, so
 * that DNS rebinding cannot redirect it. Sends no cookies and no key. Throws only `interrupted`.
 */
export function createDownload(options: DownloadOptions = {}): Download {
  return async ({ url, signal }) => {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
    try {
      return { bytes: await withJoinedSignal([signal, timeout], (ended) => follow({ url, options, signal: ended })) };
    } catch (error) {
      if (signal?.aborted) throw interrupted(`downloading ${hostOf(url)}`);
      if (timeout.aborted)
        return refuse(`The download took longer than ${(options.timeoutMs ?? TIMEOUT_MS) / 1000} s.`);
      if (error instanceof Refusal) return refuse(error.message);
      return refuse(`The download failed (${systemCode(error) ?? 'unknown reason'}).`);
    }
  };
}

/** A refusal, worded for the author. */
class Refusal extends Error {}

function refuse(message: string): { problem: DownloadProblem } {
  return {
    problem: {
      code: 'download-failed',
      message,
      fix: 'Check the address in a browser, or save the recording next to the manifest.',
    },
  };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'a sample';
}

async function follow({
  url,
  options,
  signal,
}: {
  url: string;
  options: DownloadOptions;
  signal: AbortSignal;
}): Promise<Uint8Array> {
  let address = url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const target = checkedUrl(address);
    const response = await get({ target, options, signal });
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy();
      if (!URL.canParse(headers.location, target.href))
        throw new Refusal('The server redirects to an invalid address.');
      address = new URL(headers.location, target.href).href;
      continue;
    }
    if (statusCode !== 200) {
      response.destroy();
      throw new Refusal(`The server answered with status ${statusCode}.`);
    }
    return await collect(response, options.maxBytes ?? MAX_BYTES);
  }
  throw new Refusal(`The server redirects more than ${MOST_REDIRECTS} times.`);
}

function checkedUrl(address: string): URL {
  if (!URL.canParse(address)) throw new Refusal('This is not a valid address.');
  const url = new URL(address);
  if (url.protocol !== 'https:') throw new Refusal('The address, or a redirect from it, is not https.');
  if (url.username !== '' || url.password !== '') throw new Refusal('The address contains a user name or password.');
  return url;
}

async function get({
  target,
  options,
  signal,
}: {
  target: URL;
  options: DownloadOptions;
  signal: AbortSignal;
}): Promise<IncomingMessage> {
  const hostname = target.hostname.replace(/^\[|\]$/g, '');
  const addresses = await resolve({ hostname, options, signal });
  const mayConnect = options.mayConnect ?? isPublicAddress;
  if (addresses.length === 0 || !addresses.every(({ address }) => mayConnect(address))) {
    throw new Refusal(`The host ${hostname} is not on the public internet.`);
  }
  return new Promise((resolveResponse, reject) => {
    const request = httpsRequest(target, {
      signal,
      agent: false,
      headers: { accept: 'audio/*', 'accept-encoding': 'identity' },
      ...(options.ca !== undefined && { ca: options.ca }),
      lookup: (_hostname, { all }, done) => {
        if (all) done(null, addresses);
        else done(null, addresses[0]!.address, addresses[0]!.family);
      },
    });
    request.on('response', resolveResponse);
    request.on('error', reject);
    request.end();
  });
}

/** Addresses of a host. The system's resolver cannot be aborted, so only the wait for it is. */
async function resolve({
  hostname,
  options,
  signal,
}: {
  hostname: string;
  options: DownloadOptions;
  signal: AbortSignal;
}): Promise<{ address: string; family: number }[]> {
  const family = isIP(hostname);
  if (family !== 0) return [{ address: hostname, family }];
  const lookup = options.lookup ?? ((name: string) => systemLookup(name, { all: true }));
  signal.throwIfAborted();
  const stopped = new AbortController();
  const aborted = once(signal, 'abort', { signal: stopped.signal }).then(() => signal.throwIfAborted());
  try {
    return (await Promise.race([lookup(hostname), aborted])) ?? [];
  } finally {
    aborted.catch(() => {});
    stopped.abort();
  }
}

async function collect(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = new Refusal(`The recording is larger than ${(maxBytes / 1024 / 1024).toFixed(0)} MB.`);
  const parts: Buffer[] = [];
  let total = 0;
  try {
    if (Number(response.headers['content-length']) > maxBytes) throw tooLarge;
    for await (const chunk of response) {
      const part: Buffer = chunk;
      total += part.length;
      if (total > maxBytes) throw tooLarge;
      parts.push(part);
    }
  } finally {
    response.destroy();
  }
  return Buffer.concat(parts);
}

/**
 * False for addresses of this machine, of local networks and for other special purposes (IANA special-purpose registries,
 * RFC 6890): a manifest must not make us connect to them.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0 || address.includes('%') || ISATAP.test(address)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  return !SPECIAL_ADDRESSES[type].check(address, type) && (family === 4 || GLOBAL_UNICAST.check(address, type));
}

/** The last half of an address whose packets go to the IPv4 address in it, below any prefix (RFC 5214). */
const ISATAP = /(?:::|:0{1,4}:|:0?200:)5efe:(?:[0-9a-f]{1,4}:[0-9a-f]{1,4}|[\d.]+)$/i;

const SPECIAL: Record<'ipv4' | 'ipv6', readonly (readonly [string, number])[]> = {
  ipv4: [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    // The metadata and DNS service of Azure's machines.
    ['168.63.129.16', 32],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.31.196.0', 24],
    ['192.52.193.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['192.175.48.0', 24],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ],
  // Besides loopback and local ranges: mapped, translated, 6to4 and Teredo addresses, which carry an IPv4 address inside.
  ipv6: [
    ['::', 96],
    ['::ffff:0:0', 96],
    ['::ffff:0:0:0', 96],
    ['64:ff9b::', 96],
    ['64:ff9b:1::', 48],
    ['100::', 64],
    ['100:0:0:1::', 64],
    // All protocol assignments: Teredo, benchmarking, ORCHID, drone IDs, and what may follow.
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['2620:4f:8000::', 48],
    ['3fff::', 20],
    ['5f00::', 16],
    ['fc00::', 7],
    ['fe80::', 10],
    ['fec0::', 10],
    ['ff00::', 8],
  ],
};

/** One list for each family: Node takes an IPv4 address for a mapped IPv6 one. */
const SPECIAL_ADDRESSES = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const type of ['ipv4', 'ipv6'] as const)
  for (const [network, prefix] of SPECIAL[type]) SPECIAL_ADDRESSES[type].addSubnet(network, prefix, type);

/** Of IPv6 only these addresses are given to hosts of the internet (RFC 4291); the rest is reserved. */
const GLOBAL_UNICAST = new BlockList();
GLOBAL_UNICAST.addSubnet('2000::', 3, 'ipv6');
