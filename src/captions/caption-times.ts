/** Captions with times, from the positions of the takes in the finished chapter. Pure. */
import type { CaptionUnit } from '../manifest/manifest.ts';
import { sentenceEnds } from '../script/cut/sentences.ts';
import { type TimedClauses, timesAt } from './clause-times.ts';
import { columnsOf } from './columns.ts';
import { ALL_AT_ONCE, type PauseSearch } from './pause-search.ts';
import { speechWeight } from './speech-weight.ts';
import { type Anchor, anchorsIn, type HeardWord } from './word-anchors.ts';
import { evenParts, wordsOf } from './words.ts';

/** A take in its chapter. */
export interface SpokenTake {
  character: string;
  text: string;
  /** Index of its line; with the unit `line`, takes of one line are one caption. */
  line: number;
  /** The line's number, such as `3:37`; absent: captions do not say it. */
  number?: string;
  startSeconds: number;
  durationSeconds: number;
  /** Pauses inside the take, from its start, in order. */
  pauses: readonly (readonly [startSeconds: number, endSeconds: number])[];
  /** When its words are heard, from its start, as the service told; absent: all times inside it are estimated. */
  heard?: readonly HeardWord[];
}

/** One caption. */
export interface Caption {
  character: string;
  text: string;
  startSeconds: number;
  endSeconds: number;
  /** Each word and its start; only with the unit `word`. */
  words?: CaptionWord[];
  /** Words of this caption whose times the service told, counted in the caption's text. */
  anchors?: readonly Anchor[];
  /** Number of the line, such as `3:37`; only on the first caption of the line. */
  number?: string;
}

/** One word of a caption. */
export interface CaptionWord {
  text: string;
  startSeconds: number;
  /** The service told the time; otherwise it is estimated. */
  isTold?: boolean;
}

/** The captions of a chapter, in order and without overlaps. */
export function captionsOf(
  takes: readonly SpokenTake[],
  unit: CaptionUnit,
  search: PauseSearch = ALL_AT_ONCE,
): Caption[] {
  if (unit === 'line') return lines(takes);
  const captions = takes.flatMap((take, index) =>
    numbered(
      sentencesOf(take, search).flatMap((sentence) => {
        const clausesIn = (caption: Caption) => timedClauses(caption, take, search);
        const parts = fitScreen(sentence, clausesIn);
        return unit === 'sentence' ? parts : parts.map((part) => ({ ...part, words: timedWords(part, clausesIn) }));
      }),
      takes[index - 1]?.line === take.line ? undefined : take.number,
    ),
  );
  return captions;
}

/** The first of several captions of a line has its number. */
function numbered(captions: readonly Caption[], number: string | undefined): Caption[] {
  return captions.map((caption, index) => (index === 0 && number !== undefined ? { ...caption, number } : caption));
}

function lines(takes: readonly SpokenTake[]): Caption[] {
  const captions: (Caption & { line: number })[] = [];
  for (const { character, text, line, number, startSeconds, durationSeconds } of takes) {
    const endSeconds = startSeconds + durationSeconds;
    const last = captions.at(-1);
    if (last?.line === line) Object.assign(last, { text: `${last.text} ${text}`, endSeconds });
    else captions.push({ character, text, startSeconds, endSeconds, line, ...(number !== undefined && { number }) });
  }
  return captions.map(({ line: _line, ...caption }) => caption);
}

/**
 * The sentences of a take, trimmed. They begin and end with their words where the service told when these are heard.
 * Otherwise they end at their pauses in the sound, and where there is none, at an estimate by text length.
 */
export function sentencesOf(take: SpokenTake, search: PauseSearch = ALL_AT_ONCE): Caption[] {
  const { character, text, startSeconds, durationSeconds } = take;
  const anchors = anchorsIn(text, take.heard ?? []);
  const captions: Caption[] = [];
  let from = 0;
  let start = startSeconds;
  const ends = sentenceEnds(text);
  const timesOf = search.sentences(take, ends);
  for (const end of ends) {
    const isLast = end >= text.length;
    const within = anchors.filter((anchor) => anchor.from >= from && anchor.to <= end);
    const heardUntil = within.at(-1)?.endSeconds;
    const { pause, estimate } =
      isLast || heardUntil !== undefined ? { estimate: heardUntil } : timesOf(end, start - startSeconds);
    const endSeconds = startSeconds + (isLast ? durationSeconds : (pause?.[0] ?? estimate ?? durationSeconds));
    const spoken = text.slice(from, end).trim();
    const skipped = from + text.slice(from, end).search(/\S/);
    const told = within.map((anchor) => moved(anchor, { by: -skipped, later: startSeconds }));
    if (told[0] !== undefined && captions.length > 0) start = Math.max(start, told[0].startSeconds);
    if (spoken !== '')
      captions.push({
        character,
        text: spoken,
        startSeconds: start,
        endSeconds,
        ...(told.length > 0 && { anchors: told }),
      });
    from = end;
    start = Math.max(endSeconds, startSeconds + (pause?.[1] ?? 0));
  }
  return captions;
}

