/** Marks: written into real files of every format, read back, and never without being the same twice. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bookTags, partTags, spokenByOf } from '../../src/deliver/marks/book-tags.ts';
import { deliverMarked } from '../../src/deliver/marks/deliver-marked.ts';
import type { FileTags } from '../../src/deliver/marks/file-tags.ts';
import { markFinder } from '../../src/deliver/marks/find-marks.ts';
import { markedBytes, markedSound, writtenMarks } from '../../src/deliver/marks/marked-sound.ts';
import { sentenceLanguages, spokenSentence } from '../../src/deliver/marks/sentences.ts';
import { languageCode3 } from '../../src/manifest/fields/language-codes.ts';
import type { OutputFormat } from '../../src/manifest/manifest.ts';
import { MODELS } from '../../src/models.ts';
import type { Plan, PlannedChapter } from '../../src/plan/plan.ts';
import type { BookRecord } from '../../src/store/books.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import type { MasterRecord } from '../../src/store/masters.ts';
import type { Store } from '../../src/store/store.ts';
import { master, segment } from '../queue/steps.ts';
import { quickFfmpeg } from '../quick-environment.ts';

const FORMATS: readonly OutputFormat[] = ['mp3', 'm4a', 'm4b', 'flac', 'wav'];
const MACHINE = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';
const TAGS: FileTags = {
  comment: 'SIMULATED, not for delivery. Ünïcode… 本录音',
  sentence: spokenSentence('zh', 'machine'),
  digitalSourceType: MACHINE,
  aigc: '{"Label":"1"}',
  language: 'zho',
  narrator: 'AI Voice',
  series: { name: 'Lighthouses', number: '2.5' },
  description: 'x'.repeat(5000),
  date: '2026-03-01',
};
const MARKS = { comment: TAGS.comment, sentence: TAGS.sentence, digitalSourceType: MACHINE, aigc: '{"Label":"1"}' };

let folder: string;
let store: Store;
let ffmpeg: string;
const sounds = new Map<OutputFormat, Buffer>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marks-'));
  store = await openDiskStore(join(folder, 'store'));
  ffmpeg = (await quickFfmpeg()).path;
  const tone = ['-f', 'lavfi', '-i', 'sine=r=44100:d=0.3', '-metadata', 'title=A', '-metadata', 'comment=Synthetic'];
  const options: Record<OutputFormat, string[]> = {
    mp3: ['-id3v2_version', '3'],
    m4a: ['-movflags', '+faststart', '-f', 'ipod'],
    m4b: ['-movflags', '+faststart', '-f', 'ipod'],
    flac: [],
    wav: [],
  };
  const outputs = FORMATS.flatMap((format) => [...options[format], join(folder, `tone.${format}`)]);
  execFileSync(ffmpeg, ['-v', 'error', ...tone, ...withMetadata(outputs)]);
  for (const format of FORMATS) sounds.set(format, await readFile(join(folder, `tone.${format}`)));
});
afterAll(() => rm(folder, { recursive: true }));

/** Metadata options hold for the next output only. */
function withMetadata(outputs: readonly string[]): string[] {
  return outputs.flatMap((word) =>
    word.startsWith(folder) ? ['-metadata', 'title=A', '-metadata', 'comment=Synthetic', word] : [word],
  );
}

const soundOf = (path: string): string =>
  execFileSync(ffmpeg, ['-v', 'error', '-i', path, '-map', '0:a', '-f', 'md5', '-']).toString();

describe.each(FORMATS)('%s', (format) => {
  it('has its marks, the same sound, and the same bytes each time', async () => {
    const stored = sounds.get(format)!;
    const marked = markedBytes(stored, { format, tags: TAGS });
    const path = join(folder, `marked.${format}`);
    await writeFile(path, marked);
    expect(await writtenMarks(path, format)).toEqual(MARKS);
    expect(soundOf(path)).toBe(soundOf(join(folder, `tone.${format}`)));
    // In small pieces, as from a slow store.
    const pieces: Buffer[] = [];
    async function* slowly(): AsyncGenerator<Buffer> {
      for (let at = 0; at < stored.length; at += 777) yield stored.subarray(at, at + 777);
    }
    for await (const piece of markedSound(slowly(), { format, byteLength: stored.length, tags: TAGS }))
      pieces.push(piece);
    expect(Buffer.concat(pieces).equals(marked)).toBe(true);
    const find = markFinder();
    expect(await find(path)).toEqual({ state: 'present', ...MARKS });
    expect(await find(join(folder, `tone.${format}`))).toMatchObject({ state: 'absent' });
    // A tool that keeps the comment and drops what it does not know.
    const torn = { ...TAGS, sentence: '', digitalSourceType: '', comment: `${TAGS.sentence} Kept.` };
    const fields = /AI_DISCLOSURE|digitalSourceType/g;
    const text = markedBytes(stored, { format, tags: torn })
      .toString('latin1')
      .replace(fields, (name) => 'x'.repeat(name.length));
    await writeFile(path, text, 'latin1');
    expect(await find(path)).toMatchObject({ state: 'stripped' });
  });
});

