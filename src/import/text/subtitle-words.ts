/** The words of a line of subtitles: without tags, and with the speaker that it names. Pure. */
import { nameKey } from '../../manifest/fields/names.ts';

/** Words of one speaker, or something that is left out, at its offsets in the line. */
export type SubtitlePiece =
  | { kind: 'words'; text: string; start: number; end: number; speaker: string | undefined; isTurn: boolean }
  | { kind: 'omitted'; reason: string; start: number; end: number; text: string };

/** `<v.loud Mara>`, `</i>`, `<00:01.000>`, `{\an8}`. */
const TAG = /<v(?:\.[^\s>]*)?[ \t]+(?<voice>[^<>]{1,80})>|<\/?(?:[a-z]{1,8}|\d)[^<>]{0,200}>|\{\\[^{}]{0,200}\}/giu;
/** A sound, alone in its line or before the words: `[door slams]`, `(LAUGHS)`. */
const SOUND = /^(?:[[［【][^\]］】]*[\]］】]|[（(][^)）]*[)）]|♪+)$/u;
const DASH = /^[-‐‑–—]\s*/u;

/**
 * The pieces of a line. `named`: the speakers that lines of this file begin with (`MARA:`), from `namesIn`. `voice` is the
 * speaker whose `<v>` is still open; the one at the end of the line is returned.
 */
export function subtitlePieces(
  line: string,
  { named, voice }: { named: ReadonlySet<string>; voice: string | undefined },
): { pieces: SubtitlePiece[]; voice: string | undefined } {
  const pieces: SubtitlePiece[] = [];
  let words: Words = { text: '', offsets: [], speaker: voice, isTurn: false };
  let at = 0;
  const end = (speaker: string | undefined): void => {
    pieces.push(...wordsIn(words, named));
    words = { text: '', offsets: [], speaker, isTurn: speaker !== undefined };
  };
  const add = (to: number): void => {
    words.text += line.slice(at, to);
    for (; at < to; at++) words.offsets.push(at);
  };
  for (const match of line.matchAll(TAG)) {
    add(match.index);
    at = match.index + match[0].length;
    const name = match.groups?.['voice']?.trim();
    const reason = name === undefined ? 'markup' : SPEAKER;
    if (name !== undefined) end(name);
    else if (/^<\/v>/i.test(match[0])) end(undefined);
    pieces.push({ kind: 'omitted', reason, start: match.index, end: at, text: name ?? match[0] });
  }
  add(line.length);
  const last = words.speaker;
  end(undefined);
  return { pieces, voice: last };
}

const SPEAKER = 'name of a speaker';

/** Words between two changes of the speaker, tags in them left out. */
interface Words {
  text: string;
  /** Of each of its characters, in the line. */
  offsets: number[];
  speaker: string | undefined;
  isTurn: boolean;
}

function* wordsIn(words: Words, named: ReadonlySet<string>): Generator<SubtitlePiece> {
  const { text, offsets, speaker } = words;
  let from = text.length - text.trimStart().length;
  // A dash begins the words of another speaker.
  const dash = DASH.exec(text.slice(from))?.[0].length ?? 0;
  from += dash;
  const label = labelIn(text.slice(from));
  const isLabeled = label !== undefined && named.has(nameKey(label.name));
  if (isLabeled) yield* omitted(words, { from, to: from + label.length, reason: SPEAKER });
  if (isLabeled) from += label.length;
  const own = text.slice(from).trim();
  if (own === '') return;
  if (SOUND.test(own)) yield* omitted(words, { from, to: text.length, reason: 'description of a sound' });
  else
    yield {
      ...{ kind: 'words' as const, text: own, start: offsets[from]!, end: offsets.at(-1)! + 1 },
      ...{ speaker: isLabeled ? label.name : speaker, isTurn: words.isTurn || isLabeled || dash > 0 },
    };
}

/** What is left out of the words: a piece for each part without a tag in it. */
function* omitted(
  { text, offsets }: Words,
  { from, to, reason }: { from: number; to: number; reason: string },
): Generator<SubtitlePiece> {
  for (let start = from; start < to; ) {
    let end = start + 1;
    while (end < to && offsets[end] === offsets[end - 1]! + 1) end++;
    yield { kind: 'omitted', reason, start: offsets[start]!, end: offsets[end - 1]! + 1, text: text.slice(start, end) };
    start = end;
  }
}

/** `MARA:`, `Tom Chase:`, `老王：`; in capitals also in brackets, `[MARA]`. */
const LABEL =
  /^(?:(?<plain>[\p{Lu}\p{Lo}][\p{L}\p{M}\p{N}.'’ -]{0,38})\s*[:：]|\[(?<framed>[\p{Lu}][\p{Lu} .'’-]{1,38})\]:?)(?=\s|[\p{Lo}"“「『]|$)/u;
/** Words in capitals that are no names. */
const NO_NAME =
  /^(?:warning|caution|danger|note|attention|notice|ps|p\.s\.|update|breaking|subtitles|translation|translated by|subtitles by|sync|http)\b/i;
const LONGEST_NAME_WORDS = 4;

function labelIn(text: string): { name: string; length: number; isSure: boolean } | undefined {
  const match = LABEL.exec(text);
  const name = match?.groups?.['plain'] ?? match?.groups?.['framed'];
  if (match === null || name === undefined || NO_NAME.test(name)) return undefined;
  const trimmed = name.trim();
  if (trimmed.split(/\s+/).length > LONGEST_NAME_WORDS || (/^\p{Lo}/u.test(trimmed) && trimmed.length > 8))
    return undefined;
  const isSure = /\p{Lu}{2}/u.test(trimmed) && trimmed === trimmed.toUpperCase();
  return { name: trimmed, length: match[0].length, isSure };
}

/** The names that lines begin with, as `nameKey`s: those in capitals, and others that come twice or more. */
export function namesIn(lines: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const label = labelIn(line.replaceAll(TAG, '').trim().replace(DASH, ''));
    if (label === undefined) continue;
    const key = nameKey(label.name);
    counts.set(key, (counts.get(key) ?? 0) + (label.isSure ? 2 : 1));
  }
  return new Set([...counts].filter(([, count]) => count >= 2).map(([key]) => key));
}
