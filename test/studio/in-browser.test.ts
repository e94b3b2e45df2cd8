/** From "3:37 sounds wrong" to the finished chapter, as a person does it: a real browser, the real studio, simulated speech. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Browser, NO_BROWSER, startBrowser } from '../browser/browser.ts';
import { quickCommands } from '../cli/in-process.ts';
import { startRedis } from '../queue/redis-server.ts';
import { startS3Server } from '../store/s3-server.ts';
import { type RealStudio, startRealStudio } from './real-studio.ts';

describe.skipIf(NO_BROWSER !== undefined)(`the studio${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ''}`, () => {
  let browser: Browser;
  let studio: RealStudio;

  quickCommands();
  beforeAll(async () => {
    [browser, studio] = await Promise.all([startBrowser(), startRealStudio()]);
  });
  afterAll(async () => {
    await browser?.close();
    await studio?.close();
  });

  it('finds a fault in the queue, hears it, speaks it again, compares, chooses, makes the chapter and plays it', () =>
    mendAndHear(browser, studio));

  it('knows what was heard to its end, also when the page is closed at once, and goes to the next line', async () => {
    const page = await browser.open(`${studio.address}/chapters/2`);
    page.setDefaultTimeout(60_000);
    const mark = (number: string) =>
      page.locator('.line', { has: page.locator('.number', { hasText: number }) }).getByTitle('Heard', { exact: true });
    await page.getByRole('button', { name: 'Hear line 2:1' }).click();
    await mark('2:1').waitFor();
    await page.keyboard.press('Space');
    await page.reload();
    await mark('2:1').waitFor();
    expect(await mark('2:3').count()).toBe(0);
    await page.getByRole('button', { name: 'Approve chapter' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '2:3' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await mark('2:2').waitFor();
    await mark('2:3').waitFor();
    await page.getByText('100 % heard').first().waitFor();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Page for a reviewer' }).click();
    expect((await saved).suggestedFilename()).toBe('A Small Book - 2 - review.html');
    await page.getByRole('button', { name: 'Approve chapter' }).click();
    await page.getByRole('button', { name: 'Withdraw approval' }).waitFor();
    // The refused approval is the only complaint.
    expect(browser.complaints.filter((one) => !one.includes('409'))).toEqual([]);
    expect(studio.faults).toEqual([]);
  });

  it('keeps a take that was being spoken when the browser closed', async () => {
    const address = `${studio.address}/chapters/2#2:3`;
    const spoken = (): number =>
      studio.simulator.metrics().realtime.responses + studio.simulator.metrics().inference.tasks.finished;
    const before = spoken();
    const page = await browser.open(address);
    page.setDefaultTimeout(60_000);
    await page.locator('.take').first().waitFor();
    await page.keyboard.press('r');
    const sent = page.waitForRequest(/\/retake$/);
    await page.getByRole('button', { name: /^Speak \d takes? / }).click();
    await (await sent).response();
    await page.close();
    const again = await browser.open(address);
    await again.locator('.take').nth(3).waitFor({ timeout: 60_000 });
    // Each was paid once.
    expect(spoken() - before).toBe(3);
    expect(studio.faults).toEqual([]);
  });

  it('does the same with a store on S3 and its queue in Redis', async ({ skip }) => {
    browser.complaints.splice(0);
    const redis = await startRedis();
    if (redis === undefined) return skip('No redis-server is on PATH.');
    const s3 = await startS3Server({ latencyMs: 20 });
    const folder = await mkdtemp(join(tmpdir(), 'studio-s3-'));
    const env = { ...s3.env, REDIS_URL: redis.url, XDG_CACHE_HOME: folder };
    const far = await startRealStudio({ store: 's3://books/narration', env });
    try {
      await mendAndHear(browser, far);
      expect(s3.uploads.size).toBe(0);
    } finally {
      for (const page of browser.context.pages().slice(1)) await page.close();
      await far.close();
      await s3.close();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
      vi.unstubAllEnvs();
    }
  });
});

/** As a person does it, with a second page open: everything that the issue shows. */
async function mendAndHear(browser: Browser, studio: RealStudio): Promise<void> {
  const page = await browser.open(`${studio.address}/`);
  page.setDefaultTimeout(60_000);
  const other = await browser.open(`${studio.address}/chapters/1`);
  await page.getByRole('button', { name: 'Hear 1 line' }).click();
  await page.locator('.reason', { hasText: 'Silence inside' }).first().waitFor();
  await page.locator('.take').first().waitFor();

  await page.keyboard.press('Space');
  await moves(page);
  await page.getByRole('button', { name: /^Hear the place at/ }).click();
  await moves(page);

  await page.keyboard.press('r');
  await page.getByRole('radio', { name: '2' }).check();
  await page.getByRole('button', { name: /^Speak 2 takes/ }).click();
  await page.locator('.take').nth(2).waitFor();

  await page.keyboard.press('Shift+Digit2');
  await moves(page);
  await page.keyboard.press('2');
  await page.locator('.take.chosen', { hasText: 'Take 2' }).waitFor();
  await page.locator('.badge.good', { hasText: 'Decided' }).waitFor();
  // The other page sees it without being asked.
  await other.locator('.line', { hasText: '1:2' }).getByText('Take 2').waitFor();

  await page.reload();
  await page.getByRole('button', { name: /^Make [12] chapter/ }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Make [12] chapter/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Play finished chapter' }).first().click();
  await moves(page);
  expect(await page.locator('.now-title').textContent()).toContain('Finished chapter 1');

  expect(browser.complaints).toEqual([]);
  expect(studio.faults).toEqual([]);
}

/** What is heard goes on. */
async function moves(page: Page): Promise<void> {
  const at = (): Promise<number> => page.evaluate<number>('document.querySelector("audio").currentTime');
  const before = await at();
  await expect.poll(at, { interval: 50, timeout: 10_000 }).not.toBe(before);
  expect(await page.evaluate<boolean>('document.querySelector("audio").error === null')).toBe(true);
}
