/**
 * Who speaks, against the Project Dialogism Novel Corpus (github.com/Priya22/project-dialogism-novel-corpus), which is not
 * part of this repository: `npm run bench speakers FOLDER`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AttributedBook, type AttributedTurn, attributeBook } from '../../src/script/speakers/attributed.ts';
import { charactersOf, sureVoiceAt } from '../../src/script/speakers/cast.ts';
import { CERTAINTY } from '../../src/script/speakers/certainty.ts';
import type { ChapterParagraph } from '../../src/script/speakers/dialogue.ts';
import type { Person } from '../../src/script/speakers/people.ts';
import { WEIGHTS } from '../../src/script/speakers/weights.ts';
import { type MarkedNovel, readMarkedNovel } from './dialogism-novels.ts';
import type { Bench } from './main.ts';

/** The rules were made with the first five; errors were read in the others, too, while they were made. */
const RULES_MADE = [
  ...['AHandfulOfDust', 'HowardsEnd', 'PrideAndPrejudice', 'ThePictureOfDorianGray', 'TheSignOfTheFour'],
  ...['AlicesAdventuresInWonderland', 'OliverTwist', 'APassageToIndia', 'ARoomWithAView', 'AnneOfGreenGables'],
];
/**
 * Of the other 18, every second by name: the weights of the program are fitted to these and to the ten above, so these are judged
 * by weights that are fitted to the ten and the nine others.
 */
const CROSSED = [
  ...['DaisyMiller', 'HardTimes', 'NightAndDay', 'Persuasion', 'TheAgeOfInnocence', 'TheGambler'],
  ...['TheManWhoWasThursday', 'TheSportOfTheGods', 'WhereAngelsFearToTread'],
];
/** Candidates of an open quotation that count. */
const MOST_CANDIDATES = 5;
const BARS = { precision: 97, recall: 45, candidates: 85 };

interface Score {
  quotations: number;
  named: number;
  right: number;
  open: number;
  among: number;
}

/** Precision of those named, recall, and whether the true speaker is among the candidates of an open one. */
export const speakers: Bench = async (say, _folder, [corpus]) => {
  const data = corpus === undefined ? '' : existsSync(join(corpus, 'data')) ? join(corpus, 'data') : corpus;
  if (data === '' || !existsSync(data)) {
    say('Skipped: name the folder of the corpus (github.com/Priya22/project-dialogism-novel-corpus).');
    return true;
  }
  const all = readdirSync(data).sort();
  const others = all.filter((name) => !RULES_MADE.includes(name) && !CROSSED.includes(name));
  const groups: [title: string, names: string[], fitted?: Fitted][] = [
    ['Rules were made and weights fitted with these', all.filter((name) => RULES_MADE.includes(name))],
    ['Held out: weights never saw these', others],
    ['Held out, by weights without them', all.filter((name) => CROSSED.includes(name)), withoutCrossed()],
  ];
  let heldOut = NOTHING;
  for (const [title, names, fitted] of groups) {
    say(
      `${title}: quotations, precision of those named, recall, true speaker among ${MOST_CANDIDATES} candidates of an open one`,
    );
    const scores = judgedBy(fitted, () =>
      names.map((name) => {
        const score = scoreNovel(readMarkedNovel(join(data, name)));
        say(`  ${name.padEnd(30)} ${shown(score)}`);
        return score;
      }),
    );
    const sum = scores.reduce(added, NOTHING);
    say(`  ${'all'.padEnd(30)} ${shown(sum)}`);
    if (title.startsWith('Held out')) heldOut = added(heldOut, sum);
  }
  say(`  ${'all held out'.padEnd(30)} ${shown(heldOut, 2)}`);
  return (
    percent(heldOut.right, heldOut.named) >= BARS.precision &&
    percent(heldOut.right, heldOut.quotations) >= BARS.recall &&
    percent(heldOut.among, heldOut.open) >= BARS.candidates
  );
};

const NOTHING: Score = { quotations: 0, named: 0, right: 0, open: 0, among: 0 };

interface Fitted {
  weights: Record<string, number>;
  certainty: Record<string, number>;
}

/** Fitted as those of the program, by `fit-speakers.ts` and `fit-certainty.ts`, to the ten and the novels that are not crossed. */
function withoutCrossed(): Fitted {
  return JSON.parse(readFileSync(new URL('speakers-fold.json', import.meta.url), 'utf8')) as Fitted;
}

/** Does something with other weights than those of the program. */
function judgedBy<T>(fitted: Fitted | undefined, act: () => T): T {
  const own = { weights: { ...WEIGHTS }, certainty: { ...CERTAINTY } };
  const use = ({ weights, certainty }: Fitted): void => {
    for (const name of Object.keys(WEIGHTS)) delete WEIGHTS[name];
    for (const name of Object.keys(CERTAINTY)) delete CERTAINTY[name];
    Object.assign(WEIGHTS, weights);
    Object.assign(CERTAINTY, certainty);
  };
  if (fitted) use(fitted);
  try {
    return act();
  } finally {
    use(own);
  }
}

function shown({ quotations, named, right, open, among }: Score, digits = 1): string {
  const share = (part: number, of: number): string => percent(part, of).toFixed(digits).padStart(5);
  return `${String(quotations).padStart(6)}  ${share(right, named)} %  ${share(right, quotations)} %  ${share(among, open)} %`;
}

function percent(part: number, of: number): number {
  return of === 0 ? 100 : (100 * part) / of;
}

function added(a: Score, b: Score): Score {
  return Object.fromEntries(
    Object.keys(a).map((key) => [key, a[key as keyof Score] + b[key as keyof Score]]),
  ) as unknown as Score;
}

