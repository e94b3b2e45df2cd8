/** Every kind of hostile book: it is judged at once, nothing outside its folder is read, nothing runs, no terminal obeys it. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDownload } from '../../src/book/download.ts';
import { type BookReading, loadBook } from '../../src/book/load-book.ts';
import { formatDiagnostics } from '../../src/manifest/diagnostics/diagnostic.ts';
import { PNG } from '../import/epub.ts';
import { alsoInChinese } from '../manifest/messages-in-chinese.ts';
import * as kinds from './hostile.ts';

const SECRET = 'the secret of the house';
/** Longest that judging may take on a busy machine, in milliseconds. */
const AT_ONCE_MS = 10_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  writeFileSync(join(folder, 'secret.txt'), SECRET);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Lays a book out and judges it, with a network of which every name is at home. */
async function judge({ manifest, files = {}, links = {} }: kinds.HostileBook): Promise<BookReading> {
  const text = typeof manifest === 'string' || manifest instanceof Uint8Array ? manifest : manifestOf(manifest);
  const all = { ...GOOD_FILES, 'book.yaml': text, ...files };
  for (const [name, content] of Object.entries(all)) {
    const path = join(folder, 'book', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  for (const [name, target] of Object.entries(links))
    symlinkSync(target.replace(/^~/, folder), join(folder, 'book', name));
  const download = createDownload({ lookup: async () => [{ address: '10.0.0.1', family: 4 }] });
  return alsoInChinese(await loadBook({ manifestPath: join(folder, 'book', 'book.yaml'), download }));
}

const wav = (seed: number): Buffer =>
  Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVEfmt ', 'latin1'), Buffer.alloc(10_000, seed)]);
const GOOD_FILES = {
  'voices/narrator.wav': wav(1),
  'voices/other.wav': wav(2),
  'chapters/01.txt': 'The lamp went out.',
  'cover.png': Buffer.from(PNG),
};

/** JSON is YAML, and knows how to write every character. */
function manifestOf(of: kinds.Fields): string {
  const { title = 'T', author, chapter = 'One', sample = 'voices/narrator.wav', cover, name = 'narrator' } = of;
  const words = of.file === undefined ? { text: of.text ?? 'The lamp went out.' } : { file: of.file };
  return JSON.stringify({
    book: { title, ...(author === undefined ? {} : { author }), ...(cover === undefined ? {} : { cover }) },
    characters: { narrator: { sample }, ...(name === 'narrator' ? {} : { [name]: { sample: 'voices/other.wav' } }) },
    chapters: [{ title: chapter, ...words }],
  });
}

describe.each(Object.entries(kinds.HOSTILE_BOOKS))('%s', (_group, books) => {
  it.each(books)('$kind', { timeout: AT_ONCE_MS }, async (hostile) => {
    const reading = await judge(hostile);
    const { diagnostics, sources, book } = reading;
    expect(new Set(diagnostics.map(({ code }) => code))).toEqual(new Set(hostile.says));
    expect(book === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
    const said = formatDiagnostics({ ...reading, color: false });
    expect(said).not.toMatch(/[^\P{C}\n]/u);
    expect(JSON.stringify([diagnostics, [...sources], book?.chapters])).not.toContain(SECRET);
    expect(readdirSync(join(folder, 'book'))).not.toContain('pwned');
  });
});

it('there are a hundred kinds and more, all of them different', () => {
  const all = Object.values(kinds.HOSTILE_BOOKS).flat();
  expect(new Set(all.map(({ kind }) => kind)).size).toBe(all.length);
  expect(all.length).toBeGreaterThanOrEqual(100);
});
