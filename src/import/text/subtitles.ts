import { MOST_CHARACTERS, NARRATOR, nameKey, nameProblem } from '../../manifest/fields/names.ts';
import type { Block, ImportReading } from '../imported.ts';
import { countLetters, type Omission, sampleOf } from '../tape.ts';
import { subtitleLines } from './subtitle-lines.ts';
import { namesIn, subtitlePieces } from './subtitle-words.ts';
import { endsSentence, linesOf } from './text-layout.ts';
import { textPlaces } from './text-lines.ts';

/** Most speakers that become characters, beside the narrator; lines of others are marked for review. */
const MOST_SPEAKERS = MOST_CHARACTERS - 1;

/**
 * Reads subtitles, SubRip or WebVTT: the words alone, a paragraph for each sentence, with the speakers that the file names.
 * Numbers, time codes, tags, style rules, comments and descriptions of sounds are left out. Where some lines name their
 * speaker, the others are marked for review. Pure.
 */
export function readSubtitles(text: string): ImportReading {
  const { turns, omissions, title } = turnsOf(text);
  if (turns.length === 0) {
    const message = 'These subtitles have no words to read aloud.';
    return { problem: { code: 'no-text', message, fix: 'Check that it is the right file.' } };
  }
  const { names, count } = nameSpeakers(turns);
  const blocks = turns.map(({ text, source, speaker }): Block => {
    const block: Block = { kind: 'text', text: text.replace(/\s*♪\s*/gu, ' ').trim(), source: [source] };
    if (names.size === 0 || (speaker && nameKey(speaker) === NARRATOR)) return block;
    const name = speaker === undefined ? undefined : names.get(nameKey(speaker));
    return name === undefined ? { ...block, isOpen: true } : { ...block, speaker: name };
  });
  const notes = [
    'Subtitles have no chapters: the whole file is one. Divide its text file where a chapter begins.',
    ...(count > names.size ? [tooManyNote(count)] : []),
  ];
  return { book: { title, chapters: [{ title: 'Chapter 1', blocks }], notes, omissions } };
}

function tooManyNote(count: number): string {
  return `The file names ${count} speakers, and a manifest has at most ${MOST_CHARACTERS} characters: the ${MOST_SPEAKERS} who say most are characters, the lines of the other ${count - MOST_SPEAKERS} are marked [?], and the narrator reads them. To give all of them a voice, divide the file and import each part as a book.`;
}

/** What one speaker says, up to the end of a sentence. */
interface Turn {
  text: string;
  speaker: string | undefined;
  source: { part: string; start: number; end: number };
}

function turnsOf(text: string): { turns: Turn[]; omissions: Omission[]; title: string } {
  const places = textPlaces(text);
  const lines = subtitleLines(linesOf(text, 0, text.length));
  const named = namesIn(lines.flatMap((one) => ('reason' in one ? [] : [one.line.text])));
  const turns: Turn[] = [];
  const omissions: Omission[] = [];
  const omit = (of: { reason: string; start: number; end: number; text: string }): void => {
    if (countLetters(text.slice(of.start, of.end)) === 0) return;
    const where = places.line(of.start);
    omissions.push({ ...places.span(of.start, of.end), reason: of.reason, where, sample: sampleOf(of.text) });
  };
  let voice: string | undefined;
  for (const one of lines) {
    const { start, end } = one.line;
    if ('reason' in one) {
      omit({ reason: one.reason, start, end, text: one.line.text });
      continue;
    }
    if (one.startsCue) voice = undefined;
    const read = subtitlePieces(text.slice(start, end), { named, voice });
    voice = read.voice;
    for (const piece of read.pieces) {
      if (piece.kind === 'omitted') omit({ ...piece, start: start + piece.start, end: start + piece.end });
      else if (/[\p{L}\p{N}]/u.test(piece.text))
        addWords(turns, { ...piece, source: places.span(start + piece.start, start + piece.end) });
    }
  }
  return { turns, omissions, title: /^\ufeff?WEBVTT[ \t]+[-–—]?[ \t]*(\S.*)/.exec(text)?.[1]?.trim() ?? '' };
}

/** A subtitle ends where the screen does, so a sentence goes on in the next one. */
function addWords(turns: Turn[], words: Turn & { isTurn: boolean }): void {
  const { text, speaker, source, isTurn } = words;
  const last = turns.at(-1);
  const isSame = last && (speaker === undefined || last.speaker === speaker) && !(isTurn && last.speaker !== speaker);
  const goesOn =
    last && isSame && !(isTurn && speaker === undefined) && !/♪\s*$/u.test(last.text) && !endsSentence(last.text);
  if (!goesOn) turns.push({ text, speaker, source });
  else {
    last.text += `\n${text}`;
    last.source.end = source.end;
  }
}

/** The characters: by `nameKey`, the name as it is written most clearly. Those with the most turns, if there are too many. `count`: of all. */
function nameSpeakers(turns: readonly Turn[]): { names: ReadonlyMap<string, string>; count: number } {
  const found = new Map<string, { name: string; turns: number }>();
  for (const { speaker } of turns) {
    if (speaker === undefined || nameProblem(speaker) !== undefined) continue;
    const key = nameKey(speaker);
    const one = found.get(key) ?? { name: inMixedCase(speaker), turns: 0 };
    one.turns++;
    found.set(key, one);
  }
  const most = [...found].sort(([, a], [, b]) => b.turns - a.turns).slice(0, MOST_SPEAKERS);
  return { names: new Map(most.map(([key, { name }]) => [key, name])), count: found.size };
}

/** `MARA QUILL` → `Mara Quill`. */
function inMixedCase(name: string): string {
  if (name !== name.toUpperCase() || name === name.toLowerCase()) return name;
  return name.toLowerCase().replace(/(?<![\p{L}\p{M}\p{N}’'])\p{L}/gu, (first) => first.toUpperCase());
}
