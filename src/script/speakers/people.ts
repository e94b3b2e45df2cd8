/** The people of a book: who is named as speaking, who else is named, their genders, and where a text mentions them. Pure. */
import type { DialogueParagraph } from './dialogue.ts';
import { genderOfFirstName } from './first-names.ts';
import { nameFinder } from './name-finder.ts';
import { genderOfTitle, partsOfName, samePerson } from './same-person.ts';
import { NOT_NAMES, type SpeechLanguage } from './saying-verbs.ts';

/** A person of a book. */
export interface Person {
  id: number;
  /** The name that the text uses most. */
  name: string;
  /** All names, that one first. */
  names: string[];
  gender: 'm' | 'f' | undefined;
  /** Quotations that have a name of the person right beside them. */
  named: number;
  /** Only described, never named: “the keeper”. */
  isDescribed: boolean;
}

/** The people, and how to find them. */
export interface People {
  all: readonly Person[];
  byName: (name: string) => Person | undefined;
  /** Mentions in a text, in order. */
  mentionsIn: (text: string) => readonly { person: Person; start: number; end: number }[];
}

const UNSPACED: ReadonlySet<SpeechLanguage> = new Set(['zh', 'ja', 'ko']);

/** Finds the people. `known`: names that are given, such as those of a manifest, each list one person's. */
export function peopleOf(
  chapters: readonly (readonly DialogueParagraph[])[],
  language: SpeechLanguage,
  known: readonly (readonly string[])[] = [],
): People {
  const said = new Map<string, number>();
  const descriptions = new Set<string>();
  const narration: string[] = [];
  for (const paragraphs of chapters)
    for (const { parts } of paragraphs)
      for (const { isSpeech, text, sayer } of parts) {
        if (!isSpeech) narration.push(text);
        if (sayer?.kind === 'name') said.set(sayer.name, (said.get(sayer.name) ?? 0) + 1);
        else if (sayer?.kind === 'unnamed' && sayer.words !== undefined) descriptions.add(sayer.words);
      }
  const given = new Set(known.flat());
  const others = language === 'en' ? otherNames(narration, said) : new Map<string, number>();
  const counts = new Map([...[...given].map((name) => [name, 0] as const), ...others, ...said]);
  const genders = language === 'en' ? gendersIn(narration, [...counts.keys()]) : new Map<string, 'm' | 'f'>();
  const names = [...counts.keys()].filter((name) => !given.has(name));
  const groups = [...known.map((list) => [...list]), ...samePerson(names, (name) => genders.get(name))];
  const all = groups.map((group, id): Person => {
    const sorted =
      id < known.length
        ? group
        : group.sort((a, b) => (said.get(b) ?? 0) - (said.get(a) ?? 0) || (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
    const titled = sorted.map(genderOfTitle).find((gender) => gender !== undefined);
    const counted = sorted.map((name) => genders.get(name)).find((gender) => gender !== undefined);
    const firstName = language === 'en' ? sorted.map(genderOfBearer).find((gender) => gender !== undefined) : undefined;
    return {
      id,
      name: sorted[0]!,
      names: sorted,
      gender: titled ?? counted ?? firstName,
      named: sorted.reduce((sum, name) => sum + (said.get(name) ?? 0), 0),
      isDescribed: false,
    };
  });
  for (const words of descriptions)
    if (!said.has(words))
      all.push({ id: all.length, name: words, names: [words], gender: undefined, named: 0, isDescribed: true });
  const byName = new Map(all.flatMap((person) => person.names.map((name) => [name, person] as const)));
  return { all, byName: (name) => byName.get(name), mentionsIn: mentionFinder(byName, language) };
}

function mentionFinder(byName: ReadonlyMap<string, Person>, language: SpeechLanguage): People['mentionsIn'] {
  const find = nameFinder(byName.keys(), !UNSPACED.has(language));
  return (text) => {
    const found = find(text);
    return found.length === 0
      ? NO_MENTIONS
      : found.map(({ name, start, end }) => ({ person: byName.get(name)!, start, end }));
  };
}

const NO_MENTIONS: ReturnType<People['mentionsIn']> = [];

const TITLED =
  /(?<![\p{L}])(?:(?:Mr|Mrs|Ms|Dr|Capt|Col|Prof)\.?|Miss|Sir|Lady|Lord|Captain|Colonel|Major|Aunt|Uncle|Inspector|Professor|Madame|Mademoiselle|Monsieur|Signor|Signora)\s\p{Lu}[\p{L}’'-]+(?:\s\p{Lu}[\p{L}’'-]+)?(?![\p{L}])/gu;
const CAPITAL = /(?<=[\p{Ll},;]\s)\p{Lu}\p{Ll}[\p{L}’'-]*(?:\s\p{Lu}\p{Ll}[\p{L}’'-]*)?(?![\p{L}])/gu;
const DOES =
  /^\s(?:\p{Ll}+ly\s)?(?:\p{Ll}+ed|was|had|went|came|took|gave|looked|made|saw|felt|thought|knew|stood|sat|did|could|would|rose|began|turned|ran|got|put|spoke|held|told|left|kept|met|found|heard|who)(?![\p{L}])/u;
