/** The studio in a real browser: how soon a long chapter can be read and heard, and what a line that sounds wrong costs. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { NO_BROWSER, startBrowser } from '../browser/browser.ts';
import { startS3Server } from '../store/s3-server.ts';
import { writeBenchBook } from './books.ts';
import type { Bench } from './main.ts';
import { median, PROGRAM, runProgram } from './program.ts';

const LINES = Number(process.env['BENCH_LINES'] ?? 1_000);
/** A chapter of two hours: 1,000 lines of about 7 s each. */
export const LONG = {
  chapters: 1,
  paragraphsPerChapter: LINES,
  wordsPerParagraph: 16,
  formats: '[mp3]',
  title: 'Long',
};
/** A line is corrected in a usual chapter of six minutes. */
const USUAL = { ...LONG, paragraphsPerChapter: 50, title: 'Usual' };
/** Of a store on S3 in the same region: how long each answer takes, in milliseconds. */
export const S3_LATENCY_MS = 20;
const CLICKS = 9;
/** What opening a chapter may take. */
export const MOST_OPEN_MS = 1_000;
const MOST_SOUND_MS = 300;

/** Bars: a two-hour chapter opens in 1 s; sound begins 300 ms after a click. What a mend takes is printed, without a bar. */
export const studio: Bench = async (say, folder) => {
  if (NO_BROWSER !== undefined) {
    say(`skipped: ${NO_BROWSER}`);
    return true;
  }
  const isKept = await readLong(say, join(folder, 'long'), { where: 'on disk' });
  const s3 = await startS3Server({ latencyMs: S3_LATENCY_MS });
  const isKeptFar = await readLong(say, join(folder, 's3'), {
    where: `on S3, ${S3_LATENCY_MS} ms for an answer`,
    store: ['--store', 's3://books/narration'],
    env: s3.env,
  }).finally(() => s3.close());
  await withStudio(join(folder, 'usual'), USUAL, {}, async (page, address) => {
    for (const line of await correctLine(page, address)) say(line);
  });
  return isKept && isKeptFar;
};

/** Where a store is: flags and settings of the program. */
export interface Place {
  store?: string[];
  env?: Record<string, string>;
}

async function readLong(
  say: (line: string) => void,
  folder: string,
  { where, ...place }: Place & { where: string },
): Promise<boolean> {
  return withStudio(folder, LONG, place, async (page, address, hours) => {
    const opened: number[] = [];
    for (let round = 0; round < 3; round++) opened.push(await timeToOpen(page, `${address}/chapters/1`));
    const sounds = await soundAfterClicks(page, address);
    const [open, sound] = [median(opened), median(sounds)];
    const lines = `${where}: chapter of ${hours.toFixed(1)} h, ${LONG.paragraphsPerChapter} lines`;
    say(`${lines}: opens in ${open.toFixed(0)} ms (bar ${MOST_OPEN_MS})`);
    const longest = Math.max(...sounds).toFixed(0);
    say(`sound after a click: median ${sound.toFixed(0)} ms, longest ${longest} ms (bar ${MOST_SOUND_MS}, median)`);
    return open <= MOST_OPEN_MS && sound <= MOST_SOUND_MS;
  });
}

/** Speaks the book, opens its studio in a browser, and closes both. */
async function withStudio<Result>(
  folder: string,
  book: typeof LONG,
  { store = [], env = {} }: Place,
  work: (page: Page, address: string, hours: number) => Promise<Result>,
): Promise<Result> {
  await writeBenchBook(folder, book);
  const { finished } = await runProgram(['book.yaml', '--simulate', ...store], { cwd: folder, env });
  const hours = finished.chapters.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0) / 3600;
  const server = await startReview(folder, { store, env });
  const browser = await startBrowser();
  try {
    return await work(await browser.open('about:blank'), server.address, hours);
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** Starts the studio of the book in this folder. `pid`: its process, whose time can be read. */
export async function startReview(
  cwd: string,
  { store, env }: Required<Place>,
): Promise<{ address: string; pid: number; stop: () => Promise<void> }> {
  const args = [PROGRAM, 'review', 'book.yaml', '--simulate', '--no-open', ...store];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, REDIS_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((done) => child.once('exit', done));
  const address = await new Promise<string>((done, fail) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /http:\/\/\S+/.exec(line)?.[0];
      if (url !== undefined) done(url.replace(/\/$/, ''));
    });
    child.once('exit', () => fail(new Error('The studio did not start.')));
  });
  return {
    address,
    pid: child.pid!,
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** Milliseconds from the request of the page until its first line can be read. */
async function timeToOpen(page: Page, address: string): Promise<number> {
  await page.goto('about:blank');
  const from = performance.now();
  await page.goto(address, { waitUntil: 'commit' });
  await page.locator('.line .hear').first().waitFor();
  return performance.now() - from;
}

/** Milliseconds from a click on a line, in many places of the chapter, until the audio element moves. */
async function soundAfterClicks(page: Page, address: string): Promise<number[]> {
  const taken: number[] = [];
  for (let click = 0; click < CLICKS; click++) {
    const line = 1 + Math.floor(((click + 0.5) * LONG.paragraphsPerChapter) / CLICKS);
    await page.goto(`${address}/chapters/1#1:${line}`);
    await page.reload();
    const button = page.getByRole('button', { name: `Hear line 1:${line}`, exact: true });
    await button.waitFor();
    // Nothing is returned: the promise would be waited for, before the click.
    await page.evaluate(`void (globalThis.firstSound = new Promise((done) => {
      addEventListener('click', () => {
        const from = performance.now();
        const audio = document.querySelector('audio');
        let before;
        const look = () => {
          if (!audio.paused && audio.readyState > 2 && before !== undefined && audio.currentTime > before) return done(performance.now() - from);
          before = audio.currentTime;
          requestAnimationFrame(look);
        };
        look();
      }, { capture: true, once: true });
    }))`);
    await button.click();
    taken.push(await page.evaluate<number>('globalThis.firstSound'));
  }
  return taken;
}

/** "1:37 sounds wrong", with the page open: what a person does, and how long the machine takes for it. */
async function correctLine(page: Page, address: string): Promise<string[]> {
  await page.goto('about:blank');
  const steps: [what: string, act: () => Promise<void>][] = [
    [
      'open the line by its address',
      async () => {
        await page.goto(`${address}/chapters/1#1:37`);
        await page.locator('.take').first().waitFor();
      },
    ],
    [
      'speak it twice more (R, 2, Enter)',
      async () => {
        await page.keyboard.press('r');
        await page.getByRole('radio', { name: '2' }).check();
        await page.getByRole('button', { name: /^Speak 2 takes/ }).click();
        await page.locator('.take').nth(2).waitFor({ timeout: 60_000 });
      },
    ],
    [
      'choose and hear the second (2)',
      async () => {
        await page.keyboard.press('2');
        await page.locator('.take.chosen', { hasText: 'Take 2' }).waitFor();
      },
    ],
    [
      'make the chapter (two clicks)',
      async () => {
        await page.getByRole('button', { name: /^Make 1 chapter/ }).click();
        await page
          .getByRole('dialog')
          .getByRole('button', { name: /^Make 1 chapter/ })
          .click();
        await page
          .getByRole('dialog')
          .getByRole('button', { name: 'Play finished chapter' })
          .first()
          .waitFor({ timeout: 600_000 });
      },
    ],
  ];
  const lines: string[] = [];
  for (const [what, act] of steps) {
    const from = performance.now();
    await act();
    lines.push(`${what}: ${((performance.now() - from) / 1000).toFixed(1)} s`);
  }
  return lines;
}
