/** Makes a page for a reviewer who does not have the program: lines to hear with their takes, in one file. */
import { createHash } from 'node:crypto';
import type { Ffmpeg } from '../../audio/ffmpeg/ffmpeg-binary.ts';
import { CLIP_KBPS, encodeClips, type Mp3Clip } from '../../audio/mp3/mp3-clips.ts';
import { excerptOf } from '../../audio/samples/excerpt.ts';
import { type LineSound, lineSound } from '../../lines/line-sound.ts';
import { suspects } from '../../lines/line-states.ts';
import { type LineTake, storedTakes } from '../../lines/stored-takes.ts';
import { type BookLine, knownLines } from '../../plan/book-lines.ts';
import { anchorsOf } from '../../script/lines/line-identity.ts';
import type { Moment } from '../book/moment.ts';
import { showDoubt } from '../book/show-line.ts';
import { heardTakes, isApproved } from '../heard/heard-takes.ts';
import { type ChapterSounds, chapterOf } from '../sound/chapter-sounds.ts';
import { type HandoutProgram, handoutPage } from './handout-page.ts';
import type { Clip, Handout, HandoutLine } from './handout-shapes.ts';

/** Most bytes of a page: what mail and messengers still take, and a phone still opens. */
export const MOST_HANDOUT_BYTES = 50_000_000;
/** Heard before and after a line: enough to know where it is; where everything is in the page, only the breath around it. */
const AROUND_SECONDS = { suspects: 2, all: 0.4 };
/** Takes of a line in the page: the one in use, and the first others. */
const MOST_TAKES = 5;

/** What is in the page. */
export interface HandoutWish {
  scope: Handout['scope'];
  /** Default: all chapters. */
  chapters?: readonly number[] | undefined;
}

/** A page that would be too large, with what each chapter would weigh. */
export interface TooLarge {
  bytes: number;
  chapters: { number: number; bytes: number }[];
}

/** What is made, before any sound is. */
interface Draft {
  line: BookLine;
  index: number;
  takes: LineTake[];
}

/** The page, and how many lines it has. Reads the sound of these lines alone. Fails as `lineSound` and `encodeClips`. */
export async function makeHandout(of: {
  moment: Moment;
  sounds: ChapterSounds;
  wish: HandoutWish;
  program: HandoutProgram;
  ffmpeg: Ffmpeg;
  /** `yyyy-mm-dd` */
  today: string;
  /** Default: `MOST_HANDOUT_BYTES`. */
  mostBytes?: number;
  signal: AbortSignal;
}): Promise<{ page: Buffer; lines: number } | TooLarge> {
  const { moment, sounds, wish, program, ffmpeg, today, mostBytes = MOST_HANDOUT_BYTES, signal } = of;
  const drafts = await draftsOf(moment, wish);
  const expected = expectedBytes(drafts, wish);
  if (expected.bytes > mostBytes) return expected;
  const places = new Map<string, Clip>();
  const encoded = await encodeAll({ moment, sounds, wish, drafts, ffmpeg, signal, places });
  const page = handoutPage(handoutOf({ moment, wish, drafts, places, today }), { program, sounds: encoded });
  return page.length > mostBytes ? { bytes: page.length, chapters: expected.chapters } : { page, lines: drafts.length };
}

async function draftsOf(moment: Moment, { scope, chapters }: HandoutWish): Promise<Draft[]> {
  const { lines, states, store, account } = moment;
  const indexes = new Map(states.map((state, index) => [state, index]));
  const listed = scope === 'all' ? states : suspects(states);
  const wanted = listed
    .map((state) => indexes.get(state)!)
    .filter((index) => scope === 'all' || !isApproved(moment, index))
    .filter((index) => chapters?.includes(lines[index]!.chapter) ?? true);
  const own = wanted.map((index) => lines[index]!);
  const takes = await storedTakes(store, own, account.realm);
  return wanted.map((index, at) => {
    const { chosen } = states[index]!;
    const all = takes[at] ?? [];
    const others = all.filter(({ number }) => number !== chosen).slice(0, MOST_TAKES - 1);
    const shown = [...all.filter(({ number }) => number === chosen), ...others];
    return { line: lines[index]!, index, takes: shown.sort((a, b) => a.number - b.number) };
  });
}

/** What base64 makes of a byte; what a line weighs without sound. */
const BASE64 = 4 / 3;
const LINE_BYTES = 1_500;

function expectedBytes(drafts: readonly Draft[], { scope }: HandoutWish): TooLarge {
  const perChapter = new Map<number, number>();
  for (const { line, takes } of drafts) {
    const seconds = takes
      .map(({ records }) => records.reduce((sum, one) => sum + one.durationSeconds, 2 * AROUND_SECONDS[scope]))
      .reduce((sum, one) => sum + one, 0);
    const bytes = LINE_BYTES + 3 * line.words.length + seconds * ((CLIP_KBPS * 1000) / 8) * BASE64;
    perChapter.set(line.chapter, (perChapter.get(line.chapter) ?? 0) + Math.ceil(bytes));
  }
  const chapters = [...perChapter].map(([number, bytes]) => ({ number, bytes })).sort((a, b) => a.number - b.number);
  return { bytes: chapters.reduce((sum, { bytes }) => sum + bytes, 0), chapters };
}

type Sounding = Pick<Parameters<typeof makeHandout>[0], 'moment' | 'sounds' | 'wish' | 'ffmpeg' | 'signal'> & {
  drafts: readonly Draft[];
  /** Filled with what is known of each clip, by its name. */
  places: Map<string, Clip>;
};

