/**
 * `EARS_BOOK=only npm run bench ears`: faults seeded by the simulator in the first takes of known lines of a book, spoken by the
 * built program: which lines are spoken again, which stay suspects, and what that costs.
 */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PipelineEvent, RunFinishedEvent } from '../../../src/events.ts';
import type { FaultKind, FaultRule } from '../../../src/simulator/faults.ts';
import { writeBenchBook } from '../books.ts';
import { runProgram, startSimulatorProcess } from '../program.ts';
import { table } from './figures.ts';

const FAULTS: readonly FaultKind[] = [
  ...(['truncated-tail', 'inserted-silence', 'repetition', 'noise', 'level-jump', 'wrong-voice'] as const),
];
const LINES_EACH = 8;
const GOOD_LINES = 32;
const LINES = FAULTS.length * LINES_EACH + GOOD_LINES;
const WORDS = ['off', 'suspects', 'all'] as const;
const MODEL = 'qwen-audio-3.1-asr-flash';

/** Prints a table of what happens to the lines, by fault and by what is heard. */
export async function reportSeededBook(say: (line: string) => void, folder: string): Promise<void> {
  const simulator = await startSimulatorProcess([]);
  const base = `http://127.0.0.1:${simulator.port}/simulator`;
  const runs: { words: string; events: PipelineEvent[]; finished: RunFinishedEvent; heard: number }[] = [];
  try {
    for (const words of WORDS) {
      await send(`${base}/reset`, 'POST', {});
      await send(`${base}/settings`, 'PUT', { faults: RULES });
      const cwd = join(folder, words);
      const texts = { chapters: 1, paragraphsPerChapter: LINES, wordsPerParagraph: 14, formats: '[mp3]' };
      await writeBenchBook(cwd, texts);
      await appendFile(join(cwd, 'book.yaml'), `checks: { words: ${words} }\n`);
      const env = { ...simulator.env, DASHSCOPE_API_KEY: 'sk-bench', PIPELINE_HEARING_MODEL: MODEL };
      const { events, finished } = await runProgram(['book.yaml', '--yes', '--no-lock'], { cwd, env, mayFail: true });
      const { hearing } = (await (await fetch(`${base}/metrics`)).json()) as { hearing: { calls: number } };
      runs.push({ words, events: events.map(({ event }) => event), finished, heard: hearing.calls });
    }
  } finally {
    await simulator.stop();
  }
  const kinds = [...FAULTS, undefined];
  const rows = kinds.map((kind) => [
    kind ?? 'none',
    String(kind === undefined ? GOOD_LINES : LINES_EACH),
    ...runs.map(({ events }) => {
      const { again, suspects } = countsOf(events, kind);
      return `${again} / ${suspects}`;
    }),
  ]);
  for (const line of table([['fault in the first take', 'lines', ...WORDS.map((one) => `words: ${one}`)], ...rows]))
    say(line);
  say('lines that are spoken again / that stay suspects');
  for (const { words, finished, heard } of runs) {
    const { calls, billedCharacters } = finished;
    say(
      `words: ${words}: ${calls.synthesize} calls for ${LINES} lines, ${billedCharacters} characters; ${heard} takes heard`,
    );
  }
}

const RULES: readonly FaultRule[] = FAULTS.flatMap((kind, group) =>
  Array.from({ length: LINES_EACH }, (_, i) => ({ kind, text: `at line ${group * LINES_EACH + i},`, times: 1 })),
);

function countsOf(events: readonly PipelineEvent[], kind: FaultKind | undefined): { again: number; suspects: number } {
  const group = kind === undefined ? FAULTS.length : FAULTS.indexOf(kind);
  // The first of a chapter's segments is its title.
  const isOurs = ({ ordinal }: { ordinal: number }, first: number) =>
    Math.min(FAULTS.length, Math.floor((ordinal - first) / LINES_EACH)) === group;
  const done = events.flatMap((event) => (event.type === 'segment.done' ? [event] : []));
  const first = Math.max(...done.map(({ ordinal }) => ordinal)) - LINES + 1;
  return {
    again: done.filter((event) => isOurs(event, first) && event.ordinal >= first && (event.tries ?? 1) > 1).length,
    suspects: events.filter(
      (event) => event.type === 'segment.doubtful' && event.ordinal >= first && isOurs(event, first),
    ).length,
  };
}

async function send(url: string, method: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
}
