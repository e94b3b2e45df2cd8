import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/values.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function keyFile(content: string | Uint8Array): Promise<NodeJS.ProcessEnv> {
  const path = join(folder, 'key');
  await writeFile(path, content);
  return { DASHSCOPE_API_KEY_FILE_PATH: path };
}

test('the key comes from a file when the environment has none', async () => {
  expect(readConfig({}, await keyFile('sk-from-a-file\r\n')).apiKey).toBe('sk-from-a-file');
  expect(readConfig({}, await keyFile('\ufeffsk-with-a-mark')).apiKey).toBe('sk-with-a-mark');
  expect(readConfig({}, { ...(await keyFile('sk-file')), DASHSCOPE_API_KEY: 'sk-env' }).apiKey).toBe('sk-env');
  expect(readConfig({}, { DASHSCOPE_API_KEY_FILE_PATH: ' ' }).apiKey).toBeUndefined();
});

test.each([
  ['empty', ' \n', /is empty/],
  ['two lines', 'sk-one\nsk-two', /on one line and nothing else/],
  ['not text', Buffer.from([0xff, 0xfe, 0, 1]), /on one line and nothing else/],
  ['huge', 'x'.repeat(5_000), /has 5000 bytes/],
])('a key file that is %s is refused without repeating it', async (_name, content, message) => {
  const env = await keyFile(content);
  const read = () => readConfig({}, env);
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(message);
  expect(read).not.toThrow(/sk-/);
  // Trying things out needs no key, and so no file.
  expect(readConfig({ simulate: true }, env).apiKey).toBeUndefined();
});

test('a key file that is not there, or is a folder', () => {
  expect(() => readConfig({}, { DASHSCOPE_API_KEY_FILE_PATH: join(folder, 'none') })).toThrow(
    /cannot be read \(ENOENT\)/,
  );
  expect(() => readConfig({}, { DASHSCOPE_API_KEY_FILE_PATH: folder })).toThrow(ConfigError);
});

test('the life of temporary keys has bounds', () => {
  expect(readConfig({}, {}).temporaryKeySeconds).toBeUndefined();
  expect(readConfig({}, { PIPELINE_TEMPORARY_KEY_SECONDS: '600' }).temporaryKeySeconds).toBe(600);
  for (const wrong of ['9', '1801', '-1', 'yes', '1.5']) {
    expect(() => readConfig({}, { PIPELINE_TEMPORARY_KEY_SECONDS: wrong })).toThrow(/from 10 to 1800/);
  }
});
