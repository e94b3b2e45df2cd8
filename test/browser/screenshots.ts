/**
 * Pictures of every view of the studio's page, of the page for a reviewer and of report.html: light, dark, wide, phone, English,
 * Chinese. To be looked at.
 *
 *     npm run screenshots            writes them to out/screenshots/
 *     npm run screenshots -- tools   only those whose name has "tools"
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { startBrowser } from './browser.ts';
import { CHINESE_BOOK } from './chinese-book.ts';
import { inventBook } from './invented-book.ts';
import { writeHandout, writeReport } from './pages-on-disk.ts';
import { startRecordedStudio } from './recorded-studio.ts';

const FOLDER = 'out/screenshots';
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };
const WIDER_PHONE = { width: 390, height: 844 };

/** A view: its address, and what is done before the picture is taken. */
interface View {
  name: string;
  path: string;
  before?: (page: Page) => Promise<void>;
}

const press =
  (...keys: string[]) =>
  async (page: Page): Promise<void> => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await page.waitForTimeout(250);
    }
  };

const VIEWS: readonly View[] = [
  { name: 'overview', path: '/' },
  { name: 'chapter', path: '/chapters/2' },
  {
    name: 'spoken',
    path: '/chapters/2',
    before: async (page) => {
      await page
        .getByRole('button', { name: 'Hear line 2:5', exact: true })
        .or(page.getByLabel('播放第 2:5 行'))
        .click();
      await page.waitForTimeout(900);
    },
  },
  { name: 'suspects', path: '/suspects' },
  { name: 'tools-again', path: '/suspects', before: press('r') },
  {
    name: 'tools-words',
    path: '/chapters/2#2:4',
    before: async (page) => {
      await press('e')(page);
      await page.locator('textarea').fill('Below them the sea went on with its argument against the rocks.');
      await page.locator('.tool-form .button.main').click();
      await page.locator('.difference').waitFor();
    },
  },
  { name: 'tools-say', path: '/chapters/2#2:4', before: press('s') },
  { name: 'tools-comment', path: '/chapters/2#2:3', before: press('c') },
  {
    name: 'tools-recording',
    path: '/chapters/2#2:4',
    before: async (page) => page.locator('.tool-bar .button').nth(6).click(),
  },
  { name: 'apply', path: '/chapters/3', before: async (page) => page.locator('.head-end .button').last().click() },
  {
    name: 'approve',
    path: '/chapters/3',
    before: async (page) => page.locator('.chapter-head .button').last().click(),
  },
  { name: 'attributions', path: '/attributions' },
  {
    name: 'attributions-more',
    path: '/attributions',
    before: async (page) => {
      await page.locator('#content').evaluate((content) => content.scrollTo(0, content.scrollHeight));
    },
  },
  {
    name: 'attributions-told',
    path: '/attributions',
    before: async (page) => {
      await page.route('**/undo', (route) => void setTimeout(() => void route.continue(), 500));
      await press('z')(page);
      await page.waitForTimeout(700);
    },
  },
  { name: 'proposals', path: '/proposals' },
  { name: 'books', path: '/books' },
  {
    name: 'books-more',
    path: '/books',
    before: async (page) => {
      await page.locator('.book-card').last().scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'books-resources',
    path: '/books',
    before: async (page) => {
      await page.locator('.voice-list li').last().scrollIntoViewIfNeeded();
    },
  },
  { name: 'keys', path: '/chapters/2', before: press('?') },
  { name: 'settings', path: '/chapters/2', before: async (page) => page.locator('.head-end .button').nth(2).click() },
  {
    name: 'contents',
    path: '/chapters/2',
    before: async (page) => {
      const menu = page.locator('.only-narrow .button');
      if (await menu.isVisible()) await menu.click();
    },
  },
];

/** Pages of one file, which are opened from disk. */
const FILES: readonly (View & { write: typeof writeReport })[] = [
  { name: 'report', path: '', write: writeReport },
  { name: 'report-lines', path: '#doubtful', write: writeReport },
  { name: 'report-chapter', path: '#chapter-1', write: writeReport },
  { name: 'report-money', path: '#cost', write: writeReport },
  { name: 'report-voices', path: '#disclosure', write: writeReport },
  { name: 'handout', path: '', write: writeHandout },
  {
    name: 'handout-comment',
    path: '',
    write: writeHandout,
    before: async (page) => {
      await press('j', 'c')(page);
      await page.keyboard.type('“Almanac” is stressed on its first syllable.');
    },
  },
  {
    name: 'handout-end',
    path: '',
    write: writeHandout,
    before: async (page) => void (await page.evaluate(() => scrollTo(0, document.body.scrollHeight))),
  },
  { name: 'handout-keys', path: '', write: writeHandout, before: press('?') },
];

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: WIDE, locale: 'en-US' },
  { name: 'dark', colorScheme: 'dark', viewport: WIDE, locale: 'en-US' },
  { name: 'phone', hasTouch: true, colorScheme: 'light', viewport: PHONE, locale: 'en-US' },
  { name: 'phone-390', hasTouch: true, colorScheme: 'light', viewport: WIDER_PHONE, locale: 'en-US' },
  { name: 'phone-dark-zh', hasTouch: true, colorScheme: 'dark', viewport: PHONE, locale: 'zh-CN' },
  { name: 'zh', colorScheme: 'light', viewport: WIDE, locale: 'zh-CN' },
] as const;

/** An approval of a chapter with open faults is refused at first, and the browser tells each refusal. */
function isExpected({ name }: View, complaint: string): boolean {
  return name === 'approve' && complaint.includes('409');
}

const only = process.argv[2] ?? '';
mkdirSync(FOLDER, { recursive: true });
for (const { name, ...options } of LOOKS) {
  const studio = await startRecordedStudio(inventBook(options.locale === 'zh-CN' ? CHINESE_BOOK : {}));
  const browser = await startBrowser(options);
  for (const view of VIEWS) {
    if (!`${view.name}-${name}`.includes(only)) continue;
    const page = await browser.open(studio.address + view.path);
    await page.waitForTimeout(500);
    await view.before?.(page);
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(FOLDER, `${view.name}-${name}.png`) });
    await page.close();
    for (const complaint of browser.complaints.splice(0))
      if (!isExpected(view, complaint)) console.error(`${view.name}-${name}: ${complaint}`);
  }
  for (const { write, ...view } of FILES) {
    if (!`${view.name}-${name}`.includes(only)) continue;
    const file = write(FOLDER, options.locale === 'zh-CN' ? 'zh' : 'en');
    const page = await browser.open(pathToFileURL(file).href + view.path);
    await page.waitForTimeout(300);
    await view.before?.(page);
    await page.waitForTimeout(300);
    await page.screenshot({ path: join(FOLDER, `${view.name}-${name}.png`) });
    await page.close();
    for (const complaint of browser.complaints.splice(0))
      if (!isExpected(view, complaint)) console.error(`${view.name}-${name}: ${complaint}`);
  }
  await browser.close();
  await studio.close();
}
