/**
 * A process of its own that masters one chapter to MP3 and M4A, and prints its peak memory in MB over that before, its
 * ffmpeg's counted in. Arguments: a store and a list of takes in it. Linux only.
 */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findFfmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import type { ChapterTake } from '../../src/audio/mastering/chapter-sound.ts';
import { masterChapter } from '../../src/audio/mastering/master.ts';
import { decodeMeasures } from '../../src/audio/measure/measures.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { MOST_TAKE_BYTES } from './speech-takes.ts';

const LOOK_EVERY_MS = 20;
const PAGE_BYTES = 4096;

const [, , storeFolder = '', list = ''] = process.argv;
const store = await openDiskStore(storeFolder);
const ffmpeg = await findFfmpeg({ pathEnv: process.env['PATH'] });
const wanted = JSON.parse(await readFile(list, 'utf8')) as { digest: string; measuresDigest: string }[];
const before = resident();
let most = before;
const looking = setInterval(() => {
  most = Math.max(most, resident());
}, LOOK_EVERY_MS);
// The measures of the takes are part of what a chapter needs.
const room = new Uint8Array(MOST_TAKE_BYTES);
const takes: ChapterTake[] = [];
for (const { digest, measuresDigest } of wanted) {
  takes.push({
    measures: decodeMeasures(await store.readBlob(measuresDigest)),
    character: 'narrator',
    pauseAfterMs: 350,
    open: async function* (into = room) {
      yield await store.readBlob(digest, into);
    },
  });
}
const outputs = (['mp3', 'm4a'] as const).map((format) => ({ format, path: join(dirname(list), `memory.${format}`) }));
const tags = { title: 't', album: 'b', artist: 'a', track: 1, tracks: 1, language: 'en', comment: '' };
await masterChapter({ ffmpeg, takes, sampleRateHz: 24_000, profile: PROFILES.acx, outputs, tags });
clearInterval(looking);
process.stdout.write(`${(most - before) / 2 ** 20}\n`);

/** Of this process and the ffmpeg that it has started. */
function resident(): number {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
  return pids.reduce((sum, pid) => {
    try {
      return sum + Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
    } catch {
      // It ended meanwhile.
      return sum;
    }
  }, process.memoryUsage().rss);
}
