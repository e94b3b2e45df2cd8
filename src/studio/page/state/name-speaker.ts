/** The ways to name a speaker: one of those who may be meant, the narrator, a typed name; alone, or with the rest of a dialogue. */

import type { Candidate, MergeRequest, OpenParagraph } from '../../attributions/attribution-shapes.ts';
import type { Undone } from '../../requests.ts';
import { doneText } from '../text/server-words.ts';
import { t } from '../words/words.ts';
import {
  attributions,
  candidates,
  goToOpen,
  type Item,
  items,
  named,
  nameItems,
  reopened,
  whenSaved,
} from './attributions.ts';
import { tellDone } from './notices.ts';
import { post } from './request.ts';
import { attempt } from './studio.ts';
import { type Turns, turnsFrom } from './turns.ts';

/** As many as there are number keys. */
const MOST_OFFERED = 9;

/** Somebody who is offered; without a rule it is just one of the cast. */
export type Offered = Pick<Candidate, 'character'> & Partial<Candidate>;

/** Who is offered for an item by number: those who may be meant, then the rest of the cast, the nearest first. */
export function offeredFor(item: Item): Offered[] {
  const offered: Offered[] = probableFor(item).filter(({ character }) => !isNarrator(character));
  for (const character of othersNear(item)) {
    if (offered.length >= MOST_OFFERED) break;
    if (!offered.some((one) => one.character === character)) offered.push({ character });
  }
  return offered.slice(0, MOST_OFFERED);
}

/** Who may say it, by the rules, the narrator among them; the most probable first. */
export function probableFor({ key }: Item): readonly Candidate[] {
  return candidates.value?.get(key) ?? [];
}

/** Whom `R` names: the most probable one. */
export function firstFor(item: Item): string | undefined {
  return probableFor(item)[0]?.character ?? offeredFor(item)[0]?.character;
}

/** The narrator's name; undefined when the book has none. */
export function narratorName(): string | undefined {
  return attributions.value?.cast.find((one) => one.isNarrator === true)?.name;
}

/** Who is named for a paragraph: here, in the text, or the narrator, who reads a quotation without a tag. */
export function speakerOf(chapter: number, paragraph: OpenParagraph): string | undefined {
  const here = named.value.get(`${chapter}:${paragraph.index}`);
  if (here !== undefined && here !== '') return here;
  if (paragraph.parts.some(({ open }) => open === true) && here === undefined) return undefined;
  const written = paragraph.parts.find(({ speaker }) => speaker !== undefined)?.speaker;
  return written ?? (paragraph.beginsSpeech === true ? narratorName() : undefined);
}

/** How the dialogue goes on when this is who speaks. */
export function turnsOf({ chapter, paragraph, key }: Item, first: string): Turns | undefined {
  const names = (of: string): string[] => (candidates.value?.get(of) ?? []).map(({ character }) => character);
  return turnsFrom({
    paragraphs: chapter.paragraphs,
    index: paragraph.index,
    first,
    speakerOf: (one) => (`${chapter.number}:${one.index}` === key ? undefined : speakerOf(chapter.number, one)),
    candidatesOf: (index) => names(`${chapter.number}:${index}`),
  });
}

/** Names the speaker of an item; `inTurns`: and of the dialogue that follows. */
export function nameSpeaker(item: Item, speaker: string, { inTurns = false } = {}): void {
  if (named.value.get(item.key) === speaker) {
    goToOpen(item);
    return;
  }
  const turns = inTurns ? (turnsOf(item, speaker)?.paragraphs ?? []) : [];
  const more = turns.flatMap((turn) => {
    const found = items.value.find(({ key }) => key === `${item.chapter.number}:${turn.index}`);
    return found === undefined || named.value.has(found.key) ? [] : [{ item: found, speaker: turn.speaker }];
  });
  nameItems([{ item, speaker }, ...more]);
}

/** Takes the last act back, also one of another page. */
export async function undoNaming(): Promise<void> {
  await whenSaved();
  await attempt(async () => {
    const { undone, told, place } = await post<Undone>('/undo', {});
    tellDone(t('undone', { what: doneText(undone, told) }));
    if (place !== undefined) await reopened(place);
  });
}

/** Makes several characters one. */
export async function mergeNames(request: MergeRequest): Promise<boolean> {
  await whenSaved();
  const fine = await attempt(() => post('/cast/merge', request));
  if (fine) tellDone(t('merged', { names: request.names.join(t('listComma')), into: request.into }));
  return fine;
}

/** Characters that match what somebody typed, the best first. */
export function matching(typed: string): string[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return [];
  const rank = (name: string): number => {
    const lower = name.toLowerCase();
    if (lower === wanted) return 0;
    if (lower.startsWith(wanted)) return 1;
    return lower.split(/[\s.]+/).some((word) => word.startsWith(wanted)) ? 2 : lower.includes(wanted) ? 3 : 4;
  };
  return (attributions.value?.cast ?? [])
    .map(({ name, aliases }) => ({ name, rank: Math.min(...[name, ...aliases].map(rank)) }))
    .filter((one) => one.rank < 4)
    .sort((a, b) => a.rank - b.rank)
    .map(({ name }) => name);
}

function isNarrator(name: string): boolean {
  return name === narratorName();
}

/** The nearest speakers around an item, then those with most to say. */
function othersNear({ chapter, paragraph }: Item): string[] {
  const near = chapter.paragraphs
    .map((one) => ({ far: Math.abs(one.index - paragraph.index), name: speakerOf(chapter.number, one) }))
    .sort((a, b) => a.far - b.far)
    .flatMap(({ name }) => (name === undefined ? [] : [name]));
  const cast = [...(attributions.value?.cast ?? [])].sort((a, b) => b.parts - a.parts).map(({ name }) => name);
  return [...new Set([...near, ...cast])].filter((name) => !isNarrator(name));
}
