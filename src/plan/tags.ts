/** Tags of the finished files, from the manifest. Pure. */
import { modelsInUse } from '../manifest/fields/character-model.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { BookTags, ChapterTags } from './step.ts';

/** Tags of one chapter. Its track is its place among `source.chapters`, which are played in sequence. */
export function chapterTags(
  source: { manifest: Manifest; chapters: readonly { number: number }[] },
  chapter: { number: number; title: string } & SpokenText,
): ChapterTags {
  const { manifest } = source;
  return {
    title: chapter.title,
    album: manifest.title,
    artist: manifest.author ?? '',
    track: source.chapters.findIndex(({ number }) => number === chapter.number) + 1,
    tracks: source.chapters.length,
    language: manifest.language,
    ...optionalTags(manifest),
    comment: syntheticSpeechComment(manifest, [chapter]),
  };
}

/** Tags of the book file. */
export function bookTags(manifest: Manifest, chapters: readonly SpokenText[]): BookTags {
  return {
    title: manifest.title,
    artist: manifest.author ?? '',
    language: manifest.language,
    ...optionalTags(manifest),
    comment: syntheticSpeechComment(manifest, chapters),
  };
}

/** Only what the manifest sets, so that other books keep their keys. */
function optionalTags({ narrator, year, genre }: Manifest): Pick<ChapterTags, 'performer' | 'year' | 'genre'> {
  return {
    ...(narrator !== undefined && { performer: narrator }),
    ...(year !== undefined && { year }),
    ...(genre !== undefined && { genre }),
  };
}

/** The part of a chapter that shows who speaks in it. */
interface SpokenText {
  segments: readonly { character: string }[];
}

/** Names the models that speak in these chapters, so that another model of one character leaves other chapters as they are. */
function syntheticSpeechComment(manifest: Manifest, chapters: readonly SpokenText[]): string {
  const speakers = new Set(chapters.flatMap(({ segments }) => segments.map(({ character }) => character)));
  const models = modelsInUse(manifest, (name) => speakers.has(name)).map(({ model }) => model.id);
  return `Synthetic speech (cloned voices, ${models.length === 0 ? manifest.model : models.join(' and ')}).`;
}
