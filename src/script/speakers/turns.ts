/** The turns of a chapter's dialogue: quotations of one paragraph that one person says, with what hints at who it is. Pure. */
import { type DialogueParagraph, hasSpeech } from './dialogue.ts';
import {
  type Narration,
  NO_OWN,
  NO_PRONOUNS,
  narrationOf,
  type OwnMention,
  ownOf,
  type Pronouns,
  withPronouns,
} from './own-mentions.ts';
import type { People, Person } from './people.ts';
import type { Sayer } from './sayer.ts';
import { gapsIn } from './white-space.ts';

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
  own: readonly OwnMention[];
  /** Pronouns that begin the sentences of its own narration. */
  pronouns: Readonly<Pronouns>;
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
  for (let index = 0; index < paragraphs.length; index++) {
    const paragraph = paragraphs[index]!;
    scene ||= paragraph.startsScene;
    if (!hasSpeech(paragraph)) {
      gap++;
      continue;
    }
    const told: Narration[] = [];
    const groups = groupsOf(paragraph);
    for (let order = 0; order < groups.length; order++) {
      const { parts, sayer } = groups[order]!;
      const turn = turnFrom({ parts: paragraph.parts, own: parts, people, told });
      turn.paragraph = index;
      turn.sayer = sayer;
      turn.continues = order === 0 && paragraph.continues && turns.length > 0;
      turn.startsScene = order === 0 && scene;
      turn.gap = order === 0 ? gap : isAdjacent(paragraph.parts, parts[0]!) ? -2 : -1;
      turns.push(turn);
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
  for (let index = 0; index < parts.length; index++) {
    const { isSpeech, sayer } = parts[index]!;
    if (!isSpeech) continue;
    const last = groups[groups.length - 1];
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
  const gaps = gapsIn(parts, before + 1, now, { joint: '', most: MANY_WORDS });
  return gaps < 0 || gaps >= MANY_WORDS;
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

/** A turn with the hints of its paragraph; where it stands is still to be set. */
function turnFrom({
  parts,
  own,
  people,
  told,
}: {
  parts: DialogueParagraph['parts'];
  own: number[];
  people: People;
  /** What the parts tell, as far as it was asked. */
  told: Narration[];
}): Turn {
  let found: OwnMention[] | undefined;
  let pronouns: Readonly<Pronouns> = NO_PRONOUNS;
  let addressed = NOBODY;
  let mentioned = NOBODY;
  let isBare = true;
  const [start, end] = [own[0]!, own[own.length - 1]!];
  const [from, to] = [Math.max(0, start - FARTHEST), Math.min(parts.length, end + 1 + FARTHEST)];
  for (let index = from; index < to; index++) {
    const part = parts[index]!;
    if (!part.isSpeech) {
      const here = told[index] ?? narrationOf(part, people);
      told[index] = here;
      if (here.hasLetters) isBare = false;
      const as = index === start - 1 ? 'last' : index < start ? 'before' : 'after';
      if (here.mentions.length > 0) found ??= [];
      for (const mention of here.mentions) found!.push(ownOf(mention, as));
      pronouns = withPronouns(pronouns, here.pronouns);
    } else if (own.includes(index)) {
      const { text } = part;
      for (const { person, start, end } of people.mentionsIn(text))
        if (isAddress(text, start, end)) addressed = withPerson(addressed, person);
        else mentioned = withPerson(mentioned, person);
    }
  }
  const [first, last] = [parts[start]!.text, parts[end]!.text];
  // Written out: a spread of so many fields is slow, and a book has ten thousand turns.
  return {
    paragraph: 0,
    parts: own,
    sayer: undefined,
    continues: false,
    startsScene: false,
    gap: 0,
    own: found ?? NO_OWN,
    pronouns,
    addressed,
    mentioned,
    asks: last.includes('?') && ASKS.test(last),
    answers: ANSWER.test(first),
    calls: calledIn(own.length === 1 ? first : own.map((index) => parts[index]!.text).join(' ')),
    isBare,
    hasTail: gapsIn(parts, end + 1, to, { joint: ' ', most: LONG_TAIL }) >= LONG_TAIL,
    party: NOBODY,
  };
}

const ASKS = /\?["”’'»」]?\s*$/;
const ANSWER =
  /^["“‘'«]*\s*(?:Yes|No|Oh|Certainly|Not|Of course|Indeed|Why|Well|Perhaps|Thank|Nothing|Never)(?![\p{L}])/u;
const CALLS_HIM =
  /,\s(?:sir|my lord|papa|father|uncle|old (?:man|chap|boy|fellow)|my (?:boy|son|dear sir|dear fellow|man))(?=\s*[,.!?;:—–…”"’'-])/u;
const CALLS_HER =
  /,\s(?:ma[’']?am|madam|mamma|mother|miss|my (?:lady|girl|dear girl|dear lady|child)|aunt)(?=\s*[,.!?;:—–…”"’'-])/u;
/** In words. */
const LONG_TAIL = 12;

function calledIn(text: string): 'm' | 'f' | undefined {
  if (!text.includes(',')) return undefined;
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
