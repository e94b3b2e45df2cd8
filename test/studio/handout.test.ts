/** A page for a reviewer without the program: opened from disk in a real browser, decided, saved, merged, in use. */
import { mkdtemp, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateReviewFile } from '../../src/book/review-file.ts';
import { linesCommand } from '../../src/cli/lines/lines.ts';
import { openBook } from '../../src/cli/lines/open-book.ts';
import { retakeCommand } from '../../src/cli/retake/retake.ts';
import { type ExportFlags, exportCommand, tooLargeText } from '../../src/cli/review/export.ts';
import { mergeCommand } from '../../src/cli/review/merge.ts';
import { openTerminal } from '../../src/cli/screen/terminal.ts';
import { EMPTY_REVIEW } from '../../src/review/review.ts';
import { momentOf } from '../../src/studio/book/moment.ts';
import { MOST_HANDOUT_BYTES, makeHandout } from '../../src/studio/handing-out/handout.ts';
import { openChapterSounds } from '../../src/studio/sound/chapter-sounds.ts';
import { type Browser, NO_BROWSER, startBrowser } from '../browser/browser.ts';
import { writeReport } from '../browser/pages-on-disk.ts';
import { called, quickCommands } from '../cli/in-process.ts';
import { quickFfmpeg } from '../quick-environment.ts';
import { type RealStudio, startRealStudio } from './real-studio.ts';

let studio: RealStudio;
let into: string;
const manifest = (): string => studio.path('book.yaml');
const flags = () => ({ store: studio.path('store') });
const run = (name: string, more: ExportFlags = {}) =>
  called(() => exportCommand(manifest(), join(into, name), { ...flags(), ...more }));
const merge = (name: string, json = true) =>
  called(() => mergeCommand(manifest(), join(into, name), { ...flags(), json }));
const review = () => readFile(studio.path('book.yaml.review'), 'utf8');

quickCommands();
beforeAll(async () => {
  studio = await startRealStudio();
  into = await mkdtemp(studio.path('out-of-house-'));
  const line = { chapter: 1, line: 2 };
  const spoken = await called(() => retakeCommand(manifest(), line, { ...flags(), takes: 1, yes: true }));
  expect(spoken.code).toBe(0);
});
afterAll(() => studio.close());

/** A returned file with these lines. */
const returned = (lines: string, { title = 'A Small Book', version = 1 } = {}): string =>
  `version: ${version}\nbook: ${JSON.stringify(title)}\nlines:\n${lines}\n...\n`;
const DECISION = '  - { words: "Nobody answered.", at: "1:3", comments: [{ text: "Slower.", by: "Ann" }] }';

