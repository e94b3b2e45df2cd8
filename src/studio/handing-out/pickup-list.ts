/**
 * The lines of a book that somebody should hear or record again, for people who do not use the studio: what the checks doubt,
 * what was noted and decided, with the places where they are heard in the finished chapters.
 */
import { chapterStem, namedFiles } from '../../deliver/file-names.ts';
import type { PickupItem } from '../../lines/pickup-files.ts';
import type { BookLine } from '../../plan/book-lines.ts';
import type { PlannedChapter } from '../../plan/plan.ts';
import { type Comment, type Decision, SOUND_FIELDS, type SoundField } from '../../review/review.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { findMaster, type MasterRecord, partsOf } from '../../store/masters.ts';
import type { Moment } from '../book/moment.ts';
import { showDoubt, untilNow } from '../book/show-line.ts';
import { isApproved } from '../heard/heard-takes.ts';
import { type ChapterSounds, placeOfLine } from '../sound/chapter-sounds.ts';

/** The list of a chapter, or of a part of it: what a file of labels is about. */
export interface PickupSheet {
  /** Name of the chapter's files without their ending. */
  stem: string;
  /** In the order of the chapter; often empty. */
  items: PickupItem[];
}

/** What is listed. */
export interface PickupWish {
  /** Default: all chapters. */
  chapters?: readonly number[] | undefined;
  /** Lines that somebody has approved, too. */
  all?: boolean | undefined;
  /** Address of a studio for the links. Default: the delivered file, for which the list lies beside it. */
  studio?: string | undefined;
}

/** One for each chapter and part. Times are those of the finished chapter, or what they will be while it is not made. */
export async function pickupSheets(moment: Moment, sounds: ChapterSounds, wish: PickupWish): Promise<PickupSheet[]> {
  const { plan } = moment;
  const wanted = plan.chapters.filter(
    ({ number, role }) => role !== 'retail-sample' && (wish.chapters?.includes(number) ?? true),
  );
  const sheets = await Promise.all(wanted.map((planned) => sheetsOf(moment, sounds, { planned, wish })));
  return sheets.flat();
}

/** A line and where it is heard. */
interface Place {
  part?: number;
  startSeconds: number;
  endSeconds: number;
  /** The delivered file that has it; undefined while there is none. */
  file?: string | undefined;
}

async function sheetsOf(
  moment: Moment,
  sounds: ChapterSounds,
  { planned, wish }: { planned: PlannedChapter; wish: PickupWish },
): Promise<PickupSheet[]> {
  const { plan, store } = moment;
  const { master: own, number } = planned;
  const master = own.need === 'reuse' ? await findMaster(store, own.step.key) : undefined;
  const count = master?.parts?.length ?? 1;
  const listed = moment.lines.flatMap((line, index) => {
    const notes = line.chapter === number ? notesOf(moment, index, wish.all) : [];
    return notes.length === 0 ? [] : [{ line, index, notes }];
  });
  const heard = master === undefined && listed.length > 0 ? await sounds.of(moment, number) : undefined;
  const items = listed.map(({ line, index, notes }): PickupItem => {
    const place = master ? placeInMaster(moment, planned, { master, line }) : placeInSound(heard, line);
    return { ...itemOf(moment, index, notes), ...withoutFile(place), link: linkOf(line, place, wish) };
  });
  const about = chapterItems(moment, planned, wish);
  return Array.from({ length: count }, (_, at) => ({
    stem: chapterStem(plan, planned, count === 1 ? undefined : { number: at + 1, of: count }),
    items: [...(at === 0 ? about : []), ...items.filter(({ part = 1 }) => part === at + 1)],
  }));
}

function itemOf({ lines, states }: Moment, index: number, notes: string[]) {
  const { number, chapter, character, words } = lines[index]!;
  const { heard } = states[index]!;
  return { number, chapter, character, ...(heard !== undefined && { said: heard }), shouldBe: words, notes };
}

