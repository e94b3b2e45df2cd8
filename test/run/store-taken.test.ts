/** A run that slept while another one took over its store: it says so, and not what its broken connections look like. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadBook } from '../../src/book/load-book.ts';
import { termsOf } from '../../src/composition/prices-and-budget.ts';
import { accountFor } from '../../src/composition/service.ts';
import { openWorkbench } from '../../src/composition/workbench.ts';
import { readConfig } from '../../src/config/config.ts';
import { interrupted } from '../../src/errors.ts';
import { runBook } from '../../src/run/run-book.ts';
import type { Work } from '../../src/run/run-options.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { type ScriptedServer, startServer } from '../speech/server.ts';

let folder: string;
let server: ScriptedServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-taken-'));
  server = await startServer({
    // As the service ends sessions of a model that it does not have, or of a client that is silent for long.
    onSession: (peer) => {
      peer.send({ type: 'session.created', session: { id: 'sess_1', object: 'realtime.session', model: 'm' } });
      peer.on(({ type }) => {
        if (type === 'session.update') peer.send({ type: 'session.updated', session: { id: 'sess_1' } });
        if (type === 'input_text_buffer.commit') peer.socket.close(1000);
      });
    },
  });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a book; `opened` may change what it works with. Returns what stopped it. */
async function run(opened: (work: Work) => Work) {
  const path = join(folder, 'book.yaml');
  await writeFile(
    path,
    `book: {title: T}
characters: {narrator: {voice: qwen-tts-vc-n-voice-20250812105009984-838b}}
chapters: [{title: One, text: The fog came.}]
output: {formats: [mp3]}
`,
  );
  const { book } = await loadBook({ manifestPath: path });
  if (book === undefined) throw new Error('the book has mistakes');
  const { PATH, HOME, XDG_CACHE_HOME } = process.env;
  const service = { DASHSCOPE_HTTP_BASE_URL: server.httpBaseUrl, DASHSCOPE_REALTIME_URL: server.realtimeUrl };
  const env = { PATH, HOME, XDG_CACHE_HOME, DASHSCOPE_API_KEY: 'sk-test', ...service };
  const config = readConfig({ out: join(folder, 'out'), store: join(folder, 'store') }, env);
  const account = accountFor(config);
  const store = await openDiskStore(config.storeDir);
  const { stoppedBy } = await runBook({
    book,
    store,
    account,
    simulated: false,
    outDir: config.outDir,
    terms: await termsOf(config, book.manifest, {}, { account }),
    openWork: async () => opened(await openWorkbench({ config, account, store, notice: () => undefined })),
    emit: () => undefined,
    signal: new AbortController().signal,
    keepLock: false,
  });
  return stoppedBy;
}

it('names the process that has the store, also when the service seemed to be gone first', async () => {
  expect(await run((work) => work)).toMatchObject({ code: 'model-unknown' });

  const lost = new AbortController();
  const taken = interrupted('working: another run took over the store');
  const asleep = await run((work) => ({
    ...work,
    lost: lost.signal,
    // The first heartbeat after the sleep ends while the workers stop.
    stopWorkers: async (options) => {
      await work.stopWorkers(options);
      lost.abort(taken);
    },
  }));
  expect(asleep).toMatchObject({ code: taken.code, message: taken.message });
}, 120_000);