describe('delivery', () => {
  const plan = (delivery: object): Plan =>
    ({
      title: 'Book',
      chapters: [],
      delivery: { author: 'A', language: 'de', tradeNarrator: 'AI Voice', ...delivery },
    }) as never;
  const chapter = (pickups: readonly boolean[]): PlannedChapter =>
    ({
      segments: pickups.map((own) => ({ step: { ...segment('a'), ...(own && { pickup: {} }) } })),
      lines: pickups.map((_, index) => index),
      master: { step: { ...master('m'), tags: { ...master('m').tags, comment: 'Synthetic speech (x).' } } },
    }) as never;
  const record = { simulated: true } as MasterRecord;
  const tags = (pickups: readonly boolean[], delivery = {}) =>
    partTags({
      ...{ plan: plan(delivery), chapter: chapter(pickups), master: record, digest: 'ab'.repeat(32) },
      part: { firstTake: 0, takes: pickups.length },
    });

  it('says truthfully who speaks: a machine, people, or both', () => {
    expect(tags([false, false])).toMatchObject({
      spokenBy: 'machine',
      tags: {
        digitalSourceType: MACHINE,
        sentence: spokenSentence('de', 'machine'),
        comment: `SIMULATED, not for delivery. Synthetic speech (x). ${spokenSentence('de', 'machine')}`,
        narrator: 'AI Voice',
        language: 'deu',
      },
    });
    expect(tags([true, false]).tags.digitalSourceType).toMatch(/\/compositeWithTrainedAlgorithmicMedia$/);
    const person = tags([true, true], { disclosure: { for: 'cn' } });
    expect(person.spokenBy).toBe('person');
    expect(person.tags).toEqual({
      ...{ comment: spokenSentence('de', 'person'), sentence: spokenSentence('de', 'person'), language: 'deu' },
      digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture',
    });
    expect(spokenByOf([])).toBe('machine');
  });

  it('writes the label of GB 45438 with all its fields, and only where it is asked for', () => {
    const fields = {
      Label: '1',
      ReservedCode1: '',
      ReservedCode2: '',
      ProduceID: 'ab'.repeat(16),
      PropagateID: 'ab'.repeat(16),
    };
    const label = (delivery: object) => JSON.parse(tags([false], delivery).tags.aigc ?? 'null');
    expect(label({})).toBeNull();
    expect(label({ disclosure: { for: 'cn' }, publication: { publisher: 'P' } })).toEqual({
      ...fields,
      ...{ ContentProducer: 'P', ContentPropagator: 'P' },
    });
    expect(label({ disclosure: { for: 'cn', producer: '码', propagator: '店' } })).toEqual({
      ...fields,
      ...{ ContentProducer: '码', ContentPropagator: '店' },
    });
  });

  it('of a book says both when one chapter has recordings', () => {
    const book = { file: { digest: 'cd'.repeat(32) }, simulated: false } as BookRecord;
    const mixed = { ...plan({}), chapters: [chapter([true]), chapter([false])] } as Plan;
    expect(bookTags({ plan: mixed, book }).spokenBy).toBe('both');
  });

  it('leaves a file that is there, replaces one that lost its marks, and refuses one that the lock does not know', async () => {
    const file = await store.putBlob(sounds.get('mp3')!);
    const madeAt = new Date('2026-01-02T03:04:05Z');
    const one = { store, file, format: 'mp3' as const, folder, name: 'one.mp3', madeAt, marked: tags([false]) };
    const first = await deliverMarked({ ...one, earlier: undefined });
    expect(first.written).toBe(true);
    expect(first.marked.byteLength).toBe((await stat(join(folder, 'one.mp3'))).size);
    expect((await deliverMarked({ ...one, earlier: first.marked })).written).toBe(false);
    // Nobody knows what an earlier run wrote: the content is compared.
    expect(await deliverMarked({ ...one, earlier: undefined })).toEqual({ ...first, written: false });
    await writeFile(join(folder, 'one.mp3'), sounds.get('mp3')!);
    expect((await deliverMarked({ ...one, earlier: first.marked })).written).toBe(true);
    const wanted = 'ef'.repeat(32);
    await expect(deliverMarked({ ...one, earlier: first.marked, wanted })).rejects.toMatchObject({
      code: 'lock-differs',
    });
  });
});

it('has a sentence and a code for every language of every model', () => {
  const languages = Object.values(MODELS).flatMap((model) => Object.keys(model.languages));
  for (const language of new Set(languages)) {
    expect(sentenceLanguages()).toContain(language);
    expect(languageCode3(language)).not.toBe('und');
  }
  expect(spokenSentence('pt-BR', 'machine')).toBe(spokenSentence('pt', 'machine'));
  expect(spokenSentence('nl', 'machine')).toBe(spokenSentence('en', 'machine'));
});
