/** One edition of a book: all that distinguishes it from another, and nothing that depends on the clock or the machine. */
import { createHash } from 'node:crypto';
import type { Realm } from '../account.ts';
import { modelOfCharacter } from '../manifest/fields/character-model.ts';
import { publicationIn } from '../manifest/fields/publication.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { OwnEngine } from '../models/model.ts';
import { HEAD_LINE } from '../script/lines/line-name.ts';
import type { SourceText } from '../script/text/source.ts';
import type { MasterStep, SynthesizeStep, VoiceRef } from './step.ts';
import { AI_VOICE, tradeNarrator } from './trade-words.ts';

/** An edition, as a lock stores it (src/plan/lock.ts). Digests are SHA-256 in hex. */
export interface Edition {
  title: string;
  author: string;
  /** The manifest's file name, without its folder. */
  manifest: string;
  /** Some of the speech came from a simulator. */
  simulated: boolean;
  /** Which kind of server spoke; part of every take's key. */
  realm: Realm;
  /** Only for one's own server. */
  engine?: OwnEngine;
  model: string;
  /** By character, sorted by name: the models of those that have another one than the book's. Absent: none has. */
  models?: Record<string, string>;
  language: string;
  /** By character, sorted by name. Only characters that speak. */
  voices: Record<string, EditionVoice>;
  /** Digest of the word lists; null when there are none. */
  words: string | null;
  /** The manifest's settings that affect the sound or the files, by name. They are only compared. */
  settings: Record<string, unknown>;
  chapters: EditionChapter[];
  /** Digest of the M4B as it is in the store, before its marks; null when there is none. */
  book: string | null;
  /** Version of the binding that made the M4B. Absent: the first, or there is no M4B. */
  binding?: number;
  /** The marks of the delivered files. Absent: they were delivered as they are in the store, without any. */
  marks?: EditionMarks;
}

/** Which marks the files of an edition have. */
export interface EditionMarks {
  /** Version of the writers (src/deliver/marks/). */
  version: number;
  /** Digest of the delivered M4B; null when there is none. */
  book: string | null;
}

/** A cloned voice, by its key and its sample, or a voice that the author enrolled, by its ID. */
export type EditionVoice = { voice: string; sample: string } | { id: string };

/** One chapter of an edition. */
export interface EditionChapter {
  title: string;
  /** The file of its text, and the text's digest; null when the program composed it. */
  source: { file: string; digest: string } | null;
  /** Digests of its files in the store, by format (and part, see `fileKey`); empty until they are made. */
  files: Record<string, string>;
  /** Digests of its delivered files, which have marks. Absent: they have none, or were not delivered. */
  marked?: Record<string, string>;
  /** Master key: covers everything that affects its files except the version of ffmpeg. */
  master: string;
  /** Version of the ffmpeg that made them; null when it is unknown. */
  ffmpeg: string | null;
  segments: EditionSegment[];
}

/** One segment of an edition. */
export interface EditionSegment {
  character: string;
  /** What is spoken. */
  text: string;
  /** What the author wrote, when a word list changes how it is spoken. */
  written?: string;
  direction?: string;
  /** Which take of the line the author wants, from 2; absent for the first. */
  retake?: number;
  /** It continues the line of the segment before. */
  goesOn?: true;
  /** It belongs to the chapter's head, which is line 0. */
  head?: true;
  /** Silence after it, in milliseconds. */
  pauseMs: number;
  /** Take key. */
  take: string;
  /** Digest of the take's sound; null until it is spoken. */
  sound: string | null;
}

/** The parts of a planned or drafted chapter that its edition is made from. */
export interface ChapterForEdition {
  number: number;
  title: string;
  segments: readonly SynthesizeStep[];
  lines: readonly number[];
  master: Pick<MasterStep, 'key' | 'takes' | 'cover'>;
  source?: SourceText;
}

/** A finished chapter's digests, as far as they are known. */
export interface ChapterSound {
  files: Record<string, string>;
  ffmpeg: string | null;
  /** Digests of the takes, in order. */
  sounds: readonly (string | undefined)[];
}

