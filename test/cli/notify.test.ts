/** Commands that notify a person, with a real receiver; the commands are called in this process. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { notifyChecks } from '../../src/cli/doctor/notify-check.ts';
import { runCommand } from '../../src/cli/run/run.ts';
import { type NoteReceiver, startReceiver } from '../web/note-endpoint.ts';
import { called, quickCommands } from './in-process.ts';

quickCommands();

const BOOK = `book: {title: The Harbour}
characters: {narrator: {voice: qwen-tts-vc-a-voice-20250812105009984-838b}}
model: qwen-tts-vc-realtime-2025-08-20
chapters: [{title: One, text: Hello there.}]
`;
let folder: string;
let receiver: NoteReceiver;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notify-'));
  receiver = await startReceiver();
  vi.stubEnv('PIPELINE_NOTIFY_URL', receiver.url);
});
afterEach(async () => {
  vi.stubEnv('PIPELINE_NOTIFY_URL', '');
  await receiver.close();
  await rm(folder, { recursive: true, force: true });
});

const notes = () => receiver.received.map(({ text }) => JSON.parse(text) as Record<string, string>);
const run = (name: string, flags: Parameters<typeof runCommand>[1] = {}) =>
  called(() =>
    runCommand(join(folder, name), {
      ...{ simulate: true, store: join(folder, 'store'), out: join(folder, 'out'), lock: false },
      ...flags,
    }),
  );

it('run tells of a book that cannot be made, once a day for the same reason', async () => {
  await writeFile(join(folder, 'wrong.yaml'), 'book: {title: Wrong}\n');
  expect((await run('wrong.yaml')).code).toBe(2);
  await writeFile(join(folder, 'book.yaml'), BOOK);
  for (const _ of [1, 2]) expect((await run('book.yaml', { budget: '0.000001 CNY' })).code).toBe(4);
  const failed = await run('book.yaml', { budget: '0.000001 CNY', json: true });
  expect([failed.code, failed.stderr]).toEqual([4, expect.not.stringContaining('geheim')]);
  const path = join(folder, 'book.yaml');
  expect(notes()).toEqual([
    expect.objectContaining({ title: 'wrong.yaml', state: 'has errors', whatToDo: expect.stringContaining('check') }),
    expect.objectContaining({ state: 'is over budget', link: path, whatToDo: expect.stringContaining('pipeline run') }),
  ]);
  expect(notes()[0]!['reason']).toMatch(/characters.*\(and \d more\)/s);
});

it('run tells of a Chinese book in Chinese', async () => {
  await writeFile(join(folder, 'book.yaml'), BOOK.replace('The Harbour}', '港口, language: zh}'));
  expect((await run('book.yaml', { budget: '0.000001 CNY' })).code).toBe(4);
  expect(notes()).toMatchObject([{ title: '港口', state: '超出预算', whatToDo: expect.stringMatching(/^请排除原因/) }]);
});

it('run goes on when nobody can be told, and the next one sends what is left', async () => {
  await writeFile(join(folder, 'book.yaml'), BOOK);
  await receiver.close();
  const failed = await run('book.yaml', { budget: '0.000001 CNY' });
  expect([failed.code, failed.stderr]).toEqual([
    4,
    expect.stringMatching(/127\.0\.0\.1:\d+: the endpoint cannot be reached/),
  ]);
  expect(failed.stderr).not.toContain('geheim');
  expect(await readdir(join(folder, 'store/notifications/outbox'))).toHaveLength(1);
  receiver = await startReceiver();
});

it('a wrong setting is refused before anything is done', async () => {
  vi.stubEnv('PIPELINE_NOTIFY_FORMAT', 'fax');
  const refused = await run('book.yaml');
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('PIPELINE_NOTIFY_FORMAT must be one of')]);
  vi.stubEnv('PIPELINE_NOTIFY_FORMAT', '');
});

it('doctor --notify sends a test message, and shows what came back', async () => {
  const refusing = await startReceiver((response) => response.writeHead(403).end('invalid_token'));
  vi.stubEnv('PIPELINE_NOTIFY_URL', `${receiver.url} ${refusing.url}`);
  const found = await notifyChecks();
  await refusing.close();
  expect(found.map(({ state }) => state)).toEqual(['ok', 'fail']);
  expect(found[1]!.found).toMatch(/^http:\/\/127\.0\.0\.1:\d+: the endpoint answered 403: invalid_token$/);
  expect(notes()).toEqual([expect.objectContaining({ state: 'test' })]);
  vi.stubEnv('PIPELINE_NOTIFY_URL', '');
  expect(await notifyChecks()).toMatchObject([{ state: 'fail', fix: expect.stringContaining('PIPELINE_NOTIFY_URL') }]);
});
