/**
 * `npm run bench heardOrchestration`: what all free checks cost a run. A server of people's recordings speaks a book on 32 lanes,
 * again and again, in turn with everything heard and with a listening thread that hears nothing.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readRecordingSets } from '../ears/recordings.ts';
import type { Bench } from '../main.ts';
import { median, runProgram } from '../program.ts';
import { linesOf, MODEL, type PersonsLine, startPeopleServer } from './people-server.ts';

const LANES = 32;
/** `BENCH_SEGMENTS=100` for a busy machine; `BENCH_ROUNDS`: runs of each kind. */
const SEGMENTS = Number(process.env['BENCH_SEGMENTS'] ?? 500);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const CHAPTERS = 5;
const SPEED = { firstAudioSeconds: 0.3, timesRealtime: 4 };
/** The bar: with everything heard, at most so much longer. */
const MOST_RATIO = 1.03;
/** Processor seconds for a minute of sound, all free checks together. */
const MOST_CPU = 2;
const BYTES_PER_MINUTE = 24_000 * 2 * 60;
const DEAF = `--import=${pathToFileURL(resolve('test/bench/heard/deaf.mjs')).href}`;

/** Ratio of the speaking time with everything heard to that with nothing heard. */
export const heardOrchestration: Bench = async (say, folder) => {
  const [english] = await readRecordingSets();
  const all = linesOf(english!, Math.ceil(SEGMENTS * 1.15));
  const server = await startPeopleServer(all, SPEED);
  let runs = 0;
  const measure = async (lines: readonly PersonsLine[], isDeaf: boolean) => {
    const cwd = join(folder, String(runs++));
    await writeBook(cwd, lines);
    server.reset();
    const env = { ...server.env, PIPELINE_SPEECH_SESSIONS: String(LANES), ...(isDeaf && { NODE_OPTIONS: DEAF }) };
    const { events, cpuSeconds } = await runProgram(['book.yaml', '--no-lock'], { cwd, env });
    const done = events.filter(({ event }) => event.type === 'segment.done');
    const doubtful = events.filter(({ event }) => event.type === 'segment.doubtful').length;
    const again = lines.filter((line) => server.callsOf(line) > 1);
    // The first lines also wait for the sentence that shows the pace of the voice.
    return { seconds: (done.at(-1)!.at - done[0]!.at) / 1000, cpuSeconds, again, doubtful };
  };
  try {
    const first = await measure(all, false);
    const lines = all.filter((line) => !first.again.includes(line)).slice(0, SEGMENTS);
    say(`${all.length} lines, of which ${first.again.length} are doubted and left out; ${lines.length} remain`);
    const heard: { seconds: number; cpuSeconds: number }[] = [];
    const deaf: typeof heard = [];
    for (let round = 0; round < ROUNDS; round++) {
      // Whoever comes second finds a warmer machine.
      for (const isDeaf of round % 2 === 0 ? [true, false] : [false, true]) {
        const run = await measure(lines, isDeaf);
        (isDeaf ? deaf : heard).push(run);
        const name = isDeaf ? 'nothing heard' : 'everything heard';
        const cost = `${run.seconds.toFixed(2)} s, ${run.cpuSeconds.toFixed(2)} s of processor`;
        say(`${name}: ${cost}; ${run.again.length} lines spoken again, ${run.doubtful} suspects`);
      }
    }
    const medianOf = (runs: typeof heard, of: 'seconds' | 'cpuSeconds') => median(runs.map((run) => run[of]));
    const minutes = lines.reduce((sum, { pcm }) => sum + pcm.length, 0) / BYTES_PER_MINUTE;
    const cpu = (medianOf(heard, 'cpuSeconds') - medianOf(deaf, 'cpuSeconds')) / minutes;
    const ratio = medianOf(heard, 'seconds') / medianOf(deaf, 'seconds');
    say(`hearing takes ${cpu.toFixed(2)} s of processor for a minute of sound (bar ${MOST_CPU.toFixed(1)})`);
    say(`heard to not heard, medians: ${ratio.toFixed(3)} (bar ${MOST_RATIO.toFixed(2)})`);
    return ratio <= MOST_RATIO && cpu <= MOST_CPU;
  } finally {
    await server.stop();
  }
};

async function writeBook(folder: string, lines: readonly PersonsLine[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const each = Math.ceil(lines.length / CHAPTERS);
  const chapters: string[] = [];
  for (let chapter = 0; chapter < CHAPTERS; chapter++) {
    const texts = lines.slice(chapter * each, (chapter + 1) * each).map(({ text }) => text);
    await writeFile(join(folder, `${chapter}.txt`), `${texts.join('\n\n')}\n`);
    chapters.push(`  - { title: Chapter ${chapter + 1}, file: ${chapter}.txt }`);
  }
  await writeFile(
    join(folder, 'book.yaml'),
    `book: { title: Heard }
engine: openai-speech
model: ${MODEL}
characters:
  narrator: { voice: allison }
chapters:
${chapters.join('\n')}
output: { formats: [mp3], mastering: podcast }
`,
  );
}