describe('what comes back', () => {
  const file = async (text: string): Promise<string> => {
    await writeFile(join(into, 'back.review'), text);
    return 'back.review';
  };

  it.each([
    ['of a newer version', returned(DECISION, { version: 9 }), 'newer'],
    ['half downloaded', returned(DECISION).slice(0, -6), 'not complete'],
    [
      'of another book',
      returned('  - { words: "Call me Ishmael.", at: "1:1", take: 2 }', { title: 'Whales' }),
      'Whales',
    ],
    ['edited to no YAML', 'version: 1\nlines: [\n...\n', 'back.review'],
    ['with a wrong value', returned('  - { words: "Nobody answered.", take: many }'), 'take'],
    ['with a speaker that the book lacks', returned('  - { words: "Nobody answered.", speaker: Ahab }'), 'Ahab'],
    ['the page itself', '<!doctype html><title>x</title>', 'Save decisions'],
  ])('%s is refused, and nothing is changed', async (_name, text, told) => {
    const answer = await merge(await file(text));
    expect(answer.code).toBe(2);
    expect(answer.stderr).toContain(told);
    await expect(stat(studio.path('book.yaml.review'))).rejects.toThrow();
  });

  it('joins what the book has; a difference stays as a comment; a line that is gone is kept; twice is once', async () => {
    await updateReviewFile(manifest(), () => ({
      ...EMPTY_REVIEW,
      lines: [{ id: '', at: '1:3', words: 'Nobody answered.', pause: 1, take: 1, comments: [{ text: 'Mine.' }] }],
    }));
    const lines = [
      '  - { words: "Nobody answered.", at: "1:3", pause: 1, take: 3, comments: [{ text: "Slower.", by: "Ann" }] }',
      '  - { words: "They listened.", at: "2:3", approved: { by: "Ann" }, odd: "kept" }',
      '  - { id: "abc", words: "A line that is gone.", at: "9:9", take: 2 }',
    ].join('\n');
    const name = await file(returned(lines));
    const first = await merge(name);
    expect(first.code).toBe(1);
    expect(first.events[0]).toMatchObject({
      ...{ decisions: 3, taken: 3, withoutLine: [{ at: '9:9' }] },
      conflicts: [{ at: '1:3', field: 'take', ours: 1, theirs: 3 }],
    });
    const text = await review();
    for (const part of ['"Mine."', '"Slower."', 'take: 1', 'odd: "kept"', 'A line that is gone.'])
      expect(text).toContain(part);
    expect(text).toContain('take: 3 (not applied: the book has take: 1)');
    const again = await merge(name);
    expect(again.events[0]).toMatchObject({ taken: 0 });
    expect(await review()).toBe(text);
    await rename(studio.path('book.yaml.review'), join(into, 'old.review'));
  });

  it('wins where the book still has what the reviewer has heard', async () => {
    const own = { id: '', at: '1:3', words: 'Nobody answered.', take: 2 };
    await updateReviewFile(manifest(), () => ({ ...EMPTY_REVIEW, lines: [own] }));
    const decision = '  - { words: "Nobody answered.", at: "1:3", take: 1, replaces: { take: 2 } }';
    const answer = await merge(await file(returned(decision)));
    expect(answer).toMatchObject({ code: 0 });
    expect(answer.events[0]).toMatchObject({ taken: 1, conflicts: [] });
    expect(await review()).toContain('take: 1');
    expect(await review()).not.toContain('replaces');
    await rename(studio.path('book.yaml.review'), join(into, 'old.review'));
  });
});

describe('the page', () => {
  it('that would be too large is not written, and the way on is told', async () => {
    expect(MOST_HANDOUT_BYTES).toBeLessThanOrEqual(50 * 1000 * 1000);
    const opened = await openBook({ manifest: manifest(), flags: flags(), terminal: openTerminal() });
    const moment = await momentOf({ ...opened!, simulated: false }, '');
    const made = await makeHandout({
      ...{ moment, sounds: openChapterSounds(), wish: { scope: 'all' }, program: { script: '', style: '' } },
      ...{
        ffmpeg: await quickFfmpeg(),
        today: '2026-11-29',
        mostBytes: 1_000,
        signal: new AbortController().signal,
      },
    });
    expect(made).toMatchObject({ chapters: [{ number: 1 }, { number: 2 }] });
    const big = { bytes: 90_000_000, chapters: [1, 2, 3].map((number) => ({ number, bytes: 30_000_000 })) };
    expect(tooLargeText(big, { scope: 'all' })).toBe(
      'The page would have about 90.0 MB, more than 50.0 MB, so none was written. Write one for each of these: ' +
        '--export FILE --all --chapter 1; --export FILE --all --chapter 2; --export FILE --all --chapter 3.',
    );
    expect(await run('book.txt')).toMatchObject({ code: 2, stderr: expect.stringContaining('.html') });
    const nothing = await run('none.html', { chapter: [2], json: true });
    expect(nothing.events[0]).toMatchObject({ file: null, lines: 0 });
  });
});

