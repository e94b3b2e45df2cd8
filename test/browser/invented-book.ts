/** A book that is made up: chapters, lines, takes, doubts, and sounds that look and sound a little like speech. */

import { showDoubt } from '../../src/studio/book/show-line.ts';
import type { Book, Chapter, Job, Line, Peaks, Suspect, Take } from '../../src/studio/shapes.ts';

/** Samples a second of its sounds. */
const RATE = 8_000;
const PEAKS_PER_SECOND = 20;

/** What to make up. */
export interface InventedOptions {
  title?: string;
  author?: string;
  /** Texts of the chapters; each line is spoken by the next speaker. */
  chapters?: { title: string; lines: string[] }[];
  speakers?: string[];
  /** Length of a spoken line in milliseconds; by default by its letters. */
  lineMs?: number;
}

const SILENCE = {
  ...{ check: 'silence-inside', measured: '1.4 s of silence', wanted: 'at most 0.9 s by its punctuation' },
  ...{ badness: 3.4, atSeconds: 1.1 },
};
const TOO_LONG = { check: 'too-long', measured: '9.6 s', wanted: 'at most 6.1 s for its text', badness: 3.2 };

const SENTENCES = [
  'The lamp had gone out in the night, and nobody on the island had seen it happen.',
  '“Somebody climbed up here,” said Mara. “Look at the dust on the rail.”',
  '“Or somebody climbed down,” said the keeper, and he would not look at her.',
  'Below them the sea went on with its long argument against the rocks, patient as a clerk, and every seventh wave came higher than the rest.',
  '“You are not listening to me, Ukridge!”',
  '“I am listening to the engine,” said Ukridge. “It has more sense.”',
  'No one laughed.',
  'She counted the steps again: ninety-one, with the broken one. There ought to have been ninety-two.',
  '“Yes.”',
  'It was the kind of morning on which a door, once opened, stays open; she went in.',
];

/** Makes it up. */
export function inventBook(options: InventedOptions = {}): Invented {
  return new Invented(options);
}

/** The book and what can be done with it. */
export class Invented {
  readonly book: Book;
  readonly chapters = new Map<number, Chapter>();
  readonly jobs = new Map<string, Job>();
  readonly #takes = new Map<string, Take[]>();

  constructor({ title, author, chapters, speakers, lineMs }: InventedOptions) {
    const texts =
      chapters ??
      ['The Lamp', 'Ninety-one Steps', 'What the Keeper Knew', 'Fog', 'The Tin Lighthouse'].map((name, chapter) => ({
        title: name,
        lines: Array.from({ length: 24 + 9 * chapter }, (_, at) => SENTENCES[(at * 3 + chapter) % SENTENCES.length]!),
      }));
    const names = speakers ?? ['Narrator', 'Mara', 'The Keeper', 'Ukridge'];
    texts.forEach((text, index) => {
      const number = index + 1;
      let at = 400;
      const lines = text.lines.map((words, place): Line => {
        const long = lineMs ?? 500 + words.length * 55;
        const line = inventLine({
          number: `${number}:${place + 1}`,
          words,
          character: names[speakerOf(words, place, names)]!,
          at,
          long,
        });
        at += long + 450;
        return line;
      });
      this.chapters.set(number, {
        number,
        title: text.title,
        version: 'v1',
        lines,
        seconds: at / 1000,
        finished: number < 3,
      });
    });
    this.book = {
      title: title ?? 'The Tin Lighthouse',
      author: author ?? 'A. Keeper',
      language: 'en',
      version: 'v1',
      chapters: [],
      characters: [],
      model: 'qwen3-tts-vc-realtime',
      takesDirections: true,
      simulated: true,
      money: { currency: 'CNY', spent: '1.2840 CNY', granted: '10.00 CNY', left: '8.7160 CNY' },
      undo: 'the choice of take 2 for 3:4',
      undoTold: { code: 'take', values: { take: 2, number: '3:4' } },
      notes: ['A decision about 2:9 has no line any more. It is kept, and applied to nothing: “We sail at noon.”'],
      notesTold: [{ code: 'orphan', values: { number: '2:9', words: '“我们中午启航。”' } }],
    };
    this.#count(names);
  }

  line(number: string): Line | undefined {
    return this.chapters.get(Number(number.split(':')[0]))?.lines.find((line) => line.number === number);
  }

