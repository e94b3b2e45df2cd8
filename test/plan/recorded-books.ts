/**
 * Books made by chance, always the same ones: with every field that a key covers. Their keys were recorded at commit
 * 4ea1121 (test/fixtures/keys). To record: run `keysOfBooks` of this file in a checkout of that commit.
 */
import type { Asset, EnrollStep, Step } from '../../src/plan/step.ts';

/** Whole numbers from 0 up to a bound, the same sequence for the same start (mulberry32). */
export function chance(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const WORDS =
  'the ship 月光 sailed over “quiet” water; nobody spoke — not a word. Ärger über São Paulo 雨 3.50 € yes no'.split(
    ' ',
  );
const MODELS = [
  'qwen-tts-vc-realtime-2025-08-20',
  'qwen3-tts-vc-realtime-2025-11-27',
  'qwen3-tts-vc-realtime-2026-01-15',
];
const LANGUAGES = ['en', 'zh', 'de', 'fr', 'id'];
const BOUNDARIES = ['clause', 'sentence', 'paragraph', 'speaker', 'scene'];
const FORMATS = [['mp3'], ['mp3', 'm4a', 'm4b'], ['flac', 'wav'], ['m4b'], ['m4a']];

/** The source of one book, in the shape of `DraftSource` (which has been the same since 4ea1121). */
export function bookByChance(number: number): object {
  const below = chance(number + 1);
  const maybe = (): boolean => below(2) === 0;
  const pick = <T>(of: readonly T[]): T => of[below(of.length)] as T;
  const text = (): string => Array.from({ length: 1 + below(12) }, () => pick(WORDS)).join(' ');
  const hex = (): string => Array.from({ length: 64 }, () => below(16).toString(16)).join('');
  const asset = (mediaType: string): Asset => ({ digest: hex(), mediaType, byteLength: 1 + below(1e6) });
  const at = { start: 0, end: 1 };
  const names = ['narrator', 'Mara', 'Old Tom'].slice(0, 1 + below(3));
  const samples = new Map<string, Asset>();
  const characters = names.map((name) => {
    const words: never[] = [];
    if (below(4) === 0)
      return { name, aliases: [], words, at, source: { kind: 'voice', voiceId: `v-${hex().slice(0, 9)}`, at } };
    samples.set(name, asset('audio/wav'));
    const transcript = maybe() && { transcript: text() };
    return {
      name,
      aliases: [],
      words,
      at,
      source: { kind: 'sample', ref: { path: `${name}.wav`, at }, ...transcript },
    };
  });
  const pickups = new Map([['pickups/a.wav', asset('audio/wav')]]);
  const texts = Array.from({ length: 6 }, text);
  const chapters = Array.from({ length: 1 + below(3) }, (_, index) => ({
    number: index + 1,
    title: text(),
    coverage: { characters: 0 },
    segments: Array.from({ length: 4 + below(14) }, (_unused, lineIndex) => ({
      character: pick(names),
      // Some lines repeat, so that variants are numbered.
      text: below(3) === 0 ? pick(texts) : text(),
      lineIndex,
      lineOffset: 0,
      start: 0,
      end: 1,
      boundaryAfter: pick(BOUNDARIES),
      ...(below(5) === 0 && { direction: 'whispering' }),
      ...(below(9) === 0 && { retake: 2 + below(3) }),
      ...(below(9) === 0 && { written: text() }),
      ...(below(12) === 0 && { pickup: 'pickups/a.wav' }),
      ...(below(6) === 0 && { pauseAfterMs: below(3_000) }),
    })),
  }));
  const manifest = {
    title: text(),
    language: pick(LANGUAGES),
    model: pick(MODELS),
    characters,
    chapters: [],
    words: [],
    varyRepeats: maybe(),
    pausesMs: maybe() ? {} : { sentence: below(900), tail: below(2_000) },
    formats: pick(FORMATS),
    mastering: pick(['acx', 'podcast', 'broadcast', 'none']),
    subtitles: [],
    captionUnit: 'line',
    extras: maybe() ? [] : ['epub'],
    requireConsent: false,
    ...(maybe() && { author: text() }),
    ...(maybe() && { narrator: text() }),
    ...(maybe() && { year: 1900 + below(120) }),
    ...(maybe() && { genre: text() }),
    ...(below(4) === 0 && { lines: 'wav' }),
  };
  return {
    manifest,
    chapters,
    samples,
    pickups,
    realm: pick(['dashscope', 'local']),
    ...(maybe() && { cover: asset('image/png') }),
  };
}

/** The steps of a draft, as far as this file knows one. */
interface AnyDraft {
  voices: EnrollStep[];
  chapters: readonly { segments: readonly Step[]; master: Step }[];
  book?: Step;
}

/** The first twelve digits of the key of every step of so many books, in order; also the names of voices. */
export function keysOfBooks(books: number, draftBook: (source: never) => AnyDraft): string[] {
  return Array.from({ length: books }, (_, number) => {
    const { voices, chapters, book } = draftBook(bookByChance(number) as never);
    const steps = [
      ...voices,
      ...chapters.flatMap(({ segments, master }) => [...segments, master]),
      ...(book ? [book] : []),
    ];
    const names = voices.map(({ preferredName }) => preferredName.slice(0, 12));
    return [...steps.map(({ key }) => key.slice(0, 12)), ...names];
  }).flat();
}
