/** Captions: what is said when. From the real places of the takes in the finished chapter. Pure. */
import type { CaptionUnit } from '../manifest/manifest.ts';
import { sentenceEnds } from '../script/sentences.ts';
import { columnsOf } from './columns.ts';
import { evenParts, wordsOf } from './words.ts';

/** One take in its chapter. */
export interface SpokenTake {
  character: string;
  text: string;
  /** Index of its line; takes of one line are one caption with `line`. */
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
  /** Each word and when it begins; only with `word`. Always estimated: the service tells no times of words. */
  words?: { text: string; startSeconds: number }[];
}

/** The captions of a chapter, in order; none overlaps the next. */
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

/** A real pause this close to where a sentence should end by its share of the text is its end. */
const NEAR_SECONDS = 1.2;

/** The sentences of a take, trimmed: ends by share of the text, moved to the pause that is really there. */
export function sentencesOf(take: SpokenTake): Caption[] {
  const { character, text, startSeconds, durationSeconds } = take;
  const captions: Caption[] = [];
  let from = 0;
  let start = startSeconds;
  for (const end of sentenceEnds(text)) {
    const isLast = end >= text.length;
    const expected = durationSeconds * (weight(text.slice(0, end)) / (weight(text) || 1));
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

/** Two rows of 42 columns: what readers manage and players show. */
const SCREEN_COLUMNS = 84;

/** A caption that is too long for the screen in even parts, at words, timed by their share. */
function fitScreen(caption: Caption): Caption[] {
  const total = columnsOf(caption.text);
  if (total <= SCREEN_COLUMNS) return [caption];
  // A little room, as parts end at words.
  const parts = evenParts(caption.text, Math.ceil(total / (SCREEN_COLUMNS * 0.9)));
  const { startSeconds, endSeconds } = caption;
  const seconds = endSeconds - startSeconds;
  const all = weight(caption.text) || 1;
  let before = '';
  return parts.map((part) => {
    const from = startSeconds + (seconds * weight(before)) / all;
    before += part;
    const to = startSeconds + (seconds * weight(before)) / all;
    return { ...caption, text: part.trim(), startSeconds: from, endSeconds: to };
  });
}

function timedWords({ text, startSeconds, endSeconds }: Caption): NonNullable<Caption['words']> {
  const all = weight(text) || 1;
  let before = 0;
  return wordsOf(text).map((word) => {
    const at = startSeconds + ((endSeconds - startSeconds) * before) / all;
    before += weight(word);
    return { text: word, startSeconds: at };
  });
}

/** How long a text takes to say, in no unit: letters and digits, and something for each sign that is a short pause. */
function weight(text: string): number {
  const letters = text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const signs = text.match(/[,;:.!?…—，、；：。！？]/gu)?.length ?? 0;
  return letters + 2 * signs;
}
