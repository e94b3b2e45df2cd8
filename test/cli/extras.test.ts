/** Credits, retail sample, parts, single lines and the EPUB, as a producer finds them; one book for all. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectFile } from '../../src/audio/measure/inspect.ts';
import type { DeliveredChapter } from '../../src/events/delivered.ts';
import { ffmpegHere } from '../audio/signals.ts';
import { commandsHere } from './program-here.ts';
import { makeRig, queueInRedis, type Rig, writeBook } from './rig.ts';

queueInRedis();
commandsHere();

const BOOK = 'out/A Small Book';
/** The sound is made by the ffmpeg of the system, as with most users. */
const SYSTEM = { FFMPEG_PATH: undefined };
const STORM = Array.from(
  { length: 16 },
  (_, i) => `${i === 8 ? '***\n\n' : ''}The wind had turned ${i} times since the morning, and nobody said a word.`,
);
const MORE = `credits: { opening: true, closing: true, speaker: mara }
retailSample: { chapter: Storm, seconds: 15 }
output:
  formats: [mp3, m4b]
  subtitles: [srt]
  also: [labels, epub]
  lines: wav
  custom: { minutes: 1 }
`;

let rig: Rig;
let first: Awaited<ReturnType<Rig['runJson']>>;
beforeAll(async () => {
  rig = await makeRig();
  await writeBook(rig, { lines: ['Storm', ...STORM].join('\n\n') });
  const manifest = (await rig.read('book.yaml')).toString();
  await rig.write('book.yaml', manifest.replace('author: Somebody', 'author: Somebody\n  year: 2024') + MORE);
  first = await rig.runJson(['book.yaml', '--simulate'], SYSTEM);
}, 180_000);
afterAll(() => rig.destroy());

const delivered = (role: DeliveredChapter['role'], title?: string) =>
  first.finished.chapters.find((chapter) => chapter.role === role && (title === undefined || chapter.title === title))!;
const names = (paths: readonly string[]) => paths.map((path) => path.slice(rig.path(BOOK).length + 1));

