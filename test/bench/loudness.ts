/** How near to its target a chapter ends, whatever its takes are: forty inputs, each measured on the finished MP3. */
import { join } from 'node:path';
import { findFfmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import type { ChapterTake } from '../../src/audio/mastering/chapter-sound.ts';
import { masterChapter } from '../../src/audio/mastering/master.ts';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { judgeFile } from '../../src/qc/verdict.ts';
import { join as joinSamples, make, RATE_HZ, silence, sine, take, voice } from '../audio/signals.ts';
import type { Bench } from './main.ts';

const TAGS = { title: 't', album: 'b', artist: 'a', track: 1, tracks: 1, language: 'en', comment: '' };
const offset = (samples: Int16Array, by: number) => samples.map((x) => Math.max(-32_768, Math.min(32_767, x + by)));
const hiss = (samples: Int16Array, size: number) => samples.map((x, i) => x + Math.round(size * Math.sin(i * i)));

const SILENCE = 'all silence';

/** Name → takes. */
function inputs(): [string, ChapterTake[]][] {
  const levels = [-36, -30, -24, -18, -12, -6, 0, 6, 12, 18].map((db): [string, ChapterTake[]] => {
    return [`speech at ${db} dB`, [take(voice(8, { gain: 10 ** ((db - 6) / 20) }))]];
  });
  const lengths = [0.3, 0.5, 0.8, 1.2, 2, 3, 5, 20].map((seconds): [string, ChapterTake[]] => {
    return [`${seconds} s`, [take(voice(seconds))]];
  });
  const pitches = [80, 100, 140, 180, 220, 260, 300, 340].map((hz): [string, ChapterTake[]] => {
    return [`voice of ${hz} Hz`, [take(voice(6, { hz }))]];
  });
  const pairs = [3, 6, 9, 12, 18].map((db): [string, ChapterTake[]] => {
    const soft = () => take(voice(3, { gain: 0.5 * 10 ** (-db / 20), hz: 210 }), { character: 'mara' });
    return [`two voices ${db} dB apart`, [take(voice(3)), soft(), take(voice(3)), soft()]];
  });
  return [
    ...levels,
    ...lengths,
    ...pitches,
    ...pairs,
    [SILENCE, [take(silence(3))]],
    ['clipped by 12 dB', [take(voice(6, { gain: 4 }))]],
    ['clipped by 24 dB', [take(voice(6, { gain: 16 }))]],
    ['offset of 3 %', [take(offset(voice(6), 1000))]],
    ['offset of 10 %', [take(offset(voice(6, { gain: 0.3 }), 3300))]],
    ['hiss at -55 dB', [take(hiss(voice(6), 80))]],
    ['a tone', [take(sine(440, -20, 5))]],
    ['clicks', [take(make(6, RATE_HZ, (s, i) => (i % 12_000 === 0 ? 0.9 : 0.02 * Math.sin(2000 * s))))]],
    ['long pauses', [take(joinSamples(voice(1), silence(6), voice(1)))]],
  ];
}

/** Bars of issue 5: within ±0.3 LU on every input, true peak never over the limit, all rules pass. */
export const loudness: Bench = async (say, folder) => {
  const ffmpeg = await findFfmpeg({ pathEnv: process.env['PATH'] });
  const profile = PROFILES.podcast;
  const all = inputs();
  let near = 0;
  let underPeak = 0;
  let clear = true;
  for (const [name, takes] of all) {
    const path = join(folder, 'chapter.mp3');
    const made = await masterChapter({
      ffmpeg,
      takes,
      sampleRateHz: RATE_HZ,
      profile,
      outputs: [{ format: 'mp3', path }],
      tags: TAGS,
    });
    const measured = await inspectFile({ ffmpeg, path });
    const away = measured.loudnessLufs - (profile.targetLufs ?? 0);
    if (name === SILENCE) {
      // There is no level to be met: what counts is that the verdict says so.
      const { verdict } = judgeFile(measured, profile);
      clear = verdict === 'fail' && measured.truePeakDbtp <= 0;
      say(`${name}: verdict ${verdict}`);
      continue;
    }
    if (Math.abs(away) <= 0.3) near += 1;
    if (measured.truePeakDbtp <= (profile.rules.truePeakDbtp?.most ?? 0)) underPeak += 1;
    const failed = judgeFile(measured, profile)
      .rules.filter(({ pass }) => !pass)
      .map(({ rule }) => rule);
    if (Math.abs(away) > 0.3 || failed.length > 0) {
      say(
        `${name}: ${away.toFixed(2)} LU from the target (predicted ${(made.loudnessLufs - (profile.targetLufs ?? 0)).toFixed(2)}), ${failed.join(', ') || 'rules pass'}`,
      );
    }
  }
  say(
    `${near} of ${all.length - 1} inputs with sound within 0.3 LU of ${profile.targetLufs} LUFS; true peak under its limit on ${underPeak}`,
  );
  return near === all.length - 1 && underPeak === all.length - 1 && clear;
};
