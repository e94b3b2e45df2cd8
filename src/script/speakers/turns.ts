/** The turns of a chapter's dialogue: quotations of one paragraph that one person says, with what hints at who it is. Pure. */
import { type DialogueParagraph, hasSpeech } from './dialogue.ts';
import type { People, Person } from './people.ts';
import type { Sayer } from './sayer.ts';

/** What one person says in one paragraph. */
export interface Turn {
  /** Index of its paragraph. */
  paragraph: number;
  /** Indices of its quotations among the paragraph's parts. */
  parts: number[];
  sayer: Sayer | undefined;
  /** It goes on from the turn before. */
  continues: boolean;
  startsScene: boolean;
  /** Paragraphs without dialogue since the turn before; -1 in the same paragraph, -2 with nothing between. */
  gap: number;
  /** People in the paragraph's own narration; whether they begin a sentence, and whether it is the one right before the turn. */
  own: { readonly person: Person; readonly before: boolean; readonly leads: boolean; readonly isLast: boolean }[];
  /** Pronouns that begin the sentences of its own narration. */
  pronouns: { m: boolean; f: boolean; narrator: boolean };
  /** People whom it addresses: “Well, Tom?” */
  addressed: ReadonlySet<Person>;
  /** People whom it mentions in another way. */
  mentioned: ReadonlySet<Person>;
  /** It ends with a question mark. */
  asks: boolean;
  /** It begins with a word that answers: “Yes”, “No”. */
  answers: boolean;
  /** Somebody whom it calls without a name: “Yes, sir”, “No, mamma”. */
  calls: 'm' | 'f' | undefined;
  /** Nothing is told in its paragraph. */
  isBare: boolean;
  /** Much is told after it in its paragraph. */
  hasTail: boolean;
  /** Whom the words beside the quotations of its dialogue name; the dialogue has no longer break. */
  party: ReadonlySet<Person>;
}

/** Divides the dialogue of a chapter. Linear. */
export function turnsOf(paragraphs: readonly DialogueParagraph[], people: People): Turn[] {
  const turns: Turn[] = [];
  let gap = 0;
  let scene = true;
  for (const [index, paragraph] of paragraphs.entries()) {
    scene ||= paragraph.startsScene;
    if (!hasSpeech(paragraph)) {
      gap++;
      continue;
    }
    const told: Told[] = [];
    for (const [order, group] of groupsOf(paragraph).entries()) {
      const { parts, sayer } = group;
      const hints = hintsOf({ parts: paragraph.parts, own: parts, people, told });
      // Written out: a spread of so many fields is slow, and a book has ten thousand turns.
      turns.push({
        paragraph: index,
        parts,
        sayer,
        continues: order === 0 && paragraph.continues && turns.length > 0,
        startsScene: order === 0 && scene,
        gap: order === 0 ? gap : isAdjacent(paragraph.parts, parts[0]!) ? -2 : -1,
        own: hints.own,
        pronouns: hints.pronouns,
        addressed: hints.addressed,
        mentioned: hints.mentioned,
        asks: hints.asks,
        answers: hints.answers,
        calls: hints.calls,
        isBare: hints.isBare,
        hasTail: hints.hasTail,
        party: NOBODY,
      });
    }
    gap = 0;
    scene = false;
  }
  addParties(turns, people);
  return turns;
}

const NOBODY: ReadonlySet<Person> = new Set();

/** Most turns name nobody: they share an empty set. */
function withPerson(people: ReadonlySet<Person>, person: Person): ReadonlySet<Person> {
  return people === NOBODY ? new Set([person]) : (people as Set<Person>).add(person);
}

/** A dialogue goes on until a scene ends, or two paragraphs in a row tell something else. */
function addParties(turns: readonly Turn[], people: People): void {
  let party = new Set<Person>();
  for (const turn of turns) {
    if (turn.startsScene || turn.gap > 1) party = new Set();
    const person = turn.sayer?.kind === 'name' ? people.byName(turn.sayer.name) : undefined;
    if (person !== undefined && !person.isDescribed) party.add(person);
    turn.party = party;
  }
}

