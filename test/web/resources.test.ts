/** Voices with their samples and last use, limits and workers, on the watcher's port. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startNotifications } from '../../src/cli/watch/notifications.ts';
import type { Work } from '../../src/run/run-options.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { putVoice, recordVoiceUse, type VoiceRecord } from '../../src/store/ledger.ts';
import type { InboxView } from '../../src/watch/view.ts';

let folder: string;
let url: string;
let close: () => Promise<void>;
let open: Partial<Work> | undefined;
const sample = await readFile('manifests/voices/narrator.wav').catch(() => Buffer.from('RIFF a sample'));

beforeAll(async () => {
  vi.stubEnv('REDIS_URL', '');
  folder = await mkdtemp(join(tmpdir(), 'resources-'));
  const flags = { httpPort: 0, simulate: true, store: join(folder, 'store') };
  const store = await openDiskStore(flags.store);
  const { digest } = await store.putBlob(sample);
  const voice: VoiceRecord = {
    ...{ key: 'a'.repeat(64), account: 'acct', voiceId: 'qwen-tts-vc-v1', model: 'a-model', preferredName: 'v1' },
    ...{ characters: ['Mara'], simulated: false, enrolledAt: '2026-11-01T00:00:00.000Z' },
    sample: { digest, mediaType: 'text/html' },
  };
  await putVoice(store, voice);
  const { sample: _, ...older } = voice;
  await putVoice(store, { ...older, key: 'b'.repeat(64), voiceId: 'older', characters: ['<b>Keeper</b>'] });
  await recordVoiceUse(store, 'qwen-tts-vc-v1', 'acct');
  const notices: string[] = [];
  const work = () => (open === undefined ? undefined : Promise.resolve(open as Work));
  const started = await startNotifications({ folder, flags, notice: (one) => notices.push(one), work });
  started.onOpen({} as InboxView);
  url = /All books: (\S+)\/books/.exec(notices.join('\n'))![1]!;
  close = () => started.close();
});
afterAll(async () => {
  await close();
  await rm(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

// biome-ignore lint/suspicious/noExplicitAny: an answer in JSON.
const get = async (path: string): Promise<any> => (await fetch(url + path)).json();

it('lists voices with their last use, and gives the sample of one as sound, whatever its record says', async () => {
  const { voices, left } = await get('/v1/voices');
  const today = new Date().toISOString().slice(0, 10);
  expect(left).toBe(0);
  expect(voices).toMatchObject([
    { voice: 'qwen-tts-vc-v1', characters: ['Mara'], lastUsedOn: today, hasSample: true },
    { voice: 'older', characters: ['<b>Keeper</b>'], lastUsedOn: null, hasSample: false },
  ]);
  const response = await fetch(`${url}/v1/voices/${'a'.repeat(64)}/sample`);
  expect(response.headers.get('content-type')).toBe('audio/wav');
  expect(Buffer.from(await response.arrayBuffer()).equals(sample)).toBe(true);
  expect((await fetch(`${url}/v1/voices/${'b'.repeat(64)}/sample`)).status).toBe(404);
  expect((await fetch(`${url}/v1/voices/..%2f..%2fsecret/sample`)).status).toBe(404);
});

it('lists limits with their use and what this process does, also before anything is open', async () => {
  expect((await get('/v1/limits')).limits).toEqual([
    { limit: 'sessions', model: null, used: 0, most: expect.any(Number) },
    { limit: 'callsPerMinute', model: 'a-model', used: 0, most: null },
  ]);
  expect(await get('/v1/workers')).toMatchObject({ shared: false, workers: [{ pid: process.pid, steps: [] }] });
  const steps = [{ kind: 'synthesize', book: 'Fog', number: '3:37', seconds: 2 }] as const;
  open = {
    limitUse: () => [{ limit: 'sessions', used: 7, most: 8 }],
    presence: () => ({ worker: 'w', machine: 'here', pid: 1, kinds: ['synthesize'], sessions: 8, steps }),
  };
  expect((await get('/v1/limits')).limits[0]).toMatchObject({ limit: 'sessions', used: 7, most: 8 });
  expect((await get('/v1/workers')).workers).toMatchObject([{ machine: 'here', steps: [{ number: '3:37' }] }]);
});
