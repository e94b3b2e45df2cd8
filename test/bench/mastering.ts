/** What mastering costs beside the bare encoder, on an hour of speech in 600 takes; every ratio side by side in one run. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import { type Ffmpeg, findFfmpeg } from '../../src/audio/ffmpeg-binary.ts';
import { inspectFile } from '../../src/audio/inspect.ts';
import { masterChapter } from '../../src/audio/master.ts';
import type { AudioFormat } from '../../src/manifest/manifest.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { costOf } from './cpu.ts';
import type { Bench } from './main.ts';
import { type BenchTake, spokenTakes } from './speech-takes.ts';

const MINUTES = Number(process.env['BENCH_MINUTES'] ?? 60);
const CHAPTERS = 10;
const RATE_HZ = 24_000;
const TAGS = { title: 't', album: 'b', artist: 'a', track: 1, tracks: 1, language: 'en', comment: '' };
const MP3 = ['-c:a', 'libmp3lame', '-b:a', '192k', '-compression_level', '7'];
const AAC = ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '128k'];

/** Bars of issue 5: MP3 1.12, loudnorm 5, both formats 1.00, two at a time 0.58 (on two free cores), 150 MB. */
export const mastering: Bench = async (say, folder) => {
  const ffmpeg = await findFfmpeg({ pathEnv: process.env['PATH'] });
  const takes = await spokenTakes(folder, MINUTES);
  const pcm = join(folder, 'all.pcm');
  await writeFile(pcm, Buffer.concat(await Promise.all(takes.map(({ path }) => readFile(path)))));
  say(`${takes.length} takes, ${MINUTES} min at 24 kHz`);
  const bare = (name: string, options: string[]) =>
    costOf(() =>
      run(ffmpeg, [
        '-f',
        's16le',
        '-ar',
        '24000',
        '-ac',
        '1',
        '-i',
        pcm,
        '-ar',
        '44100',
        ...options,
        join(folder, name),
      ]),
    );
  const ours = (formats: AudioFormat[]) => costOf(() => master({ ffmpeg, folder, takes, formats, name: 'all' }));

  const floor = await bare('floor.mp3', MP3);
  const mp3 = await ours(['mp3']);
  const again = await bare('floor.mp3', MP3);
  const mp3Ratio = (2 * mp3.cpuSeconds) / (floor.cpuSeconds + again.cpuSeconds);
  say(
    `MP3: ${mp3.cpuSeconds.toFixed(1)} s of CPU, bare encoder ${floor.cpuSeconds.toFixed(1)} and ${again.cpuSeconds.toFixed(1)}: ratio ${mp3Ratio.toFixed(2)} (bar 1.12)`,
  );
  const aac = await bare('floor.m4a', AAC);
  const both = await ours(['mp3', 'm4a']);
  const bothRatio = both.cpuSeconds / (again.cpuSeconds + aac.cpuSeconds);
  say(
    `MP3 and M4A: ${both.cpuSeconds.toFixed(1)} s, two bare encoders ${(again.cpuSeconds + aac.cpuSeconds).toFixed(1)}: ratio ${bothRatio.toFixed(2)} (bar 1.00)`,
  );
  const loudnorm = await costOf(() => twoPass(ffmpeg, pcm, join(folder, 'loudnorm.mp3')));
  const loudnormRatio = loudnorm.cpuSeconds / mp3.cpuSeconds;
  say(`two-pass loudnorm: ${loudnorm.cpuSeconds.toFixed(1)} s: ${loudnormRatio.toFixed(1)} × ours (bar 5)`);
  const check = await costOf(() => inspectFile({ ffmpeg, path: join(folder, 'all.mp3') }));
  const decode = await costOf(() => run(ffmpeg, ['-i', join(folder, 'all.mp3'), '-f', 'null', '-']));
  say(
    `checking the MP3: ${check.cpuSeconds.toFixed(1)} s, decoding alone ${decode.cpuSeconds.toFixed(1)}: ratio ${(check.cpuSeconds / decode.cpuSeconds).toFixed(2)}`,
  );

  const chapters = Array.from({ length: CHAPTERS }, (_, c) =>
    takes.filter((_take, i) => Math.floor((i * CHAPTERS) / takes.length) === c),
  );
  const atOnce = (limit: ReturnType<typeof pLimit>) =>
    costOf(() =>
      Promise.all(
        chapters.map((own, c) => limit(() => master({ ffmpeg, folder, takes: own, formats: ['mp3'], name: `c${c}` }))),
      ),
    );
  const peakMebibytes = await peakMemory(() => master({ ffmpeg, folder, takes, formats: ['mp3', 'm4a'], name: 'all' }));
  say(`peak memory of one chapter of ${MINUTES} min: ${peakMebibytes.toFixed(0)} MB more than before (bar 150)`);

  const one = await atOnce(pLimit(1));
  const two = await atOnce(pLimit(2));
  const wallRatio = two.wallSeconds / one.wallSeconds;
  say(
    `${CHAPTERS} chapters two at a time: ${two.wallSeconds.toFixed(1)} s, one by one ${one.wallSeconds.toFixed(1)}: ratio ${wallRatio.toFixed(2)} (bar 0.58)`,
  );
  return mp3Ratio <= 1.12 && bothRatio <= 1 && loudnormRatio >= 5 && wallRatio <= 0.58 && peakMebibytes <= 150;
};

const LOOK_EVERY_MS = 20;

/** Most resident memory of this process and its ffmpeg while it works, over that of the process before. */
async function peakMemory(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss;
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss + residentOfChildren());
  }, LOOK_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(looking);
  }
  return (most - before) / 2 ** 20;
}

const PAGE_BYTES = 4096;

function residentOfChildren(): number {
  const pids = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);
  return pids.reduce((sum, pid) => {
    try {
      return sum + Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
    } catch {
      // It ended meanwhile.
      return sum;
    }
  }, 0);
}

async function master(of: {
  ffmpeg: Ffmpeg;
  folder: string;
  takes: BenchTake[];
  formats: AudioFormat[];
  name: string;
}): Promise<void> {
  const outputs = of.formats.map((format) => ({ format, path: join(of.folder, `${of.name}.${format}`) }));
  await masterChapter({ ...of, sampleRateHz: RATE_HZ, profile: PROFILES.acx, outputs, tags: TAGS });
}

async function twoPass(ffmpeg: Ffmpeg, pcm: string, out: string): Promise<void> {
  const input = ['-f', 's16le', '-ar', '24000', '-ac', '1', '-i', pcm];
  const { stderr } = await run(
    ffmpeg,
    [...input, '-af', 'loudnorm=I=-20:TP=-3:LRA=11:print_format=json', '-f', 'null', '-'],
    'info',
  );
  const said = JSON.parse(stderr.slice(stderr.lastIndexOf('{'))) as Record<string, string>;
  const { input_i, input_tp, input_lra, input_thresh, target_offset } = said;
  const measured = `measured_I=${input_i}:measured_TP=${input_tp}:measured_LRA=${input_lra}:measured_thresh=${input_thresh}:offset=${target_offset}`;
  await run(ffmpeg, [
    ...input,
    '-af',
    `loudnorm=I=-20:TP=-3:LRA=11:${measured}:linear=true`,
    '-ar',
    '44100',
    ...MP3,
    out,
  ]);
}

function run(ffmpeg: Ffmpeg, args: string[], level = 'error'): Promise<{ stderr: string }> {
  return promisify(execFile)(ffmpeg.path, ['-hide_banner', '-nostats', '-y', '-v', level, ...args], {
    maxBuffer: 1 << 24,
  });
}