/** The MP3s by their names. A run of ffmpeg for each sample rate of the book. */
async function encodeAll(of: Sounding): Promise<Map<string, Uint8Array>> {
  const { moment, drafts, places, ffmpeg, signal } = of;
  const rateOf = ({ line }: Draft): number => chapterOf(moment, line.chapter)!.master.step.sampleRateHz;
  const encoded = new Map<string, Mp3Clip>();
  for (const sampleRateHz of new Set(drafts.map(rateOf))) {
    const names: string[] = [];
    const clips = async function* (): AsyncGenerator<Int16Array> {
      for (const draft of drafts.filter((one) => rateOf(one) === sampleRateHz))
        for (const take of draft.takes) {
          const name = nameOf(draft, take);
          const sound = await soundOf(of, draft, take);
          names.push(name);
          places.set(name, clipOf(name, take, sound));
          yield sound.samples;
        }
    };
    const made = await encodeClips({ ffmpeg, clips: clips(), sampleRateHz, signal });
    for (const [at, name] of names.entries()) encoded.set(name, made[at]!);
  }
  for (const [name, { startSeconds }] of encoded) {
    const clip = places.get(name)!;
    places.set(name, {
      ...clip,
      seconds: rounded(clip.seconds + startSeconds),
      startSeconds: rounded(clip.startSeconds + startSeconds),
      endSeconds: rounded(clip.endSeconds + startSeconds),
    });
  }
  return new Map([...encoded].map(([name, { bytes }]) => [name, bytes]));
}

function nameOf({ index }: Pick<Draft, 'index'>, { number }: Pick<LineTake, 'number'>): string {
  return `clip-${index}-${number}`;
}

async function soundOf(
  { moment, sounds, wish, signal }: Sounding,
  { line, index }: Draft,
  take: LineTake,
): Promise<LineSound> {
  const aroundSeconds = AROUND_SECONDS[wish.scope];
  const { store, plan, states } = moment;
  const heard = take.number === states[index]!.chosen ? await sounds.of(moment, line.chapter) : undefined;
  const { readMeasures } = sounds;
  if (heard === undefined)
    return lineSound({ store, plan, line, records: take.records, aroundSeconds, readMeasures, signal });
  const last = line.first + line.segments.length - 1;
  const { sound, sampleRateHz, missing } = heard;
  return { ...(await excerptOf(sound, { first: line.first, last, aroundSeconds, signal })), sampleRateHz, missing };
}

function clipOf(name: string, { number, records }: LineTake, sound: LineSound): Clip {
  const { samples, sampleRateHz, startSeconds, endSeconds } = sound;
  return {
    ...{ take: number, seconds: samples.length / sampleRateHz, startSeconds, endSeconds },
    doubts: records.flatMap(({ doubts = [] }) => doubts.map(showDoubt)),
    of: heardTakes({ segments: records }),
    sound: name,
  };
}

function handoutOf(of: {
  moment: Moment;
  wish: HandoutWish;
  drafts: readonly Draft[];
  places: ReadonlyMap<string, Clip>;
  today: string;
}): Handout {
  const { moment, wish, drafts, places, today } = of;
  const { title, author, language } = moment.book.manifest;
  const anchors = anchorsOf(
    knownLines(moment.lines),
    drafts.map(({ index }) => index),
  );
  const lines = drafts.map((draft, at): HandoutLine => {
    const clips = draft.takes.flatMap((take) => places.get(nameOf(draft, take)) ?? []);
    return { anchor: anchors[at]!, ...shownOf(moment, draft), clips };
  });
  const numbers = new Set(drafts.map(({ line }) => line.chapter));
  const chapters = moment.plan.chapters.flatMap(({ number, title: name, role }) =>
    numbers.has(number) && role !== 'retail-sample' ? [{ number, title: name }] : [],
  );
  const id = createHash('sha256')
    .update(JSON.stringify([moment.version, wish, today, lines]))
    .digest('hex')
    .slice(0, 16);
  const head = { version: 1 as const, id, title, ...(author !== undefined && { author }), language };
  return { ...head, madeOn: today, simulated: moment.simulated, scope: wish.scope, chapters, lines };
}

function shownOf(moment: Moment, { line, index }: Draft): Omit<HandoutLine, 'anchor' | 'clips'> {
  const { doubts, reason, chosen } = moment.states[index]!;
  const decision = moment.decisions.get(index);
  const { comments = [], approved, take } = decision ?? {};
  const beside = (at: number): { character: string; text: string } | undefined => {
    const other = moment.lines[at];
    return other?.chapter === line.chapter ? { character: other.character, text: other.words } : undefined;
  };
  const [before, after] = [beside(index - 1), beside(index + 1)];
  return {
    ...{ number: line.number, chapter: line.chapter, character: line.character, text: line.words },
    ...(before && { before }),
    ...(after && { after }),
    doubts: doubts.map(showDoubt),
    ...(reason !== undefined && { refusal: reason }),
    ...(comments.length > 0 && { comments: comments.map(({ more: _, ...note }) => note) }),
    ...(approved && isApproved(moment, index) && { approved: signature(approved) }),
    chosen,
    decided: {
      ...(take !== undefined && { take }),
      ...(approved && { approved: { ...signature(approved), ...ofTakes(approved) } }),
    },
  };
}

function signature({ by, on }: { by?: string; on?: string }): { by?: string; on?: string } {
  return { ...(by !== undefined && { by }), ...(on !== undefined && { on }) };
}

function ofTakes({ of }: { of?: string }): { of?: string } {
  return of === undefined ? {} : { of };
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
