/** Pickup lists: what is to be heard or recorded again, for a spreadsheet and for audio editors, with the finished chapters' times. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { updateReviewFile } from '../../src/book/review-file.ts';
import { linesCommand } from '../../src/cli/lines/lines.ts';
import { type PickupsFlags, pickupsCommand } from '../../src/cli/pickups/pickups.ts';
import { type PickupItem, pickupCsv, pickupLabels, pickupRegions } from '../../src/lines/pickup-files.ts';
import { called, quickCommands } from '../cli/in-process.ts';
import { type RealStudio, startRealStudio } from './real-studio.ts';

const item = (of: Partial<PickupItem> = {}): PickupItem => ({
  ...{
    number: '12:187',
    chapter: 12,
    character: 'Mara',
    startSeconds: 3723.4567,
    endSeconds: 3725,
    link: '/chapters/12',
  },
  ...{ shouldBe: 'Ahoy, the "light"!', notes: ['too soft', 'Ann: again'] },
  ...of,
});
/** The cells of a CSV file, read as RFC 4180 says. */
const cells = (csv: string): string[][] =>
  csv
    .slice(1)
    .trimEnd()
    .split('\r\n')
    .map((row) => [...row.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell]) => cell!.replaceAll('""', '"')));

describe('the files', () => {
  it('CSV has a byte order mark, whole seconds, and a line number that no spreadsheet takes for a time', () => {
    const csv = pickupCsv([item(), item({ said: 'A boy, the light', part: 2 })]);
    expect(csv.startsWith('\u{FEFF}"chapter","line","time","said","should be","note","link"')).toBe(true);
    const [, first, second] = cells(csv);
    expect(first).toEqual([
      ...[
        '12',
        '\u{A0}12:187',
        '1:02:03',
        '',
        'Ahoy, the "light"!',
        'too soft · Ann: again',
        '/chapters/12',
        'Mara',
        '',
      ],
    ]);
    expect(second).toContain('A boy, the light');
    expect(second!.at(-1)).toBe('2');
  });

  it.each(['=HYPERLINK("http://x")', '+1', '-2+3', '@SUM(A1)', '\t=1', '  =1', '＝1', '\r\n=1', '\u{A0}=1'])(
    'no cell is calculated: %j',
    (text) => {
      const csv = pickupCsv([item({ shouldBe: text, said: text, character: text, notes: [text], link: text })]);
      expect(csv.split('\r\n')).toHaveLength(3);
      const [, row = []] = cells(csv);
      expect(row).toHaveLength(9);
      for (const cell of row) expect(cell).not.toMatch(/^[\s]*[=+\-@＝＋－＠\t\r]/);
      expect(pickupRegions([item({ number: '', character: '', notes: [text] })]).split('\n')[1]).toMatch(/^R1,"'/);
    },
  );

  it('labels and regions are one line each, at the exact times', () => {
    const noted = item({ notes: ['a\tb\nc, d'] });
    expect(pickupLabels([noted])).toBe('3723.456700\t3725.000000\t12:187 Mara a b c, d\n');
    expect(pickupRegions([noted, item({ startSeconds: 61.5, endSeconds: 62 })])).toBe(
      '#,Name,Start,End,Length\n' +
        'R1,"12:187 Mara a b c, d",1:02:03.456,1:02:05.000,0:01.543\n' +
        'R2,"12:187 Mara too soft · Ann: again",1:01.500,1:02.000,0:00.500\n',
    );
  });
});

describe('of a book', () => {
  let studio: RealStudio;
  let into: string;

  quickCommands();
  beforeAll(async () => {
    studio = await startRealStudio();
    into = await mkdtemp(studio.path('list-'));
    await updateReviewFile(studio.path('book.yaml'), (review) => ({
      ...review,
      chapters: [{ title: 'Part 2', comments: [{ text: '=too fast', by: 'Ann' }] }],
      lines: [
        { id: '', at: '2:3', words: 'They listened.', comments: [{ text: 'Softer.', by: 'Ben' }], pause: 1.5 },
        { id: '', at: '1:3', words: 'Nobody answered.', comments: [{ text: 'Fine.' }], approved: {} },
        { id: '', at: '9:9', words: 'A line that is gone.', comments: [{ text: 'Lost?' }] },
      ],
    }));
    // The studio compares its files with what it read at most once in 200 ms.
    const shown = async (): Promise<void> => {
      const response = await fetch(`${studio.address}/studio/api/pickups.csv`);
      expect(await response.text()).toContain('too fast');
    };
    await vi.waitFor(shown, { timeout: 20_000 });
  });
  afterAll(() => studio.close());

  const flags = () => ({ store: studio.path('store') });
  const pickups = (more: PickupsFlags) =>
    called(() => pickupsCommand(studio.path('book.yaml'), { ...flags(), ...more }));

  it('has doubts, comments and decisions with their places in the finished chapter; what is approved is left out', async () => {
    const { code, events, stderr } = await pickups({ json: true });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [{ lines, withoutLine }] = events;
    expect(withoutLine).toBe(1);
    expect(lines.map(({ number }: PickupItem) => number)).toEqual(['1:2', '2', '2:3']);
    expect(lines[0].notes[0]).toContain('expected');
    expect(lines[2].notes).toEqual(['Ben: Softer.', '1.5 s of pause after it']);
    const known = await called(() => linesCommand(studio.path('book.yaml'), { ...flags(), json: true }));
    const places = new Map(known.events[0].lines.map((line: never) => [line['number'], line['startSeconds']]));
    expect(lines[0].startSeconds).toBeCloseTo(places.get('1:2') as number, 3);
    expect(lines[0].link).toMatch(/^01%20-%20Part%201\.mp3#t=\d/);
    // A line without a finished file has no place to lead to.
    expect(lines[2].link).toMatch(/^(?:$|[^/])/);
    const all = await pickups({ json: true, all: true, link: 'http://127.0.0.1:8700/' });
    expect(all.events[0].lines.map(({ link }: PickupItem) => link)).toContain('http://127.0.0.1:8700/chapters/1#1:3');
  });

  it('is a download of the studio, which links to itself', async () => {
    const response = await fetch(`${studio.address}/studio/api/pickups.csv`);
    expect(response.headers.get('content-disposition')).toContain('A Small Book - pickups.csv');
    // A text that is read loses its byte order mark.
    const [head = [], ...rows] = cells(Buffer.from(await response.arrayBuffer()).toString('utf8'));
    expect([head[1], ...rows.map((row) => row[1]!.trim())]).toEqual(['line', '1:2', '2', '2:3']);
    expect(rows[0]![6]).toBe(`${studio.address}/chapters/1#1:2`);
    expect(rows[1]![5]).toBe('Ann: =too fast');
  });

  it('is labels for audio editors and a page for a reviewer there, too; what there is not is said', async () => {
    const get = (path: string) => fetch(`${studio.address}/studio/api/${path}`);
    const zip = await get('pickups/reaper');
    expect(zip.headers.get('content-disposition')).toContain('A Small Book - reaper.zip');
    const files = unzipSync(new Uint8Array(await zip.arrayBuffer()));
    expect(Object.keys(files)).toEqual(['01 - Part 1.pickups.csv', '02 - Part 2.pickups.csv']);
    expect(strFromU8(files['02 - Part 2.pickups.csv']!)).toContain('2:3 narrator Ben: Softer.');
    expect((await get('pickups/constructor')).status).toBe(404);
    const page = await get('handout?scope=all&chapter=2');
    expect(page.headers.get('content-disposition')).toContain('A Small Book - 2 - review.html');
    expect(await page.text()).toContain('They listened.');
    expect((await get('handout?chapter=9')).status).toBe(404);
    expect(await (await get('handout?chapter=2')).json()).toMatchObject({ status: 404, code: 'nothing-to-hear' });
  });

  it('is written as files, and the files of chapters that are in order by now are removed', async () => {
    await writeFile(join(into, '01 - Part 1.pickups.txt'), 'old');
    const written = await pickups({ csv: join(into, 'list.csv'), audacity: into, reaper: into, chapter: [2] });
    expect(written.code).toBe(0);
    expect((await readdir(into)).sort()).toEqual([
      '01 - Part 1.pickups.txt',
      '02 - Part 2.pickups.csv',
      '02 - Part 2.pickups.txt',
      'list.csv',
    ]);
    expect(await readFile(join(into, '02 - Part 2.pickups.txt'), 'utf8')).toContain('\t2:3 narrator Ben: Softer.');
    await updateReviewFile(studio.path('book.yaml'), (review) => ({ ...review, chapters: [], lines: [] }));
    const again = await pickups({ audacity: into, chapter: [2], csv: '-' });
    expect(again.stdout.split('\r\n')).toHaveLength(2);
    expect(await readdir(into)).not.toContain('02 - Part 2.pickups.txt');
    await rm(into, { recursive: true });
  });
});
