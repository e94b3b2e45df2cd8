/** Whether a store that has grown old stays quick: a plan of one book in a store of 200,000 takes. */
import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { blobName, recordName } from '../../src/store/layout.ts';
import { sealRecord } from '../../src/store/record-seal.ts';
import { writeBenchBook } from './books.ts';
import type { Bench } from './main.ts';
import { fillStore, planOnce } from './planned-book.ts';
import { median } from './program.ts';

/** Takes of other books; `BENCH_TAKES` for a shorter look. */
const TAKES = Number(process.env['BENCH_TAKES'] ?? 200_000);
const ROUNDS = 5;
const BAR_SECONDS = 3;

/** A book of 9,000 segments, all of them stored, before and after 200,000 takes of others. Bar: 3 s of the whole process. */
export const largeStore: Bench = async (say, folder) => {
  await writeBenchBook(folder, { chapters: 30, paragraphsPerChapter: 300, wordsPerParagraph: 9, formats: '[mp3]' });
  await fillStore(folder);
  const small = await planSeconds(folder);
  addTakesOfOthers(join(folder, '.pipeline'), TAKES);
  const large = await planSeconds(folder);
  say(
    `plan of 9,000 segments, whole process: ${small.toFixed(2)} s in their own store, ` +
      `${large.toFixed(2)} s among ${TAKES} other takes: ratio ${(large / small).toFixed(2)} (bar ${BAR_SECONDS.toFixed(2)} s)`,
  );
  return large <= BAR_SECONDS;
};

async function planSeconds(folder: string): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { wallSeconds, report } = await planOnce(folder);
    if (report.segments.synthesize > 0) throw new Error('The plan does not find its takes.');
    rounds.push(wallSeconds);
  }
  return median(rounds);
}

/** Records and a little sound for each, written past the store: it would wait for the disk 400,000 times. */
function addTakesOfOthers(store: string, count: number): void {
  const folders = new Set<string>();
  const write = (name: string, bytes: string): void => {
    const path = join(store, name);
    const folder = dirname(path);
    if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
    folders.add(folder);
    writeFileSync(path, bytes);
  };
  for (let index = 0; index < count; index++) {
    const sound = `the sound of ${index}`;
    const pcm = { digest: hash('sha256', sound), byteLength: sound.length };
    const key = hash('sha256', `the take of ${index}`);
    write(blobName(pcm.digest), sound);
    write(
      recordName('take', key),
      sealRecord({
        ...{ key, pcm, measures: pcm, sampleRateHz: 24_000, durationSeconds: 1, character: 'narrator' },
        ...{ text: `Sentence ${index} of another book, about as long as others are.`, model: 'model', voiceId: 'v' },
        ...{
          sessionId: 's',
          responseId: 'r',
          billedCharacters: 60,
          simulated: true,
          madeAt: '2026-01-01T00:00:00.000Z',
        },
      }),
    );
  }
}