/** Why a line is in the list; empty when it is not. */
function notesOf(moment: Moment, index: number, all = false): string[] {
  const state = moment.states[index]!;
  const decision = moment.decisions.get(index);
  const approved = isApproved(moment, index) ? decision?.approved : undefined;
  if (approved !== undefined && !all) return [];
  const found = state.doubts.map((doubt) => `${doubt.check}: ${showDoubt(doubt).reason}`);
  const refused = state.verdict === 'parked' ? [`refused by the service: ${state.reason ?? 'no reason given'}`] : [];
  const said = (decision?.comments ?? []).map((one) => commentText(untilNow(moment, one)));
  const decided = decision === undefined ? [] : decidedTexts(decision);
  const missing = state.verdict === 'none' && decided.length > 0 ? ['not spoken yet'] : [];
  const settled = approved === undefined ? [] : [signed('approved', approved)];
  return [...refused, ...found, ...said, ...decided, ...missing, ...settled];
}

const DECIDED: { readonly [Field in SoundField]: (value: never) => string } = {
  take: (take: number) => `take ${take} is chosen`,
  say: (say: string) => `spoken as “${wordsInQuotes(say)}”`,
  pause: (pause: number) => `${pause} s of pause after it`,
  recording: (path: string) => `own recording: ${path}`,
  direction: (direction: string) => `direction: ${direction}`,
  speaker: (speaker: string) => `speaker: ${speaker}`,
};

function decidedTexts(decision: Decision): string[] {
  return SOUND_FIELDS.flatMap((field) =>
    decision[field] === undefined ? [] : [DECIDED[field](decision[field] as never)],
  );
}

/** `Ann, on “the light”, to 3:41: softer` */
function commentText({ text, about, until, by }: Comment): string {
  const place = about === undefined ? [] : [`on “${wordsInQuotes(about)}”`];
  const head = [...(by === undefined ? [] : [by]), ...place, ...(until === undefined ? [] : [`to ${until}`])];
  return head.length === 0 ? text : `${head.join(', ')}: ${text}`;
}

function signed(what: string, { by, on }: { by?: string; on?: string }): string {
  return [what, ...(by === undefined ? [] : [`by ${by}`]), ...(on === undefined ? [] : [`on ${on}`])].join(' ');
}

/** Notes about the chapter itself stand at its beginning. */
function chapterItems({ review }: Moment, planned: PlannedChapter, wish: PickupWish): PickupItem[] {
  const { number, title } = planned;
  const comments = review.chapters.find((one) => one.title === title)?.comments ?? [];
  if (comments.length === 0) return [];
  const of = { number: String(number), chapter: number, character: '', shouldBe: '', startSeconds: 0, endSeconds: 0 };
  return [{ ...of, notes: comments.map(commentText), link: studioLink(wish.studio, number) }];
}

/** As subtitles have it. */
function placeInMaster(
  { plan }: Moment,
  planned: PlannedChapter,
  { master, line }: { master: MasterRecord; line: BookLine },
): Place {
  const { first, segments } = line;
  const part = partsOf(master).find(({ firstTake, takes }) => first >= firstTake && first < firstTake + takes);
  const end = Math.min(first + segments.length, part === undefined ? 0 : part.firstTake + part.takes) - 1;
  const [start, last] = [master.positions[first], master.positions[end]];
  if (part === undefined || start === undefined || last === undefined) return { startSeconds: 0, endSeconds: 0 };
  const own = namedFiles(plan, planned, master).filter((file) => file.part.number === part.number);
  return {
    ...(part.number > 0 && { part: part.number }),
    startSeconds: start.startSeconds,
    endSeconds: last.startSeconds + last.durationSeconds,
    file: own[0]?.name,
  };
}

function placeInSound(heard: Awaited<ReturnType<ChapterSounds['of']>>, line: BookLine): Place {
  if (heard === undefined) throw new Error('Internal error: a line of a chapter that is not in the plan.');
  const { from, to } = placeOfLine(heard, line);
  return { startSeconds: from / heard.sampleRateHz, endSeconds: to / heard.sampleRateHz };
}

function withoutFile({ file: _, ...place }: Place): Omit<Place, 'file'> {
  return place;
}

function linkOf({ number, chapter }: BookLine, { file, startSeconds }: Place, { studio }: PickupWish): string {
  if (studio !== undefined || file === undefined) return studioLink(studio, chapter, number);
  return `${encodeURIComponent(file)}#t=${Math.floor(startSeconds * 10) / 10}`;
}

/** Empty without an address: what follows it would lead nowhere. */
function studioLink(studio: string | undefined, chapter: number, line?: string): string {
  if (studio === undefined) return '';
  return `${studio.replace(/\/+$/, '')}/chapters/${chapter}${line === undefined ? '' : `#${line}`}`;
}
