/**
 * What a listener gets, byte for byte: sound, the map of the text and the lock of the example book, made with the ffmpeg that
 * package-lock.json names. `OUTSIDE_BYTES=write` writes bytes.json when a change of the sound is meant.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { makeRig } from '../cli/rig.ts';

const FILE = join(import.meta.dirname, 'bytes.json');
/** Bytes of sound differ between builds of ffmpeg and kinds of processor. */
const FFMPEG = resolve('node_modules/@ffmpeg-installer/linux-x64/ffmpeg');
const isHere = `${process.platform}-${process.arch}` === 'linux-x64' && existsSync(FFMPEG);
/** Reports have times in them. */
const IDS = /"(session|response)":"[^"]+"/g;
const COMPARED = /\.(mp3|m4a|m4b|lock)$|^completeness\.json$/;

if (!isHere) console.warn(`Delivered bytes are NOT compared: they are known for linux-x64 with ${FFMPEG} only.`);

it.skipIf(!isHere)('the example book is delivered byte for byte as it was', { timeout: 60_000 }, async () => {
  const rig = await makeRig();
  try {
    await cp('manifests/hello', rig.path('hello'), { recursive: true });
    const manifest = await readFile('manifests/hello.yaml', 'utf8');
    await rig.write('hello.yaml', `${manifest}\nmodel: qwen-tts-vc-realtime-2025-08-20\n`);
    const { code, stderr, finished } = await rig.runJson(['hello.yaml', '--simulate'], { FFMPEG_PATH: FFMPEG });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const digests: Record<string, string> = {};
    for (const folder of [rig.folder, finished.folder]) {
      for (const name of (await readdir(folder)).sort()) {
        if (!COMPARED.test(name)) continue;
        const bytes = await readFile(join(folder, name));
        // The simulator makes up ids of sessions and responses by chance.
        const compared = name === 'completeness.json' ? bytes.toString().replace(IDS, '"$1":""') : bytes;
        digests[name] = createHash('sha256').update(compared).digest('hex');
      }
    }
    if (process.env['OUTSIDE_BYTES'] === 'write') await writeFile(FILE, `${JSON.stringify(digests, null, 2)}\n`);
    expect(digests).toEqual(JSON.parse(await readFile(FILE, 'utf8')));
  } finally {
    await rig.destroy();
  }
});
