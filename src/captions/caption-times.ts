/** Captions with times, from the positions of the takes in the finished chapter. Pure. */
import type { CaptionUnit } from '../manifest/manifest.ts';
import { sentenceEnds } from '../script/sentences.ts';
import { columnsOf } from './columns.ts';
import { evenParts, wordsOf } from './words.ts';

/** A take in its chapter. */
export interface SpokenTake {
  character: string;
  text: string;
  /** Index of its line; with the unit `line`, takes of one line are one caption. */
  line: number;
  startSeconds: number;
  durationSeconds: number;
  /** Pauses inside the take, from its start, in order. */
  pauses: readonly (readonly [startSeconds: number, endSeconds: number])[];
}

/** One caption. */
export interface Caption {
  character: string;
  text: string;
  startSeconds: number;
  endSeconds: number;
  /** Each word and its start; only with the unit `word`. Always estimated: the service reports no word times. */
  words?: { text: string; startSeconds: number }[];
}

/** The captions of a chapter, in order and without overlaps. */
export function captionsOf(takes: readonly SpokenTake[], unit: CaptionUnit): Caption[] {
  if (unit === 'line') return lines(takes);
  const captions = takes.flatMap((take) => sentencesOf(take).flatMap(fitScreen));
  return unit === 'sentence' ? captions : captions.map((caption) => ({ ...caption, words: timedWords(caption) }));
}

function lines(takes: readonly SpokenTake[]): Caption[] {
  const captions: (Caption & { line: number })[] = [];
  for (const { character, text, line, startSeconds, durationSeconds } of takes) {
    const endSeconds = startSeconds + durationSeconds;
    const last = captions.at(-1);
    if (last?.line === line) Object.assign(last, { text: `${last.text} ${text}`, endSeconds });
    else captions.push({ character, text, startSeconds, endSeconds, line });
  }
  return captions.map(({ line: _line, ...caption }) => caption);
}

/** A sentence ends at the pause nearest to its estimated end, if it is within this distance. */
const NEAR_SECONDS = 1.2;

/** The sentences of a take, trimmed. Their ends are estimated by text length, then moved to the nearest actual pause. */
export function sentencesOf(take: SpokenTake): Caption[] {
  const { character, text, startSeconds, durationSeconds } = take;
  const captions: Caption[] = [];
  let from = 0;
  let start = startSeconds;
  for (const end of sentenceEnds(text)) {
    const isLast = end >= text.length;
    const expected = durationSeconds * (speechWeight(text.slice(0, end)) / (speechWeight(text) || 1));
    const pause = isLast ? undefined : nearestPause(take, expected, start - startSeconds);
    const endSeconds = startSeconds + (isLast ? durationSeconds : (pause?.[0] ?? expected));
    const spoken = text.slice(from, end).trim();
    if (spoken !== '') captions.push({ character, text: spoken, startSeconds: start, endSeconds });
    from = end;
    start = Math.max(endSeconds, startSeconds + (pause?.[1] ?? 0));
  }
  return captions;
}

function nearestPause({ pauses }: SpokenTake, expected: number, after: number) {
  let best: SpokenTake['pauses'][number] | undefined;
  let distance = NEAR_SECONDS;
  for (const pause of pauses) {
    const away = Math.abs((pause[0] + pause[1]) / 2 - expected);
    if (pause[0] <= after || away >= distance) continue;
    distance = away;
    best = pause;
  }
  return best;
}

/** Two rows of 42 columns: readable, and supported by players. */
const SCREEN_COLUMNS = 84;

/** Splits a caption that is too long for the screen into even parts at words, with estimated times. */
function fitScreen(caption: Caption): Caption[] {
  const total = columnsOf(caption.text);
  if (total <= SCREEN_COLUMNS) return [caption];
  // 10 % less, since parts end at words.
  const parts = evenParts(caption.text, Math.ceil(total / (SCREEN_COLUMNS * 0.9)));
  const { startSeconds, endSeconds } = caption;
  const seconds = endSeconds - startSeconds;
  const totalWeight = speechWeight(caption.text) || 1;
  let before = '';
  return parts.map((part) => {
    const from = startSeconds + (seconds * speechWeight(before)) / totalWeight;
    before += part;
    const to = startSeconds + (seconds * speechWeight(before)) / totalWeight;
    return { ...caption, text: part.trim(), startSeconds: from, endSeconds: to };
  });
}

function timedWords({ text, startSeconds, endSeconds }: Caption): NonNullable<Caption['words']> {
  const totalWeight = speechWeight(text) || 1;
  let before = 0;
  return wordsOf(text).map((word) => {
    const at = startSeconds + ((endSeconds - startSeconds) * before) / totalWeight;
    before += speechWeight(word);
    return { text: word, startSeconds: at };
  });
}

/** Relative speaking time of a text: letters and digits, plus a constant for each punctuation mark. */
function speechWeight(text: string): number {
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const punctuation = text.match(/[,;:.!?…—，、；：。！？]/gu)?.length ?? 0;
  return letters + 2 * punctuation;
}