  suspects(): Suspect[] {
    return [...this.chapters.values()]
      .flatMap(({ lines }) => lines)
      .filter((line) => (line.verdict === 'doubtful' || line.verdict === 'parked') && !line.approved)
      .map((line) => ({ ...line, reasons: line.doubts.map(({ reason }) => reason), badness: line.doubts.length + 1 }))
      .sort((a, b) => b.badness - a.badness);
  }

  takes(line: Line): Take[] {
    const known = this.#takes.get(line.number) ?? line.numbers.map((number) => this.#take(line, number));
    this.#takes.set(line.number, known);
    return known.map((take) => ({ ...take, chosen: take.number === line.chosen }));
  }

  speak(line: Line, many: number): number[] {
    const known = this.takes(line);
    const numbers = Array.from({ length: many }, (_, index) => known.length + index + 1);
    this.change(line, { takes: known.length + many, numbers: [...line.numbers, ...numbers], editedNotSpoken: false });
    this.#takes.set(line.number, [...known, ...numbers.map((number) => this.#take(line, number))]);
    return numbers;
  }

  choose(line: Line, body: { take?: number; back?: true }): Partial<Line> {
    const chosen = body.take ?? 1;
    const [doubts] = this.takes(line)
      .filter(({ number }) => number === chosen)
      .map((take) => take.doubts);
    this.chapters.get(line.chapter)!.finished = false;
    return {
      chosen,
      doubts: doubts ?? [],
      verdict: doubts?.length ? 'doubtful' : 'good',
      ...(body.back ? { decision: {} } : { decision: { take: chosen } }),
    };
  }

  decide(line: Line, { id: _id, by, approved, pause, ...rest }: Record<string, unknown>): Partial<Line> {
    const decision = { ...line.decision, ...rest, ...(pause !== undefined && { pause }) };
    return {
      decision: Object.fromEntries(Object.entries(decision).filter(([, value]) => value !== null)),
      ...(rest['say'] !== undefined && { say: rest['say'] as string, editedNotSpoken: true }),
      ...(approved !== undefined && { approved: approved === true ? { by: by as string } : (undefined as never) }),
    };
  }

  approve(number: number, { approved, by }: { approved: boolean; by?: string }): void {
    const chapter = this.chapters.get(number)!;
    if (approved) chapter.approved = { ...(by && { by }), on: '2026-11-29' };
    else delete chapter.approved;
    this.#count();
  }

  change(line: Line, changes: Partial<Line>): Line {
    const chapter = this.chapters.get(line.chapter)!;
    const changed = { ...this.line(line.number)!, ...changes };
    chapter.lines = chapter.lines.map((one) => (one.number === line.number ? changed : one));
    this.#count();
    return changed;
  }

  unfinished(): number[] {
    return [...this.chapters.values()].filter(({ finished }) => !finished).map(({ number }) => number);
  }

  finishAll(): number[] {
    const made = this.unfinished();
    for (const chapter of this.chapters.values()) chapter.finished = true;
    this.#count();
    return made;
  }

  chapterPeaks(number: number): Peaks {
    const { seconds, lines } = this.chapters.get(number)!;
    const pairs = Buffer.alloc(Math.ceil(seconds * PEAKS_PER_SECOND) * 2);
    for (const { startMs, endMs } of lines)
      for (let step = Math.ceil(startMs / 50); step < endMs / 50; step++)
        setPair(pairs, step, loudnessAt(step, step - startMs / 50));
    return { perSecond: PEAKS_PER_SECOND, peaks: pairs.toString('base64') };
  }

  chapterWav(number: number): Buffer {
    const { seconds, lines } = this.chapters.get(number)!;
    const wav = silentWav(seconds);
    for (const [index, { startMs, endMs }] of lines.entries()) fillTone(wav, startMs, endMs, 140 + 60 * (index % 4));
    return wav;
  }

  takeWav(line: Line, take: number): Buffer {
    const wav = silentWav((line.endMs - line.startMs) / 1000);
    fillTone(wav, 0, line.endMs - line.startMs, 120 + 50 * take);
    return wav;
  }