interface Paragraph extends ChapterParagraph {
  start: number;
}

/** The dialogue of a novel, where each quotation stands, and who is who. */
export function readSpoken(novel: MarkedNovel): {
  book: AttributedBook;
  spoken: Spoken[];
  isSpeaker: (voice: Person | 'narrator', speaker: string) => boolean;
} {
  const chapters = chaptersOf(novel.text);
  const book = attributeBook(chapters, { language: 'en' });
  const spoken = book.chapters.flatMap(({ paragraphs, turns }, chapter) =>
    turns.flatMap((turn, order) => {
      let at = chapters[chapter]![turn.paragraph]!.start;
      return paragraphs[turn.paragraph]!.parts.flatMap(({ text }, index) => {
        const start = at;
        at += text.length;
        return turn.parts.includes(index) ? [{ start, end: at, turn, of: turns, index: order }] : [];
      });
    }),
  );
  return { book, spoken, isSpeaker: identities(novel, spoken) };
}

/** A quotation as it was found. */
export interface Spoken {
  start: number;
  end: number;
  turn: AttributedTurn;
  /** The turns of its chapter, and its place among them. */
  of: readonly AttributedTurn[];
  index: number;
}

function scoreNovel(novel: MarkedNovel): Score {
  const { book, spoken, isSpeaker } = readSpoken(novel);
  // Who speaks once in the whole book stays with the narrator.
  const known = charactersOf(
    book.chapters.flatMap(({ turns }) => turns),
    true,
  );
  const score: Score = { quotations: 0, named: 0, right: 0, open: 0, among: 0 };
  for (const { spans, speaker } of novel.quotations) {
    score.quotations++;
    const turns = spoken
      .filter(({ start, end }) => spans.some(([from, to]) => start < to && end > from))
      .map(({ turn, of, index }) => ({ ...turn, sure: sureVoiceAt(of, index, true) }));
    const sure = turns
      .flatMap((turn) => turn.sure ?? [])
      .filter(({ voice }) => voice === 'narrator' || known.has(voice));
    if (sure.length > 0) {
      score.named++;
      if (sure.every(({ voice }) => isSpeaker(voice, speaker))) score.right++;
    } else {
      score.open++;
      if (turns[0]?.candidates.slice(0, MOST_CANDIDATES).some(({ voice }) => isSpeaker(voice, speaker))) score.among++;
    }
  }
  return score;
}

/** Paragraphs by chapter, with their places in the text. */
function chaptersOf(text: string): Paragraph[][] {
  const chapters: Paragraph[][] = [[]];
  for (const { 0: block, index } of text.matchAll(/\S[\s\S]*?(?=\n[ \t]*\n|$(?![\s\S]))/g)) {
    const isHeading = /^(?:CHAPTER|Chapter|BOOK|PART)\b[^\n]{0,60}$|^[IVXL]+\.?$/.test(block.trim());
    if (isHeading) chapters.push([]);
    chapters
      .at(-1)!
      .push({ text: block.replaceAll('\n', ' '), start: index, isHeading, startsScene: /^[*\s]+$/.test(block) });
  }
  return chapters;
}

/**
 * Whether a person of ours is a character of the corpus: one of the names is the same. Where the corpus lists no such name
 * ("Bounderby" for Josiah Bounderby), the person is the one character whose names contain it and who says most of what
 * stands beside it.
 */
function identities(
  { quotations, characters }: MarkedNovel,
  spoken: readonly Spoken[],
): (voice: Person | 'narrator', speaker: string) => boolean {
  const known = new Map<Person | 'narrator', ReadonlySet<string>>();
  const narrators = [...characters].filter(([, names]) => names.some((name) => /^_?narr/i.test(name)));
  known.set('narrator', new Set(narrators.flatMap(([main, names]) => [main, ...names])));
  const find = (person: Person): ReadonlySet<string> => {
    const exact = [...characters.values()].filter((names) =>
      person.names.some((one) => names.some((name) => bare(name) === bare(one))),
    );
    if (exact.length > 0 && (person.isDescribed || person.names.some((name) => distinct(name).length > 1)))
      return new Set(exact.flat());
    const beside = new Map<string, number>();
    for (const { start, end, turn } of spoken) {
      if (turn.sayer?.kind !== 'name' || !person.names.includes(turn.sayer.name)) continue;
      for (const { spans, speaker } of quotations)
        if (spans.some(([from, to]) => start < to && end > from)) beside.set(speaker, (beside.get(speaker) ?? 0) + 1);
    }
    const [best] = [...beside]
      .filter(([speaker]) =>
        (characters.get(speaker) ?? [speaker]).some((name) => person.names.some((one) => contains(name, one))),
      )
      .sort((a, b) => b[1] - a[1]);
    return best ? new Set([best[0], ...(characters.get(best[0]) ?? [])]) : new Set(exact.flat());
  };
  return (voice, speaker) => {
    let names = known.get(voice);
    if (names === undefined) {
      names = find(voice as Person);
      known.set(voice, names);
    }
    return names.has(speaker);
  };
}

function bare(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/^the\s/, '')
    .replace(/[.’']/g, '')
    .trim();
  return plain.split(' ').length > 2
    ? plain.replace(/^(?:mr|mrs|miss|master|dr|sir|lady|captain|colonel|old|young|little|cousin) /, '')
    : plain;
}

function distinct(name: string): string[] {
  return bare(name)
    .split(/\s+/)
    .filter((word) => !/^(?:mr|mrs|miss|ms|dr|sir|lady|lord)$/.test(word));
}

function contains(name: string, part: string): boolean {
  const words = distinct(name);
  const parts = distinct(part);
  return parts.length > 0 && parts.every((word) => words.includes(word));
}
