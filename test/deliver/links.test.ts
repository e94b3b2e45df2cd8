/** Links in a delivered folder or below a watched one are followed neither for writing nor for serving. */
import { createHash } from 'node:crypto';
import {
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putIntoLibrary } from '../../src/deliver/audiobookshelf.ts';
import { openDeliveryFolder } from '../../src/deliver/deliver-files.ts';
import { deliverStored, deliverText } from '../../src/deliver/files.ts';
import { deliverLines } from '../../src/deliver/lines.ts';
import { removeEarlierFiles, writeReports } from '../../src/deliver/reports/report.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { refuseLinks } from '../../src/store/no-links.ts';
import { makeOwnFolders } from '../../src/watch/watcher-storage.ts';
import { listResults, sendResult } from '../../src/web/result-files.ts';

let base: string;
let out: string;
let elsewhere: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'links-'));
  out = join(base, 'inbox', 'done', 'T');
  elsewhere = join(base, 'elsewhere');
  await mkdir(out, { recursive: true });
  await mkdir(elsewhere);
  await writeFile(join(elsewhere, 'secret.mp3'), 'secret');
});
afterEach(() => rm(base, { recursive: true, force: true }));

const REFUSED = { code: 'store-unwritable', message: expect.stringContaining('is a link') };

describe('writing', () => {
  it('refuses a link on the way; its own root may be one', async () => {
    await symlink(elsewhere, join(base, 'root'));
    await expect(refuseLinks(join(base, 'root'), join(base, 'root', 'a', 'b'))).resolves.toBeUndefined();
    await symlink(elsewhere, join(out, 'a'));
    await expect(refuseLinks(base, join(out, 'a', 'b'))).rejects.toMatchObject(REFUSED);
    await symlink(join(elsewhere, 'missing'), join(out, 'c'));
    await expect(refuseLinks(base, join(out, 'c'))).rejects.toMatchObject(REFUSED);
  });

  it('replaces a link in the place of a file, and leaves what it led to', async () => {
    const store = await openDiskStore(join(base, 'store'));
    const file = await store.putBlob(Buffer.from('secret'));
    const madeAt = new Date('2026-01-01');
    await utimes(join(elsewhere, 'secret.mp3'), madeAt, madeAt);
    await symlink(join(elsewhere, 'secret.mp3'), join(out, '01.mp3'));
    await symlink(join(elsewhere, 'secret.mp3'), join(out, '01.srt'));
    expect(await deliverStored({ store, file, folder: out, name: '01.mp3', madeAt })).toBe(true);
    expect(await deliverText({ text: 'secret', folder: out, name: '01.srt' })).toBe(true);
    // A hard link is replaced, too: the other name keeps its content.
    await link(join(elsewhere, 'secret.mp3'), join(out, '02.srt'));
    await deliverText({ text: 'new', folder: out, name: '02.srt' });
    expect(await readFile(join(elsewhere, 'secret.mp3'), 'utf8')).toBe('secret');
    expect((await stat(join(elsewhere, 'secret.mp3'))).nlink).toBe(1);
  });

  it('goes into no folder of lines, and deletes in none, that is a link', async () => {
    await symlink(elsewhere, join(out, '01 - C - lines'));
    const pack = { digest: createHash('sha256').digest('hex'), format: 'wav', entries: [{ character: 'a' }] };
    const chapter = { number: 1, title: 'C', segments: [], lines: [] };
    const of = {
      plan: { chapters: [chapter] },
      chapter,
      master: { lines: pack, verdict: 'pass', madeAt: 0 },
      folder: out,
    };
    await expect(deliverLines(of as never)).rejects.toMatchObject(REFUSED);
    await removeEarlierFiles(out, ['01 - C - lines/secret.mp3']);
    expect(await readdir(elsewhere)).toEqual(['secret.mp3']);
    // The folder itself became a link after it was claimed.
    await rename(out, join(base, 'moved'));
    await symlink(elsewhere, out);
    await expect(writeReports(out, {} as never)).rejects.toMatchObject(REFUSED);
  });

  it('goes into no library folder and no folder of the watcher that is a link', async () => {
    const library = join(base, 'library');
    await mkdir(library);
    await symlink(elsewhere, join(library, 'A'));
    const finished = { chapters: [], book: null } as never;
    const put = (manifest: object) => putIntoLibrary({ library, book: { manifest } as never, finished });
    await expect(put({ title: 'T', author: 'A', language: 'en' })).rejects.toMatchObject(REFUSED);
    await symlink(elsewhere, join(library, 'T'));
    expect(await put({ title: 'T', language: 'en' })).toBe(join(library, 'T (2)'));
    await symlink(elsewhere, join(base, 'inbox', '.pipeline-watch'));
    await expect(makeOwnFolders(join(base, 'inbox', '.pipeline-watch'))).rejects.toMatchObject(REFUSED);
    expect(await readdir(elsewhere)).toEqual(['secret.mp3']);
  });

  it('opens an ordinary folder', async () => {
    await openDeliveryFolder(out);
    expect(await readdir(out)).toEqual([]);
  });
});

describe('serving', () => {
  const view = () => ({ folder: join(base, 'inbox') }) as never;
  const names = async (folder: string): Promise<string[]> =>
    (await listResults(view(), { delivered: { folder } } as never)).map(({ name }) => name);
  const send = async (folder: string, name: string, range?: string): Promise<string> => {
    const headers = new Headers(range === undefined ? {} : { range });
    return (
      await sendResult({ view: view(), book: { delivered: { folder } } as never, name, headers, isHead: false })
    ).text();
  };

  it('lists and sends files, and nothing that a link leads to', async () => {
    await mkdir(join(out, 'x - lines'));
    await writeFile(join(out, '01.mp3'), 'sound');
    await writeFile(join(out, 'empty.srt'), '');
    await symlink(join(elsewhere, 'secret.mp3'), join(out, '02.mp3'));
    await symlink(elsewhere, join(out, 'y - lines'));
    expect(await names('done/T')).toEqual(['01.mp3', 'empty.srt']);
    expect(await send('done/T', '01.mp3')).toBe('sound');
    expect(await send('done/T', '01.mp3', 'bytes=1-2')).toBe('ou');
    expect(await send('done/T', 'empty.srt')).toBe('');
    // A folder that --out named.
    expect(await send(out, '01.mp3')).toBe('sound');
    await expect(send('done/T', '02.mp3')).rejects.toMatchObject({ status: 404 });
    await expect(send('done/T', 'y - lines/secret.mp3')).rejects.toMatchObject({ status: 404 });
  });

  it.each(['done/T', 'done'])('shows nothing of %s when it became a link', async (path) => {
    await mkdir(join(elsewhere, 'T'));
    await writeFile(join(elsewhere, 'T', '01.mp3'), 'secret');
    const place = join(base, 'inbox', path);
    await rm(place, { recursive: true });
    await symlink(path === 'done' ? elsewhere : join(elsewhere, 'T'), place);
    expect(await names('done/T')).toEqual([]);
    await expect(send('done/T', '01.mp3')).rejects.toMatchObject({ status: 404 });
  });
});
