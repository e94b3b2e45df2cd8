import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { beforeEach, expect, it } from 'vitest';
import { writeZip, type ZipEntry, zipComment } from '../../src/deliver/zip.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zip-'));
  return () => rm(folder, { recursive: true });
});

const TEXT = 'The sea. Das Meer, größer. 海。 '.repeat(1000);
async function* pieces(): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < 5; i++) yield Buffer.alloc(10_000, i);
}
const entries = (): ZipEntry[] => [
  { name: 'mimetype', text: 'application/epub+zip', packed: false },
  { name: 'text/größe.xhtml', text: TEXT, packed: true },
  { name: 'sound.mp3', bytes: pieces() },
  { name: 'empty', text: '', packed: true },
];

it('writes what two other programs read back, and EPUB readers know by its first bytes', async () => {
  const path = join(folder, 'a.epub');
  await writeZip({ path, entries: entries(), comment: 'abc' });
  const bytes = await readFile(path);
  expect(bytes.toString('latin1', 30, 58)).toBe('mimetypeapplication/epub+zip');
  const files = unzipSync(bytes);
  expect(Object.keys(files)).toEqual(['mimetype', 'text/größe.xhtml', 'sound.mp3', 'empty']);
  expect(Buffer.from(files['text/größe.xhtml']!).toString()).toBe(TEXT);
  expect(files['sound.mp3']).toHaveLength(50_000);
  const checked = spawnSync('unzip', ['-tq', path], { encoding: 'utf8' });
  if (checked.error === undefined) expect(checked.stdout).toContain('No errors detected');
  await writeZip({ path: join(folder, 'b.epub'), entries: entries(), comment: 'abc' });
  expect(bytes.equals(await readFile(join(folder, 'b.epub')))).toBe(true);
});

it('finds its comment only in a whole archive', async () => {
  const path = join(folder, 'a.epub');
  await writeZip({ path, entries: entries(), comment: 'abc' });
  expect(await zipComment(path, 3)).toBe('abc');
  expect(await zipComment(path, 4)).toBeUndefined();
  expect(await zipComment(join(folder, 'none'), 3)).toBeUndefined();
  const whole = await readFile(path);
  await writeFile(path, Buffer.concat([whole.subarray(0, 500), whole.subarray(600)]));
  expect(await zipComment(path, 3)).toBeUndefined();
  await writeFile(path, whole);
  await truncate(path, whole.length - 1);
  expect(await zipComment(path, 3)).toBeUndefined();
});
