/** Words that are in the manifest itself are edited in the page, too: only these bytes change, in every way that YAML writes a text. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookFolder, quickCommands } from '../cli/in-process.ts';
import { type OpenedStudio, studioOf } from './rig.ts';

const HEAD = (chapters: string): string => `# A book.
book: { title: A Small Book }
characters:
  narrator: { sample: voices/narrator.wav }
  mara: { sample: voices/mara.mp3 }
chapters: # all of them
${chapters}
output: { formats: [mp3] } # at the end
`;
let book: Awaited<ReturnType<typeof bookFolder>>;
let studio: OpenedStudio;

quickCommands();
beforeAll(async () => {
  book = await bookFolder(['Unused.']);
  await writeFile(book.manifest, HEAD('  - { title: One, text: Fog. }'));
  studio = await studioOf(book.manifest, book.flags);
});
afterAll(async () => {
  expect(studio.faults).toEqual([]);
  await studio.close();
  await book.destroy();
});

/** Saves the manifest and reads line 1:1 until it has these words. */
async function opened(manifest: string, words: string) {
  const { version } = await studio.get('/studio/api/book');
  await writeFile(book.manifest, manifest);
  await expect.poll(async () => (await studio.get('/studio/api/book')).version, { timeout: 10_000 }).not.toBe(version);
  const first = async () => (await studio.get('/studio/api/chapters/1')).lines?.[0];
  await expect.poll(async () => (await first())?.text, { timeout: 10_000 }).toBe(words);
  const line = await first();
  const edit = (to: string, more: object = {}) =>
    studio.post('/studio/api/lines/1:1/words', {
      ...{ id: line.id, of: line.file.version, preview: false, words: to },
      ...more,
    });
  return { line, edit };
}

describe('words in the manifest', () => {
  it.each([
    [
      'a block text',
      '  - title: One\n    text: |\n      The fog came in.\n\n      [mara] Ahoy: "you"!\n',
      'came in',
      'rolled in, slowly',
    ],
    ['a folded text', '  - title: One\n    text: >\n      The fog\n      came in.\n', 'came in', 'went out'],
    ['a plain text', '  - title: One\n    text: The fog came in.\n', 'came in', 'went out'],
    ['single quotes', "  - title: One\n    text: 'The fog came in.'\n", 'came in', "didn't come in"],
    ['double quotes', '  - title: One\n    text: "The fog came in."\n', 'came in', 'came in, "at last", \\o/'],
    [
      'a list of lines',
      '  - title: One\n    lines:\n      - narrator: The fog came in.\n      - mara: Ahoy!\n',
      'came in',
      'went out',
    ],
  ])('in %s', async (_name, chapter, from, to) => {
    const manifest = `\u{FEFF}${HEAD(chapter)}`.replaceAll('\n', '\r\n');
    const { line, edit } = await opened(manifest, 'The fog came in.');
    expect(line.file).toMatchObject({ name: 'book.yaml', line: expect.any(Number) });
    expect(manifest.split('\r\n')[line.file.line - 1]).toMatch(/The fog/);
    const words = `The fog ${to}.`;
    const shown = await edit(words, { preview: true });
    expect(shown.body.difference).toContain('+');
    expect(await readFile(book.manifest, 'utf8')).toBe(manifest);
    const answer = await edit(words);
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 200, body: { file: 'book.yaml' } });
    const after = await readFile(book.manifest, 'utf8');
    const [before, behind] = [
      manifest.indexOf('The fog'),
      manifest.length - manifest.indexOf(`${from}.`) - from.length,
    ];
    expect(after.slice(0, before)).toBe(manifest.slice(0, before));
    expect(after.slice(after.length - behind)).toBe(manifest.slice(manifest.length - behind));
    expect((await studio.get('/studio/api/chapters/1')).lines[0].text).toBe(words);
    expect((await studio.post('/studio/api/undo', {})).body.undone).toBe('the words of 1:1 in book.yaml');
    expect(await readFile(book.manifest, 'utf8')).toBe(manifest);
  });

  it('that YAML or the reader would take for something else are refused, and so is a manifest that was saved meanwhile', async () => {
    const manifest = HEAD('  - title: One\n    text: The fog came in.\n');
    const { edit } = await opened(manifest, 'The fog came in.');
    for (const words of ['The fog: came in.', 'The fog # came in.', '***', ' '])
      expect((await edit(words)).status, words).toBe(422);
    await writeFile(book.manifest, manifest.replace('came in', 'was thick'));
    expect((await edit('The fog went out.')).status).toBe(409);
    expect(await readFile(book.manifest, 'utf8')).toContain('was thick');
  });
});
