/** Calls a command's function in this process, where starting the program would only cost time: its exit code and what it printed. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { describeFailure } from '../../src/cli/command-line/exit-codes.ts';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { BUNDLED_FFMPEG } from '../quick-environment.ts';
import { SAMPLES } from './rig.ts';

export interface Called {
  code: number;
  stdout: string;
  stderr: string;
  /** The lines of stdout as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of many kinds.
  events: any[];
}

/** Runs `command` with stdout and stderr caught. Its failure becomes an exit code and a message, as on the command line. */
export async function called(command: () => Promise<number>): Promise<Called> {
  const out = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation(((text: string | Uint8Array, ...rest: unknown[]) => {
      out[name] += String(text);
      const done = rest.at(-1);
      if (typeof done === 'function') done();
      return true;
    }) as typeof process.stdout.write),
  );
  let code: number;
  try {
    code = await command();
  } catch (error) {
    const failure = describeFailure(error);
    code = failure.exitCode;
    out.stderr += failure.message;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  const lines = out.stdout.split('\n').filter((line) => line.startsWith('{'));
  return { code, ...out, events: lines.map((line) => JSON.parse(line)) };
}

/**
 * For a file that is about neither the queue nor the sound: its commands share a Redis, if there is one here, and use the
 * ffmpeg that comes with the program, as the rig does. Call it beside the tests.
 */
export function quickCommands(): void {
  let redis: TestRedis | undefined;
  beforeAll(async () => {
    redis = await startRedis();
    if (redis !== undefined) vi.stubEnv('REDIS_URL', redis.url);
    if (BUNDLED_FFMPEG !== undefined) vi.stubEnv('FFMPEG_PATH', BUNDLED_FFMPEG);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await redis?.stop();
  });
}

/** A folder with a book of two voices, and the flags for its store and its finished files. */
export async function bookFolder(texts: readonly string[], { formats = 'mp3', more = '' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'in-process-'));
  await cp(SAMPLES, join(folder, 'voices'), { recursive: true });
  for (const [at, text] of texts.entries()) await writeFile(join(folder, `${at + 1}.txt`), `${text}\n`);
  const chapters = texts.map((_text, at) => `  - { title: Part ${at + 1}, file: ${at + 1}.txt }`).join('\n');
  const manifest = join(folder, 'book.yaml');
  await writeFile(
    manifest,
    `book: { title: A Small Book, author: Somebody }
characters:
  narrator: { sample: voices/narrator.wav }
  mara: { sample: voices/mara.mp3 }
chapters:
${chapters}
output: { formats: [${formats}] }
${more}`,
  );
  return {
    folder,
    manifest,
    path: (...parts: string[]) => join(folder, ...parts),
    flags: { simulate: true, store: join(folder, 'store'), out: join(folder, 'out'), json: true },
    destroy: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
