/** The HTTP API of a watched folder, over a real socket. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { rangeOf } from '../../src/web/byte-range.ts';
import { submissionKey } from '../../src/web/idempotency.ts';
import { openApiDocument } from '../../src/web/openapi.ts';
import { ROUTES } from '../../src/web/routes.ts';
import { manifest } from '../watch/rig.ts';
import { type ApiRig, apiRig, covered } from './api-rig.ts';

let rig: ApiRig;
afterEach(async () => {
  expect(rig.faults).toEqual([]);
  await rig.destroy();
});

const YAML = { 'content-type': 'application/yaml' };
const put = (body: string | Uint8Array, path = '/v1/books', headers: Record<string, string> = YAML) =>
  rig.ask('POST', path, { headers, body: body as string });
const delivered = (id: string) =>
  rig.watch.until('delivered', async () => (await rig.ask('GET', `/v1/books/${id}`)).body.state === 'delivered');

describe('submitting books', () => {
  it('a manifest becomes a file in the folder and a book', async () => {
    rig = await apiRig();
    const text = manifest('Over the wire');
    const { status, body, headers } = await put(text, '/v1/books?name=the-harbour');
    expect(status).toBe(202);
    expect(body).toMatchObject({ path: 'api/the-harbour/book.yaml', repeated: false });
    expect(headers.get('location')).toBe(`/v1/books/${body.id}`);
    expect(await readFile(rig.watch.path(body.path), 'utf8')).toBe(text);
    await delivered(body.id);
    expect((await rig.ask('GET', `/v1/books/${body.id}`)).body).toMatchObject({
      title: 'Over the wire',
      chapters: 1,
      folder: 'done/Over the wire',
      price: null,
      status: expect.stringMatching(/^delivered/),
    });
  });

  it('a book says what all its runs paid, and null when nothing is recorded or the store is away', async () => {
    const sum = { currency: 'CNY', simulated: false, amount: 0.04, calls: 3, unpriced: 0 };
    const spent = { since: '2026-11-01T10:00:00.000Z', isComplete: true, sums: [{ ...sum, byReason: {} }] };
    const asked: unknown[] = [];
    let answer = async (): Promise<typeof spent | undefined> => undefined;
    rig = await apiRig({
      spentOn: (book) => {
        asked.push(book);
        return answer();
      },
    });
    const { body } = await put(manifest('Dear'), '/v1/books?name=dear');
    await rig.watch.until(
      'delivered',
      async () => (await rig.ask('GET', '/v1/books?state=delivered')).body.books.length === 1,
    );
    for (const [next, wanted] of [
      [async () => spent, spent],
      [async () => undefined, null],
      [() => Promise.reject(new Error('away')), null],
    ] as const) {
      answer = next;
      expect((await rig.ask('GET', `/v1/books/${body.id}`)).body.spent).toEqual(wanted);
    }
    expect(asked[0]).toEqual({ title: 'Dear', author: '' });
  });

  it('an archive is accepted too, and an urgent one comes first', async () => {
    rig = await apiRig();
    const zip = zipSync({ 'book.yaml': Buffer.from(manifest('Packed')) });
    const { body } = await put(zip, '/v1/books?urgent=true', { 'content-type': 'application/zip' });
    expect(body.path).toMatch(/^urgent\/api\/submission-[0-9a-f-]+\/book\.zip$/);
    await delivered(body.id);
    expect((await rig.ask('GET', `/v1/books/${body.id}`)).body.urgent).toBe(true);
  });

  it('a repeated submission is recognized, other bytes under its name are refused, and nothing is overwritten', async () => {
    rig = await apiRig();
    const first = await put(manifest('One'), '/v1/books?name=a');
    expect((await put(manifest('One'), '/v1/books?name=a')).body).toEqual({ ...first.body, repeated: true });
    expect((await put(manifest('Two'), '/v1/books?name=a')).status).toBe(409);
    const zip = zipSync({ 'book.yaml': Buffer.from(manifest('One')) });
    expect((await put(zip, '/v1/books?name=a', { 'content-type': 'application/zip' })).status).toBe(409);
    expect(await readFile(rig.watch.path('api/a/book.yaml'), 'utf8')).toBe(manifest('One'));
    const key = { ...YAML, 'idempotency-key': 'k-1' };
    const keyed = await put(manifest('Three'), '/v1/books', key);
    expect((await put(manifest('Three'), '/v1/books', key)).body).toEqual({ ...keyed.body, repeated: true });
    expect((await put(manifest('Four'), '/v1/books', key)).status).toBe(422);
    expect((await readdir(rig.watch.path('api'))).sort()).toEqual(['a', keyed.body.path.split('/')[1]]);
  });

  it('one key is one submission whatever its query says, also after a restart and after half a request', async () => {
    rig = await apiRig();
    const key = (name: string) => ({ ...YAML, 'idempotency-key': name });
    const ends = await Promise.all(
      ['', '?name=a', '?urgent=true', '?name=b&urgent=true'].map((query) =>
        put(manifest('One'), `/v1/books${query}`, key('k')),
      ),
    );
    expect(new Set(ends.map(({ body }) => body.path)).size).toBe(1);
    expect(ends.map(({ status }) => status).sort()).toEqual([200, 200, 200, 202]);
    await rig.watch.restart();
    const [first] = ends;
    expect((await put(manifest('One'), '/v1/books?name=c', key('k'))).body.id).toBe(first!.body.id);
    expect((await put(manifest('Two'), '/v1/books?name=c', key('k'))).status).toBe(422);
    // A request that is refused does not use its key up.
    expect((await put(manifest('Two'), '/v1/books?name=taken')).status).toBe(202);
    expect((await put(manifest('Three'), '/v1/books?name=taken', key('new'))).status).toBe(409);
    expect((await put(manifest('Three'), '/v1/books?name=free', key('new'))).body.path).toBe('api/free/book.yaml');
    // One that died between its record and its file is completed by the next.
    const digest = createHash('sha256').update(manifest('Four')).digest('hex');
    await submissionKey(rig.watch.path('.pipeline-watch'), 'half').claim({ path: 'api/half/book.yaml', digest });
    expect((await put(manifest('Four'), '/v1/books?name=other', key('half'))).body).toMatchObject({
      path: 'api/half/book.yaml',
      repeated: false,
    });
  });

  it('forgets the oldest keys beyond a bound', async () => {
    rig = await apiRig();
    const folder = rig.watch.path('.pipeline-watch');
    const bounds = { mostKeys: 5, forgottenAtOnce: 3 };
    for (let index = 0; index < 8; index++)
      await submissionKey(folder, `${index}`, bounds).claim({ path: `${index}`, digest: '' });
    expect((await readdir(join(folder, 'keys'))).length).toBeLessThanOrEqual(5);
    expect((await submissionKey(folder, '7', bounds).claim({ path: 'x', digest: '' })).path).toBe('7');
    expect((await submissionKey(folder, '0', bounds).claim({ path: 'x', digest: '' })).isNew).toBe(true);
  });

  it('twenty simultaneous requests with one key are one book', async () => {
    rig = await apiRig();
    const key = { ...YAML, 'idempotency-key': 'at once' };
    const ends = await Promise.all(Array.from({ length: 20 }, () => put(manifest('One'), '/v1/books', key)));
    const statuses = ends.map(({ status }) => status);
    expect(statuses.filter((status) => status === 202)).toHaveLength(1);
    expect(statuses.every((status) => [200, 202, 503].includes(status))).toBe(true);
    expect(await readdir(rig.watch.path('api'))).toHaveLength(1);
  });

  it.each(['../x', '.hidden', 'a/b', 'CON', 'x.part', 'done', 'a\u0000b', 'nul.txt', 'x'.repeat(201), 'a\u202Eb', ' '])(
    'refuses the name %j',
    async (name) => {
      rig = await apiRig();
      expect((await put(manifest('One'), `/v1/books?name=${encodeURIComponent(name)}`)).status).toBe(422);
      expect(await readdir(rig.watch.folder)).not.toContain('api');
    },
  );

  it('other types, empty bodies and bodies that are too large are refused and leave nothing behind', async () => {
    rig = await apiRig();
    expect((await put('x', '/v1/books', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await put('')).status).toBe(415);
    const much = Buffer.alloc(5 * 1024 * 1024, 0x20);
    expect((await put(much)).status).toBe(413);
    const unsized = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new Uint8Array(much));
        controller.close();
      },
    });
    const sent = rig.ask('POST', '/v1/books', { headers: YAML, body: unsized, duplex: 'half' });
    // The server closes the connection while the client is still sending; either is a refusal.
    expect(await sent.then(({ status }) => status).catch(() => 413)).toBe(413);
    await writeFile(rig.watch.path('api'), 'in the way');
    expect((await put(manifest('One'))).status).toBe(409);
    expect(await readdir(rig.watch.path('.pipeline-watch', 'tmp'))).toEqual([]);
  });

  it('an aborted request leaves nothing behind', async () => {
    rig = await apiRig();
    const { hostname, port } = new URL(rig.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `POST /v1/books HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/yaml\r\ncontent-length: 900\r\n\r\nbook:`,
    );
    const tmp = rig.watch.path('.pipeline-watch', 'tmp');
    await rig.watch.until('it is being written', async () => (await readdir(tmp)).length === 1);
    socket.destroy();
    await rig.watch.until('it is gone', async () => (await readdir(tmp)).length === 0);
    // A hang-up is no fault of the program: the log has no stack trace.
    expect(rig.faults).toEqual([]);
  });
});

describe('following and controlling books', () => {
  it('lists books by pages and states with the files that they wait for', async () => {
    rig = await apiRig({ hold: true });
    for (const name of ['a', 'b', 'c']) await rig.watch.drop(`${name}.yaml`, manifest(name));
    await rig.watch.drop('wrong.yaml', 'book: { titel: X }\n');
    await rig.watch.drop('waits.yaml', manifest('Waits').replace('text: "Hello there."', 'file: 01.txt'));
    const state = async (name: string) => (await rig.ask('GET', `/v1/books?state=${name}`)).body.books;
    await rig.watch.until(
      'all are sorted',
      async () => (await state('rejected')).length === 1 && (await state('waiting-files')).length === 1,
    );
    expect((await state('rejected'))[0].errors).toContain('title');
    expect((await state('waiting-files'))[0].missing).toEqual(['01.txt']);
    const pages: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const { body }: Awaited<ReturnType<ApiRig['ask']>> = await rig.ask('GET', `/v1/books?limit=2&after=${after}`);
      pages.push(body.books.map(({ path }: { path: string }) => path).join(' '));
      after = body.next;
    }
    expect(pages).toEqual(['a.yaml b.yaml', 'c.yaml waits.yaml', 'wrong.yaml']);
    expect((await rig.ask('GET', '/v1/status')).body).toMatchObject({ counts: { rejected: 1 }, hold: null });
    for (const query of ['limit=0', 'limit=x', 'state=odd'])
      expect((await rig.ask('GET', `/v1/books?${query}`)).status).toBe(400);
    expect((await rig.ask('GET', `/v1/books/${'0'.repeat(24)}`)).status).toBe(404);
  });

  it('cancels a book by renaming its file, so that it can be submitted again', async () => {
    rig = await apiRig({ hold: true });
    await rig.watch.drop('book.yaml', manifest('Mine'));
    const id = await rig.onlyId();
    await rig.watch.until('it is spoken', () => rig.watch.runs.length === 1);
    const { status, body } = await rig.ask('POST', `/v1/books/${id}/cancel`);
    expect([status, body.renamedTo]).toEqual([202, 'book.yaml.cancelled']);
    await rig.watch.until('its run was stopped', () => rig.watch.runs[0]?.ended === true);
    await rig.watch.until('it is gone', async () => (await rig.ask('GET', `/v1/books/${id}`)).status === 404);
    expect(await readFile(rig.watch.path('book.yaml.cancelled'), 'utf8')).toBe(manifest('Mine'));
    expect((await rig.ask('POST', `/v1/books/${id}/cancel`)).status).toBe(404);
    await rig.watch.drop('book.yaml', manifest('Mine again'));
    await rig.watch.until('it is back', () => rig.watch.runs.length === 2);
    expect((await rig.ask('POST', `/v1/books/${id}/cancel`)).body.renamedTo).toBe('book.yaml.cancelled-2');
  });

  it('approves the price of a book that waits for approval, and of no other', async () => {
    rig = await apiRig({ approveOver: 10, price: () => 25 });
    await rig.watch.drop('book.yaml', manifest('Dear'));
    const id = await rig.onlyId();
    await rig.watch.until(
      'it waits',
      async () => (await rig.ask('GET', `/v1/books/${id}`)).body.state === 'waiting-approval',
    );
    expect((await rig.ask('POST', `/v1/books/${id}/approve`)).body.price).toEqual({ amount: 25, currency: 'CNY' });
    await delivered(id);
    expect((await rig.ask('POST', `/v1/books/${id}/approve`)).status).toBe(409);
  });

  it('says what failed and where, in both languages, and tries it again when a person asks', async () => {
    rig = await apiRig({ hold: true, timings: { retryMs: 600_000 } });
    await put(manifest('Fog', 'Hello there.', 'zh'), '/v1/books?name=fog');
    await rig.watch.until('it runs', () => rig.watch.runs.length === 1);
    const id = await rig.onlyId();
    expect((await rig.ask('POST', `/v1/books/${id}/retry`)).status).toBe(409);
    const refused = { code: 'text-refused', message: 'The service refused "Hello there.".' } as const;
    // Something else works, so it is no outage.
    const voice = { characters: ['narrator'], outcome: 'made', voiceId: 'v' } as const;
    rig.watch.runs[0]!.emit({ type: 'voice.ready', ...voice } as never);
    rig.watch.runs[0]!.fail(refused, { early: false, number: '1:1.2' });
    const book = async () => (await rig.ask('GET', `/v1/books/${id}`)).body;
    await rig.watch.until('it needs a person', async () => (await book()).state === 'needs-you');
    const { failures, failed, statuses, status } = await book();
    expect(failures).toEqual([{ ...refused, number: '1:1', chapter: 1 }]);
    expect(failed).toBe(1);
    expect(statuses.en).toBe('needs attention: 0 of 1 chapters delivered. Missing: chapter 1.');
    expect(statuses.zh).toBe('需要您处理：共 1 章，已交付 0 章。缺少第 1 章。');
    // The status file of a Chinese book has no English in it.
    expect(status).toBe(statuses.zh);
    expect((await rig.ask('POST', `/v1/books/${id}/retry`)).status).toBe(202);
    await rig.watch.until('it runs again', () => rig.watch.runs.length === 2);
    expect(rig.watch.runs.map(({ retryRefused }) => retryRefused)).toEqual([false, true]);
    expect((await book()).failures).toEqual([]);
    rig.watch.runs[1]!.fail({ code: 'take-missing', message: 'A take is missing.' });
    await rig.watch.until('it needs a person again', async () => (await book()).state === 'needs-you');
    expect((await book()).statuses.zh).toContain('有章节缺少录音');
    await rig.ask('POST', `/v1/books/${id}/retry`);
    await rig.watch.until('it runs a third time', () => rig.watch.runs.length === 3);
    rig.watch.runs[2]!.finish();
  });

  it('a person ends the wait for the next probe of an outage, and has a rejected book checked again', async () => {
    rig = await apiRig({ hold: true, timings: { probe: { first: 600_000, most: 600_000 } } });
    await rig.watch.drop('broken.yaml', 'book: {}\n');
    await rig.watch.until('rejected', async () => (await rig.ask('GET', '/v1/books?state=rejected')).body.books[0]);
    const id = await rig.onlyId();
    expect((await rig.ask('POST', `/v1/books/${id}/retry`)).status).toBe(202);
    const rejections = () => rig.watch.events.filter(({ type }) => type === 'inbox.rejected').length;
    await rig.watch.until('rejected again', () => rejections() === 2);
    await rig.watch.drop('broken.yaml', manifest('Fog'));
    await rig.watch.until('it runs', () => rig.watch.runs.length === 1);
    const away = { code: 'service-unreachable', message: 'No connection to the service.' } as const;
    rig.watch.runs[0]!.fail(away);
    const queue = async () => (await rig.ask('GET', '/v1/status')).body;
    await rig.watch.until('an outage', async () => (await queue()).hold === 'outage');
    expect((await queue()).cause).toEqual(away);
    expect((await rig.ask('POST', `/v1/books/${id}/retry`)).status).toBe(202);
    await rig.watch.until('a probe', () => rig.watch.runs.length === 2);
    rig.watch.runs[1]!.finish();
    await rig.watch.until('it is over', async () => (await queue()).cause === null);
  });

  it('tells of voices, limits and workers as the document says', async () => {
    rig = await apiRig();
    for (const path of ['voices', 'limits', 'workers']) expect((await rig.ask('GET', `/v1/${path}`)).status).toBe(200);
    const { status, headers } = await rig.ask('GET', `/v1/voices/${'a'.repeat(64)}/sample`);
    expect([status, headers.get('content-type')]).toEqual([200, 'audio/mpeg']);
  });

  it('approves a book that still waits in the queue', async () => {
    rig = await apiRig({ approveOver: 10, price: (title) => (title === 'Dear' ? 25 : 1), hold: true, booksAtOnce: 1 });
    await rig.watch.drop('cheap.yaml', manifest('Cheap'));
    await rig.watch.until('it speaks', () => rig.watch.runs.length === 1);
    const { body } = await put(manifest('Dear'), '/v1/books?name=dear');
    const state = async () => (await rig.ask('GET', `/v1/books/${body.id}`)).body.state;
    await rig.watch.until('it asks before its turn', async () => (await state()) === 'waiting-approval');
    expect((await rig.ask('POST', `/v1/books/${body.id}/approve`)).status).toBe(202);
    await rig.watch.until('it waits', async () => (await state()) === 'queued');
    expect((await rig.ask('POST', `/v1/books/${body.id}/approve`)).status).toBe(202);
    rig.watch.runs[0]?.finish();
    await rig.watch.until('its turn', () => rig.watch.runs.length === 2);
    rig.watch.runs[1]?.finish();
    await delivered(body.id);
  });

  it('serves complete files and ranges, and nothing else', async () => {
    rig = await apiRig();
    await mkdir(rig.watch.path('done', 'Mine', 'parts'), { recursive: true });
    const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
    await writeFile(rig.watch.path('done', 'Mine', '01 - Öde.mp3'), bytes);
    await writeFile(rig.watch.path('done', 'Mine', 'parts', 'a.txt'), 'hi');
    await writeFile(rig.watch.path('done', 'secret.txt'), 'geheim');
    await rig.watch.drop('book.yaml', manifest('Mine'));
    const id = await rig.onlyId();
    await delivered(id);
    const files = `/v1/books/${id}/files`;
    expect((await rig.ask('GET', files)).body.files).toEqual([
      { name: '01 - Öde.mp3', bytes: 1000, type: 'audio/mpeg' },
      { name: 'parts/a.txt', bytes: 2, type: 'text/plain; charset=utf-8' },
    ]);
    const one = `${files}/${encodeURIComponent('01 - Öde.mp3')}`;
    const whole = await rig.ask('GET', one);
    expect(whole.body.equals(bytes)).toBe(true);
    const part = await rig.ask('GET', one, { headers: { range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 10-19/1000']);
    expect(part.body.equals(bytes.subarray(10, 20))).toBe(true);
    const changed = await rig.ask('GET', one, { headers: { range: 'bytes=10-19', 'if-range': '"old"' } });
    expect(changed.status).toBe(200);
    expect((await rig.ask('GET', one, { headers: { range: 'bytes=1000-' } })).status).toBe(416);
    expect((await rig.ask('GET', `${files}/parts%2Fa.txt`)).body.toString()).toBe('hi');
    for (const name of ['..%2Fsecret.txt', '%2e%2e%2fsecret.txt', 'none.mp3', '%00'])
      expect((await rig.ask('GET', `${files}/${name}`)).status).toBe(404);
    const head = await fetch(`${rig.url}${one}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '1000']);
  });
});

describe('events', () => {
  const listen = async (headers: Record<string, string> = {}) => {
    const response = await fetch(`${rig.url}/v1/events`, { headers });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    return {
      until: async (what: RegExp) => {
        while (!what.test(text)) text += Buffer.from((await reader.read()).value ?? []).toString('utf8');
        return text;
      },
      close: () => reader.cancel(),
    };
  };

  it('arrive as they happen, resume after the last one, and are reset when that is impossible', async () => {
    rig = await apiRig({ keptEvents: 4 });
    const live = await listen();
    await live.until(/retry/);
    await rig.watch.drop('book.yaml', manifest('Mine'));
    const text = await live.until(/event: inbox\.delivered\ndata: .*\n\n/);
    await live.close();
    const [{ id }] = (await rig.ask('GET', '/v1/books')).body.books;
    expect(text).toContain(`"id":"${id}"`);
    const ids = [...text.matchAll(/^id: (\S+)$/gm)].map(([, id]) => id as string);
    expect(ids.length).toBeGreaterThan(2);
    const again = await listen({ 'last-event-id': ids.at(-2) as string });
    expect(await again.until(/inbox\.delivered/)).not.toContain(`id: ${ids.at(-2)}\n`);
    await again.close();
    for (let number = 0; number < 20; number++) rig.log.add({ type: 'inbox.resumed', hold: 'outage' });
    for (const lastId of [ids[0] as string, 'other-3', 'x']) {
      const lost = await listen({ 'last-event-id': lastId });
      await lost.until(/event: reset/);
      await lost.close();
    }
  });

  it('have a limit for listeners, which is free again when they disconnect', async () => {
    rig = await apiRig();
    const all = await Promise.all(Array.from({ length: 64 }, () => listen()));
    expect((await rig.ask('GET', '/v1/events')).status).toBe(503);
    await Promise.all(all.map((one) => one.close()));
    await rig.watch.until('there is room', async () => {
      const response = await fetch(`${rig.url}/v1/events`);
      await response.body?.cancel();
      return response.status === 200;
    });
  });
});

describe('authorization', () => {
  /** `fetch` cannot set `Host`. */
  const ask = (headers: Record<string, string>, method = 'GET'): Promise<number> =>
    new Promise((done, failed) => {
      const asked = request(`${rig.url}/v1/books`, { headers, method }, (response) => {
        response.resume();
        done(response.statusCode ?? 0);
      });
      asked.on('error', failed).end();
    });

  it('without a token: programs on this machine by a loopback name, but no web page', async () => {
    rig = await apiRig();
    const { port } = new URL(rig.url);
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`])
      expect(await ask({ host })).toBe(200);
    for (const host of ['evil.example', `localhost.evil.example:${port}`, '192.168.1.2'])
      expect(await ask({ host })).toBe(403);
    expect(await ask({ host: `localhost:${port}`, origin: 'https://evil.example' })).toBe(403);
    expect(await ask({ host: `localhost:${port}`, origin: 'null' }, 'POST')).toBe(403);
    // A browser sends no Origin with the request of a picture or a script.
    expect(await ask({ host: `localhost:${port}`, 'sec-fetch-site': 'cross-site' })).toBe(403);
    const { headers } = await rig.ask('GET', '/v1/books');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('with a token: requests that have it; document and health check need none', async () => {
    rig = await apiRig({ token: 'a-long-random-token' });
    const authorization = 'Bearer a-long-random-token';
    expect((await rig.ask('GET', '/v1/books', { headers: { authorization } })).status).toBe(200);
    for (const wrong of ['Bearer a-long-random-toke', 'Bearer ', 'Basic eA==', ''])
      expect((await rig.ask('GET', '/v1/books', { headers: { authorization: wrong } })).status).toBe(401);
    expect(await ask({ host: 'narration.example', authorization })).toBe(200);
    expect((await rig.ask('GET', '/healthz')).body).toEqual({ ok: true });
    expect((await rig.ask('GET', '/openapi.json')).body).toEqual(openApiDocument());
    expect((await rig.ask('GET', '/v2/nothing')).status).toBe(404);
  });

  it('closes a connection whose headers never end', async () => {
    rig = await apiRig();
    const { hostname, port } = new URL(rig.url);
    const socket = connect(Number(port), hostname);
    const from = performance.now();
    const drip = setInterval(() => socket.write('x: y\r\n'), 500);
    socket.write('GET /v1/books HTTP/1.1\r\nhost: localhost\r\n');
    socket.on('error', () => undefined);
    socket.resume();
    await new Promise((done) => socket.once('close', done));
    clearInterval(drip);
    expect(performance.now() - from).toBeLessThan(25_000);
  }, 30_000);
});

it('ranges are parsed as in RFC 9110', () => {
  expect(rangeOf('bytes=0-0', 10)).toEqual({ start: 0, end: 0 });
  expect(rangeOf('bytes=5-', 10)).toEqual({ start: 5, end: 9 });
  expect(rangeOf('bytes=-3', 10)).toEqual({ start: 7, end: 9 });
  expect(rangeOf('bytes=-30', 10)).toEqual({ start: 0, end: 9 });
  expect(rangeOf('bytes=3-99', 10)).toEqual({ start: 3, end: 9 });
  expect(rangeOf('bytes=10-', 10)).toBe('none');
  expect(rangeOf('bytes=-0', 10)).toBe('none');
  for (const odd of ['bytes=5-2', 'bytes=-', 'items=1-2', 'bytes=0-1,3-4', null])
    expect(rangeOf(odd, 10)).toBeUndefined();
});

it('a review file is put beside its manifest, and replaced only by who has read it', async () => {
  rig = await apiRig();
  const { body: book } = await put(manifest('Reviewed'), '/v1/books?name=reviewed');
  await delivered(book.id);
  const at = `/v1/books/${book.id}/review`;
  const review = (say: string): string => `version: 1\nlines:\n- {at: "1:1", words: Hello there., say: ${say}}\n...\n`;
  const send = (body: string, headers: Record<string, string> = {}, path = at) =>
    rig.ask('PUT', path, { headers: { ...YAML, ...headers }, body });
  expect((await rig.ask('GET', at)).status).toBe(404);
  const first = await send(review('Hallo.'));
  expect(first.body).toMatchObject({ path: 'api/reviewed/book.yaml.review', etag: first.headers.get('etag') });
  const spoken = (text: string) =>
    rig.watch.until(`says ${text}`, () => rig.watch.runs.some((run) => run.text === text));
  await spoken('Hallo.');
  // Of two who have read the same file, the second is told, and nothing of the first is lost.
  const { etag } = first.body;
  expect((await send(review('Nobody.'))).body).toMatchObject({ status: 412, title: 'Precondition Failed' });
  const answers = await Promise.all([
    send(review('One.'), { 'if-match': etag }),
    send(review('Two.'), { 'if-match': etag }),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  const read = await rig.ask('GET', at);
  expect(read.headers.get('etag')).toBe(answers.find(({ status }) => status === 200)?.body.etag);
  expect(read.body.toString()).toMatch(/say: (One|Two)\./);
  await spoken(read.body.toString().includes('One.') ? 'One.' : 'Two.');
  const refused = await send(review('Hi.').replace('...', ''), { 'if-match': read.headers.get('etag')! });
  expect([refused.status, refused.body.detail]).toEqual([
    422,
    expect.stringContaining('This review file is incomplete'),
  ]);
  const ofOther = review('Ho.').replace('lines:', 'book: Other\nlines:').replace('Hello', 'Farewell, all of you over');
  const other = await send(ofOther, { 'if-match': read.headers.get('etag')! });
  expect([other.status, other.body.detail]).toEqual([422, expect.stringContaining('review file of “Other”')]);
  expect((await rig.ask('GET', at)).headers.get('etag')).toBe(read.headers.get('etag'));
  expect((await send('x'.repeat(5 * 1024 * 1024))).status).toBe(413);
  expect((await send(review('x'), { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await send(review('x'), {}, `/v1/books/${'0'.repeat(24)}/review`)).status).toBe(404);
  // The same manifest submitted again is the same book, with its review file beside it.
  expect((await put(manifest('Reviewed'), '/v1/books?name=reviewed')).status).toBe(200);
  const archive = zipSync({ 'book.yaml': Buffer.from(manifest('Packed')) });
  const { body: packed } = await put(archive, '/v1/books?name=packed', { 'content-type': 'application/zip' });
  await delivered(packed.id);
  expect((await send(review('x'), {}, `/v1/books/${packed.id}/review`)).status).toBe(409);
}, 60_000);

it('checks a book at once, and keeps nothing of it', async () => {
  rig = await apiRig();
  const check = (body: string | Uint8Array, type = 'application/yaml') =>
    put(body, '/v1/validate', { 'content-type': type });
  expect((await check(manifest('Fine'))).body).toEqual({ ok: true, diagnostics: [] });
  const wrong = manifest('Wrong').replace('narrator:', 'somebody:');
  const found = await check(wrong);
  expect([found.status, found.body.ok]).toEqual([200, false]);
  expect(found.body.diagnostics[0]).toMatchObject({ severity: 'error', file: 'book.yaml', code: expect.any(String) });
  const archive = zipSync({ 'deep/book.yaml': Buffer.from(wrong) });
  const packed = await check(archive, 'application/zip');
  expect(packed.body.diagnostics[0]).toMatchObject({ file: 'deep/book.yaml' });
  expect((await check('no archive', 'application/zip')).body).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'archive-unreadable' }],
  });
  const refused = await check('x', 'text/plain');
  expect([refused.status, refused.body.code]).toEqual([415, 'unsupported-body']);
  expect((await rig.ask('GET', '/v1/books')).body.books).toEqual([]);
  const own = (await readdir(rig.watch.path('.pipeline-watch'), { recursive: true })).filter((name) =>
    name.includes('checking-'),
  );
  expect(own).toEqual([]);
});

describe('the OpenAPI document', () => {
  it('equals the copy in docs', async () => {
    await expect(`${JSON.stringify(openApiDocument(), null, 2)}\n`).toMatchFileSnapshot('../../docs/openapi.json');
  });
});

// Every operation was called above, and each successful response was checked against the document.
afterAll(() => {
  const good = Object.entries(ROUTES).flatMap(([name, { answers }]) =>
    Object.keys(answers).flatMap((status) => (Number(status) < 300 ? [`${name} ${status}`] : [])),
  );
  expect(good.filter((one) => !covered.has(one) && one !== 'events 200')).toEqual([]);
});
