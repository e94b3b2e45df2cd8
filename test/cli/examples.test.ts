/** Every manifest that we show people works as it stands. */
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeRig, queueInRedis, type Rig } from './rig.ts';

const EXAMPLES = (await readdir('manifests')).filter((name) => name.endsWith('.yaml'));

queueInRedis();
const INSIDE = { REDIS_URL: '' };

let rig: Rig;
afterEach(() => rig.destroy());

describe('examples', { timeout: 240_000 }, () => {
  it.each(EXAMPLES)('%s has no mistakes, is delivered and keeps its profile', async (name) => {
    // One of them in every way as at a user's, with the queue inside.
    const isAsAtUsers = name === 'hello.yaml';
    rig = await makeRig({ quick: !isAsAtUsers });
    await cp('manifests', rig.path('manifests'), { recursive: true });
    const checked = await rig.run(['check', join('manifests', name)]);
    expect(checked.code).toBe(0);
    // The first family's example warns of the end of its model, and of nothing else.
    if (name.includes('realtime')) expect(checked.stderr).toMatch(/ended on 2026-10-10.*\n[\s\S]*1 warning\n$/);
    else expect(checked.stderr).toBe('');
    const { code, finished } = await rig.runJson([join('manifests', name), '--simulate'], isAsAtUsers ? INSIDE : {});
    expect(code).toBe(0);
    expect(finished.chapters.map((chapter) => chapter.verdict)).not.toContain('fail');
  });
});
