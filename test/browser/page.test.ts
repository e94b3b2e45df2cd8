/** The studio's page in a real browser, with a studio in memory: long books, hostile texts, problems, accessibility. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { errorsInChinese } from '../../src/manifest/diagnostics/chinese/in-chinese.ts';
import { axe } from './axe.ts';
import { type Browser, NO_BROWSER, startBrowser } from './browser.ts';
import { inventBook } from './invented-book.ts';
import { ERRORS } from './invented-lists.ts';
import { latinSentences } from './latin-sentences.ts';
import { type RecordedStudio, startRecordedStudio } from './recorded-studio.ts';
import { LONG_WORD, tooWide, withLongWords } from './too-wide.ts';

/** What the browser itself says about an answer that is a problem. */
const REFUSED = /^Failed to load resource: the server responded with a status of 4/;

describe.skipIf(NO_BROWSER !== undefined)(`the studio's page${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ''}`, () => {
  let browser: Browser;
  const studios: RecordedStudio[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterEach(async () => {
    expect(browser.complaints.splice(0).filter((complaint) => !REFUSED.test(complaint))).toEqual([]);
    for (const page of browser.context.pages().slice(1)) await page.close();
  });
  afterAll(async () => {
    await browser?.close();
    for (const studio of studios) await studio.close();
  });

  const open = async (path: string, invented = inventBook()): Promise<{ page: Page; studio: RecordedStudio }> => {
    const studio = await startRecordedStudio(invented);
    studios.push(studio);
    return { page: await browser.open(studio.address + path), studio };
  };

  it('keeps at most 500 rows of a chapter of 3,000 lines in the page, wherever one is, and opens at a line', async () => {
    const lines = Array.from({ length: 3_000 }, (_, at) => `Line ${at + 1}, and ${'some more '.repeat(at % 9)}words.`);
    const { page } = await open(
      '/chapters/1#1:2345',
      inventBook({ chapters: [{ title: 'Long', lines }], lineMs: 100 }),
    );
    await page.getByText('Line 2345, and').waitFor();
    const rows = (): Promise<number> => page.locator('.row-place').count();
    const counted = [await rows()];
    expect(await page.locator('[aria-posinset="2345"] .panel').count()).toBe(1);
    for (const share of [0, 0.31, 0.77, 1]) {
      await page.evaluate((part) => {
        const content = document.getElementById('content')!;
        content.scrollTop = part * content.scrollHeight;
      }, share);
      await page.waitForTimeout(60);
      counted.push(await rows());
    }
    await page.getByText('Line 3000, and').waitFor();
    expect(Math.max(...counted)).toBeLessThanOrEqual(500);
    expect(Math.min(...counted)).toBeGreaterThan(5);
  });

  it('lights the line and the word that is spoken, and goes on from a word that is clicked', async () => {
    const { page } = await open('/chapters/2');
    await page.getByRole('button', { name: 'Hear line 2:5', exact: true }).click();
    await page.locator('.line.spoken', { hasText: '2:5' }).waitFor();
    await page.locator('.word.lit').waitFor();
    await page.locator('.line', { hasText: '2:8' }).locator('.word', { hasText: 'keeper' }).click();
    await page.locator('.line.spoken', { hasText: '2:8' }).locator('.word.lit', { hasText: 'keeper' }).waitFor();
    await page.keyboard.press('Space');
    const time = await page.evaluate(() => document.querySelector('audio')!.currentTime);
    await page
      .locator('.wave.pickable')
      .first()
      .click({ position: { x: 5, y: 10 } });
    await page.waitForFunction((before) => document.querySelector('audio')!.currentTime < before, time);
  });

  it('shows hostile titles, names and words as they are', async () => {
    const hostile = `<img src=x onerror="document.title=1"> & {n} ‮ </script><b> ${'Donaudampfschifffahrt'.repeat(6)}`;
    const invented = inventBook({
      title: hostile,
      author: hostile,
      speakers: [hostile, 'b'],
      chapters: [{ title: hostile, lines: [hostile, '“b” '.repeat(400), hostile, hostile, hostile, hostile] }],
    });
    invented.book.notes = [hostile];
    const { page, studio } = await open('/', invented);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(hostile);
    await page.goto(`${studio.address}/chapters/1#1:1`);
    await page.locator('.panel').waitFor();
    expect(await page.locator('.words').first().textContent()).toBe(hostile);
    expect(await page.locator('#content img, #content b').count()).toBe(0);
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(tooWide).toBe(false);
    // A word that is longer than its line is broken, and not cut or laid over what is beside it.
    const cut = await page.evaluate(() => {
      const end = document.querySelector('#content')!.getBoundingClientRect().right;
      const all = [...document.querySelectorAll('#content h1, #content .text-link, #content .words')];
      return all.filter((one) => one.getBoundingClientRect().right > end).length;
    });
    expect(cut).toBe(0);
    // Zoomed to 400 %: half of the height at the least is the text's.
    await page.setViewportSize({ width: 320, height: 256 });
    const height = await page.evaluate(() => document.querySelector('#content')!.clientHeight);
    expect(height).toBeGreaterThan(128);
  });

  it('keeps words without a place to break within a phone, on every page', async () => {
    const { page, studio } = await open('/');
    await withLongWords(page);
    const found: string[] = [];
    await page.setViewportSize({ width: 360, height: 800 });
    for (const path of ['/', '/chapters/2#2:4', '/suspects', '/attributions', '/proposals', '/books']) {
      await page.goto(studio.address + path);
      await page.reload();
      await page.getByText(LONG_WORD).first().waitFor({ state: 'attached' });
      await page.waitForTimeout(100);
      for (const width of [390, 360]) {
        await page.setViewportSize({ width, height: 800 });
        found.push(...(await tooWide(page)).map((one) => `${width} ${path} ${one}`));
      }
    }
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    expect(found).toEqual([]);
  });

  it('keeps what is typed over a reload, and says every problem in words', async () => {
    const { page, studio } = await open('/chapters/2#2:4');
    await page.getByRole('button', { name: 'Edit words' }).click();
    await page.getByLabel('Words of the line').fill('Other words.');
    await page.reload();
    expect(await page.getByLabel('Words of the line').inputValue()).toBe('Other words.');
    studio.failNext('/words', { status: 409, code: 'changed', detail: 'chapters/2.md was changed since it was read.' });
    await page.getByRole('button', { name: 'Show the difference' }).click();
    await page.getByRole('alert').getByText('chapters/2.md was changed since it was read.').waitFor();
    expect(await page.getByLabel('Words of the line').inputValue()).toBe('Other words.');
    await page.getByRole('button', { name: 'Show the difference' }).click();
    await page.locator('.difference .added', { hasText: 'Other words.' }).waitFor();
    await page.getByRole('button', { name: 'Save in chapters/2.md' }).click();
    await page.locator('.speak-now').getByRole('button', { name: 'Speak it now for 0.0041 CNY' }).waitFor();
  });

  it('records from the microphone, as WAV', async () => {
    const { page, studio } = await open('/chapters/2#2:4');
    await page.getByRole('button', { name: 'Recording', exact: true }).click();
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByText('Recording…').waitFor();
    await page.waitForTimeout(300);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Use this recording' }).click();
    await page.getByRole('status').getByText('The recording is in use.').waitFor();
    expect(studio.requests).toContain('POST /studio/api/lines/2:4/recording');
  });

  it('refuses a recording that is no line before it reads it', async () => {
    const { page, studio } = await open('/chapters/2#2:4');
    await page.getByRole('button', { name: 'Recording', exact: true }).click();
    const choose = async (of: { bytes?: number; seconds?: number }): Promise<void> => {
      // As if a person had chosen it; the test itself may send no file of that size.
      await page.locator('input[type=file]').evaluate((input, { bytes, seconds = 0 }) => {
        const file = new File([new Uint8Array(44)], 'book.wav');
        if (bytes !== undefined) Object.defineProperty(file, 'size', { value: bytes });
        file.arrayBuffer = () => Promise.reject(new Error('read'));
        Object.defineProperty(HTMLMediaElement.prototype, 'duration', { configurable: true, get: () => seconds });
        Object.defineProperty(input, 'files', { configurable: true, value: [file] });
        input.dispatchEvent(new Event('change', { bubbles: true }));
      }, of);
    };
    const alert = page.locator('.tool-form').getByRole('alert');
    for (const of of [{ bytes: 268_000_000 }, { seconds: 3600 }]) {
      await choose(of);
      await alert.getByText('This file is too large for one line').waitFor();
    }
    await choose({});
    await alert.getByText('no sound that the browser can read').waitFor();
    expect(studio.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  it('says on every page that the store is gone, or that the book has errors', async () => {
    const { page, studio } = await open('/chapters/2');
    const { book } = studio.invented;
    const standing = page.locator('.standing');
    await expect.poll(() => studio.requests).toContain('GET /studio/api/events');
    await page.locator('.line').first().waitFor();
    for (const [code, words] of [
      ['store-gone', 'The store at /books is not there any more.'],
      ['errors', 'The book has errors; this is how it was before.'],
    ] as const) {
      studio.tell({
        type: 'book',
        book: { ...book, notes: [words], notesTold: [{ code, values: { place: '/books', errors: '' } }] },
      });
      await standing.getByText(words).waitFor();
    }
    expect(await axe(page)).toEqual([]);
    studio.tell({ type: 'book', book });
    await standing.waitFor({ state: 'detached' });
  });

  it('asks before a chapter with open faults is approved', async () => {
    const { page, studio } = await open('/chapters/3');
    await page.getByRole('button', { name: 'Approve chapter' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Chapter 3 has 3 open faults.').waitFor();
    await dialog.getByLabel('Your name').fill('Ann');
    await dialog.getByRole('button', { name: 'Approve anyway' }).click();
    await page.getByRole('button', { name: 'Withdraw approval' }).waitFor();
    expect(studio.invented.chapters.get(3)?.approved).toMatchObject({ by: 'Ann' });
  });

  it('has no serious fault for axe, in its views, light and dark, in both languages', async () => {
    const faults: string[] = [];
    const { page, studio } = await open('/');
    const look = async (name: string, path: string, key?: string): Promise<void> => {
      await page.goto(studio.address + path);
      await page
        .locator(path === '/' ? '.chapter-card' : '.take')
        .first()
        .waitFor();
      if (key !== undefined) await page.keyboard.press(key);
      faults.push(...(await axe(page)).map((fault) => `${name} ${path} ${fault}`));
    };
    await look('light, English', '/');
    await look('light, English', '/chapters/2#2:5', 'e');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.evaluate(() => localStorage.setItem('studio.language', 'zh-CN'));
    await look('dark, Chinese', '/suspects', 's');
    // What the server says in English, the page says in Chinese: a doubt, an error, what a job is doing.
    const line = (await page.locator('.suspect.open .number').textContent())!;
    const values = { number: line, done: 1, all: 2 };
    const doing = { code: 'speaking-line', values } as const;
    const message = `Speaking ${line}: 1 of 2.`;
    studio.tell({ type: 'job', job: { id: 'job-1', kind: 'retake', line, state: 'speaking', message, doing } });
    await page.locator('.job .hint', { hasText: '已录制 1 / 2' }).waitFor();
    studio.failNext('/undo', { status: 409, code: 'nothing-to-undo', detail: 'There is nothing to take back.' });
    await page.locator('h1').first().click();
    await page.keyboard.press('Control+z');
    await page.getByRole('alert').getByText('没有可撤销的操作。').waitFor();
    expect(await page.locator('.why', { hasText: '静音 1.4 秒' }).count()).toBeGreaterThan(0);
    expect(await page.locator('.reason', { hasText: '按标点最多 0.9 秒' }).count()).toBe(1);
    expect(await latinSentences(page)).toEqual([]);
    await page.evaluate(() => localStorage.removeItem('studio.language'));
    expect(faults).toEqual([]);
  });

  it('has no English on a Chinese page: in no view, no name of a button, no note, and nothing that undo names', async () => {
    const all: string[] = [];
    const withErrors = inventBook();
    withErrors.book.notes.push(`The book has errors; this is how it was before.\n${ERRORS}`);
    withErrors.book.notesTold!.push({ code: 'errors', values: { errors: errorsInChinese(ERRORS) } });
    for (const path of ['/', '/chapters/2#2:4', '/suspects', '/attributions', '/proposals', '/books']) {
      const { page } = await open(path, path === '/' ? withErrors : undefined);
      await page.evaluate(() => localStorage.setItem('studio.language', 'zh-CN'));
      await page.reload();
      await page.locator('h1').first().waitFor();
      await page.waitForTimeout(400);
      if (path === '/') {
        expect(await page.locator('.error-list li').count()).toBe(4);
        // What takes a while says so until it is answered.
        await page.route('**/undo', (route) => void setTimeout(() => void route.continue(), 900));
        await page.getByLabel('撤销：为第 3:4 行选择第 2 条录音').click();
        await page.getByRole('status').filter({ hasText: '正在保存' }).waitFor();
        await page.locator('.working.shown').waitFor({ state: 'detached' });
      }
      // Both answers to a proposal by keys, and no sideways scroll on a phone for a name without a place to break.
      if (path === '/proposals') {
        const cards = page.locator('.proposal');
        await cards.nth(1).waitFor();
        await page.setViewportSize({ width: 390, height: 800 });
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
        expect(await cards.nth(1).getByRole('button', { name: '采纳并写入文本' }).count()).toBe(0);
        await cards.first().getByRole('button', { name: '采纳并写入文本' }).press('Enter');
        await page.getByText('可以撤销').waitFor();
        expect(await cards.count()).toBe(1);
        await page.setViewportSize({ width: 1280, height: 800 });
      }
      // A rejected book tells its errors in full.
      if (path === '/books') {
        expect(await page.locator('.book-card .error-list').textContent()).toContain('没有“langage”字段');
        // Of a book that has begun, a part of its price is spent.
        expect(await page.getByText('剩余部分的价格').count()).toBe(1);
      }
      all.push(...(await latinSentences(page)).map((text) => `${path} ${text}`));
      await page.evaluate(() => localStorage.removeItem('studio.language'));
      await page.close();
    }
    expect(all).toEqual([]);
  });

  it('cuts nothing off in a dialog on a phone, and lists the keys there too', async () => {
    const phone = await startBrowser({ hasTouch: true, viewport: { width: 360, height: 740 } });
    const title = '守塔人知道的事，以及他没有说出口的那些 Donaudampfschifffahrtsgesellschaftskapitän';
    const studio = await startRecordedStudio(
      inventBook({
        chapters: [1, 2, 3, 4, 5].map(() => ({ title, lines: Array.from({ length: 30 }, (_, at) => `Line ${at}.`) })),
      }),
    );
    studios.push(studio);
    const cutNames = async (page: Page): Promise<(string | null)[]> => {
      await page.locator('.line .badge').first().waitFor();
      return page
        .locator('.line .speaker, .brand-title')
        .evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent));
    };
    const openers: [path: string, button: string][] = [
      ['/chapters/3', '.head-end .button >> nth=-1'],
      ['/chapters/3', '.chapter-head .button >> nth=-1'],
      ['/chapters/2', '.head-end .button >> nth=2'],
      ['/chapters/2', '.head-end .button >> nth=1'],
    ];
    try {
      for (const [path, button] of openers) {
        const page = await phone.open(studio.address + path);
        expect(await cutNames(page)).toEqual([]);
        await page.locator(button).click();
        const dialog = page.locator('dialog[open]');
        await dialog.waitFor();
        await page.waitForTimeout(300);
        const cut = await dialog.evaluate((shown) => {
          const { right } = shown.getBoundingClientRect();
          return [...shown.querySelectorAll('*')]
            .filter(
              (one) =>
                one.getBoundingClientRect().right > right ||
                (one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1 && one.tagName !== 'INPUT'),
            )
            .map((one) => one.textContent);
        });
        expect(cut, `${path} ${button}`).toEqual([]);
        if (button.endsWith('=1')) expect(await dialog.locator('kbd:visible').count()).toBeGreaterThan(20);
        await page.close();
      }
    } finally {
      await phone.close();
    }
  });
});
