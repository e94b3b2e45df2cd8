import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decodeToPcm } from '../../src/audio/ffmpeg/decode.ts';
import { type Ffmpeg, findFfmpeg } from '../../src/audio/ffmpeg/ffmpeg-binary.ts';
import type { ChapterTake } from '../../src/audio/mastering/chapter-sound.ts';
import { type MasterRequest, masterChapter } from '../../src/audio/mastering/master.ts';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import { createSampleReader } from '../../src/audio/pcm.ts';
import { PROFILES } from '../../src/qc/profiles.ts';
import { judgeFile } from '../../src/qc/verdict.ts';
import { ffmpegHere, foreignMeter, join, make, RATE_HZ, silence, sine, take, voice } from './signals.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);
const TITLE = `"The Storm" = 'one; two' \\ #3\nsecond line 🎉 ${'x'.repeat(300)}`;
const TAGS = {
  title: TITLE,
  album: 'The Tin Lighthouse',
  artist: 'A. Writer',
  track: 2,
  tracks: 12,
  language: 'en',
  performer: 'Mara and Tom',
  comment: 'Synthetic speech',
};

let folder: string;
let ffmpeg: Ffmpeg;
beforeAll(async () => {
  ffmpeg = await ffmpegHere();
});
beforeEach(async () => {
  folder = await mkdtemp(joinPath(tmpdir(), 'master-'));
  return () => rm(folder, { recursive: true });
});

const dialogue = (): ChapterTake[] => [
  take(join(silence(0.3), voice(4, { gain: 0.4 }), silence(0.5))),
  take(voice(2, { gain: 0.15, hz: 210 }), { character: 'mara', pauseAfterMs: 600 }),
  take(voice(3, { gain: 1.6 })),
];

