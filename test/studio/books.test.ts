/** All books of a watched folder on one page, on the watcher's port: its answers, its rules, and the studio of each book. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startNotifications } from '../../src/cli/watch/notifications.ts';
import { listen } from '../../src/observe/listen.ts';
import { createBooksApp, noStudio } from '../../src/studio/server/books-app.ts';
import { openPageFiles } from '../../src/studio/server/page-files.ts';
import type { InboxView } from '../../src/watch/view.ts';
import { createApi } from '../../src/web/api.ts';
import { EventLog } from '../../src/web/event-log.ts';
import { NO_RESOURCES, type Resources } from '../../src/web/resources.ts';
import { createHttpServer } from '../../src/web/server.ts';
import { axe } from '../browser/axe.ts';
import { type Browser, NO_BROWSER, startBrowser } from '../browser/browser.ts';
import { latinSentences } from '../browser/latin-sentences.ts';
import { bookFolder } from '../cli/in-process.ts';
import { SAMPLES } from '../cli/rig.ts';
import { manifest, type RigOptions, type WatchRig, watchRig } from '../watch/rig.ts';

const TOKEN = 'a-long-enough-token';

const VOICE = {
  ...{ id: 'a'.repeat(64), voice: 'qwen-tts-vc-v1', model: 'a-model', characters: ['Mara'], simulated: false },
  ...{ enrolledAt: '2026-11-01T00:00:00.000Z', lastUsedOn: '2026-11-28', hasSample: true },
};
const RESOURCES: Resources = {
  ...NO_RESOURCES,
  voices: async () => ({ voices: [VOICE], left: 0 }),
  sample: async () => ({ bytes: await readFile(join(SAMPLES, 'narrator.wav')), mediaType: 'audio/wav' }),
  limits: async () => ({ limits: [{ limit: 'sessions', model: null, used: 8, most: 8 }] }),
};

/** The page over a real watched folder. */
async function booksPage(options: RigOptions & { token?: string } = {}) {
  const { token, ...rest } = options;
  let view: InboxView | undefined;
  const log = new EventLog();
  const faults: unknown[] = [];
  const api = createApi({ view: () => view, log, token, resources: RESOURCES, onFault: (error) => faults.push(error) });
  const app = createBooksApp({
    api: (request) => api.fetch(request),
    page: await openPageFiles('dist/src/studio/page'),
    token,
    studioOf: async () => {
      throw noStudio('None here.', '这里没有。');
    },
  });
  const server = await listen(
    createHttpServer((request) => app.fetch(request)),
    { host: '127.0.0.1', port: 0, flag: '--http-port' },
  );
  const watch: WatchRig = await watchRig({
    ...rest,
    onOpen: (opened) => {
      view = opened;
    },
    emit: (event) => log.add(event),
  });
  await watch.until('watching has begun', () => view !== undefined);
  const close = async (): Promise<void> => {
    log.close();
    await watch.destroy();
    await server.close();
    expect(faults).toEqual([]);
  };
  return { url: server.url, watch, close };
}

