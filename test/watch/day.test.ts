/**
 * A day of a watched folder, compressed: random drops, edits, removals, moves, pauses, restarts and kills against the built
 * program and a simulator of its own. At the end the folder has exactly the books that it asks for, and a run of each finds
 * nothing left to do. Seeded; `WATCH_DAY_SECONDS` makes it longer, `WATCH_DAY_SEED` another one.
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeRig, type Rig, type Running } from '../cli/rig.ts';
import { manifest, manifestOf } from './rig.ts';

const SECONDS = Number(process.env['WATCH_DAY_SECONDS'] ?? 40);
const SEED = Number(process.env['WATCH_DAY_SEED'] ?? 1);
/** Books at most in the folder at a time. */
const MOST_BOOKS = 6;

let rig: Rig;
beforeAll(async () => {
  rig = await makeRig();
});
afterAll(() => rig.destroy());

it('ends with exactly the books that the folder asks for', async () => {
  const simulator = rig.start(['simulate', '--port', '0', '--tones', '--behaviour', 'adoptVoices=true']);
  const line = await simulator.line('DASHSCOPE_HTTP_BASE_URL=');
  const setting = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(line)?.[1] ?? '';
  const env = {
    DASHSCOPE_API_KEY: 'day',
    DASHSCOPE_HTTP_BASE_URL: setting('DASHSCOPE_HTTP_BASE_URL'),
    DASHSCOPE_REALTIME_URL: setting('DASHSCOPE_REALTIME_URL'),
  };
  await mkdir(rig.path('inbox'));
  let watcher = watch(env);
  const random = chance(SEED);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  /** Folder → what it asks for: the title and its one sentence. */
  const asked = new Map<string, { title: string; text: string }>();
  const log: string[] = [];
  let count = 0;

  const write = async (at: string, title: string, text: string): Promise<void> => {
    if (at.endsWith('.zip')) {
      const files = { 'one.txt': strToU8(text), 'book.yaml': strToU8(small(manifestOf(title, 'one.txt'))) };
      await rig.write(join('inbox', at), zipSync(files));
    } else if (at.startsWith('files-')) {
      await rig.write(join('inbox', at, 'book.yaml'), small(manifestOf(title, 'one.txt')));
      await sleep(random() * 300);
      await rig.write(join('inbox', at, 'one.txt'), text);
    } else await rig.write(join('inbox', at, 'book.yaml'), small(manifest(title, text)));
    asked.set(at, { title, text });
  };
  const actions: Record<string, () => Promise<void>> = {
    drop: async () => {
      if (asked.size >= MOST_BOOKS) return;
      count += 1;
      const at = pick([`book-${count}`, `files-${count}`, `urgent/book-${count}`, `packed-${count}.zip`]);
      await write(at, `Day ${count}`, `This is book ${count}, as it was dropped.`);
    },
    edit: async () => {
      const at = pick([...asked.keys()]);
      const book = asked.get(at);
      if (book !== undefined) await write(at, book.title, `Edited at step ${log.length}.`);
    },
    remove: async () => {
      const at = pick([...asked.keys()]);
      if (at === undefined || asked.size < 3) return;
      asked.delete(at);
      await rm(rig.path('inbox', at), { recursive: true });
    },
    move: async () => {
      const at = pick([...asked.keys()].filter((name) => name.startsWith('book-')));
      const book = at === undefined ? undefined : asked.get(at);
      if (at === undefined || book === undefined) return;
      count += 1;
      await rename(rig.path('inbox', at), rig.path('inbox', `book-moved-${count}`));
      asked.delete(at);
      asked.set(`book-moved-${count}`, book);
    },
    pause: async () => {
      await rig.write('inbox/PAUSE', '');
      await sleep(1_000);
      await rm(rig.path('inbox/PAUSE'));
    },
    restart: async () => {
      // Before it says so it does not listen to signals yet.
      await watcher.line('Watching');
      watcher.child.kill('SIGTERM');
      expect((await watcher.done).code).toBe(0);
      watcher = watch(env);
    },
    kill: async () => {
      watcher.child.kill('SIGKILL');
      await watcher.done;
      watcher = watch(env);
    },
  };
  const names = ['drop', 'drop', 'drop', 'edit', 'edit', 'edit', 'remove', 'move', 'pause', 'restart', 'kill'];
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) {
    const name = pick(names);
    log.push(name);
    await actions[name]?.();
    await sleep(random() * 2_000);
  }

  const isSettled = async (): Promise<boolean> => {
    const { stdout } = await rig.run(['status', 'inbox', '--json']);
    const { counts } = JSON.parse(stdout) as { counts: Record<string, number> };
    return counts['delivered'] === asked.size && Object.keys(counts).length === 1;
  };
  for (let quiet = 0, tries = 0; quiet < 2; tries++) {
    quiet = (await isSettled()) ? quiet + 1 : 0;
    if (tries > 150) {
      watcher.child.kill('SIGTERM');
      const { stdout, stderr } = await watcher.done;
      throw new Error(
        `never settled (seed ${SEED}): ${log.join(' ')}\n${stdout.slice(-4_000)}\n${stderr.slice(-2_000)}`,
      );
    }
    await sleep(2_000);
  }
  watcher.child.kill('SIGTERM');
  expect((await watcher.done).code).toBe(0);

  // Statuses for these books and for nothing else.
  const files = (await readdir(rig.path('inbox'), { recursive: true })).filter(
    (name) => !/^(done|\.pipeline)/.test(name),
  );
  const statuses = files.filter((name) => name.endsWith('.status.txt'));
  expect(statuses.sort()).toEqual(
    [...asked.keys()].map((at) => (at.endsWith('.zip') ? `${at}.status.txt` : `${at}/book.yaml.status.txt`)).sort(),
  );
  expect(files.filter((name) => name.endsWith('.rejected.txt'))).toEqual([]);
  for (const [at, { title, text }] of asked) {
    const report = JSON.parse(await readFile(rig.path('inbox/done', title, 'report.json'), 'utf8')) as {
      complete: boolean;
    };
    expect(report.complete, at).toBe(true);
    // What the folder asks for now, and not what it asked for before: a run of the same finds nothing left to speak.
    await rig.write('proof.yaml', small(manifest(title, text)));
    const { finished } = await rig.runJson(['proof.yaml', '--out', join('inbox', 'done')], env);
    expect(finished.segments.synthesized, `${at}: ${text}`).toBe(0);
    expect(finished.chapters[0]?.files[0]).toContain(title);
  }
}, 900_000);

function watch(env: NodeJS.ProcessEnv): Running {
  return rig.start(['watch', 'inbox'], env);
}

/** One kind of file is enough here, and quicker. */
function small(text: string): string {
  return `${text}output: { formats: [mp3] }\n`;
}

/** Mulberry32: small, seeded, good enough to pick what happens next. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