function master(name: string, more: Partial<MasterRequest> = {}) {
  const outputs = (['mp3', 'm4a'] as const).map((format) => ({ format, path: joinPath(folder, `${name}.${format}`) }));
  const request = { ffmpeg, takes: dialogue(), sampleRateHz: RATE_HZ, profile: PROFILES.acx, outputs, tags: TAGS };
  return masterChapter({ ...request, ...more });
}
/** The frames of an MP3's ID3v2.3 tag, by their names. */
function frames(mp3: Buffer): Map<string, Buffer> {
  const size = [6, 7, 8, 9].reduce((sum, at) => sum * 128 + mp3[at]!, 0);
  const found = new Map<string, Buffer>();
  for (let at = 10; at < 10 + size && mp3[at] !== 0; ) {
    const end = at + 10 + mp3.readUInt32BE(at + 4);
    found.set(mp3.toString('latin1', at, at + 4), mp3.subarray(at + 10, end));
    at = end;
  }
  return found;
}
/** The same bytes in chunks that end inside samples. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    for (let from = 0; from < chunk.length; from += 997) yield chunk.subarray(from, from + 997);
  }
}

const inFolder = (name: string) => joinPath(folder, name);

describe('masterChapter', () => {
  it('makes files that meet the profile, by our meter and by ffmpeg', async () => {
    for (const profile of [PROFILES.acx, PROFILES.podcast, PROFILES.broadcast]) {
      const made = await master('a', { profile });
      expect(made.loudnessLufs).toBeCloseTo(profile.targetLufs!, 1);
      for (const file of ['a.mp3', 'a.m4a']) {
        const measured = await inspectFile({ ffmpeg, path: inFolder(file) });
        const { rules, verdict } = judgeFile(measured, profile);
        expect(rules.filter((rule) => !rule.pass)).toEqual([]);
        expect(verdict).toBe('pass');
        expect(Math.abs(measured.loudnessLufs - profile.targetLufs!)).toBeLessThan(0.3);
        expect(measured.durationSeconds).toBeCloseTo(made.durationSeconds, 1);
        const foreign = await foreignMeter(ffmpeg, inFolder(file));
        for (const name of ['loudnessLufs', 'rmsDbfs', 'samplePeakDbfs', 'truePeakDbtp'] as const) {
          expect(Math.abs(measured[name] - foreign[name])).toBeLessThan(0.15);
        }
      }
    }
  });

  it('gives a single word the shortest silence around it that the rules take, so that its level can be met', async () => {
    const { durationSeconds } = await master('word', { takes: [take(voice(0.8, { gain: 0.3 }))] });
    expect(durationSeconds).toBeLessThan(0.8 + 0.6 + 1.1 + 0.1);
    const measured = await inspectFile({ ffmpeg, path: joinPath(folder, 'word.mp3') });
    expect(judgeFile(measured, PROFILES.acx).rules.filter(({ pass }) => !pass)).toEqual([]);
    const longer = await master('longer', { takes: [take(voice(5, { gain: 0.3 }))] });
    expect(longer.durationSeconds).toBeGreaterThan(5 + 0.75 + 2 - 0.1);
  });

  it('brings a lone word of a third of a second to the level of a shop, with its peaks held', async () => {
    // As hard as a deep voice that says "Yes.": pulses that die away at once, in a word that dies away.
    const word = make(0.35, RATE_HZ, (s) => {
      const pulse = s % (1 / 95);
      return 0.5 * Math.min(1, s / 0.02) * Math.exp(-12 * s - 350 * pulse) * Math.sin(2 * Math.PI * 600 * pulse);
    });
    await master('yes', { takes: [take(join(silence(0.2), word, silence(0.3)))] });
    for (const file of ['yes.mp3', 'yes.m4a']) {
      const measured = await inspectFile({ ffmpeg, path: inFolder(file) });
      expect(judgeFile(measured, PROFILES.acx).rules.filter(({ pass }) => !pass)).toEqual([]);
    }
  });

  it('says how much of the sound the encoders have taken, up to all of it', async () => {
    const shares: number[] = [];
    await master('progress', { onProgress: (share) => shares.push(share) });
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });

  it('gives the same bytes for the same takes', async () => {
    await master('a', { cover: { bytes: PNG, mediaType: 'image/png' } });
    await master('b', { cover: { bytes: PNG, mediaType: 'image/png' } });
    for (const format of ['mp3', 'm4a']) {
      expect((await readFile(inFolder(`a.${format}`))).equals(await readFile(inFolder(`b.${format}`)))).toBe(true);
    }
  });

  it('gives the same bytes alone and four at once, however the takes arrive', async () => {
    await master('alone');
    const inPieces = dialogue().map((own) => ({ ...own, open: () => pieces(own.open()) }));
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => master(name, name === 'd' ? { takes: inPieces } : {})));
    for (const format of ['mp3', 'm4a']) {
      const alone = await readFile(inFolder(`alone.${format}`));
      for (const name of ['a', 'b', 'c', 'd'])
        expect((await readFile(inFolder(`${name}.${format}`))).equals(alone)).toBe(true);
    }
  });

  it('writes tags and cover that read back as they were, and the gapless header', async () => {
    await master('a', { cover: { bytes: PNG, mediaType: 'image/png' } });
    for (const file of ['a.mp3', 'a.m4a']) {
      const args = ['-hide_banner', '-i', inFolder(file), '-f', 'ffmetadata', '-'];
      const { stdout, stderr } = await promisify(execFile)(ffmpeg.path, args);
      const text = stdout.replace(/\\(.)/gs, '$1');
      expect(text).toContain(`title=${TITLE}\n`);
      for (const line of ['artist=A. Writer', 'composer=Mara and Tom', 'track=2/12', 'comment=Synthetic speech']) {
        expect(text).toContain(`${line}\n`);
      }
      expect(`${stdout}${stderr}`).toMatch(/language=eng|Stream #0:0\S*\(eng\)/);
      expect(stderr).toMatch(/Video: png.*attached pic/);
    }
    const mp3 = await readFile(inFolder('a.mp3'));
    // The comment in the frame that players show, in its language.
    expect(frames(mp3).get('COMM')).toEqual(Buffer.from('\0eng\0Synthetic speech\0', 'latin1'));
    expect(frames(mp3).has('TXXX')).toBe(false);
    expect([...frames(mp3).keys()]).toContain('APIC');
    await master('b', { tags: { ...TAGS, year: 2024, genre: 'Fiction', comment: '声：größer', language: 'zh' } });
    const other = frames(await readFile(inFolder('b.mp3')));
    expect(other.get('COMM')).toEqual(
      Buffer.concat([Buffer.from('\u0001zho', 'latin1'), Buffer.from('\ufeff\0\ufeff声：größer\0', 'utf16le')]),
    );
    expect(other.get('TYER')?.toString('latin1')).toBe('\u00002024\0');
    expect(other.get('TCON')?.toString('latin1')).toBe('\0Fiction\0');
    expect(mp3.subarray(0, 4)).toEqual(Buffer.from([0x49, 0x44, 0x33, 3]));
    expect(mp3.includes('Info')).toBe(true);
    const m4a = await readFile(inFolder('a.m4a'));
    expect(m4a.indexOf('moov')).toBeLessThan(m4a.indexOf('mdat'));
  });

  it('marks the sections of a chapter in its MP3', async () => {
    const sections = ['One; "first"', 'Die Öllampe', '三'].map((title, i) => ({ title, firstTake: i }));
    const takes = dialogue().map((own) => ({ ...own, pauseAfterMs: 800 }));
    const cover = { bytes: PNG, mediaType: 'image/png' };
    const { takePositions } = await master('a', { takes, sections, cover });
    const measured = await inspectFile({ ffmpeg, path: inFolder('a.mp3') });
    expect(measured.marks.map(({ title }) => title)).toEqual(sections.map(({ title }) => title));
    expect(measured.marks[0]!.startSeconds).toBe(0);
    expect(measured.marks[2]!.startSeconds).toBeCloseTo(takePositions[2]!.startSample / RATE_HZ, 2);
    expect(judgeFile(measured, PROFILES.acx)).toMatchObject({ verdict: 'pass' });
    expect(judgeFile(measured, PROFILES.acx).rules.map(({ rule }) => rule)).toContain('durationSeconds');
    const names = [...frames(await readFile(inFolder('a.mp3'))).keys()];
    expect(names).toEqual(expect.arrayContaining(['CTOC', 'CHAP', 'APIC', 'COMM']));
    expect((await inspectFile({ ffmpeg, path: inFolder('a.m4a') })).marks).toEqual([]);
    await master('one', { sections: sections.slice(0, 1) });
    expect((await inspectFile({ ffmpeg, path: inFolder('one.mp3') })).marks).toEqual([]);
  });

  it('puts each take where it says, at full length, without a click at its ends', async () => {
    const takes = [take(sine(400, -12, 1), { pauseAfterMs: 500 }), take(sine(900, -12, 1))];
    const { takePositions } = await master('a', { takes, profile: { ...PROFILES.none, roomToneDbfs: -75 } });
    const path = inFolder('a.mp3');
    const { pcm } = await decodeToPcm({ ffmpeg, input: path, name: path, sampleRateHz: RATE_HZ, maxSeconds: 10 });
    const heard = createSampleReader().read(pcm);
    const rms = (from: number, to: number) =>
      Math.sqrt(heard.subarray(from, to).reduce((sum, x) => sum + x * x, 0) / (to - from)) / 32_768;
    expect(takePositions[1]!.startSample - takePositions[0]!.startSample).toBe(1.5 * RATE_HZ);
    for (const { startSample, samples } of takePositions) {
      expect(samples).toBe(RATE_HZ);
      expect(rms(startSample + 300, startSample + samples - 300)).toBeCloseTo(10 ** (-12 / 20) / Math.SQRT2, 2);
      // 1 ms into the fade there is next to nothing yet.
      if (startSample > 0) expect(rms(startSample - 200, startSample + 12)).toBeLessThan(0.005);
    }
    const gap = rms(1.2 * RATE_HZ, 1.4 * RATE_HZ);
    expect(20 * Math.log10(gap)).toBeGreaterThan(-80);
    expect(20 * Math.log10(gap)).toBeLessThan(-70);
  });

  it('refuses a take that is not as it was measured, and leaves no file', async () => {
    const [first, second] = [take(voice(1)), take(voice(2))];
    const takes = [first, { ...second, measures: first.measures }];
    await expect(master('a', { takes })).rejects.toMatchObject({ code: 'store-damaged' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('opens each take once, in order, and only when its turn comes', async () => {
    const opened: number[] = [];
    const takes = dialogue().map((own, index) => {
      const open = () => {
        opened.push(index);
        return own.open();
      };
      return { ...own, open };
    });
    await master('a', { takes });
    expect(opened).toEqual([0, 1, 2]);
  });
});

describe('the old ffmpeg from npm', async () => {
  const old = await findFfmpeg({ pathEnv: undefined }).catch(() => undefined);
  it.runIf(old !== undefined)('masters too', async () => {
    await master('a', { ffmpeg: old!, cover: { bytes: PNG, mediaType: 'image/png' } });
    for (const file of ['a.mp3', 'a.m4a']) {
      const measured = await inspectFile({ ffmpeg: old!, path: inFolder(file) });
      expect(judgeFile(measured, PROFILES.acx).verdict).toBe('pass');
    }
  });
});
