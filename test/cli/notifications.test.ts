/** The whole program: a book goes in over HTTP, its webhooks arrive signed, and it lies in the library. */
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SECRET, startEndpoint, type TestEndpoint } from '../web/webhook-endpoint.ts';
import { makeRig, type Rig } from './rig.ts';

const BOOK =
  'book: { title: Sent, author: Anna }\ncharacters: { narrator: { voice: qwen-tts-vc-a-voice-20250812105009984-838b } }\nchapters: [{ title: One, text: Hello there. }]\noutput: { formats: [mp3] }\n';

let rig: Rig;
let endpoint: TestEndpoint;
beforeEach(async () => {
  rig = await makeRig();
  endpoint = await startEndpoint();
  await rig.write('inbox/.keep', '');
});
afterEach(async () => {
  await rig.destroy();
  await endpoint.close();
});

describe('pipeline watch that tells', () => {
  it('takes a book over HTTP, tells of it, and puts it into the library', { timeout: 60_000 }, async () => {
    const args = ['watch', 'inbox', '--simulate', '--http-port', '0', '--webhook', endpoint.url, '--library', 'books'];
    const watcher = rig.start(args, { PIPELINE_WEBHOOK_SECRET: SECRET });
    const url = /http:\/\/[\d.:]+/.exec(await watcher.line('The HTTP API is at'))?.[0];
    await expect.poll(async () => (await fetch(`${url}/v1/status`)).status, { timeout: 10_000 }).toBe(200);
    const headers = { 'content-type': 'application/yaml' };
    const sent = await fetch(`${url}/v1/books?name=sent`, { method: 'POST', headers, body: BOOK });
    const { id } = (await sent.json()) as { id: string };
    const types = (): string[] => endpoint.received.map(({ body }) => body.type);
    await expect.poll(types, { timeout: 40_000 }).toContain('inbox.delivered');
    expect(types()).toContain('inbox.accepted');
    expect(endpoint.received.every(({ isSigned }) => isSigned)).toBe(true);
    const { files } = (await (await fetch(`${url}/v1/books/${id}/files`)).json()) as { files: { name: string }[] };
    expect(files.map(({ name }) => name)).toContain('01 - One.mp3');
    expect(await readdir(rig.path('books', 'Anna', 'Sent'))).toContain('01 - One.mp3');
    watcher.child.kill('SIGTERM');
    const { code, stdout, stderr } = await watcher.done;
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(SECRET.slice(6));
  });

  it('refuses a webhook without a secret, and an open address without a token', async () => {
    const open = await rig.run(['watch', 'inbox', '--simulate', '--http-port', '0', '--http-host', '0.0.0.0']);
    expect([open.code, open.stdout, open.stderr]).toEqual([2, '', expect.stringContaining('PIPELINE_API_TOKEN')]);
    const unsigned = await rig.run(['watch', 'inbox', '--simulate', '--webhook', endpoint.url]);
    expect([unsigned.code, unsigned.stdout, unsigned.stderr]).toEqual([
      ...[2, '', expect.stringContaining('PIPELINE_WEBHOOK_SECRET')],
    ]);
  });

  it('ends where another program has its port, before it touches a book', async () => {
    await rig.write('inbox/sent.yaml', BOOK);
    const port = new URL(endpoint.url).port;
    const { code, stderr } = await rig.run(['watch', 'inbox', '--simulate', '--http-port', port]);
    expect([code, stderr]).toEqual([3, expect.stringContaining(`uses 127.0.0.1:${port}`)]);
    expect(stderr).toContain('Choose another --http-port; 0 uses a free port.');
    expect(String(await rig.read('inbox/sent.yaml'))).toBe(BOOK);
    expect((await readdir(rig.path('inbox'))).filter((name) => !name.startsWith('.'))).toEqual(['sent.yaml']);
  });

  it('webhook test says what came back, and shows neither secret nor path', async () => {
    const env = { PIPELINE_WEBHOOK_SECRET: SECRET, PIPELINE_WEBHOOK_URL: endpoint.url };
    const good = await rig.run(['webhook', 'test'], env);
    expect([good.code, good.stdout]).toEqual([0, expect.stringMatching(/✓ .* accepted inbox\.test msg_\S+: 204/)]);
    expect(endpoint.received[0]).toMatchObject({ isSigned: true, body: { type: 'inbox.test' } });
    const gone = await startEndpoint();
    await gone.close();
    const bad = await rig.run(['webhook', 'test', '--url', `${gone.url}/geheim`], env);
    expect([bad.code, bad.stdout]).toEqual([3, expect.stringContaining('cannot be reached (ECONNREFUSED)')]);
    expect(bad.stdout + bad.stderr).not.toMatch(/geheim|BwcHBwc/);
  });
});
