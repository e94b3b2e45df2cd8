/** Naming speakers with keys, as a person does it: a real browser, the real studio, the author's own files. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../src/observe/listen.ts';
import { createHttpServer } from '../../src/web/server.ts';
import { axe } from '../browser/axe.ts';
import { type Browser, NO_BROWSER, startBrowser } from '../browser/browser.ts';
import { bookFolder } from '../cli/in-process.ts';
import { type OpenedStudio, studioOf } from './rig.ts';

const FIRST = `The pier.

[mara] “Where is the boat?” [pause 0.15s]

said Mara.

[?] “Gone.”

[?] “Gone where?”

[?] “Out.”

Nobody laughed. <b>Tom</b> & {n} turned away.

[mara] “Hm.”

[?] “Why?”

[?] “Ask the wind.”
`;
const SECOND = 'The light.\n\n[?] “Mara!” said Tom.\n\n[?] “Yes?”\n';
const REFUSED = /^Failed to load resource: the server responded with a status of 4/;

describe.skipIf(NO_BROWSER !== undefined)(`who speaks${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ''}`, () => {
  let browser: Browser;
  let studio: OpenedStudio;
  let server: { url: string; close: () => Promise<void> };
  let book: Awaited<ReturnType<typeof bookFolder>>;

  beforeAll(async () => {
    book = await bookFolder([FIRST.trimEnd(), SECOND.trimEnd()]);
    const manifest = await readFile(book.manifest, 'utf8');
    await writeFile(
      book.manifest,
      manifest.replace(
        'chapters:\n',
        '  Tom: { sample: voices/mara.mp3 }\n  Tommy: { sample: voices/mara.mp3 }\nchapters:\n',
      ),
    );
    studio = await studioOf(book.manifest, book.flags, { page: 'dist/src/studio/page' });
    server = await listen(createHttpServer(studio.fetch), { host: '127.0.0.1', port: 0, flag: '--port' });
    browser = await startBrowser({ viewport: { width: 360, height: 740 } });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await studio?.close();
    await book?.destroy();
  });
  const text = (name: string): Promise<string> => readFile(book.path(name), 'utf8');

  it('is named by keys, alone and in turns, over a reload and in two windows, and nothing is lost', async () => {
    const page = await browser.open(`${server.url}/attributions`);
    page.setDefaultTimeout(15_000);
    const other = await browser.open(`${server.url}/attributions`);
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.locator('.quotation', { hasText: '“Gone.”' }).waitFor();
    await other.getByText('1 of 7 · 7 open').waitFor();
    expect(await axe(page)).toEqual([]);
    expect(await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')).toBe(false);

    // A name that is typed; then the page is loaded again before anything can be saved.
    await press('/');
    await page.keyboard.type('tomm');
    await page.locator('.matches button', { hasText: 'Tommy' }).waitFor();
    await press('Enter');
    await page.locator('.quotation', { hasText: '“Gone where?”' }).waitFor();
    await press('N');
    await page.reload();
    await page.locator('.quotation', { hasText: '“Out.”' }).waitFor();
    await expect.poll(() => text('1.txt')).toContain('[Tommy] “Gone.”\n\n[narrator] “Gone where?”\n\n[?] “Out.”');
    // The other window sees it without being asked.
    await other.getByText(/ 5 open$/).waitFor();

    // One too many, taken back; then by its number, with the rest of the dialogue in turns.
    await press('N');
    await page.locator('.quotation', { hasText: '“Why?”' }).waitFor();
    await press('z');
    await page.locator('.quotation', { hasText: '“Out.”' }).waitFor();
    await expect.poll(() => text('1.txt')).toContain('[?] “Out.”');
    await press('N');
    await page.locator('.quotation', { hasText: '“Why?”' }).waitFor();
    const tom = page.locator('.names [aria-keyshortcuts]', { hasText: /^\s*\d\s*Tom(?!my)/ }).first();
    await press(`Shift+Digit${await tom.getAttribute('aria-keyshortcuts')}`);
    await page.locator('.quotation', { hasText: '“Mara!” said Tom.' }).waitFor();
    await expect.poll(() => text('1.txt')).toContain('[Tom] “Why?”\n\n[mara] “Ask the wind.”');

    // Somebody else saves the text meanwhile: it is refused, and shown again as it is now.
    await writeFile(book.path('2.txt'), `${SECOND}\nThe end.\n`);
    await press('1');
    await page.getByRole('alert').getByText('2.txt was saved by somebody else').waitFor();
    await page.locator('.quotation', { hasText: '“Mara!” said Tom.' }).waitFor();
    await press('1', 'N');
    await page.getByText('Every quotation has its speaker.').waitFor();
    await expect
      .poll(() => text('2.txt'))
      .toBe('The light.\n\n[Tom] “Mara!” said Tom.\n\n[narrator] “Yes?”\n\nThe end.\n');

    await page.getByText('Cast', { exact: true }).click();
    await page
      .getByLabel(/^Tom\s*\d+ parts?$/)
      .first()
      .check();
    await page.getByLabel(/^Tommy/).check();
    await page.getByRole('button', { name: 'Make 2 one character' }).click();
    await page.getByRole('status').getByText('Tom is now also called').waitFor();
    expect(await readFile(book.manifest, 'utf8')).toContain('aliases: [Tommy]');
    expect(browser.complaints.filter((one) => !REFUSED.test(one))).toEqual([]);
    expect(studio.faults).toEqual([]);
  });
});
