/** Who speaks: names written into the author's own texts, each only as it was seen, and never over what somebody else wrote. */
import { chmod, cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bookFolder } from '../cli/in-process.ts';
import { type OpenedStudio, studioOf } from './rig.ts';

const HOSTILE = 'Mr. “O\'Neil" #1 {n} <b>';
const TEXT =
  '\ufeffOne.\r\n\r\n[mara] “Where is the boat?”\r\n\r\n[?] “Gone.”\r\n\r\n[ ? : whispering ] “Gone where?”\r\n\r\n[pause 1s] 【？】 “Out.”\r\n';
const INLINE = `  - title: Inline
    text: |
      [mara] “Well?” said Mara.

      [?] “Nothing — 没有.”
  - title: Quoted
    text: "[mara] “Well?”\\n\\n[?] “No.”"
`;

interface Shown {
  chapters: { number: number; of: string; readOnly?: boolean; proposed?: boolean; paragraphs: Paragraph[] }[];
  open: number;
  version: string;
}
interface Paragraph {
  index: number;
  line: number;
  parts: { at: number; text: string; open?: boolean; speaker?: string }[];
}

describe('the attributions of a book', () => {
  let book: Awaited<ReturnType<typeof bookFolder>>;
  let studio: OpenedStudio;

  beforeEach(async () => {
    book = await bookFolder([TEXT, 'No.\n\n[?] “Yes.”\n\n[?] “Yes.”']);
    const manifest = await readFile(book.manifest, 'utf8');
    const cast = `  # Speaks once.\n  Tom: { sample: voices/mara.mp3, aliases: [Tommy] }\n  ${JSON.stringify(HOSTILE)}: { sample: voices/mara.mp3 }\n`;
    const written = manifest.replace('chapters:\n', `${cast}chapters:\n`).replace('output:', `${INLINE}output:`);
    await writeFile(book.manifest, written);
    await writeFile(book.path('1.txt'), TEXT);
    studio = await studioOf(book.manifest, book.flags);
  });
  afterEach(async () => {
    expect(studio.faults).toEqual([]);
    await studio.close();
    await book.destroy();
  });

  const shown = async (): Promise<Shown> => studio.get('/studio/api/attributions');
  const openParts = ({ chapters }: Shown, number: number): number[] =>
    chapters
      .find((chapter) => chapter.number === number)!
      .paragraphs.flatMap(({ parts }) => parts.flatMap(({ at, open }) => (open ? [at] : [])));
  const name = async (chapter: number, ...acts: { at: number; character: string; instead?: string }[][]) => {
    const of = (await shown()).chapters.find(({ number }) => number === chapter)?.of ?? '';
    return studio.post(`/studio/api/attributions/${chapter}`, { of, acts: acts.map((say) => ({ say })) });
  };

  it('are written as names, and every other byte stays: marks, line ends, brackets, directions', async () => {
    const now = await shown();
    const [first, second, third] = openParts(now, 1) as [number, number, number];
    expect(now.chapters[0]!.paragraphs.map(({ line }) => line)).toEqual([1, 3, 5, 7, 9]);
    const answer = await name(
      1,
      [{ at: first, character: 'tommy' }],
      [
        { at: second, character: HOSTILE },
        { at: third, character: 'NARRATOR' },
      ],
    );
    expect(answer).toMatchObject({ status: 200, body: { open: 0 } });
    const written = await readFile(book.path('1.txt'), 'utf8');
    expect(written).toBe(
      TEXT.replace('[?]', '[Tom]').replace('[ ? :', `[ ${HOSTILE} :`).replace('【？】', '【narrator】'),
    );
    // A page that lost the answer asks again; one that has another name in mind is told.
    const of = now.chapters[0]!.of;
    const again = (say: object[]) => studio.post('/studio/api/attributions/1', { of, acts: [{ say }] });
    expect((await again([{ at: first, character: 'Tom' }])).status).toBe(200);
    expect(await again([{ at: first, character: 'mara' }])).toMatchObject({
      status: 409,
      body: { code: 'named-already' },
    });
    expect((await again([{ at: first, character: 'mara', instead: 'Tom' }])).status).toBe(200);
    expect(await readFile(book.path('1.txt'), 'utf8')).toBe(written.replace('[Tom]', '[mara]'));
    for (const place of [first, second, first]) {
      const undone = await studio.post('/studio/api/undo', {});
      expect(undone).toMatchObject({ status: 200, body: { place: { chapter: 1, at: place } } });
    }
    expect(await readFile(book.path('1.txt'), 'utf8')).toBe(TEXT);
  });

  it('are not written into words that changed since they were read; other tags may have changed', async () => {
    const before = await shown();
    const [first, second] = openParts(before, 2) as [number, number];
    const of = before.chapters[1]!.of;
    const say = (at: number, character = 'Tom') =>
      studio.post('/studio/api/attributions/2', { of, acts: [{ say: [{ at, character }] }] });
    const other = 'No.\n\n[mara] “Yes.”\n\n[?] “Yes.”\n';
    await writeFile(book.path('2.txt'), other);
    expect(await say(first)).toMatchObject({ status: 409, body: { code: 'named-already' } });
    expect((await say(second)).status).toBe(200);
    expect(await readFile(book.path('2.txt'), 'utf8')).toBe('No.\n\n[mara] “Yes.”\n\n[Tom] “Yes.”\n');
    // Equal words one place further on are another quotation.
    const moved = 'No.\n\n[?] “Yes.”\n\n[?] “Yes.”\n\n[?] “Yes.”\n';
    await writeFile(book.path('2.txt'), moved);
    expect(await say(second)).toMatchObject({ status: 409, body: { code: 'text-changed' } });
    expect(await readFile(book.path('2.txt'), 'utf8')).toBe(moved);
    expect(await studio.post('/studio/api/undo', {})).toMatchObject({ status: 409, body: { code: 'changed-since' } });
    expect(await readFile(book.path('2.txt'), 'utf8')).toBe(moved);
  });

  it('are refused for a name that nobody has, a file that is read-only, and a chapter that is not there', async () => {
    const [first] = openParts(await shown(), 2) as [number];
    expect(await name(2, [{ at: first, character: 'Nobody] [mara' }])).toMatchObject({
      status: 422,
      body: { code: 'unknown-speaker' },
    });
    expect((await name(77, [{ at: 0, character: 'Tom' }])).status).toBe(404);
    await chmod(book.path('2.txt'), 0o444);
    expect((await shown()).chapters[1]!.readOnly).toBe(true);
    const refused = await name(2, [{ at: first, character: 'Tom' }]);
    expect(refused.status).toBe(507);
    expect(refused.body.detail).toContain('2.txt is read-only. Nothing was changed.');
    expect(await readFile(book.path('2.txt'), 'utf8')).toContain('[?] “Yes.”');
  });

  it('are written into a text inside the manifest, where that changes nothing else', async () => {
    const before = await readFile(book.manifest, 'utf8');
    const [inline] = openParts(await shown(), 3) as [number];
    expect((await name(3, [{ at: inline, character: 'Tom' }])).status).toBe(200);
    expect(await readFile(book.manifest, 'utf8')).toBe(before.replace('[?] “Nothing', '[Tom] “Nothing'));
    const [quoted] = openParts(await shown(), 4) as [number];
    // A quotation mark would end the text there.
    const refused = await name(4, [{ at: quoted, character: HOSTILE }]);
    expect(refused).toMatchObject({ status: 422, body: { code: 'by-hand' } });
    expect((await name(4, [{ at: quoted, character: 'mara' }])).status).toBe(200);
    expect(await readFile(book.manifest, 'utf8')).toContain('[mara] “No.”"');
  });

  it('become a proposal in a watched folder, which the page goes on with', async () => {
    await mkdir(book.path('.pipeline-watch'));
    const [first, second] = openParts(await shown(), 2) as [number, number];
    const answer = await name(2, [{ at: first, character: 'Tom' }]);
    expect(answer.body.proposal).toContain('proposals');
    const now = await shown();
    expect(now.chapters.find(({ number }) => number === 2)).toMatchObject({ proposed: true });
    expect(openParts(now, 2)).toEqual([second]);
    await name(2, [{ at: second, character: 'mara' }]);
    expect(await readFile(book.path('2.txt'), 'utf8')).toBe('No.\n\n[?] “Yes.”\n\n[?] “Yes.”\n');
    const folder = book.path('.pipeline-watch', 'proposals');
    expect((await readdir(folder)).sort()).toEqual(['2.txt', '2.txt.diff']);
    expect(await readFile(`${folder}/2.txt`, 'utf8')).toBe('No.\n\n[Tom] “Yes.”\n\n[mara] “Yes.”\n');
    const difference = await readFile(`${folder}/2.txt.diff`, 'utf8');
    expect(difference).toContain('-[?] “Yes.”\n+[Tom] “Yes.”\n');
    expect(difference).toContain('+[mara] “Yes.”\n');
    await studio.post('/studio/api/undo', {});
    expect(await readFile(`${folder}/2.txt`, 'utf8')).toBe('No.\n\n[Tom] “Yes.”\n\n[?] “Yes.”\n');
  });

  it('know who may be meant, and characters can be made one', async () => {
    const asked = await studio.get('/studio/api/attributions/candidates');
    expect(asked.version).toBe((await shown()).version);
    expect(asked.chapters[0].paragraphs[1].candidates[0]).toMatchObject({ rule: expect.any(String) });
    const before = await readFile(book.manifest, 'utf8');
    expect(await studio.post('/studio/api/cast/merge', { names: ['narrator'], into: 'Tom' })).toMatchObject({
      status: 422,
      body: { code: 'merge-narrator' },
    });
    const merged = await studio.post('/studio/api/cast/merge', { names: ['Tom', HOSTILE], into: 'mara' });
    expect(merged.status).toBe(200);
    const after = await readFile(book.manifest, 'utf8');
    expect(after).toContain(`  mara: { aliases: [Tom, Tommy, ${JSON.stringify(HOSTILE)}], sample: voices/mara.mp3 }`);
    expect(after).not.toContain('Speaks once');
    expect((await studio.get('/studio/api/attributions')).cast).toHaveLength(2);
    await studio.post('/studio/api/undo', {});
    expect(await readFile(book.manifest, 'utf8')).toBe(before);
  });
});

