import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';

const HOME = { cache: join(homedir(), '.cache'), config: join(homedir(), '.config') };

test.each([
  ['undefined', HOME],
  ['./cache', HOME],
  ['', HOME],
  ['/var/tmp/xdg', { cache: '/var/tmp/xdg', config: '/var/tmp/xdg' }],
])('XDG folders named %j: a path that is not absolute is ignored', (path, { cache, config }) => {
  expect(readConfig({}, { XDG_CACHE_HOME: path, XDG_CONFIG_HOME: path })).toMatchObject({
    cacheDir: join(cache, 'narration-pipeline'),
    pricesPath: join(config, 'narration-pipeline', 'prices.yaml'),
  });
});

test.each([
  [{}, {}, { store: resolve('.pipeline'), out: resolve('out') }],
  [{}, { PIPELINE_STORE: '/srv/takes', PIPELINE_OUT: 'books' }, { store: '/srv/takes', out: resolve('books') }],
  [
    { store: 'own', out: '/own' },
    { PIPELINE_STORE: '/srv/takes', PIPELINE_OUT: 'books' },
    { store: resolve('own'), out: '/own' },
  ],
  [{}, { PIPELINE_STORE: '', PIPELINE_OUT: '' }, { store: resolve('.pipeline'), out: resolve('out') }],
])('store and finished books, by %j and %j', (flags, env, { store, out }) => {
  expect(readConfig(flags, env)).toMatchObject({ storeDir: store, outDir: out });
});

test('store and finished books on S3, named by the environment', () => {
  const place = { PIPELINE_STORE: 's3://takes/all', PIPELINE_OUT: 's3://books' };
  expect(readConfig({}, place)).toMatchObject({
    s3: { bucket: 'takes' },
    s3Out: { bucket: 'books' },
    outDir: 's3://books',
  });
  expect(() => readConfig({}, { PIPELINE_STORE: 's3://' })).toThrow('PIPELINE_STORE');
});