describe('all books', () => {
  let opened: Awaited<ReturnType<typeof booksPage>> | undefined;
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });

  it('are behind the same token as the API: by cookie for the page, as ever for programs', async () => {
    opened = await booksPage({ token: TOKEN });
    const { url } = opened;
    const ask = async (path: string, init: RequestInit = {}) => fetch(url + path, init);
    expect((await ask('/v1/books')).status).toBe(401);
    expect((await ask('/v1/books', { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200);
    const page = await ask('/books');
    expect(await page.text()).toContain('data-place="books"');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const json = { 'content-type': 'application/json', 'x-studio': '1' };
    const login = (token: string) =>
      ask('/studio/login', { method: 'POST', headers: json, body: JSON.stringify({ token }) });
    expect((await login('wrong')).status).toBe(401);
    const cookie = (await login(TOKEN)).headers.get('set-cookie')!.split(';')[0]!;
    expect((await ask('/v1/books', { headers: { cookie } })).status).toBe(200);
    expect((await ask('/v1/books', { headers: { cookie, origin: 'https://elsewhere.example' } })).status).toBe(403);
    const cancel = `/v1/books/${'0'.repeat(24)}/cancel`;
    // Without the page's header, a cookie changes nothing.
    expect((await ask(cancel, { method: 'POST', headers: { cookie } })).status).toBe(403);
    expect((await ask(cancel, { method: 'POST', headers: { cookie, 'x-studio': '1' } })).status).toBe(404);
    expect((await ask('/books/000000000000000000000000/')).status).toBe(404);
    expect((await ask('/books/000000000000000000000000/studio/api/book')).status).toBe(401);
  });

  it('each have their studio there, with names as proposals', async () => {
    const book = await bookFolder(['One.\n\n[?] “Two.”']);
    const id = 'a'.repeat(24);
    const notices: string[] = [];
    const flags = { httpPort: 0, ...book.flags };
    const notifications = await startNotifications({ folder: book.folder, flags, notice: (one) => notices.push(one) });
    try {
      const found = { id, file: book.manifest, path: 'book.yaml' };
      notifications.onOpen({ book: async (wanted: string) => (wanted === id ? found : undefined) } as InboxView);
      const url = /All books: (\S+)\/books/.exec(notices.join('\n'))![1]!;
      expect(await (await fetch(`${url}/books/${id}/`)).text()).toContain('id="studio"');
      const shown = await (await fetch(`${url}/books/${id}/studio/api/book`)).json();
      expect(shown).toMatchObject({ title: 'A Small Book', openSpeakers: 1 });
      // biome-ignore lint/suspicious/noExplicitAny: an answer in JSON.
      const open: any = await (await fetch(`${url}/books/${id}/studio/api/attributions`)).json();
      const headers = { 'content-type': 'application/json', 'x-studio': '1' };
      const body = JSON.stringify({ of: open.chapters[0].of, acts: [{ say: [{ at: 1, character: 'mara' }] }] });
      const init = { method: 'POST', headers, body };
      expect((await fetch(`${url}/books/${id}/studio/api/attributions/1`, init)).status).toBe(200);
      const other = await fetch(`${url}/books/${'b'.repeat(24)}/studio/api/book`);
      expect(await other.json()).toMatchObject({ code: 'no-studio' });
      expect((await fetch(`${url}/v1/nothing`)).status).toBe(404);
      // A person with a browser gets a page, a program a problem.
      for (const [path, said] of [
        ['/nothing', 'There is nothing at this address.'],
        [`/books/${'b'.repeat(24)}/`, 'No such book is in the watched folder.'],
        [`/books/${id}/chapters/one/two`, 'There is nothing at this address.'],
      ] as const) {
        const page = await fetch(url + path, { headers: { accept: 'text/html,*/*' } });
        expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
        expect(await page.text()).toContain(said);
        expect(await (await fetch(url + path)).json()).toMatchObject({ status: 404 });
      }
      const zh = { accept: 'text/html', 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.5' };
      expect(await (await fetch(`${url}/nothing`, { headers: zh })).text()).toContain('此地址没有内容');
    } finally {
      await notifications.close();
      await book.destroy();
    }
  });
});

describe.skipIf(NO_BROWSER !== undefined)(
  `the page of all books${NO_BROWSER ? ` (skipped: ${NO_BROWSER})` : ''}`,
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await startBrowser({ viewport: { width: 360, height: 740 } });
    });
    afterAll(async () => browser?.close());

    it('shows what needs a person, takes the approval of a price, and tells what happens in every window', async () => {
      const hostile = '<img src=x onerror="document.title=1"> {n}';
      const opened = await booksPage({ hold: true, approveOver: 10, price: (title) => (title === 'Dear' ? 50 : 1) });
      try {
        const { watch } = opened;
        const page = await browser.open(`${opened.url}/books`);
        page.setDefaultTimeout(15_000);
        await page.getByText('No book is in the watched folder.').waitFor();
        await watch.drop('dear.yaml', manifest('Dear'));
        await watch.drop('broken.yaml', 'book: {}\n');
        await watch.drop('hostile.yaml', manifest(JSON.stringify(hostile).slice(1, -1).replaceAll('\\"', "'")));
        const card = (name: string) => page.locator('.book-card', { hasText: name });
        await card('Dear').getByText('Waits for approval').waitFor();
        await card('broken.yaml').getByText('Has errors').waitFor();
        await card('broken.yaml').locator('.error-list li').first().waitFor();
        expect(await page.locator('.book-card img').count()).toBe(0);
        expect(await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')).toBe(false);
        expect(await axe(page)).toEqual([]);
        await page.getByText('Nearly reached').waitFor();
        await page.getByText('Last used Nov 28, 2026').waitFor();
        await page.getByRole('button', { name: 'Sample' }).click();
        await page.locator('.voice-list [aria-pressed="true"]').waitFor();
        await page.getByRole('button', { name: 'Sample' }).click();
        await page.evaluate(`localStorage.setItem('studio.language', 'zh-CN')`);
        await page.reload();
        await card('Dear').getByRole('button', { name: '批准 50.00 CNY' }).waitFor();
        await card('broken.yaml').getByText('有错误').waitFor();
        // Where a button and a list of errors are, nobody is sent to files that lie elsewhere.
        for (const name of ['Dear', 'broken.yaml']) expect(await card(name).locator('.book-status').count()).toBe(0);
        expect(await card('broken.yaml').locator('.error-list').textContent()).toContain('错误： “book”缺少“title”。');
        expect((await latinSentences(page)).filter((text) => !text.includes('onerror'))).toEqual([]);
        await page.evaluate(`localStorage.removeItem('studio.language')`);
        await page.reload();
        const other = await browser.open(`${opened.url}/books`);
        await card('Dear')
          .getByRole('button', { name: /^Approve 50/ })
          .click();
        await watch.until('the dear one runs', () => watch.runs.some(({ title }) => title === 'Dear'));
        await card('Dear').getByText('Speaking', { exact: true }).waitFor();
        await other.locator('.book-card', { hasText: 'Dear' }).getByText('Speaking', { exact: true }).waitFor();
        for (const run of watch.runs) run.finish();
        const dear = other.locator('.book-card', { hasText: 'Dear' });
        await dear.getByText('Delivered', { exact: true }).waitFor();
        // The watcher's own words, as a sentence.
        await dear.locator('.book-status', { hasText: /^Delivered/ }).waitFor();
        await watch.drop('fog.yaml', manifest('Fog'));
        await watch.until('fog runs', () => watch.runs.some(({ title }) => title === 'Fog'));
        const refused = { code: 'text-refused', message: 'The service refused “Hello there.”' } as const;
        const fog = watch.runs.find(({ title }) => title === 'Fog')!;
        fog.fail(refused, { early: false, number: '1:1' });
        await card('Fog').getByText('The service refused “Hello there.”').waitFor();
        const link = card('Fog').getByRole('link', { name: 'Open at 1:1' });
        expect(await link.getAttribute('href')).toMatch(/^\/books\/[0-9a-f]{24}\/chapters\/1#1:1$/);
        expect(await axe(page)).toEqual([]);
        await card('Fog').getByRole('button', { name: 'Try again' }).click();
        await watch.until('fog runs again', () => watch.runs.filter(({ title }) => title === 'Fog').length === 2);
        watch.runs.at(-1)!.finish();
        await card('broken.yaml').getByRole('button', { name: 'Check again' }).waitFor();
        await card('broken.yaml').getByRole('button', { name: 'Cancel' }).click();
        await card('broken.yaml').waitFor({ state: 'detached' });
        expect(browser.complaints).toEqual([]);
      } finally {
        for (const page of browser.context.pages().slice(1)) await page.close();
        await opened.close();
      }
    });
  },
);