const PLACED = /(?:\s|^)(?:in|at|from|near|through|towards?|to|of|via|into)\s$/u;
const NOT_NAME = new RegExp(`^${NOT_NAMES.en}$`, 'u');
/** A word with a capital is a person if it acts as one so often. */
const FEWEST_MENTIONS = 3;

/** People who are told about: names with a title, and names that act. */
function otherNames(narration: readonly string[], said: ReadonlyMap<string, number>): Map<string, number> {
  const found = new Map<string, { total: number; does: number; placed: number; titled: boolean }>();
  for (const text of narration) {
    for (const [pattern, titled] of [
      [TITLED, true],
      [CAPITAL, false],
    ] as const) {
      for (const match of text.matchAll(pattern)) {
        const name = match[0].replace(/[’']s?$/, '');
        const end = match.index + match[0].length;
        const entry = found.get(name) ?? { total: 0, does: 0, placed: 0, titled };
        entry.total++;
        if (DOES.test(text.slice(end, end + 40))) entry.does++;
        if (PLACED.test(text.slice(Math.max(0, match.index - 12), match.index))) entry.placed++;
        found.set(name, entry);
      }
    }
  }
  const kept = new Map<string, number>();
  const tokens = new Set([...said.keys()].flatMap((name) => name.split(/\s+/)));
  for (const [name, { total, does, placed, titled }] of found) {
    if (
      said.has(name) ||
      NOT_NAME.test(name) ||
      /^(?:I|Mr|Mrs|Miss|Dr|God|Sunday|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|English|French|German|Italian|Christmas|January|February|March|April|May|June|July|August|September|October|November|December)$/.test(
        name,
      )
    )
      continue;
    const isLinked = name.includes(' ') && name.split(/\s+/).some((word) => tokens.has(word));
    if (titled || isLinked || (total >= FEWEST_MENTIONS && does / total >= 0.2 && placed / total <= 0.3))
      kept.set(name, 0);
  }
  return kept;
}

/** By a first name that stands alone, or before a family name. */
function genderOfBearer(name: string): 'm' | 'f' | undefined {
  const { title, words } = partsOfName(name);
  return title === '' || words.length > 1 ? genderOfFirstName(words[0]!) : undefined;
}

/** What the pronouns after a name in its sentence tell: mostly he, or mostly she. */
function gendersIn(narration: readonly string[], names: readonly string[]): Map<string, 'm' | 'f'> {
  const counts = new Map<string, { m: number; f: number }>();
  const find = nameFinder(names, true);
  for (const text of narration) {
    if (find(text).length === 0) continue;
    for (const sentence of text.split(/(?<=[.!?;]["”]?)\s+(?=\p{Lu})/u)) {
      const mentions = find(sentence);
      if (mentions.length !== 1) continue;
      const { name, start } = mentions[0]!;
      const rest = sentence.slice(start);
      const he = /(?<![\p{L}])(?:he|his|him|himself)(?![\p{L}])/u.test(rest);
      const she = /(?<![\p{L}])(?:she|her|hers|herself)(?![\p{L}])/u.test(rest);
      if (he === she) continue;
      const count = counts.get(name) ?? { m: 0, f: 0 };
      count[he ? 'm' : 'f']++;
      counts.set(name, count);
    }
  }
  const genders = new Map<string, 'm' | 'f'>();
  for (const [name, { m, f }] of counts) {
    if (m >= 2 && m >= 3 * f) genders.set(name, 'm');
    else if (f >= 2 && f >= 3 * m) genders.set(name, 'f');
  }
  return genders;
}
