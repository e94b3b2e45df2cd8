/** The tags that delivery writes into the files of a book, by the plan and the records. Pure. */
import { languageCode3 } from '../../manifest/fields/language-codes.ts';
import { type Plan, type PlannedChapter, type PlannedSegment, spokenChapters } from '../../plan/plan.ts';
import type { BookRecord } from '../../store/books.ts';
import type { MasterPart, MasterRecord } from '../../store/masters.ts';
import { aigcLabel } from './aigc.ts';
import type { FileTags } from './file-tags.ts';
import { type SpokenBy, spokenSentence } from './sentences.ts';

/** IPTC's vocabulary of source types (cv.iptc.org/newscodes/digitalsourcetype). */
const SOURCE_TYPES: Readonly<Record<SpokenBy, string>> = {
  machine: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
  both: 'http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia',
  person: 'http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture',
};

/** The tags of one file of a chapter, and who speaks in it. */
export function partTags(of: {
  plan: Plan;
  chapter: PlannedChapter;
  master: MasterRecord;
  part: Pick<MasterPart, 'firstTake' | 'takes'>;
  digest: string;
}): MarkedAs {
  const { plan, chapter, master, part, digest } = of;
  const segments = chapter.segments.slice(part.firstTake, part.firstTake + part.takes);
  const { comment } = chapter.master.step.tags;
  return tagsOf({ plan, spokenBy: spokenByOf(segments), comment, simulated: master.simulated, digest });
}

/** The tags of one line's file: `index` is that of the file in the chapter's pack of `of` files. */
export function lineTags(of: {
  plan: Plan;
  chapter: PlannedChapter;
  master: MasterRecord;
  index: number;
  of: number;
  digest: string;
}): MarkedAs {
  const { plan, chapter, master, index, digest } = of;
  const lines = [...new Set(chapter.lines)];
  // A line on both sides of a part's end has two files: then the whole chapter is told.
  const own = chapter.segments.filter((_, at) => lines.length !== of.of || chapter.lines[at] === lines[index]);
  const { comment } = chapter.master.step.tags;
  return tagsOf({ plan, spokenBy: spokenByOf(own), comment, simulated: master.simulated, digest });
}

/** The tags of the book file, and who speaks in it. */
export function bookTags({ plan, book }: { plan: Plan; book: BookRecord }): MarkedAs {
  const segments = spokenChapters(plan).flatMap((chapter) => chapter.segments);
  const comment = plan.book?.step.tags.comment ?? '';
  const { simulated, file } = book;
  return tagsOf({ plan, spokenBy: spokenByOf(segments), comment, simulated, digest: file.digest });
}

/** What a file says, and the reason. */
export interface MarkedAs {
  spokenBy: SpokenBy;
  tags: FileTags;
}

/** Who is heard in these segments: recordings of the author are no machine. */
export function spokenByOf(segments: readonly Pick<PlannedSegment, 'step'>[]): SpokenBy {
  const people = segments.filter(({ step }) => step.pickup !== undefined).length;
  if (people === 0) return 'machine';
  return people === segments.length ? 'person' : 'both';
}

function tagsOf(of: {
  plan: Plan;
  spokenBy: SpokenBy;
  /** What the stored file says in English, without a word on simulation. */
  comment: string;
  simulated: boolean;
  digest: string;
}): MarkedAs {
  const { plan, spokenBy, digest } = of;
  const { author, language = 'en', narrator, tradeNarrator, publication = {}, disclosure } = plan.delivery;
  const sentence = spokenSentence(language, spokenBy);
  const speaks = spokenBy !== 'person';
  const named = narrator ?? (speaks ? tradeNarrator : undefined);
  const producer = publication.publisher ?? (author === '' ? plan.title : author);
  const tags: FileTags = {
    comment: commentOf({ ...of, sentence }),
    sentence,
    digitalSourceType: SOURCE_TYPES[spokenBy],
    ...(disclosure?.for === 'cn' && speaks && { aigc: aigcLabel({ disclosure, producer, digest }) }),
    language: languageCode3(language),
    ...(named !== undefined && { narrator: named }),
    ...publication,
  };
  return { spokenBy, tags };
}

/** What the stored file says, of simulated speech too, and the sentence. */
function commentOf(of: { spokenBy: SpokenBy; comment: string; simulated: boolean; sentence: string }): string {
  const { spokenBy, comment, simulated, sentence } = of;
  if (spokenBy === 'person') return sentence;
  return [...(simulated ? ['SIMULATED, not for delivery.'] : []), comment, sentence]
    .filter((one) => one !== '')
    .join(' ');
}
