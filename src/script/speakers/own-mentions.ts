/** What the narration of a turn's paragraph tells: whom it names, and which pronouns. Pure. */
import type { DialogueParagraph } from './dialogue.ts';
import type { People, Person } from './people.ts';

/**
 * A person in the narration of a turn's paragraph: whether it is named before the turn, begins a sentence, and is in the last one
 * right before the turn.
 */
export interface OwnMention {
  readonly person: Person;
  readonly before: boolean;
  readonly leads: boolean;
  readonly isLast: boolean;
}

/** Pronouns that begin sentences. */
export interface Pronouns {
  m: boolean;
  f: boolean;
  narrator: boolean;
}

/** The beginning of a sentence, also after a few words that tell when: “After a pause, Lord Henry”. */
const SENTENCE =
  /(?:^|[.!?:;]["”’']?\s+)(?:(?:And|But|Then|So|At last|At this|Here|Now|Presently|Suddenly|Finally|Meanwhile|Again|For|Once|Once more|Only|Even)\s|(?!(?:He|She|It|I|They|We|You|The|Mr|Mrs|His|Her)(?![\p{L}]))\p{Lu}\p{Ll}*(?:\s[\p{Ll}’'-]+){0,8},\s)?$/u;

/** What a part of a paragraph tells. Every turn of the paragraph asks it, so that it is read once. */
export interface Narration {
  hasLetters: boolean;
  pronouns: Readonly<Pronouns>;
  mentions: readonly Mention[];
}

/**
 * A mention as a turn sees it: one that it comes after, the same right before it, and one that follows it. Each is made when a
 * turn first asks.
 */
interface Mention extends Partial<Record<'before' | 'last' | 'after', OwnMention>> {
  person: Person;
  leads: boolean;
  /** In the last sentence of its part. */
  isLast: boolean;
}

/** Reads what a part of a paragraph tells. */
export function narrationOf({ text }: DialogueParagraph['parts'][number], people: People): Narration {
  let pronouns: Pronouns | undefined;
  const found = people.mentionsIn(text);
  const first = text.length - text.trimStart().length;
  const mentions = found.length === 0 ? NO_MENTIONS : found.map((one) => mentionOf(one, text, first));
  if (MAYBE_PRONOUN.test(text))
    for (const match of text.matchAll(PRONOUN)) {
      pronouns ??= { m: false, f: false, narrator: false };
      if (match[1] === 'I') pronouns.narrator = true;
      else pronouns[/^[Hh]e$/.test(match[1]!) ? 'm' : 'f'] = true;
    }
  return { hasLetters: /\p{L}/u.test(text), pronouns: pronouns ?? NO_PRONOUNS, mentions };
}

function mentionOf({ person, start, end }: MentionAt, text: string, first: number): Mention {
  return {
    person,
    leads: start === first || SENTENCE.test(text.slice(Math.max(0, start - 100), start)),
    isLast: !/[.!?]["”’']?\s+\S/.test(text.slice(end)),
    before: undefined,
    last: undefined,
    after: undefined,
  };
}

type MentionAt = ReturnType<People['mentionsIn']>[number];

const NO_MENTIONS: readonly Mention[] = [];
/** Shared, as most turns name nobody. */
export const NO_OWN: readonly OwnMention[] = [];
/** No pronoun; shared, too. */
export const NO_PRONOUNS: Readonly<Pronouns> = { m: false, f: false, narrator: false };

/** A mention as a turn sees it that comes after it, right after it, or before it. */
export function ownOf(mention: Mention, as: 'before' | 'last' | 'after'): OwnMention {
  const { person, leads } = mention;
  mention[as] ??= { person, before: as !== 'after', leads, isLast: as === 'last' && mention.isLast };
  return mention[as];
}

const PRONOUN = /(?:^|[.!?;]["”]?\s+|,\s(?:and|but|as|while)\s|[,—-]\s*)(He|he|She|she|I)(?![\p{L}’'])/gu;
/** Quicker, and true of every text that the other matches. */
const MAYBE_PRONOUN = /\b(?:[Hh]e|[Ss]he|I)(?![A-Za-z])/;

/** Those of two parts together. */
export function withPronouns(a: Readonly<Pronouns>, b: Readonly<Pronouns>): Readonly<Pronouns> {
  if (b === NO_PRONOUNS || a === b) return a;
  return a === NO_PRONOUNS ? b : { m: a.m || b.m, f: a.f || b.f, narrator: a.narrator || b.narrator };
}