function moved(anchor: Anchor, { by, later }: { by: number; later: number }): Anchor {
  const { from, to, startSeconds, endSeconds } = anchor;
  return { from: from + by, to: to + by, startSeconds: startSeconds + later, endSeconds: endSeconds + later };
}

/** Two rows of 42 columns: readable, and supported by players. */
const SCREEN_COLUMNS = 84;

/**
 * Splits a caption that is too long for the screen into even parts at words. Times inside it follow the words that the service
 * told; without any, the pauses in the sound; between those they are estimated.
 */
function fitScreen(caption: Caption, clausesIn: (caption: Caption) => TimedClauses): Caption[] {
  const total = columnsOf(caption.text);
  if (total <= SCREEN_COLUMNS) return [caption];
  // 10 % less, since parts end at words.
  const parts = evenParts(caption.text, Math.ceil(total / (SCREEN_COLUMNS * 0.9)));
  const { startSeconds, endSeconds } = caption;
  const clauses = clausesIn(caption);
  const { anchors = [] } = caption;
  let before = '';
  let from = startSeconds;
  return parts.map((part, index) => {
    const first = before.length;
    before += part;
    const next = anchors.find((anchor) => anchor.from >= before.length);
    const estimated = timesAt(clauses, before.length);
    const isLast = index === parts.length - 1;
    const to = isLast ? endSeconds : Math.max(from, next?.startSeconds ?? estimated.endSeconds);
    const skipped = first + Math.max(0, part.search(/\S/));
    const within = anchors.filter((anchor) => anchor.from >= skipped && anchor.to <= before.length);
    const told = within.map((anchor) => moved(anchor, { by: -skipped, later: 0 }));
    const { anchors: _all, ...rest } = caption;
    const piece = {
      ...rest,
      text: part.trim(),
      startSeconds: from,
      endSeconds: to,
      ...(told.length > 0 && { anchors: told }),
    };
    from = Math.max(to, next === undefined ? estimated.beginSeconds : to);
    return piece;
  });
}

/** The clauses of a caption by the pauses of its take; with told words, those say more. */
function timedClauses(caption: Caption, { startSeconds: from, pauses }: SpokenTake, search: PauseSearch): TimedClauses {
  const { text, startSeconds, endSeconds, anchors } = caption;
  const inChapter = pauses.map((pause) => [from + pause[0], from + pause[1]] as const);
  const sentence = { text, startSeconds, endSeconds, pauses: anchors === undefined ? inChapter : [] };
  const start = { endAt: 0, beginAt: 0, endSeconds: startSeconds, beginSeconds: startSeconds };
  const end = { endAt: text.length, beginAt: text.length, endSeconds, beginSeconds: endSeconds };
  return { text, breaks: [start, ...search.clauses(sentence), end] };
}

/** Each word at the time that the service told; words between two told ones, or between two pauses, share the time between. */
function timedWords(caption: Caption, clausesIn: (caption: Caption) => TimedClauses): CaptionWord[] {
  const { text, startSeconds, endSeconds, anchors } = caption;
  const words: CaptionWord[] = [];
  let offset = 0;
  if (anchors === undefined) {
    const clauses = clausesIn(caption);
    for (const word of wordsOf(text)) {
      words.push({ text: word, startSeconds: timesAt(clauses, offset).beginSeconds });
      offset += word.length;
    }
    return words;
  }
  let run: { from: number; at: number } = { from: 0, at: startSeconds };
  for (const word of wordsOf(text)) {
    const end = offset + word.length;
    const anchor = anchors.find(({ from }) => from >= offset && from < end);
    if (anchor !== undefined) run = { from: offset, at: Math.max(run.at, anchor.startSeconds) };
    const next = anchors.find(({ from }) => from >= end);
    const until = { offset: next?.from ?? text.length, at: Math.max(run.at, next?.startSeconds ?? endSeconds) };
    const share = speechWeight(text.slice(run.from, offset)) / (speechWeight(text.slice(run.from, until.offset)) || 1);
    const at = run.at + (until.at - run.at) * share;
    words.push({ text: word, startSeconds: at, ...(anchor !== undefined && { isTold: true }) });
    offset = end;
  }
  return words;
}