  #take(line: Line, number: number): Take {
    const seconds = ((line.endMs - line.startMs) / 1000) * (1 + (number - 1) * 0.04);
    const pairs = Buffer.alloc(Math.ceil(seconds * PEAKS_PER_SECOND) * 2);
    for (let step = 0; step < pairs.length / 2; step++) setPair(pairs, step, loudnessAt(step + number * 7, step));
    const peaks = { perSecond: PEAKS_PER_SECOND, peaks: pairs.toString('base64') };
    return { number, seconds, chosen: false, doubts: number === 1 ? line.doubts : [], loudnessDb: -20 - number, peaks };
  }

  #count(names = this.book.characters.map(({ name }) => name)): void {
    this.book.version = `v${Number(this.book.version.slice(1)) + 1}`;
    this.book.chapters = [...this.chapters.values()].map(({ number, title, lines, seconds, finished, approved }) => {
      const unspoken = lines.filter(({ verdict }) => verdict === 'none').length;
      const toHear = lines.filter((line) => ['doubtful', 'parked'].includes(line.verdict) && !line.approved).length;
      const passed = lines.length - unspoken - toHear;
      return {
        number,
        title,
        lines: lines.length,
        seconds,
        passed,
        toHear,
        unspoken,
        finished,
        ...(approved && { approved }),
      };
    });
    const all = [...this.chapters.values()].flatMap(({ lines }) => lines);
    this.book.characters = names.map((name, index) => ({
      name,
      lines: all.filter(({ character }) => character === name).length,
      hue: [210, 340, 95, 40, 275][index % 5]!,
    }));
  }
}

function speakerOf(words: string, place: number, names: readonly string[]): number {
  return words.startsWith('“') ? 1 + (place % (names.length - 1)) : 0;
}

function inventLine(of: { number: string; words: string; character: string; at: number; long: number }): Line {
  const { number, words, character, at, long } = of;
  const [chapter, line] = number.split(':').map(Number) as [number, number];
  const spoken = words.split(' ');
  const each = long / spoken.length;
  const isDoubtful = line % 17 === 5;
  return {
    number,
    id: `id-${number}`,
    chapter,
    line,
    character,
    text: words,
    pauseAfterMs: 450,
    takes: isDoubtful ? 2 : 1,
    numbers: isDoubtful ? [1, 2] : [1],
    chosen: 1,
    inStore: line % 23 !== 0,
    verdict: line % 23 === 0 ? 'none' : isDoubtful ? 'doubtful' : 'good',
    doubts: isDoubtful ? [{ ...showDoubt(SILENCE), seconds: 0.6 }, ...(line % 2 ? [showDoubt(TOO_LONG)] : [])] : [],
    pickup: false,
    startMs: at,
    endMs: at + long,
    words: spoken.map((text, index) => {
      const from = spoken.slice(0, index).join(' ').length + (index > 0 ? 1 : 0);
      const bare = text.replace(/[”.,!?;]+$/, '');
      const place = { from: from + (bare.startsWith('“') ? 1 : 0), to: from + bare.length };
      return { text: bare, ...place, startMs: at + index * each, endMs: at + (index + 1) * each - 40 };
    }),
    ...(line % 11 === 3 && { comments: [{ text: 'Warmer, please: she knows him.', by: 'Ann', on: '2026-11-28' }] }),
    ...(line % 13 === 4 && { approved: { by: 'Ann', on: '2026-11-28' } }),
    file: { name: `chapters/${chapter}.md`, line: 2 * line + 1, version: 'v1' },
    editedNotSpoken: false,
  };
}

function loudnessAt(step: number, from: number): number {
  return Math.round(90 * Math.abs(Math.sin(step * 1.7) * Math.sin(from * 0.31)) ** 1.5) + 4;
}

function setPair(pairs: Buffer, step: number, loudness: number): void {
  if (2 * step + 1 >= pairs.length) return;
  pairs.writeInt8(-loudness, 2 * step);
  pairs.writeInt8(loudness, 2 * step + 1);
}

function silentWav(seconds: number): Buffer {
  const samples = Math.round(seconds * RATE);
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  return wav;
}

function fillTone(wav: Buffer, startMs: number, endMs: number, hertz: number): void {
  const [first, last] = [Math.round((startMs / 1000) * RATE), Math.round((endMs / 1000) * RATE)];
  for (let at = first; at < last && 46 + at * 2 <= wav.length; at++)
    wav.writeInt16LE(Math.round(6_000 * Math.sin((2 * Math.PI * hertz * at) / RATE)), 44 + at * 2);
}
