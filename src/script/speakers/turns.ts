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
import { groupsOf, isAdjacent } from './turn-groups.ts';
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
    const groups = groupsOf(paragraph, people);
    for (let order = 0; order < groups.length; order++) {
      const { parts, sayer } = groups[order]!;
      const turn = turnFrom({ parts: paragraph.parts, own: parts, people, told });
      turn.paragraph = index;
      turn.sayer = sayer;
      turn.continues = order === 0 && paragraph.continues && turns.length > 0;
      turn.startsScene = order === 0 && scene;
      const before = turns[turns.length - 1];
      if (
        before?.asks &&
        turn.addressed.size > 0 &&
        gap === 0 &&
        isNameAsked(paragraphs[before.paragraph]!, before, paragraph, turn)
      )
        turn.addressed = NOBODY;
      turn.gap = order === 0 ? gap : isAdjacent(paragraph.parts, parts[0]!) ? -2 : -1;
      turns.push(turn);
    }
    gap = 0;
    scene = false;
  }
  addParties(turns, people);
  return turns;
}

/** “Did anyone call?” “Mr. Hallward, sir.”: a name that answers a question calls nobody. */
function isNameAsked(asked: DialogueParagraph, { parts: of }: Turn, { parts }: DialogueParagraph, turn: Turn): boolean {
  const question = asked.parts[of[of.length - 1]!]!.text;
  return ASKS_WHO.test(question) && NAME_ALONE.test(parts[turn.parts[0]!]!.text);
}

const ASKS_WHO =
  /(?<!\p{L})(?:[Ww]ho|[Ww]hom|[Ww]hose|[Ww]hich|name|[Aa]ny ?(?:one|body)|[Ss]ome ?(?:one|body))(?!\p{L})[^.?!]*\?["”’']?\s*$/u;
const NAME_ALONE =
  /^["“‘']?\s*\p{Lu}[\p{L}’.-]*(?:\s\p{Lu}[\p{L}’.-]*){0,3}(?:,\s(?:sir|ma[’']?am|madam|miss|my lord|my lady))?[.,]/u;

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
  // “Brenda’s taken a flat”: the apostrophe closes nothing.
  const closes = /^\s*(?:$|[,.!?;:—–…"”»」-]|[’'](?!\p{L}))/u.test(after);
  if (!opens || !closes) return false;
  // “Tom. Come here” is an address; “Tom, Mary, and I” may be a list.
  return !/^,\s(?:and|or)\s/.test(after);
}
