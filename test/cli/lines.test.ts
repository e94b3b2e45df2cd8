/** The commands about single lines: lines, play, retake, choose, say. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LinesFlags, linesCommand } from '../../src/cli/lines/lines.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import { bookFolder, called } from './in-process.ts';

const TEXTS = [
  'The boat came in.\n\n[mara] Ahoy, the light!\n\nNobody answered.\n\n[mara] Yes.',
  'The wind had turned.\n\n[mara] Yes.\n\nThey listened.',
];
let book: Awaited<ReturnType<typeof bookFolder>>;

beforeAll(async () => {
  book = await bookFolder(TEXTS);
});
afterAll(() => book.destroy());

const lines = (flags: Partial<LinesFlags> = {}) =>
  called(() => linesCommand(book.manifest, { ...book.flags, ...flags }));

describe('pipeline lines', () => {
  it('names every line before anything is spoken', async () => {
    const { code, events } = await lines();
    expect(code).toBe(0);
    expect(events).toHaveLength(1);
    expect(events[0].lines.map(({ number, character, verdict }: never) => [number, character, verdict])).toEqual([
      ['1:1', 'narrator', 'none'],
      ['1:2', 'mara', 'none'],
      ['1:3', 'narrator', 'none'],
      ['1:4', 'mara', 'none'],
      ['2:1', 'narrator', 'none'],
      ['2:2', 'mara', 'none'],
      ['2:3', 'narrator', 'none'],
    ]);
  });

  it('says which take each has, how long it is, and where it begins', async () => {
    const made = await called(() => runCommand(book.manifest, { ...book.flags, lock: false }));
    expect(made.code).toBe(0);
    const { events } = await lines({ grep: 'LIGHT' });
    expect(events[0].lines).toMatchObject([
      { number: '1:2', text: 'Ahoy, the light!', takes: 1, numbers: [1], chosen: 1, inStore: true, verdict: 'good' },
    ]);
    const [line] = events[0].lines;
    expect(line.durationSeconds).toBeGreaterThan(0.3);
    expect(line.startSeconds).toBeGreaterThan(0.5);
    const shown = await lines({ chapter: [2], json: false });
    expect(shown.stdout).toContain('2:2');
    expect(shown.stdout).not.toContain('1:2');
    expect(shown.stdout).toContain('3 lines');
    expect((await lines({ suspects: true, json: false })).stdout).toBe('No line is in doubt.\n');
  });

  it('refuses a chapter that the book lacks', async () => {
    expect(await lines({ chapter: [9] })).toMatchObject({ code: 2, stderr: expect.stringContaining('no chapter 9') });
  });
});
