/** Which quotations of a paragraph one person says. Pure. */
import type { DialogueParagraph } from './dialogue.ts';
import type { People } from './people.ts';
import type { Sayer } from './sayer.ts';
import { gapsIn } from './white-space.ts';

/** Quotations of a paragraph that one person says: their indices among its parts, and what the words beside them tell. */
export interface TurnGroup {
  parts: number[];
  sayer: Sayer | undefined;
}

/**
 * By convention a paragraph has one speaker; where the text names two, or a name and somebody else, each has his own. Linear.
 */
export function groupsOf({ parts }: DialogueParagraph, people: People): TurnGroup[] {
  const groups: TurnGroup[] = [];
  for (let index = 0; index < parts.length; index++) {
    const { isSpeech, sayer } = parts[index]!;
    if (!isSpeech) continue;
    const last = groups[groups.length - 1];
    if (
      last &&
      !isApart(parts, last.parts.at(-1)!, index) &&
      !isAnswer(parts, last, index) &&
      (sayer === undefined ||
        last.sayer === undefined ||
        isSame(last.sayer, sayer) ||
        isMeant(parts, last, index, people))
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

/** “What a horrid woman!” And Dolly cried, “…”: the one who is named now joins somebody else. “(That’s Bill,” thought Alice,) “…” */
function isAnswer(parts: DialogueParagraph['parts'], last: TurnGroup, index: number): boolean {
  const [first, before, now] = [parts[last.parts.at(-1)!]!, parts[index - 1]!, parts[index]!];
  if (before.isSpeech) return false;
  if (ASIDE.test(before.text)) return true;
  const isNamed = now.sayer?.kind === 'name' || (now.sayer?.kind === 'unnamed' && now.sayer.words !== undefined);
  return (
    isNamed &&
    last.sayer === undefined &&
    ENDED.test(first.text) &&
    /^\s+(?:And|But|For|While|When)\s/.test(before.text)
  );
}

/** A bracket opens before a quotation, or closes behind one. */
const ASIDE = /^[^()]*\)|\([^()]*$/;
const ENDED = /[.!?…]["”’']?\s*$/;

/** Whether nothing stands between a quotation and the one before it. */
export function isAdjacent(parts: DialogueParagraph['parts'], index: number): boolean {
  const before = parts[index - 1];
  return before !== undefined && (before.isSpeech || before.text.trim() === '');
}

function isSame(a: Sayer, b: Sayer): boolean {
  if (a.kind === 'name' && b.kind === 'name') return a.name === b.name;
  return a.kind === b.kind && (a.kind !== 'unnamed' || b.kind !== 'unnamed' || a.gender === b.gender);
}

/** “Ever,” said John. On the way back he said, “…”: the pronoun means whom the paragraph has named, if it names nobody else since. */
function isMeant(parts: DialogueParagraph['parts'], last: TurnGroup, index: number, people: People): boolean {
  const now = parts[index]!.sayer;
  if (last.sayer?.kind !== 'name' || now?.kind !== 'unnamed' || now.words !== undefined || now.gender === undefined)
    return false;
  const person = people.byName(last.sayer.name);
  if (person?.gender !== now.gender) return false;
  for (let at = last.parts.at(-1)! + 1; at < Math.min(parts.length, index + 2); at++)
    if (
      !parts[at]!.isSpeech &&
      people
        .mentionsIn(parts[at]!.text)
        .some((one) => one.person !== person && one.person.gender !== OTHER[now.gender!])
    )
      return false;
  return true;
}

const OTHER = { m: 'f', f: 'm' } as const;

function moreOf(a: Sayer | undefined, b: Sayer | undefined): Sayer | undefined {
  return a ?? b;
}