/** Builds an edition. Equal input gives equal editions on every machine. Pure. */
export function editionOf(of: {
  manifest: Manifest;
  manifestName: string;
  realm: Realm;
  simulated: boolean;
  wordsDigest: string | undefined;
  chapters: readonly ChapterForEdition[];
  /** By chapter number; only finished chapters. */
  made?: ReadonlyMap<number, ChapterSound>;
  book?: { digest: string; binding?: number | undefined } | undefined;
  /** Of the delivered files, by their digest in the store. Absent: they have no marks. */
  marks?: { version: number; marked: ReadonlyMap<string, string> } | undefined;
}): Edition {
  const { manifest, chapters, made } = of;
  const {
    title,
    author = '',
    engine,
    model,
    language,
    formats,
    mastering,
    custom = null,
    pausesMs,
    varyRepeats,
  } = manifest;
  const voices = voicesOf(chapters);
  const models = ownModels(manifest, Object.keys(voices));
  return {
    title,
    author,
    manifest: of.manifestName,
    simulated: of.simulated,
    realm: of.realm,
    ...(engine !== undefined && { engine }),
    model,
    ...(Object.keys(models).length > 0 && { models }),
    language,
    voices,
    words: of.wordsDigest ?? null,
    settings: {
      ...{ mastering, custom, formats, pausesMs, varyRepeats },
      cover: chapters[0]?.master.cover?.digest ?? null,
      ...(manifest.spell && { spell: manifest.spell.classes }),
      ...tagSettings(manifest),
    },
    chapters: chapters.map((chapter) => chapterOf(chapter, made?.get(chapter.number), of.marks?.marked)),
    book: of.book?.digest ?? null,
    ...(of.book?.binding !== undefined && { binding: of.book.binding }),
    ...(of.marks && {
      marks: { version: of.marks.version, book: (of.book && of.marks.marked.get(of.book.digest)) ?? null },
    }),
  };
}

/** Settings of the delivered files' tags, only those that are set, so that an edition without them is as it was. */
function tagSettings(manifest: Manifest): Record<string, unknown> {
  const { narrator, disclosure } = manifest;
  const publication = publicationIn(manifest);
  const named = tradeNarrator(manifest);
  return {
    ...(publication && { publication }),
    ...(disclosure && { disclosure }),
    ...(narrator === undefined && named !== AI_VOICE && { narrator: named }),
  };
}

function voicesOf(chapters: readonly ChapterForEdition[]): Edition['voices'] {
  const voices = new Map<string, EditionVoice>();
  for (const { character, voice } of chapters.flatMap(({ segments }) => segments))
    if (!voices.has(character)) voices.set(character, voiceOf(voice));
  return Object.fromEntries([...voices].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function ownModels(manifest: Manifest, sortedNames: readonly string[]): Record<string, string> {
  const cast = new Map(manifest.characters.map((character) => [character.name, character]));
  const models = sortedNames.map((name) => [name, modelOfCharacter(manifest, cast.get(name)).id] as const);
  return Object.fromEntries(models.filter(([, model]) => model !== manifest.model));
}

/**
 * The number of the chapter at a 0-based place: 1-based, but 0 for opening credits. Those are first and have no source,
 * because the program composed their text; a lock says no more about them.
 */
export function chapterNumber({ chapters }: Pick<Edition, 'chapters'>, at: number): number {
  return at + (chapters[0]?.source === null ? 0 : 1);
}

/** The model that speaks a character in an edition. */
export function modelInEdition({ model, models = {} }: Pick<Edition, 'model' | 'models'>, character: string): string {
  return Object.hasOwn(models, character) ? (models[character] ?? model) : model;
}

function voiceOf(voice: VoiceRef): EditionVoice {
  if ('voiceId' in voice) return { id: voice.voiceId };
  return { voice: voice.enrollment.key, sample: voice.enrollment.sample.digest };
}

function chapterOf(
  chapter: ChapterForEdition,
  made: ChapterSound | undefined,
  marked: ReadonlyMap<string, string> | undefined,
): EditionChapter {
  const { title, source, lines, master } = chapter;
  const segments = chapter.segments.map((step, index): EditionSegment => {
    const { character, text, written, direction, retake, key } = step;
    return {
      character,
      text,
      ...(written !== undefined && { written }),
      ...(direction !== undefined && { direction }),
      ...(retake !== undefined && { retake }),
      ...(index > 0 && lines[index] === lines[index - 1] && { goesOn: true }),
      ...(lines[index] === HEAD_LINE && { head: true }),
      pauseMs: master.takes[index]?.pauseAfterMs ?? 0,
      take: key,
      sound: made?.sounds[index] ?? null,
    };
  });
  return {
    title,
    source: source === undefined ? null : { file: source.file, digest: textDigest(source.text) },
    files: made?.files ?? {},
    ...(marked && { marked: markedFiles(made?.files ?? {}, marked) }),
    master: master.key,
    ffmpeg: made?.ffmpeg ?? null,
    segments,
  };
}

function markedFiles(files: Record<string, string>, marked: ReadonlyMap<string, string>): Record<string, string> {
  const found = Object.entries(files).map(([key, digest]) => [key, marked.get(digest)] as const);
  return Object.fromEntries(found.filter((one): one is [string, string] => one[1] !== undefined));
}

/** Identifies one of a chapter's files: by its format, and by its part when there are several. */
export function fileKey({ format, part }: { format: string; part?: number }): string {
  return part === undefined ? format : `${format} part ${part}`;
}

/** Digest of a text in UTF-8, without a byte order mark. */
export function textDigest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