describe.skipIf(NO_BROWSER !== undefined)(`in a browser${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser({ acceptDownloads: true, reducedMotion: 'reduce' });
  });
  afterAll(() => browser?.close());

  it('is heard from disk, decided with keys, saved, merged, and in use', async () => {
    const made = await run('review.html', { json: true });
    expect(made.events[0]).toMatchObject({ type: 'review.exported', lines: 1 });
    const page = await browser.open(pathToFileURL(join(into, 'review.html')).href);
    page.setDefaultTimeout(10_000);
    await page.getByText('Silence inside').first().waitFor();
    await page.keyboard.press('Space');
    await moves(page);
    await page.getByLabel('Your name').fill('Ann "=x" <b>');
    await page.keyboard.press('Escape');
    await page.keyboard.press('2');
    await moves(page);
    await page.keyboard.press('c');
    await page.keyboard.type('Take 2: "better" #1 \u{1F44D}\nnew line');
    await page.keyboard.press('Escape');
    await page.keyboard.press('a');
    await page.getByText('1 of 1 decided').waitFor();
    await page.reload();
    await page.getByText('1 of 1 decided').waitFor();
    expect(await axe(page)).toEqual([]);
    const download = page.waitForEvent('download');
    await page.keyboard.press('s');
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('A Small Book - Ann x b.review');
    await saved.saveAs(join(into, 'ann.review'));

    const answer = await merge('ann.review');
    expect({ code: answer.code, stderr: answer.stderr }).toEqual({ code: 0, stderr: '' });
    expect(answer.events[0]).toMatchObject({ decisions: 1, taken: 1, conflicts: [], missing: [] });
    const { events } = await called(() => linesCommand(manifest(), { ...flags(), json: true, grep: 'Ahoy' }));
    expect(events[0].lines[0]).toMatchObject({ number: '1:2', chosen: 2, inStore: true });
    const text = await review();
    expect(text).toContain('Take 2: \\"better\\" #1 \u{1F44D}\\nnew line');
    expect(text).toContain('by: "Ann \\"=x\\" <b>"');
    // Approved as it was heard, so it is no suspect any more.
    expect((await run('again.html', { json: true })).events[0]).toMatchObject({ lines: 0 });
    expect((await merge('ann.review')).events[0]).toMatchObject({ taken: 0 });
    await truncate(join(into, 'ann.review'), 200);
    expect(await merge('ann.review')).toMatchObject({ code: 2 });
    expect(browser.complaints).toEqual([]);
  });

  it('with everything plays on from line to line; text is data; in every look nothing serious and nothing cut off', async () => {
    expect((await run('all.html', { all: true, chapter: [2], json: true })).events[0]).toMatchObject({ lines: 3 });
    const page = await browser.open(pathToFileURL(join(into, 'all.html')).href);
    page.setDefaultTimeout(10_000);
    await page.getByRole('button', { name: 'Play on' }).click();
    await page.keyboard.press('Space');
    await page.locator('h1', { hasText: '2:2' }).waitFor();
    await page.locator('h1', { hasText: '2:3' }).waitFor();
    expect(await page.locator('.all-lines .words').nth(1).textContent()).toContain('<b>Yes</b>');
    for (const [width, scheme, language] of [
      [360, 'dark', 'zh-CN'],
      [1280, 'light', 'en'],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme: scheme });
      await page.evaluate(`localStorage.setItem('studio.language', '${language}')`);
      await page.reload();
      await page.locator('.line-card').waitFor();
      expect(await axe(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    }
    await page.evaluate("localStorage.removeItem('studio.language')");
    expect(browser.complaints).toEqual([]);
  });

  it('stands beside a report whose tables hide no column, wide or on a phone', async () => {
    const page = await browser.open(pathToFileURL(writeReport(into, 'en')).href);
    for (const width of [1280, 1057, 390]) {
      await page.setViewportSize({ width, height: 800 });
      const hidden = await page
        .locator('.scroll')
        .evaluateAll((all) => all.map((box) => box.scrollWidth - box.clientWidth).filter((one) => one > 0));
      expect([width, hidden]).toEqual([width, []]);
    }
  });
});

/** The audio element's time goes on. */
async function moves(page: Page): Promise<void> {
  await expect
    .poll(() => page.locator('audio').evaluate((audio) => (audio as unknown as { currentTime: number }).currentTime))
    .toBeGreaterThan(0.05);
}

async function axe(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  const found = await page.evaluate("axe.run({ resultTypes: ['violations'] })");
  const { violations } = found as { violations: { id: string; nodes: { target: string[] }[] }[] };
  return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}