/** By convention a paragraph has one speaker; where the text names two, or a name and somebody else, each has his own. */
function groupsOf({ parts }: DialogueParagraph): Pick<Turn, 'parts' | 'sayer'>[] {
  const groups: Pick<Turn, 'parts' | 'sayer'>[] = [];
  for (const [index, { isSpeech, sayer }] of parts.entries()) {
    if (!isSpeech) continue;
    const last = groups.at(-1);
    if (
      last &&
      !isApart(parts, last.parts.at(-1)!, index) &&
      (sayer === undefined || last.sayer === undefined || isSame(last.sayer, sayer))
    ) {
      last.parts.push(index);
      last.sayer = moreOf(last.sayer, sayer);
    } else groups.push({ parts: [index], sayer });
  }
  return groups;
}

/** Words between two quotations that make a second speaker likely: none at all, or many. */
const MANY_WORDS = 30;

function isApart(parts: DialogueParagraph['parts'], before: number, now: number): boolean {
  const between = parts
    .slice(before + 1, now)
    .map(({ text }) => text)
    .join('');
  return between.trim() === '' || between.split(/\s+/).length > MANY_WORDS;
}

function isAdjacent(parts: DialogueParagraph['parts'], index: number): boolean {
  const before = parts[index - 1];
  return before !== undefined && (before.isSpeech || before.text.trim() === '');
}

function isSame(a: Sayer, b: Sayer): boolean {
  if (a.kind === 'name' && b.kind === 'name') return a.name === b.name;
  return a.kind === b.kind && (a.kind !== 'unnamed' || b.kind !== 'unnamed' || a.gender === b.gender);
}

function moreOf(a: Sayer | undefined, b: Sayer | undefined): Sayer | undefined {
  return a ?? b;
}

/** Parts before and after a turn that are looked at. A paragraph of more is no print; time must stay linear in it. */
const FARTHEST = 60;