describe('a book with everything beside its chapters', () => {
  it('is delivered whole, and passes', async () => {
    expect(first.code).toBe(0);
    expect(first.finished).toMatchObject({ ok: true, segments: { failed: 0 } });
    const report = JSON.parse((await rig.read(`${BOOK}/report.json`)).toString());
    const below = async (name: string) => (await readdir(rig.path(BOOK, name))).map((file) => `${name}/${file}`);
    const found = (await readdir(rig.path(BOOK), { withFileTypes: true })).flatMap((entry) =>
      entry.isDirectory() ? [] : [entry.name],
    );
    const lines = (
      await Promise.all(
        ['00 - Opening Credits', '01 - Arrival', '02 - Storm', '03 - Closing Credits'].map((stem) =>
          below(`${stem} - lines`),
        ),
      )
    ).flat();
    expect([...report.files].sort()).toEqual(
      [...found, ...lines].filter((name) => !/^(report|completeness|disclosure)\./.test(name)).sort(),
    );
    const verified = await rig.run(['verify', BOOK], SYSTEM);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('all rules of "acx"') });
  });

  it('has credits that sort around the chapters and stand in the M4B, and chapters keep their numbers', async () => {
    expect(names(delivered('opening-credits').files)).toEqual(['00 - Opening Credits.mp3']);
    expect(names(delivered('closing-credits').files)).toEqual(['03 - Closing Credits.mp3']);
    expect(names(delivered(undefined, 'Arrival').files)).toEqual(['01 - Arrival.mp3']);
    const srt = (await rig.read(`${BOOK}/00 - Opening Credits.srt`)).toString();
    expect(srt).toMatch(/A Small Book\.[\s\S]*Written by Somebody\.[\s\S]*Narrated by a synthetic voice\./);
    const { marks } = await inspectFile({ ffmpeg: await ffmpegHere(), path: rig.path(BOOK, 'A Small Book.m4b') });
    expect(marks.map(({ title }) => title)).toEqual([
      'Opening Credits',
      'Arrival',
      'Storm (Part 1 of 2)',
      'Storm (Part 2 of 2)',
      'Closing Credits',
    ]);
  });

  it('parts the chapter that is too long at its scene, and says so', async () => {
    const storm = delivered(undefined, 'Storm');
    expect(storm).toMatchObject({ parts: 2, verdict: 'pass' });
    expect(names(storm.files)).toEqual(['02a - Storm (Part 1 of 2).mp3', '02b - Storm (Part 2 of 2).mp3']);
    expect(first.events).toContainEqual(
      expect.objectContaining({ type: 'notice', message: expect.stringMatching(/Chapter 2 “Storm” .*in 2 parts/) }),
    );
    const second = (await rig.read(`${BOOK}/02b - Storm (Part 2 of 2).srt`)).toString();
    expect(second).toMatch(/^1\n00:00:00,7\d\d --> .*\nThe wind had turned 8 times/);
    const ffmpeg = await ffmpegHere();
    const parts = await Promise.all(storm.files.map((path) => inspectFile({ ffmpeg, path })));
    for (const { durationSeconds, headSilenceSeconds, tailSilenceSeconds } of parts) {
      expect(durationSeconds).toBeLessThan(60);
      expect(headSilenceSeconds).toBeCloseTo(0.75, 0);
      expect(tailSilenceSeconds).toBeCloseTo(2, 0);
    }
    expect(parts[0]!.durationSeconds + parts[1]!.durationSeconds).toBeCloseTo(storm.durationSeconds, 0);
    const report = JSON.parse((await rig.read(`${BOOK}/report.json`)).toString());
    expect(report.chapters[2].checks.map(({ part }: { part: number }) => part)).toEqual([1, 2]);
  });

  it('has a retail sample without the heading, made of takes that were there', async () => {
    const sample = delivered('retail-sample');
    expect(names(sample.files)).toEqual(['Retail Sample.mp3']);
    expect(sample.durationSeconds).toBeGreaterThan(10);
    expect(sample.durationSeconds).toBeLessThan(20);
    expect((await rig.read(`${BOOK}/Retail Sample.srt`)).toString()).toMatch(/^1\n.*\nThe wind had turned 0 times/);
    // Nothing is spoken for it: each call is for a segment that is counted once.
    expect(first.finished.calls.synthesize).toBe(first.finished.segments.synthesized);
  });

  it('has a file for each line that sorts, is trimmed, and is at the level of its chapter', async () => {
    const folder = `${BOOK}/01 - Arrival - lines`;
    const lines = await readdir(rig.path(folder));
    expect(lines.sort()).toEqual(['01-0001 narrator.wav', '01-0002 mara.wav']);
    const ffmpeg = await ffmpegHere();
    const chapter = await inspectFile({ ffmpeg, path: rig.path(BOOK, '01 - Arrival.mp3') });
    for (const name of lines) {
      const line = await inspectFile({ ffmpeg, path: rig.path(folder, name) });
      expect(Math.abs(line.loudnessLufs - chapter.loudnessLufs)).toBeLessThan(2.5);
      expect(line.headSilenceSeconds).toBeLessThan(0.15);
      expect(line.tailSilenceSeconds).toBeLessThan(0.3);
    }
    expect(await readdir(rig.path(BOOK, '02 - Storm - lines'))).toHaveLength(17);
  });

  it('has an EPUB whose text is the book and whose clips lie in its sound', async () => {
    const path = rig.path(BOOK, 'A Small Book.epub');
    const files = unzipSync(await readFile(path));
    const text = (name: string) => Buffer.from(files[name]!).toString();
    expect(text('EPUB/text/c0003.xhtml')).toContain('The wind had turned 15 times since the morning');
    const sounds = [...text('EPUB/overlay/c0003.smil').matchAll(/audio src="..\/([^"]+)"/g)].map(([, name]) => name);
    expect(new Set(sounds)).toEqual(new Set(['audio/c0003-1.mp3', 'audio/c0003-2.mp3']));
    for (const name of sounds) expect(files).toHaveProperty([`EPUB/${name}`]);
    expect(first.finished.epub).toMatchObject({ files: [path], verdict: 'pass' });
  });

  const JAR = '/usr/share/java/epubcheck.jar';
  it.skipIf(!existsSync(JAR))('has an EPUB that epubcheck finds no fault with', () => {
    const { status, stdout, stderr } = spawnSync(
      'java',
      // A JVM that lives for seconds spends more on optimizing than on the book.
      [
        '-XX:TieredStopAtLevel=1',
        '-XX:+UseSerialGC',
        '-jar',
        JAR,
        '--failonwarnings',
        rig.path(BOOK, 'A Small Book.epub'),
      ],
      { encoding: 'utf8' },
    );
    expect(`${stdout}${stderr}`).toContain('No errors or warnings');
    expect(status).toBe(0);
  });

  it('changes nothing when it is run again, and takes away what is no longer asked for', async () => {
    await writeFile(rig.path(BOOK, '01 - Arrival - lines', '01-0001 narrator.wav'), 'half');
    const again = await rig.runJson(['book.yaml', '--simulate'], SYSTEM);
    expect(again.finished).toMatchObject({ ok: true, calls: { synthesize: 0 } });
    expect(again.events).toContainEqual(expect.objectContaining({ type: 'book.delivered', outcome: 'unchanged' }));
    expect(again.events).toContainEqual(expect.objectContaining({ type: 'epub.delivered', outcome: 'unchanged' }));
    expect((await rig.read(`${BOOK}/01 - Arrival - lines/01-0001 narrator.wav`)).length).toBeGreaterThan(10_000);
    const manifest = (await rig.read('book.yaml')).toString();
    await rig.write('book.yaml', `${manifest.slice(0, manifest.indexOf('credits:'))}output: { formats: [mp3] }\n`);
    const less = await rig.runJson(['book.yaml', '--simulate'], SYSTEM);
    expect(less.finished).toMatchObject({ ok: true, calls: { synthesize: 0 } });
    expect((await readdir(rig.path(BOOK))).sort()).toEqual([
      '01 - Arrival.mp3',
      '02 - Storm.mp3',
      'completeness.json',
      'disclosure.json',
      'report.html',
      'report.json',
    ]);
  });
});
