import { homedir } from 'node:os';
import { join } from 'node:path';
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