/** The beginning of a sentence, also after a few words that tell when: “After a pause, Lord Henry”. */
const SENTENCE =
  /(?:^|[.!?:;]["”’']?\s+)(?:(?:And|But|Then|So|At last|At this|Here|Now|Presently|Suddenly|Finally|Meanwhile|Again|For|Once|Once more|Only|Even)\s|(?!(?:He|She|It|I|They|We|You|The|Mr|Mrs|His|Her)(?![\p{L}]))\p{Lu}\p{Ll}*(?:\s[\p{Ll}’'-]+){0,8},\s)?$/u;

/** What a part of a paragraph tells. Every turn of the paragraph asks it, so that it is read once. */
interface Told {
  hasLetters: boolean;
  pronouns: Turn['pronouns'];
  mentions: Mention[];
}

/** A mention as a turn sees it: one that it comes after, the same right before it, and one that follows it. */
type Mention = Record<'before' | 'last' | 'after', Turn['own'][number]>;

function toldIn({ text }: DialogueParagraph['parts'][number], people: People): Told {
  const pronouns = { m: false, f: false, narrator: false };
  const first = text.length - text.trimStart().length;
  const mentions = people.mentionsIn(text).map(({ person, start, end }): Mention => {
    const leads = start === first || SENTENCE.test(text.slice(Math.max(0, start - 100), start));
    return {
      before: { person, before: true, leads, isLast: false },
      last: { person, before: true, leads, isLast: !/[.!?]["”’']?\s+\S/.test(text.slice(end)) },
      after: { person, before: false, leads, isLast: false },
    };
  });
  if (MAYBE_PRONOUN.test(text))
    for (const match of text.matchAll(PRONOUN)) {
      if (match[1] === 'I') pronouns.narrator = true;
      else pronouns[/^[Hh]e$/.test(match[1]!) ? 'm' : 'f'] = true;
    }
  return { hasLetters: /\p{L}/u.test(text), pronouns, mentions };
}

const PRONOUN = /(?:^|[.!?;]["”]?\s+|,\s(?:and|but|as|while)\s|[,—-]\s*)(He|he|She|she|I)(?![\p{L}’'])/gu;
/** Quicker, and true of every text that the other matches. */
const MAYBE_PRONOUN = /\b(?:[Hh]e|[Ss]he|I)(?![A-Za-z])/;

function hintsOf({
  parts,
  own,
  people,
  told,
}: {
  parts: DialogueParagraph['parts'];
  own: readonly number[];
  people: People;
  /** What the parts tell, as far as it was asked. */
  told: Told[];
}): Omit<Turn, 'paragraph' | 'parts' | 'sayer' | 'continues' | 'startsScene' | 'gap' | 'party'> {
  const found: Turn['own'] = [];
  const pronouns = { m: false, f: false, narrator: false };
  let addressed = NOBODY;
  let mentioned = NOBODY;
  let isBare = true;
  const [start, end] = [own[0]!, own.at(-1)!];
  const [from, to] = [Math.max(0, start - FARTHEST), Math.min(parts.length, end + 1 + FARTHEST)];
  for (let index = from; index < to; index++) {
    const part = parts[index]!;
    if (!part.isSpeech) {
      const here = told[index] ?? toldIn(part, people);
      told[index] = here;
      if (here.hasLetters) isBare = false;
      for (const mention of here.mentions)
        found.push(index === start - 1 ? mention.last : index < start ? mention.before : mention.after);
      pronouns.m ||= here.pronouns.m;
      pronouns.f ||= here.pronouns.f;
      pronouns.narrator ||= here.pronouns.narrator;
    } else if (own.includes(index)) {
      const { text } = part;
      for (const { person, start, end } of people.mentionsIn(text))
        if (isAddress(text, start, end)) addressed = withPerson(addressed, person);
        else mentioned = withPerson(mentioned, person);
    }
  }
  const [first, last] = [parts[start]!.text, parts[end]!.text];
  const tail = parts
    .slice(end + 1, to)
    .map(({ text }) => text)
    .join(' ');
  return {
    ...{ own: found, pronouns, addressed, mentioned, asks: /\?["”’'»」]?\s*$/.test(last), answers: ANSWER.test(first) },
    calls: calledIn(own.map((index) => parts[index]!.text).join(' ')),
    isBare,
    hasTail: tail.split(/\s+/).length > LONG_TAIL,
  };
}

const ANSWER =
  /^["“‘'«]*\s*(?:Yes|No|Oh|Certainly|Not|Of course|Indeed|Why|Well|Perhaps|Thank|Nothing|Never)(?![\p{L}])/u;
const CALLS_HIM =
  /,\s(?:sir|my lord|papa|father|uncle|old (?:man|chap|boy|fellow)|my (?:boy|son|dear sir|dear fellow|man))(?=\s*[,.!?;:—–…”"’'-])/u;
const CALLS_HER =
  /,\s(?:ma[’']?am|madam|mamma|mother|miss|my (?:lady|girl|dear girl|dear lady|child)|aunt)(?=\s*[,.!?;:—–…”"’'-])/u;
/** In words. */
const LONG_TAIL = 12;

function calledIn(text: string): 'm' | 'f' | undefined {
  const [him, her] = [CALLS_HIM.test(text), CALLS_HER.test(text)];
  return him === her ? undefined : him ? 'm' : 'f';
}

/** “Well, Tom?”, “Tom, come here.”, “my dear Tom”: set off by punctuation on both sides. */
function isAddress(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 20), start);
  const after = text.slice(end, end + 12);
  const opens =
    /(?:^|[,.!?;:—–-])\s*["“‘'«„「—–-]*\s*$/.test(before) ||
    /(?:^|[,.!?;:—“"‘\s-])\s*(?:[Mm]y\s(?:dear|good|poor)|[Dd]ear|[Dd]earest|[Pp]oor|[Oo]h|[Oo]|[Yy]es|[Nn]o|[Ww]ell|[Aa]h|[Tt]hank you|[Gg]ood morning|[Gg]ood night)\s$/.test(
      before,
    );
  const closes = /^\s*(?:$|[,.!?;:—–…"”’'»」-])/.test(after);
  if (!opens || !closes) return false;
  // “Tom. Come here” is an address; “Tom, Mary, and I” may be a list.
  return !/^,\s(?:and|or)\s/.test(after);
}
