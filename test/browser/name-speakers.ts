/**
 * How long it takes to name the speakers of a manuscript, by a script of keys in a real browser:
 *
 *     npx tsx test/browser/name-speakers.ts MANUSCRIPT [alone]   after npm run build
 *
 * Nobody knows who is right, so that is drawn: for each quotation one of the candidates, or somebody else, with the probabilities
 * that the rules give. `alone`: without `R`, one decision for each quotation. Printed are decisions, keys, how long the page
 * took, and how long a person takes by the keystroke-level model (Card, Moran and Newell 1980): 1.35 s to decide, 0.28 s a key.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startBrowser } from './browser.ts';

const DECIDE_SECONDS = 1.35;
const KEY_SECONDS = 0.28;
/** Letters of a typed name until it is the first of the list. */
const TYPED_LETTERS = 3;
const PROGRAM = 'dist/src/cli/main.js';

const [manuscript = '', mode] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'name-speakers-'));
const book = join(folder, 'book');
execFileSync(process.execPath, [PROGRAM, 'import', manuscript, '--cast', '--out', book], { stdio: 'ignore' });
const flags = ['--simulate', '--store', join(folder, 'store'), '--out', join(folder, 'out'), '--json'];
const review = spawn(process.execPath, [PROGRAM, 'review', join(book, 'book.yaml'), ...flags]);
const { url } = await new Promise<{ url: string }>((resolve) => {
  review.stdout.once('data', (line: Buffer) => resolve(JSON.parse(String(line)) as { url: string }));
});
const browser = await startBrowser();
const page = await browser.open(`${url}/attributions`);
await page.locator('.name').first().waitFor({ timeout: 120_000 });

const open = openTags();
const count = { decisions: 0, keys: 0, typed: 0, turns: 0, undone: 0 };
const pageMs: number[] = [];
// A fixed seed: the same names every time.
let seed = 7;
const random = (): number => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 1) / 2 ** 31;
};
const began = performance.now();
for (let last = ''; ; ) {
  const now = await shown(page);
  if (now.isDone) break;
  if (now.key === last) throw new Error(`Nothing happened at ${now.key}.`);
  last = now.key;
  count.decisions++;
  await press(...keysFor(now));
}
const seconds = (performance.now() - began) / 1000;
// Everything is saved when no tag is open any more.
for (let tries = 0; openTags() > 0 && tries < 200; tries++) await page.waitForTimeout(100);
const person = count.decisions * DECIDE_SECONDS + count.keys * KEY_SECONDS;
console.log({
  ...{ tags: open, left: openTags(), ...count },
  pageMedianMs: pageMs.sort((a, b) => a - b)[pageMs.length >> 1],
  pageWorstMs: pageMs.at(-1),
  scriptSeconds: Math.round(seconds),
  personMinutes: Number((person / 60).toFixed(1)),
  complaints: browser.complaints,
});
await browser.close();
review.kill('SIGINT');
await new Promise((resolve) => review.once('exit', resolve));
rmSync(folder, { recursive: true, force: true });

interface Shown {
  key: string;
  isDone: boolean;
  /** With their keys. */
  candidates: { key: string; score: number }[];
  turns: number;
}

/** What a person sees. */
async function shown(of: Page): Promise<Shown> {
  return of.evaluate(() => {
    const candidates = [...document.querySelectorAll('.name')].map((name) => ({
      key: name.getAttribute('aria-keyshortcuts') ?? '',
      score: Number(/([\d.]+) %/.exec(name.textContent ?? '')?.[1] ?? 0) / 100,
    }));
    const turns = document.querySelector('.names [aria-keyshortcuts="R"]')?.textContent ?? '';
    return {
      key: location.hash || '#',
      isDone: document.querySelector('.empty') !== null,
      candidates,
      turns: turns === '' ? 0 : Number(/next (\d+)/.exec(turns)?.[1] ?? 1),
    };
  });
}

/** What a person presses, who knows who is right. */
function keysFor({ candidates, turns }: Shown): string[] {
  let drawn = random();
  for (const [index, { key, score }] of candidates.entries()) {
    drawn -= score;
    if (drawn > 0) continue;
    if (index > 0 || turns === 0 || mode === 'alone') return [key];
    count.turns++;
    return ['R'];
  }
  // Somebody else: one of the cast by number, or, as often, by name.
  if (random() < 0.5) return ['9'];
  count.typed++;
  return ['/', ...'ukr'.slice(0, TYPED_LETTERS), 'Enter'];
}

/** Presses keys, and waits until the next quotation is shown. */
async function press(...keys: string[]): Promise<void> {
  const before = await page.evaluate(() => location.hash);
  for (const key of keys) {
    await page.keyboard.press(key);
    count.keys++;
  }
  const from = performance.now();
  await page.waitForFunction((hash) => location.hash !== hash || document.querySelector('.empty') !== null, before);
  pageMs.push(Math.round(performance.now() - from));
}

function openTags(): number {
  const chapters = join(book, 'chapters');
  return readdirSync(chapters).reduce(
    (sum, name) => sum + (readFileSync(join(chapters, name), 'utf8').match(/^\[\?\]/gm)?.length ?? 0),
    0,
  );
}
