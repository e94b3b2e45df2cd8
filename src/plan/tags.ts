/** Tags of the finished files, from the manifest. Pure. */
import type { Manifest } from '../manifest/manifest.ts';
import type { BookTags, ChapterTags } from './step.ts';

/** Tags of one chapter. Its track is its place among `source.chapters`, which are played in sequence. */
export function chapterTags(
  source: { manifest: Manifest; chapters: readonly { number: number }[] },
  chapter: { number: number; title: string },
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
    comment: syntheticSpeechComment(manifest),
  };
}

/** Tags of the book file. */
export function bookTags(manifest: Manifest): BookTags {
  return {
    title: manifest.title,
    artist: manifest.author ?? '',
    language: manifest.language,
    ...optionalTags(manifest),
    comment: syntheticSpeechComment(manifest),
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

function syntheticSpeechComment({ model }: Manifest): string {
  return `Synthetic speech (cloned voices, ${model}).`;
}
