/** Compiled code is kept between starts, in the cache folder, where Node can do that; and nothing depends on it. */
import { chmod, readdir } from 'node:fs/promises';
import module from 'node:module';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
});
afterEach(() => rig.destroy());

it('is in the cache folder after a start, on a Node that keeps it', async () => {
  const env = { XDG_CACHE_HOME: rig.path('cache') };
  expect((await rig.run(['check', 'no.yaml'], env)).code).toBe(2);
  const kept = await readdir(rig.path('cache/narration-pipeline/compiled')).catch(() => []);
  expect(kept).toHaveLength('enableCompileCache' in module ? 1 : 0);
});

it('is not missed where it cannot be written', async () => {
  await rig.write('cache', 'a file, where a folder should be');
  await chmod(rig.path('cache'), 0o400);
  const { code, stderr } = await rig.run(['check', 'no.yaml'], { XDG_CACHE_HOME: rig.path('cache') });
  expect(code).toBe(2);
  expect(stderr).toContain('no.yaml');
  expect(stderr).not.toContain('cache');
});
