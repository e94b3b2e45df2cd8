/** Notes to people: what they say in each format, for which events, and how they are sent, on real sockets. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteEndpoints } from '../../src/composition/note-endpoints.ts';
import { ConfigError } from '../../src/config/values.ts';
import { Claims } from '../../src/watch/claim.ts';
import type { InboxEvent } from '../../src/watch/events.ts';
import { rejectionFooter, statusText } from '../../src/watch/messages.ts';
import { type Note, noteBody, readNoteFormat } from '../../src/web/note-format.ts';
import { bookName, noteOfEvent } from '../../src/web/note-of-event.ts';
import { noteOfFailure } from '../../src/web/note-of-failure.ts';
import { startWebhooks, type Webhooks } from '../../src/web/webhook-delivery.ts';
import { type Endpoint, readEndpoints } from '../../src/web/webhook-endpoints.ts';
import { readSecrets } from '../../src/web/webhook-signature.ts';
import { type NoteReceiver, startReceiver } from './note-endpoint.ts';
import { SECRET, startEndpoint } from './webhook-endpoint.ts';

const NOTE: Note = {
  id: 'note_1',
  title: 'The <b>“Harbour”</b> & "Sea" 😀',
  state: 'failed',
  reason: 'line 1\n\\ tab\t bell\u0007 {title} lone \ud800',
  todo: 'Fix it.',
  path: 'in box/book.yaml',
};
const NONE = { format: undefined, body: undefined, contentType: undefined, authorization: undefined, link: undefined };

function formatOf(settings: Partial<Parameters<typeof readNoteFormat>[0]>) {
  const read = readNoteFormat({ ...NONE, ...settings });
  if ('problem' in read) throw new Error(read.problem);
  return read.format;
}

it('names a book without a title by its folder where its file is called like every other', () => {
  expect(['novel/book.yaml', 'book.yaml', 'in/fog.yaml', 'a/manifest.yml', './book.yaml'].map(bookName)).toEqual([
    ...['novel', 'book.yaml', 'fog.yaml', 'a', 'book.yaml'],
  ]);
});

describe('the body of a note', () => {
  it('is what each service reads, whatever the title and the reason contain', () => {
    const slack = JSON.parse(noteBody(NOTE, formatOf({ format: 'Slack' }))) as { text: string };
    expect(slack.text).toBe(
      '*The &lt;b&gt;“Harbour”&lt;/b&gt; &amp; "Sea" 😀*: failed\nline 1\n\\ tab  bell  {title} lone\nFix it.\nin box/book.yaml',
    );
    expect(JSON.parse(noteBody(NOTE, formatOf({})))).toEqual({
      title: NOTE.title,
      state: 'failed',
      reason: 'line 1\n\\ tab  bell  {title} lone',
      whatToDo: 'Fix it.',
      link: 'in box/book.yaml',
    });
    const long = { ...NOTE, path: '/srv/in box/book.yaml' };
    const linked = formatOf({ format: 'json', link: 'https://x.example/{path}' });
    expect(JSON.parse(noteBody(long, linked)).link).toBe('https://x.example/srv/in%20box/book.yaml');
    const ntfy = formatOf({ format: 'ntfy', link: 'https://x.example/{path}?t={title}' });
    expect(ntfy.contentType).toBe('text/plain; charset=utf-8');
    expect(noteBody({ ...NOTE, title: 'A & B' }, ntfy)).toMatch(
      /^A & B: failed\nline 1[\s\S]*\nhttps:\/\/x\.example\/in%20box\/book\.yaml\?t=A%20%26%20B$/,
    );
  });

  it('is one of the user, escaped for its content type', () => {
    const form = formatOf({ body: 'text={title}%20{state}', contentType: 'application/x-www-form-urlencoded' });
    expect(new URLSearchParams(noteBody(NOTE, form)).get('text')).toBe(`${NOTE.title} failed`);
    const html = formatOf({ body: '<p title="{title}">{what to do}</p>', contentType: 'text/html; charset=utf-8' });
    expect(noteBody(NOTE, html)).toContain('title="The &lt;b&gt;“Harbour”&lt;/b&gt; &amp; &quot;Sea&quot; 😀"');
    expect(noteBody(NOTE, formatOf({ body: '{title}\\n{state}' }))).toMatch(/😀\nfailed$/);
  });

  it('is short enough for a phone', () => {
    const body = noteBody(
      { ...NOTE, title: '长'.repeat(5_000), reason: '理'.repeat(5_000) },
      formatOf({ format: 'ntfy' }),
    );
    expect(Buffer.byteLength(body)).toBeLessThan(4_096);
    expect(body).toContain('…');
  });

  it.each([
    [{ format: 'teams' }, /must be one of slack, ntfy, json/],
    [{ body: '{titel}' }, /unknown placeholder \{titel\}/],
    [{ body: 'A book failed.' }, /no placeholder/],
    [{ body: '{"text": {title}}', contentType: 'application/json' }, /not valid JSON/],
    [{ body: '{title}', contentType: 'json\r\nx: y' }, /must be a content type/],
    [{ authorization: 'Bearer geheim\nx: y' }, /must be one line/],
  ])('refuses %j', (settings, message) => {
    const read = readNoteFormat({ ...NONE, ...settings });
    expect('problem' in read && read.problem).toMatch(message);
    expect(JSON.stringify(read)).not.toContain('geheim');
  });
});

describe('the events of which a person hears', () => {
  const book = { path: 'urgent/book.yaml', title: 'The Harbour', version: 'v1' };
  const details = { fileName: 'book.yaml', spent: { amount: 1, currency: 'CNY' } };

  it('are an approval, a failure and errors, in the language of the book', () => {
    const price = { amount: 12.5, currency: 'CNY' };
    const why = statusText({ name: 'waiting-approval', price }, details, 'en');
    expect(noteOfEvent({ type: 'inbox.attention', ...book, why })).toMatchObject({
      title: 'The Harbour',
      state: 'needs approval',
      reason: 'this costs about 12.50 CNY.',
      todo: 'To approve, put an empty file named "book.yaml.approved" beside it.',
      path: 'urgent/book.yaml',
    });
    const zh = statusText({ name: 'waiting-approval', price }, details, 'zh');
    expect(noteOfEvent({ type: 'inbox.attention', ...book, why: zh })).toMatchObject({
      state: '需要批准',
      reason: '费用约 12.50 CNY。',
      todo: '如果同意，请在旁边放一个名为“book.yaml.approved”的空文件。',
    });
    const errors = `book.yaml:3: There is no chapter.\n\n${rejectionFooter('en')}`;
    expect(noteOfEvent({ type: 'inbox.rejected', ...book, errors })).toMatchObject({
      state: 'has errors',
      reason: 'book.yaml:3: There is no chapter.',
      todo: expect.stringContaining('"book.yaml.rejected.txt"'),
    });
    const others: InboxEvent[] = [
      { type: 'inbox.cancelled', ...book },
      { type: 'inbox.accepted', ...book, segments: 1, price: null },
      { type: 'inbox.resumed', hold: 'outage' },
    ];
    expect(others.map((event) => noteOfEvent(event))).toEqual([undefined, undefined, undefined]);
  });

  it('are also an outage that somebody has to end, once a day for each cause', () => {
    const full: InboxEvent = { type: 'inbox.paused', hold: 'outage', why: 'The disk is full.', code: 'disk-full' };
    const note = noteOfEvent(full, new Date('2026-11-29T10:00:00Z'));
    expect(note).toMatchObject({
      ...{ title: 'All books · 所有书', reason: 'The disk is full.', todo: 'Free some disk space.' },
      path: 'PIPELINE STOPPED - read me.txt',
    });
    expect(noteOfEvent(full, new Date('2026-11-29T23:00:00Z'))?.id).toBe(note?.id);
    expect(noteOfEvent(full, new Date('2026-11-30T10:00:00Z'))?.id).not.toBe(note?.id);
    for (const code of ['key-refused', 'account-blocked'] as const)
      expect(noteOfEvent({ ...full, code })).toBeDefined();
    for (const code of ['service-unreachable', 'queue-unreachable'] as const)
      expect(noteOfEvent({ ...full, code })).toBeUndefined();
    expect(noteOfEvent({ type: 'inbox.paused', hold: 'quiet-hours', why: 'It is night.' })).toBeUndefined();
  });

  it('have one ID however often the book is tried and whatever that costs; another version has another', () => {
    const tell = (amount: number, version = 'v1') => {
      const state = { name: 'needs-you', reason: 'the account owes money' } as const;
      const why = statusText(state, { ...details, spent: { amount, currency: 'CNY' } }, 'en');
      return noteOfEvent({ type: 'inbox.attention', ...book, version, why });
    };
    expect(tell(1)).toEqual(tell(2));
    expect(tell(1)).toMatchObject({ state: 'needs attention', reason: 'the account owes money' });
    expect(tell(1, 'v2')!.id).not.toBe(tell(1)!.id);
  });

  it('are also the failures of runs', () => {
    const failures = [
      { code: 'text-refused', message: 'The service refused the words.' },
      { code: 'chapter-failed', message: '…' },
    ];
    const of = { manifest: '/b/book.yaml', failures, command: 'pipeline retry a', sameAs: ['a'] };
    expect(noteOfFailure(of)).toMatchObject({
      title: 'b',
      state: 'failed',
      reason: 'The service refused the words. (and 1 more)',
      todo: 'Fix the cause, then: pipeline retry a',
    });
    expect(noteOfFailure({ ...of, failures: [], language: 'zh-CN' }).reason).toContain('report.html');
  });
});

describe('notes on the way', () => {
  let own: string;
  const notices: string[] = [];
  const open: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    own = await mkdtemp(join(tmpdir(), 'notes-'));
    notices.length = 0;
    for (const name of ['tmp', 'claims']) await mkdir(join(own, name));
  });
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
    await rm(own, { recursive: true, force: true });
  });
  const opened = <T extends { close(): Promise<void> }>(one: T): T => {
    open.push(one);
    return one;
  };
  const start = (endpoints: Endpoint[]): Webhooks => {
    const secrets = readSecrets(SECRET);
    if ('problem' in secrets) throw new Error('wrong rig');
    const timings = { retryDelaysMs: [40, 40, 40], pollMs: 20, timeoutMs: 3_000 };
    const options = { ownFolder: own, endpoints, ...secrets, claims: new Claims(), timings };
    return opened(startWebhooks({ ...options, notice: (message) => notices.push(message) }));
  };
  const person = ({ url }: NoteReceiver, more: NodeJS.ProcessEnv = {}): Endpoint[] =>
    noteEndpoints({ PIPELINE_NOTIFY_URL: url, ...more });
  const rejected: InboxEvent = { type: 'inbox.rejected', path: 'a.yaml', version: 'v1', errors: 'Wrong.\nFooter.' };

  it('reach people unsigned and programs signed; each once, also after a restart', async () => {
    const receiver = opened(await startReceiver());
    const program = opened(await startEndpoint());
    const programs = readEndpoints([program.url]);
    if ('problem' in programs) throw new Error('wrong rig');
    const env = { PIPELINE_NOTIFY_AUTHORIZATION: 'Bearer geheim', PIPELINE_NOTIFY_FORMAT: 'ntfy' };
    const endpoints = [...programs.endpoints, ...person(receiver, env)];
    for (const _ of [1, 2]) {
      const sender = start(endpoints);
      sender.enqueue(rejected);
      sender.enqueue({ type: 'inbox.accepted', path: 'b.yaml', version: 'v1', segments: 1, price: null });
      await sender.settle(2_000);
      await sender.close();
      open.splice(open.indexOf(sender), 1);
    }
    expect(program.received.map(({ body, isSigned }) => [body.type, isSigned])).toEqual([
      ['inbox.rejected', true],
      ['inbox.accepted', true],
    ]);
    expect(receiver.received.map(({ text }) => text)).toEqual([
      'a.yaml: has errors\nWrong.\nFix the errors and save the file; it is then checked again. They are all in "a.yaml.rejected.txt".\na.yaml',
    ]);
    const { headers } = receiver.received[0]!;
    expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', authorization: 'Bearer geheim' });
    expect(headers).not.toHaveProperty('webhook-signature');
    expect(notices).toEqual([]);
  });

  it('reach people from a full disk, once, and also after a first failure', async () => {
    let answers = 0;
    const receiver = opened(await startReceiver((response) => response.writeHead(answers++ === 0 ? 503 : 200).end()));
    // No message can be written: its folder is a file.
    await writeFile(join(own, 'outbox'), '');
    const sender = start(person(receiver));
    sender.enqueue({ type: 'inbox.paused', hold: 'outage', why: 'The disk is full.', code: 'disk-full' });
    await expect.poll(() => receiver.received.length).toBe(2);
    await sender.settle(200);
    expect(receiver.received).toHaveLength(2);
    expect(receiver.received[1]?.text).toContain('Free some disk space.');
    expect(notices.join('\n')).toContain('They are sent from memory.');
  });

  it('are tried again, wait for nobody, follow no redirect, and are logged by host alone', async () => {
    let answers = 0;
    const busy = opened(
      await startReceiver((response) => response.writeHead(++answers < 3 ? 503 : 200).end('geheim body')),
    );
    const silent = opened(await startReceiver(() => undefined));
    const moved = opened(await startReceiver((response) => response.writeHead(302, { location: busy.url }).end()));
    const good = opened(await startReceiver());
    const sender = start([silent, moved, busy, good].flatMap((one) => person(one)));
    sender.tell(NOTE);
    await expect.poll(() => [busy.received.length, good.received.length, moved.received.length]).toEqual([3, 1, 4]);
    expect(JSON.parse(good.received[0]!.text)).toMatchObject({ state: 'failed' });
    expect(notices.join('\n')).toMatch(
      /^Notification address \(\w+\) http:\/\/[^/]+: [\s\S]*(answered 503[\s\S]*accepts messages again|redirect, which is not followed)/m,
    );
    expect(notices.join('\n')).not.toMatch(/geheim|services/);
    // Only the one that does not answer is still waited for.
    await expect.poll(async () => (await readdir(join(own, 'outbox'))).length).toBeLessThanOrEqual(1);
  });

  it('need an address without a password, and a format that is right', () => {
    const wrong = (env: NodeJS.ProcessEnv) => () => noteEndpoints(env);
    expect(wrong({ PIPELINE_NOTIFY_URL: 'https://me:geheim@x.example/' })).toThrow(ConfigError);
    expect(wrong({ PIPELINE_NOTIFY_URL: 'https://me:geheim@x.example/' })).not.toThrow(/geheim/);
    expect(wrong({ PIPELINE_NOTIFY_URL: 'ftp://x.example/' })).toThrow('address 1 must begin with https://');
    expect(wrong({ PIPELINE_NOTIFY_URL: 'https://x.example', PIPELINE_NOTIFY_FORMAT: 'fax' })).toThrow('slack, ntfy');
    expect(noteEndpoints({})).toEqual([]);
  });
});
