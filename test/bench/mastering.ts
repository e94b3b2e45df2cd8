/** What mastering costs beside the bare encoder, on an hour of speech in 600 takes; every ratio side by side in one run. */
import { execFile } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import { type Ffmpeg, findFfmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import { masterChapter } from '../../src/audio/mastering/master.ts';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import type { AudioFormat } from '../../src/manifest/manifest.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { costOf } from './cpu.ts';
import type { Bench } from './main.ts';
import { type BenchTake, MOST_TAKE_BYTES, spokenTakes } from './speech-takes.ts';

const MINUTES = Number(process.env['BENCH_MINUTES'] ?? 60);
const CHAPTERS = 10;
const RATE_HZ = 24_000;
const TAGS = { title: 't', album: 'b', artist: 'a', track: 1, tracks: 1, language: 'en', comment: '' };
const MP3 = ['-c:a', 'libmp3lame', '-b:a', '192k', '-compression_level', '7'];
const AAC = ['-c:a', 'aac', '-aac_coder', 'fast', '-b:a', '128k'];

/** Each side is measured so often, in turns: a machine's speed changes, so what is compared ran one after the other. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
/** `BENCH_CHECK_ONLY=1`: checking alone, in a process that has mastered nothing before, as `verify` is. */
const CHECK_ONLY = process.env['BENCH_CHECK_ONLY'] === '1';

/** Bars: MP3 1.10, loudnorm 5, both formats 1.00, checking an MP3 1.6, two at a time 0.58 (on two free cores), 150 MB. */
export const mastering: Bench = async (say, folder) => {
  const ffmpeg = await findFfmpeg({ pathEnv: process.env['PATH'] });
  const takes = await spokenTakes(folder, MINUTES);
  const pcm = join(folder, 'all.pcm');
  await writeFile(pcm, '');
  for (const { path } of takes) await appendFile(pcm, await readFile(path));
  say(`${takes.length} takes, ${MINUTES} min at 24 kHz, ${ROUNDS} rounds`);
  const at = { ffmpeg, folder, takes, pcm };
  if (CHECK_ONLY) {
    await run(ffmpeg, [...inputOf(pcm), ...MP3, join(folder, 'all.mp3')]);
    return checking(say, at);
  }
  const kept = [await encoding(say, at), await checking(say, at), await memory(say, at), await twoAtATime(say, at)];
  return kept.every(Boolean);
};

/** Raw sound of takes, at the rate of a delivery. */
function inputOf(pcm: string): string[] {
  return ['-f', 's16le', '-ar', '24000', '-ac', '1', '-i', pcm, '-ar', '44100'];
}

interface Material {
  ffmpeg: Ffmpeg;
  folder: string;
  takes: BenchTake[];
  /** All takes in a row. */
  pcm: string;
}

async function encoding(say: (line: string) => void, { ffmpeg, folder, takes, pcm }: Material): Promise<boolean> {
  const input = inputOf(pcm);
  const bare = (name: string, options: string[]) =>
    costOf(() => run(ffmpeg, [...input, ...options, join(folder, name)]));
  const ours = (formats: AudioFormat[]) => costOf(() => master({ ffmpeg, folder, takes, formats, name: 'all' }));
  // Once for what the first time costs: compiling, and files that are not in memory yet.
  await master({ ffmpeg, folder, takes: takes.slice(0, 30), formats: ['mp3'], name: 'first' });
  await readFile(pcm);
  const cost: Record<'bareMp3' | 'mp3' | 'bareAac' | 'both', number[]> = {
    bareMp3: [],
    mp3: [],
    bareAac: [],
    both: [],
  };
  for (let round = 0; round < ROUNDS; round++) {
    cost.bareMp3.push((await bare('floor.mp3', MP3)).cpuSeconds);
    cost.mp3.push((await ours(['mp3'])).cpuSeconds);
    cost.bareAac.push((await bare('floor.m4a', AAC)).cpuSeconds);
    cost.both.push((await ours(['mp3', 'm4a'])).cpuSeconds);
  }
  const mp3Ratio = medianRatio(cost.mp3, cost.bareMp3);
  say(`MP3: ${list(cost.mp3)} s of CPU, bare encoder ${list(cost.bareMp3)}: ratio ${mp3Ratio.toFixed(2)} (bar 1.10)`);
  const bareBoth = cost.bareMp3.map((seconds, round) => seconds + cost.bareAac[round]!);
  const bothRatio = medianRatio(cost.both, bareBoth);
  say(`MP3 and M4A: ${list(cost.both)} s, bare AAC ${list(cost.bareAac)}: ratio ${bothRatio.toFixed(2)} (bar 1.00)`);
  const loudnorm = await costOf(() => twoPass(ffmpeg, pcm, join(folder, 'loudnorm.mp3')));
  const loudnormRatio = loudnorm.cpuSeconds / median(cost.mp3);
  say(`two-pass loudnorm: ${loudnorm.cpuSeconds.toFixed(1)} s: ${loudnormRatio.toFixed(1)} × ours (bar 5)`);
  return mp3Ratio <= 1.1 && bothRatio <= 1 && loudnormRatio >= 5;
}

/** So short that more of them are needed for the same certainty. */
const CHECKS_PER_ROUND = 3;

/** What it costs to measure a finished file, over decoding it. */
async function checking(say: (line: string) => void, { ffmpeg, folder }: Material): Promise<boolean> {
  const path = join(folder, 'all.mp3');
  const check: number[] = [];
  const decode: number[] = [];
  await inspectFile({ ffmpeg, path });
  for (let round = 0; round < CHECKS_PER_ROUND * ROUNDS; round++) {
    decode.push((await costOf(() => run(ffmpeg, ['-i', path, '-f', 'null', '-']))).cpuSeconds);
    check.push((await costOf(() => inspectFile({ ffmpeg, path }))).cpuSeconds);
  }
  const ratio = medianRatio(check, decode);
  say(`checking the MP3: ${list(check)} s, decoding alone ${list(decode)}: ratio ${ratio.toFixed(2)} (bar 1.6)`);
  return ratio <= 1.6;
}

async function twoAtATime(say: (line: string) => void, { ffmpeg, folder, takes }: Material): Promise<boolean> {
  const chapters = Array.from({ length: CHAPTERS }, (_, c) =>
    takes.filter((_take, i) => Math.floor((i * CHAPTERS) / takes.length) === c),
  );
  const atOnce = async (limit: ReturnType<typeof pLimit>) => {
    const masters = chapters.map((own, c) => {
      const room = new Uint8Array(MOST_TAKE_BYTES);
      const withRoom = own.map((take) => ({ ...take, open: (into = room) => take.openWith(into) }));
      return limit(() => master({ ffmpeg, folder, takes: withRoom, formats: ['mp3'], name: `c${c}` }));
    });
    return (await costOf(() => Promise.all(masters))).wallSeconds;
  };
  const one: number[] = [];
  const two: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    one.push(await atOnce(pLimit(1)));
    two.push(await atOnce(pLimit(2)));
  }
  const ratio = medianRatio(two, one);
  say(
    `${CHAPTERS} chapters two at a time: ${list(two)} s, one by one ${list(one)}: ratio ${ratio.toFixed(2)} (bar 0.58)`,
  );
  return ratio <= 0.58;
}

/** A chapter of a quarter of the length and one of the whole, each in a process of its own. */
async function memory(say: (line: string) => void, { folder, takes }: Material): Promise<boolean> {
  const peakOf = async (of: BenchTake[]): Promise<number> => {
    const list = join(folder, 'takes.json');
    await writeFile(list, JSON.stringify(of.map(({ digest, measuresDigest }) => ({ digest, measuresDigest }))));
    const args = ['--import', 'tsx', 'test/bench/master-process.ts', join(folder, 'store'), list];
    return Number((await promisify(execFile)(process.execPath, args)).stdout);
  };
  const quarter = await peakOf(takes.slice(0, Math.ceil(takes.length / 4)));
  const whole = await peakOf(takes);
  say(
    `peak memory, ffmpeg's too, over the process before: ${whole.toFixed(0)} MB for ${MINUTES} min, ${quarter.toFixed(0)} MB for a quarter of that (bar 150)`,
  );
  return Math.max(whole, quarter) <= 150;
}

function medianRatio(values: readonly number[], bases: readonly number[]): number {
  return median(values.map((value, round) => value / bases[round]!));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function list(values: readonly number[]): string {
  return values.map((value) => value.toFixed(1)).join(', ');
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
