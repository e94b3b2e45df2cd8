/** A headless Chromium for the tests of the page; suites are skipped where there is none. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PROGRAM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** Why suites that need a browser are skipped; undefined when there is one. */
export const NO_BROWSER = PROGRAM === undefined ? 'no Chromium: apt-get install chromium' : undefined;

/** Without the network of the machine, and allowed to play sound that nobody clicked for. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
];

/** An open browser. */
export interface Browser {
  context: BrowserContext;
  /** Errors on the console of its pages, and pages that asked another machine for something. */
  complaints: string[];
  open: (address: string) => Promise<Page>;
  close: () => Promise<void>;
}

/** Starts one with an empty profile. */
export async function startBrowser(options: BrowserContextOptions = {}): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'studio-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: PROGRAM!,
    headless: true,
    args: FLAGS,
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    ...options,
  });
  const complaints: string[] = [];
  context.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (/^https?:$/.test(protocol) && hostname !== '127.0.0.1') complaints.push(`asks ${request.url()}`);
  });
  return {
    context,
    complaints,
    open: async (address) => {
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(`throws ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      await page.goto(address);
      return page;
    },
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
