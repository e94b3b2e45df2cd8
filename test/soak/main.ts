/**
 * `npm run soak -- [--minutes 60] [--pause 0]`: a watcher and a worker make books all the time, and must not grow. One book after the
 * other is edited in the watched folder, as soon as the one before is delivered or that many seconds later. Compares memory, handles and descriptors of the last
 * sixth of the time with those of the second; prints a table and ends with 1 when a mean has grown by more than a twentieth, or when
 * a book was not delivered.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { InboxEvent } from '../../src/watch/events.ts';
import { setup } from '../build.ts';
import { type Program, startProgram } from '../chaos/program.ts';
import { diskFolder } from '../disk-folder.ts';
import { startRedis } from '../queue/redis-server.ts';
import { growthOf, growthTable, kindsOf, type Sample } from './growth.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, pause: { type: 'string', default: '0' } },
});
const totalSeconds = Number(values.minutes) * 60;
if (!(totalSeconds >= 60)) throw new Error('--minutes must be a number from 1.');
const pauseMs = Number(values.pause) * 1000;
if (!(pauseMs >= 0)) throw new Error('--pause must be a number from 0.');

const BOOKS = 6;
const LINES = 8;
/** Longest time from an edit to the delivery, in milliseconds. */
const DELIVERY_LIMIT_MS = 240_000;

setup();
const folder = await mkdtemp(join(diskFolder(), 'soak-'));
const redis = await startRedis();
if (redis === undefined) process.exit(1);
const programs: Program[] = [];
const close = async (): Promise<void> => {
  for (const program of programs) program.kill('SIGKILL');
  await Promise.all(programs.map(({ ended }) => ended));
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
};
const stop = (): void => void close().finally(() => process.exit(130));
process.once('SIGINT', stop).once('SIGTERM', stop);

function start(args: string[], env: NodeJS.ProcessEnv, onLine?: (line: string) => void): Program {
  const program = startProgram(args, { cwd: folder, env, ...(onLine === undefined ? {} : { onLine }) });
  programs.push(program);
  return program;
}

const service = await start(['simulate', '--tones', '--port', '0'], {}).line('Simulator ready');
const base = /DASHSCOPE_HTTP_BASE_URL=(\S+)\/api\/v1/.exec(service)?.[1] ?? '';
const env = {
  REDIS_URL: redis.url,
  DASHSCOPE_API_KEY: 'soak',
  DASHSCOPE_HTTP_BASE_URL: `${base}/api/v1`,
  DASHSCOPE_REALTIME_URL: `${base.replace('http', 'ws')}/api-ws/v1/realtime`,
};
const probed = (name: string): NodeJS.ProcessEnv => ({
  ...env,
  SOAK_PROBE: join(folder, `${name}.jsonl`),
  // As the systemd units and the container image start it.
  MALLOC_ARENA_MAX: '2',
  NODE_OPTIONS: `--max-semi-space-size=4 --import ${resolve('test/soak/probe.mjs')}`,
});
const inbox = join(folder, 'inbox');
await mkdir(inbox, { recursive: true });
for (const name of ['narrator.wav', 'mara.mp3'])
  await writeFile(join(inbox, name), await readFile(join('manifests/hello/voices', name)));

let delivered = (_path: string): void => undefined;
const seen: string[] = [];
const watch = ['watch', inbox, '--json', '--yes', '--store', join(folder, 'store'), '--http-port', '0'];
const from = performance.now();
start(watch, probed('watcher'), (line) => {
  const event = JSON.parse(line) as InboxEvent;
  seen.push(line);
  if (seen.length > 40) seen.shift();
  if (event.type === 'inbox.delivered') delivered(event.path);
});
start(['worker', '--store', join(folder, 'store'), '--log-format', 'json', '--http-port', '0'], probed('worker'));

/** A book with new words in two of its lines, and some silence about the rest. */
async function edit(book: number, round: number): Promise<string> {
  const path = `book-${book}.yaml`;
  const lines = Array.from({ length: LINES }, (_, line) => {
    const version = line === round % LINES || line === (round + 3) % LINES ? round : 0;
    return `${line % 2 === 0 ? '' : '[mara] '}Line ${line} of book ${book} was written ${version} times by hand.`;
  });
  const text = lines.map((line) => `      ${line}`).join('\n\n');
  await writeFile(
    join(inbox, path),
    `book: { title: Soak ${book}, author: The Sea }
characters:
  narrator: { sample: narrator.wav }
  mara: { sample: mara.mp3 }
chapters:
  - title: One
    text: |
${text}
output: { formats: [mp3, m4b] }
`,
  );
  return path;
}

let made = 0;
let failure: string | undefined;
const elapsed = (): number => (performance.now() - from) / 1000;
for (let round = 1; elapsed() < totalSeconds && failure === undefined; round++) {
  const book = round % BOOKS;
  const done = new Promise<string>((resolve) => {
    delivered = resolve;
  });
  const path = await edit(book, round);
  const late = new AbortController();
  const which = await Promise.race([
    done,
    sleep(DELIVERY_LIMIT_MS, undefined, { signal: late.signal }).catch(() => undefined),
  ]);
  late.abort();
  if (which === path) made++;
  else failure = `${path} was not delivered (${which ?? 'nothing'}); last events:\n${seen.slice(-8).join('\n')}`;
  if (failure === undefined) await sleep(pauseMs);
}

const samplesOf = async (name: string): Promise<Sample[]> =>
  (await readFile(join(folder, `${name}.jsonl`), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Sample);
if (failure === undefined) {
  const seconds = Math.min(totalSeconds, elapsed());
  const processes = await Promise.all(
    ['watcher', 'worker'].map(async (name) => ({ name, samples: await samplesOf(name) })),
  );
  const rows = processes.flatMap(({ name, samples }) => growthOf(name, samples, seconds));
  const kinds = processes.flatMap(({ name, samples }) => kindsOf(name, samples, seconds));
  console.log(`${made} books in ${(elapsed() / 60).toFixed(1)} minutes\n`);
  console.log(growthTable(rows, totalSeconds / 60 / 6));
  console.log(`\n${growthTable(kinds, totalSeconds / 60 / 6)}`);
  if (rows.some(({ isTooMuch }) => isTooMuch)) process.exitCode = 1;
} else {
  console.log(failure);
  process.exitCode = 1;
}
await close();
