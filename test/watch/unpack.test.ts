/** Dropped archives, good ones and hostile ones. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, type Zippable, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownerOf } from '../../src/holders/abandoned.ts';
import { isArchiveComplete, unpackArchive } from '../../src/watch/unpack-zip.ts';
import { giveRoom, takeRoom } from '../../src/watch/unpacked-room.ts';
import { manifest } from './rig.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unpack-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const book = strToU8(manifest('Packed'));
/** What a process writes into names, which has ended when it is read. */
const PRINT_MARK = "import('./src/holders/abandoned.ts').then(({ OWNER_MARK }) => process.stdout.write(OWNER_MARK))";

async function unpack(bytes: Uint8Array, hasRoom = true) {
  const archive = join(folder, 'book.zip');
  await writeFile(archive, bytes);
  const answer = await unpackArchive({
    archive,
    workFolder: join(folder, 'work'),
    name: 'x',
    takeRoom: async () => hasRoom,
  });
  // Whatever happens, nothing is left half unpacked, and nothing is written outside.
  expect((await readdir(folder)).sort().filter((name) => name !== 'work')).toEqual(['book.zip']);
  const work = await readdir(join(folder, 'work')).catch(() => []);
  expect(work).toEqual(answer !== 'no-room' && 'folder' in answer ? ['x'] : []);
  if (answer === 'no-room') return { problem: 'no room', fix: 'wait' };
  return answer;
}

async function problem(files: Zippable | Uint8Array): Promise<string> {
  const answer = await unpack(files instanceof Uint8Array ? files : zipSync(files));
  if (!('problem' in answer)) throw new Error('it was unpacked');
  expect(answer.fix).not.toBe('');
  return answer.problem;
}

/** Replaces every `from` in the archive by `to`, which has the same length. */
function patched(bytes: Uint8Array, from: string | Uint8Array, to: string | Uint8Array): Uint8Array {
  const out = Buffer.from(bytes);
  const a = Buffer.from(from);
  const b = Buffer.from(to);
  if (a.length !== b.length) throw new Error('lengths differ');
  for (let at = out.indexOf(a); at >= 0; at = out.indexOf(a, at + 1)) b.copy(out, at);
  return out;
}

/** Offsets of the entries of the central directory. */
function listEntries(bytes: Uint8Array): number[] {
  const buffer = Buffer.from(bytes);
  const found: number[] = [];
  for (let at = buffer.indexOf('PK\x01\x02', 0, 'latin1'); at >= 0; at = buffer.indexOf('PK\x01\x02', at + 1, 'latin1'))
    found.push(at);
  return found;
}

