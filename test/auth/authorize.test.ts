/** Which requests are authorized, with and without a token. */
import { expect, it } from 'vitest';
import { denialReason } from '../../src/auth/authorize.ts';

const TOKEN = 'a-token-of-some-length';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

it.each([
  ['this machine by IPv4 address', { host: '127.0.0.1:8080' }, undefined],
  ['this machine by name', { host: 'localhost:8080' }, undefined],
  ['this machine by IPv6 address', { host: '[::1]:8080' }, undefined],
  ['a rebound DNS name', { host: 'evil.test:8080' }, 'foreign-host'],
  ['a name that begins like ours', { host: '127.0.0.1.evil.test' }, 'foreign-host'],
  ['a name that ends like ours', { host: 'evil.test/localhost' }, 'foreign-host'],
  ['an address of the network', { host: '192.168.0.7:8080' }, 'foreign-host'],
  ['no host', {}, 'foreign-host'],
  ['a page of another site', { host: 'localhost:8080', origin: 'https://evil.test' }, 'foreign-origin'],
  ['a page of another port', { host: 'localhost:8080', origin: 'http://localhost:1' }, 'foreign-origin'],
  ['a page without an origin', { host: 'localhost:8080', origin: 'null' }, 'foreign-origin'],
  ['a page of the same origin', { host: 'localhost:8080', origin: 'http://localhost:8080' }, undefined],
])('without a token, %s', (_case, credentials, why) => expect(denialReason(credentials, undefined)).toBe(why));

it.each([
  ['the token', { authorization: `Bearer ${TOKEN}` }, undefined],
  ['the token with a lower-case scheme', { authorization: `bearer ${TOKEN}` }, undefined],
  ['the token as a Basic password', { authorization: basic(`anybody:${TOKEN}`) }, undefined],
  ['a password with a colon before', { authorization: basic(`a:b:${TOKEN}`) }, 'no-token'],
  ['no password', { authorization: basic('anybody:') }, 'no-token'],
  ['the token as the name', { authorization: basic(`${TOKEN}:`) }, 'no-token'],
  ['a part of it', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }, 'no-token'],
  ['more than it', { authorization: `Bearer ${TOKEN}x` }, 'no-token'],
  ['the bare token', { authorization: TOKEN }, 'no-token'],
  ['nothing', {}, 'no-token'],
  [
    'the token, from a page of another site',
    { authorization: `Bearer ${TOKEN}`, origin: 'https://evil.test' },
    'foreign-origin',
  ],
])('with a token, %s', (_case, credentials, why) =>
  expect(denialReason({ host: 'pipeline.test', ...credentials }, TOKEN)).toBe(why),
);