it('of two books in a watched folder whose texts have one name: the proposals of each stay its own', async () => {
  const inbox = await bookFolder(['No.\n\n[?] “Yes.”\n\n[?] “Yes.”']);
  const studios: OpenedStudio[] = [];
  try {
    await mkdir(inbox.path('.pipeline-watch', 'proposals'), { recursive: true });
    const proposals = inbox.path('.pipeline-watch', 'proposals');
    // As an earlier version left it.
    await writeFile(join(proposals, '1.txt'), 'No.\n\n[mara] “Yes.”\n\n[?] “Yes.”\n');
    for (const name of ['a', 'b']) {
      for (const part of ['book.yaml', '1.txt', 'voices'])
        await cp(inbox.path(part), inbox.path(name, part), { recursive: true });
      if (name === 'b') await writeFile(inbox.path('b', '1.txt'), 'Other words.\n\n[?] “Yes.”\n');
      studios.push(await studioOf(inbox.path(name, 'book.yaml'), { store: inbox.path('store'), simulate: true }));
    }
    for (const studio of studios) {
      const { chapters } = (await studio.get('/studio/api/attributions')) as Shown;
      const [{ of, paragraphs }] = chapters as [Shown['chapters'][0]];
      const [at] = paragraphs.flatMap(({ parts }) => parts.flatMap((part) => (part.open ? [part.at] : [])));
      const acts = [{ say: [{ at, character: 'mara' }] }];
      expect((await studio.post('/studio/api/attributions/1', { of, acts })).status).toBe(200);
    }
    const written = (...parts: string[]) => readFile(join(proposals, ...parts), 'utf8');
    expect(await written('a', '1.txt')).toBe('No.\n\n[mara] “Yes.”\n\n[mara] “Yes.”\n');
    expect(await written('b', '1.txt')).toBe('Other words.\n\n[mara] “Yes.”\n');
    const [a] = studios as [OpenedStudio];
    const edit = async (words: string, preview: boolean) => {
      const { version: of, lines } = await a.get('/studio/api/chapters/1');
      const { id, text } = lines.find(({ number }: { number: string }) => number === '1:1');
      const { body } = await a.post('/studio/api/lines/1:1/words', { id, words, of, preview });
      return [text, body.proposal];
    };
    const first = join(proposals, 'a', '1.txt 1-1.diff');
    expect(await edit('Nope.', true)).toEqual(['No.', first]);
    expect(await readdir(join(proposals, 'a'))).not.toContain('1.txt 1-1.diff');
    await edit('Nope.', false);
    expect(await edit('Never.', false)).toEqual(['No.', first]);
    expect(await readFile(first, 'utf8')).toContain('-No.\n+Never.\n');
    // Another line has its number by now.
    await writeFile(inbox.path('a', '1.txt'), 'Before it.\n\nNo.\n\n[?] “Yes.”\n');
    const shown = async () => (await a.get('/studio/api/chapters/1')).lines[0].text;
    await expect.poll(shown).toBe('Before it.');
    expect(await edit('Since then.', false)).toEqual(['Before it.', join(proposals, 'a', '1.txt 1-1 (2).diff')]);
    expect(await readFile(first, 'utf8')).toContain('-No.\n+Never.\n');
  } finally {
    for (const studio of studios) await studio.close();
    await inbox.destroy();
  }
});