describe('a dropped archive', () => {
  it('contains a manifest and its files, at the top or in a folder', async () => {
    const answer = await unpack(
      zipSync({
        'My Book': {
          'book.yaml': book,
          'texts/one.txt': strToU8('One.'),
          'words.yaml': strToU8('Ukridge: YOO-kridge'),
        },
        __MACOSX: { '._book.yaml': strToU8('x') },
        'My Book/.DS_Store': strToU8('x'),
      } as Zippable),
    );
    if (!('folder' in answer)) throw new Error(answer.problem);
    expect(answer.manifest).toBe(join(folder, 'work', 'x', 'My Book', 'book.yaml'));
    expect(await readFile(join(answer.folder, 'My Book', 'texts', 'one.txt'), 'utf8')).toBe('One.');
    expect(await readdir(answer.folder)).toEqual(['My Book']);
  });

  it('may have names in GBK, as Windows in China writes them, or with backslashes', async () => {
    const bytes = zipSync({ 'book.yaml': book, 'aaaaaa.txt': strToU8('x'), 'b/c.txt': strToU8('y') });
    const gbk = patched(bytes, 'aaaaaa', Uint8Array.from([0xb5, 0xda, 0xd2, 0xbb, 0xd5, 0xc2]));
    const answer = await unpack(patched(gbk, 'b/c.txt', 'b\\c.txt'));
    if (!('folder' in answer)) throw new Error(answer.problem);
    expect((await readdir(answer.folder)).sort()).toEqual(['b', 'book.yaml', '第一章.txt']);
  });

  it.each(['../evil.txt', '/etc/evil', 'a/../../evil', 'C:/evil.txt', 'a/./b', 'a//b', 'x\u0000y'])(
    'never writes outside: %j',
    async (name) => {
      expect(await problem({ 'book.yaml': book, [name]: strToU8('x') })).toContain('outside the archive');
    },
  );

  it('must not contain links', async () => {
    const bytes = Buffer.from(
      zipSync({ 'book.yaml': book, link: [strToU8('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] }),
    );
    expect(await problem(bytes)).toContain('outside the archive');
  });

  it('cannot be a bomb, neither by its declared sizes nor by false ones', async () => {
    const zeros = zipSync({ 'book.yaml': book, 'zeros.txt': [new Uint8Array(80 * 1024 * 1024), { level: 9 }] });
    expect(zeros.length).toBeLessThan(200_000);
    expect(await problem(zeros)).toContain('more than any book');
    const lying = Buffer.from(zipSync({ 'book.yaml': book, 'zeros.txt': [new Uint8Array(1024 * 1024), { level: 9 }] }));
    lying.writeUInt32LE(10, (listEntries(lying)[1] as number) + 24);
    expect(await problem(lying)).toContain('"zeros.txt" in this archive is damaged');
    const many = Buffer.from(zipSync({ 'book.yaml': book }));
    many.writeUInt16LE(60_000, many.length - 22 + 10);
    expect(await problem(many)).toContain('more than any book');
  });

  it('with a password is refused with the name of the file', async () => {
    const locked = Buffer.from(zipSync({ 'book.yaml': book, 'one.txt': strToU8('x') }));
    const at = listEntries(locked)[1] as number;
    locked.writeUInt16LE(locked.readUInt16LE(at + 8) | 1, at + 8);
    expect(await problem(locked)).toBe('"one.txt" is protected by a password.');
  });

  it('waits while others need the room', async () => {
    const bytes = zipSync({ 'book.yaml': book, 'a.txt': strToU8('x') });
    expect(await unpack(bytes, false)).toMatchObject({ problem: 'no room' });
    expect(await unpack(bytes)).toMatchObject({ folder: join(folder, 'work', 'x') });
  });

  it('has room that all watchers of a store share, whoever comes first, and gets that of watchers that were killed', async () => {
    const workFolder = join(folder, 'work');
    const take = (name: string, bytes: number) => takeRoom({ workFolder, name, bytes, mostBytes: 100 });
    const killed = spawnSync(process.execPath, ['--import', 'tsx', '-e', PRINT_MARK], { encoding: 'utf8' }).stdout;
    expect(ownerOf(`book-${killed}`)).toBeDefined();
    expect(await Promise.all([take('a', 60), take(`b-${killed}`, 40)])).toEqual([true, true]);
    await mkdir(join(workFolder, `b-${killed}`));
    await mkdir(join(workFolder, `.unpacking-${killed}-half`));
    await mkdir(join(workFolder, 'c'));
    // There is none; what is left of dead watchers goes, and so does what this book had.
    expect(await take('c', 40)).toBe(false);
    expect((await readdir(workFolder)).sort()).toEqual(['a.bytes']);
    // Two that want the last room at once may both have to wait, but never both go on.
    expect((await Promise.all([take('c', 40), take('d', 40)])).filter(Boolean).length).toBeLessThan(2);
    await giveRoom({ workFolder, name: 'd' });
    expect([await take('c', 40), await take('c', 30), await take('d', 10), await take('e', 1)]).toEqual([
      ...[true, true, true, false],
    ]);
    // One that is being written counts as the largest archive.
    await writeFile(join(workFolder, 'f.bytes'), '');
    expect(await takeRoom({ workFolder, name: 'g', bytes: 1, mostBytes: 1024 ** 3 })).toBe(false);
    await giveRoom({ workFolder, name: 'f' });
    await giveRoom({ workFolder, name: 'a' });
    expect(await take('e', 60)).toBe(true);
  });

  it.each([
    ['first', { a: strToU8('x'), 'a/c': strToU8('y') }, 'a/c'],
    ['last', { 'a/c': strToU8('y'), a: strToU8('x') }, 'a'],
  ])('with a file that is also a folder, the file %s, is refused with the name', async (_which, files, name) => {
    expect(await problem({ 'book.yaml': book, ...files })).toBe(
      `"${name}" is in this archive both as a file and as a folder.`,
    );
  });

  it('without a manifest, with several, or with an archive inside is refused', async () => {
    expect(await problem({ 'one.txt': strToU8('x') })).toContain('no manifest');
    expect(await problem({ 'book.zip': zipSync({ 'book.yaml': book }) })).toContain('another archive');
    expect(await problem({ 'a.yaml': book, 'b.yaml': book })).toContain('"a.yaml" and "b.yaml"');
  });

  it('that contains a name twice is refused', async () => {
    const bytes = zipSync({ 'book.yaml': book, 'aa.txt': strToU8('1'), 'ab.txt': strToU8('2') });
    expect(await problem(patched(bytes, 'ab.txt', 'aa.txt'))).toContain('twice');
  });

  it('that is damaged or truncated anywhere is refused, and nothing is left', async () => {
    const bytes = zipSync({ 'book.yaml': [book, { level: 0 }], 'one.txt': [strToU8('x'.repeat(500)), { level: 0 }] });
    const spoiled = Buffer.from(bytes);
    spoiled[60] = (spoiled[60] as number) ^ 1;
    expect(await problem(spoiled)).toContain('damaged');
    for (let length = 0; length < bytes.length; length += 37) {
      await problem(bytes.subarray(0, length));
      expect(await isArchiveComplete(join(folder, 'book.zip'))).toBe(false);
    }
    await unpack(bytes);
    expect(await isArchiveComplete(join(folder, 'book.zip'))).toBe(true);
  });
});
