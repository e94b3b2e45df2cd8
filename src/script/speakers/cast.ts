import { MOST_ALIASES, MOST_CHARACTERS, nameKey, nameProblem } from '../../manifest/fields/names.ts';
import { type AttributedTurn, attributeBook } from './attributed.ts';
import type { ChapterParagraph, DialogueParagraph } from './dialogue.ts';
import { goesOnAfter } from './joins.ts';
import type { Person } from './people.ts';
import type { Rule } from './reasons.ts';
import type { SpeechLanguage } from './saying-verbs.ts';
import { guessSpeechLanguage, speechLanguage } from './speech-language.ts';

/** A part of a paragraph and its speaker. */
export interface CastPart {
  /** The character's name; `undefined` for the narrator. */
  character: string | undefined;
  /** Dialogue without a known speaker: the narrator reads it, marked for review. */
  review: boolean;
  text: string;
  /** The next part of the paragraph goes on in the same sentence: “A gentleman,” said Mrs. Medley. Absent: it does not. */
  joinsNext?: true;
}

/** A character of a book, as its text names it. */
export interface CastCharacter {
  name: string;
  /** Other names of the same person in the text. Absent: none. */
  aliases?: string[];
  quotations: number;
}

/** The speakers of a book. */
export interface Cast {
  /** By chapter, by paragraph. */
  chapters: CastPart[][][];
  /** Most quotations first. */
  characters: CastCharacter[];
  /** All quotations, and those without a known speaker, which import marks `[?]`. */
  quotations: number;
  toReview: number;
  /** Quotations with a speaker, by the rule that found it. */
  rules: Partial<Record<Rule, number>>;
  /** Speakers beyond those that a manifest may have: their lines are to review. Absent: none. */
  others?: number;
}

/** The narrator speaks for characters with fewer quotations in the book: one line is not worth recording a voice. */
const FEWEST_QUOTATIONS = 2;
/** A name that stands beside the quotation is written down from this probability on. */
const SURE_BESIDE = 0.95;
/**
 * Any other speaker from this certainty on: the least at which 98 of 100 quotations that are named were right in the ten novels that
 * the rules were made with, each judged by weights and certainty that were fitted without it.
 */
const SURE = 0.927;
/**
 * The same for a name that only follows the quotation, in the same paragraph (“Then we wait.” Tom looked at the sea.): of those in
 * the ten novels, 60 of 61 were right.
 */
const SURE_FOLLOWS = 0.85;
/** Where probabilities are proved against a corpus; elsewhere only names beside a quotation count. */
const WEIGHED: ReadonlySet<SpeechLanguage> = new Set(['en']);

/**
 * Assigns each quotation to its speaker: to the one whom the text names beside it ("…," said Mrs. Medley; 「…」と田中は言った;
 * “…”老王说), and in English also to the one whom turn-taking, addresses and the paragraph's own narration make certain.
 * "I said" means the narrator. The narrator reads all other quotations, marked for review. Pure and linear.
 *
 * @param language ISO code; absent: guessed from the text
 */
export function castBook(
  chapters: readonly (readonly (string | ChapterParagraph)[])[],
  { language: code }: { language?: string | undefined } = {},
): Cast {
  const paragraphs = chapters.map((chapter) =>
    chapter.map((one): ChapterParagraph => (typeof one === 'string' ? { text: one } : one)),
  );
  const language = speechLanguage(code) ?? guessSpeechLanguage(paragraphs.flat().map(({ text }) => text));
  const isWeighed = WEIGHED.has(language);
  const { chapters: attributed } = attributeBook(paragraphs, { language, onlyNamed: !isWeighed });
  const sure = attributed.map(({ turns }) => turns.map((_, index) => sureVoiceAt(turns, index, isWeighed)));
  const counts = new Map<Person, number>();
  for (const [chapter, { turns }] of attributed.entries()) countSpeakers(counts, turns, sure[chapter]!);
  const speakers = speakersOf(counts);
  const known = mostOf(speakers);
  const others = speakers.size - known.size;
  const tally: Tally = { quotations: 0, toReview: 0, rules: {} };
  const cast = attributed.map(({ paragraphs: read, turns }, chapter) =>
    castChapter({ read, turns, sure: sure[chapter]!, known, tally }),
  );
  const characters = [...known]
    .map(([person, quotations]) => characterOf(person, quotations))
    .sort((a, b) => b.quotations - a.quotations);
  return { chapters: cast, characters, ...tally, ...(others > 0 && { others }) };
}

/**
 * Those who say enough to be characters of the book, and how many quotations are certainly theirs. Of more than a manifest may
 * have, those who say most.
 */
export function charactersOf(turns: readonly AttributedTurn[], isWeighed: boolean): Map<Person, number> {
  const counts = new Map<Person, number>();
  const sure = turns.map((_, index) => sureVoiceAt(turns, index, isWeighed));
  countSpeakers(counts, turns, sure);
  return mostOf(speakersOf(counts));
}

type SureVoice = ReturnType<typeof sureVoice>;

function countSpeakers(
  counts: Map<Person, number>,
  turns: readonly AttributedTurn[],
  sure: readonly SureVoice[],
): void {
  for (let index = 0; index < turns.length; index++) {
    const voice = sure[index]?.voice;
    if (typeof voice === 'object') counts.set(voice, (counts.get(voice) ?? 0) + turns[index]!.parts.length);
  }
}

function speakersOf(counts: ReadonlyMap<Person, number>): Map<Person, number> {
  return new Map([...counts].filter(([person, count]) => isCharacter(person, count)));
}

function mostOf(speakers: Map<Person, number>): Map<Person, number> {
  if (speakers.size <= MOST_BESIDE_NARRATOR) return speakers;
  return new Map([...speakers].sort(([, a], [, b]) => b - a).slice(0, MOST_BESIDE_NARRATOR));
}

const MOST_BESIDE_NARRATOR = MOST_CHARACTERS - 1;

type Tally = Pick<Cast, 'quotations' | 'toReview' | 'rules'>;

function isCharacter({ name, isDescribed }: Person, count: number): boolean {
  return !isDescribed && count >= FEWEST_QUOTATIONS && nameProblem(name) === undefined && nameKey(name) !== 'narrator';
}

/** Other names become aliases, if a manifest accepts them. */
function characterOf({ name, names }: Person, quotations: number): CastCharacter {
  const keys = new Set([nameKey(name)]);
  const aliases = names.filter((other) => {
    const key = nameKey(other);
    if (keys.has(key) || nameProblem(other) !== undefined || key === 'narrator') return false;
    keys.add(key);
    return true;
  });
  aliases.length = Math.min(aliases.length, MOST_ALIASES);
  return { name, ...(aliases.length > 0 && { aliases }), quotations };
}

/**
 * The voice of a turn if it is certain enough to be written down.
 *
 * @param isWeighed probabilities count, not only names beside the quotation
 */
export function sureVoice(turn: AttributedTurn, isWeighed: boolean): AttributedTurn['candidates'][number] | undefined {
  const first = turn.candidates[0];
  if (first === undefined || (typeof first.voice === 'object' && first.voice.isDescribed)) return undefined;
  // In a story that somebody tells, “said I” is that person's.
  if (first.rule === 'goesOn' && first.voice === 'narrator') return undefined;
  const isBeside = first.rule === 'beside' || first.rule === 'saysI' || first.rule === 'goesOn';
  const onlyFollows =
    first.rule === 'ownParagraph' && turn.sayer === undefined && !turn.own.some(({ before }) => before);
  if (isBeside) return first.probability >= SURE_BESIDE ? first : undefined;
  return isWeighed && turn.certainty >= (onlyFollows ? SURE_FOLLOWS : SURE) ? first : undefined;
}

/** The same for a turn in its chapter: one that goes on in the next paragraph is of whoever says that. */
export function sureVoiceAt(
  turns: readonly AttributedTurn[],
  index: number,
  isWeighed: boolean,
): ReturnType<typeof sureVoice> {
  const found = sureVoice(turns[index]!, isWeighed);
  const next = turns[index + 1];
  if (found !== undefined || next === undefined || !next.continues) return found;
  const rest = sureVoiceAt(turns, index + 1, isWeighed);
  // In a story that somebody tells, “said I” is that person's.
  return rest === undefined || rest.voice === 'narrator' ? undefined : { ...rest, rule: 'goesOn' };
}

function castChapter({
  read,
  turns,
  sure,
  known,
  tally,
}: {
  read: readonly DialogueParagraph[];
  turns: readonly AttributedTurn[];
  sure: readonly SureVoice[];
  known: ReadonlyMap<Person, number>;
  tally: Tally;
}): CastPart[][] {
  const sayers = new Array<Said[] | undefined>(read.length).fill(undefined);
  for (let at = 0; at < turns.length; at++) {
    const { paragraph, parts } = turns[at]!;
    const one = sure[at];
    const isOpen = one === undefined || (typeof one.voice === 'object' && !known.has(one.voice));
    const here = sayers[paragraph] ?? [];
    sayers[paragraph] = here;
    tally.quotations += parts.length;
    if (isOpen) tally.toReview += parts.length;
    else tally.rules[one.rule] = (tally.rules[one.rule] ?? 0) + parts.length;
    for (const part of parts) here[part] = isOpen ? undefined : one.voice;
  }
  return read.map(({ parts }, index) => joinParts(parts, sayers[index] ?? NOBODY));
}

/** Who says a part for certain; absent: nobody is certain, or it is no dialogue. */
type Said = Person | 'narrator' | undefined;
const NOBODY: readonly Said[] = [];

/**
 * Joins adjacent parts of one speaker: fewer requests, and no pause where the print has none. The narrator's quotations join
 * the text around them, with one review mark.
 */
function joinParts(parts: DialogueParagraph['parts'], said: readonly Said[]): CastPart[] {
  const out: CastPart[] = [];
  for (let index = 0; index < parts.length; index++) {
    const { isSpeech, text } = parts[index]!;
    const by = isSpeech ? said[index] : undefined;
    const character = typeof by === 'object' ? by.name : undefined;
    const review = isSpeech && by === undefined;
    const last = out[out.length - 1];
    if (last && last.character === character) {
      last.text += text;
      last.review ||= review;
    } else out.push({ character, review, text });
  }
  if (out.length > 1) withPunctuation(out);
  let filled = 0;
  for (const part of out) {
    part.text = part.text.trim();
    if (part.text !== '') out[filled++] = part;
  }
  out.length = filled;
  for (let index = 0; index < filled - 1; index++) if (goesOnAfter(out[index]!.text)) out[index]!.joinsNext = true;
  return out;
}

/** »Ganz ruhig«, sagte Anna; —dijo Ana—. No tardes: punctuation behind a closing mark goes with the words before it. */
function withPunctuation(parts: readonly CastPart[]): void {
  for (let index = 1; index < parts.length; index++) {
    const [part, before] = [parts[index]!, parts[index - 1]!];
    const punctuation = /^[—–-]?[,.;:!?…，。、；：！？]+(?=[\s—–-]|$)/u.exec(part.text)?.[0];
    if (punctuation === undefined || /\s$/.test(before.text)) continue;
    before.text += punctuation;
    part.text = part.text.slice(punctuation.length);
  }
}
