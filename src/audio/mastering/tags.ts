/** A book's and a chapter's tags as options of ffmpeg, and codes of languages. Pure. */
import type { AudioFormat } from '../../manifest/manifest.ts';
import type { BookTags, ChapterTags } from '../../plan/step.ts';

/** ffmpeg's options for a chapter's tags; not shell-escaped. Pure. */
export function metadataOptions(tags: ChapterTags, format: AudioFormat): string[] {
  const language = threeLetterLanguage(tags.language);
  const fields: Record<string, string | undefined> = {
    title: tags.title,
    album: tags.album,
    artist: tags.artist,
    album_artist: tags.artist,
    // Players for audiobooks show the composer as the narrator.
    composer: tags.performer,
    genre: tags.genre ?? 'Audiobook',
    date: tags.year?.toString(),
    track: tags.track === 0 ? undefined : `${tags.track}/${tags.tracks}`,
    // ffmpeg writes a frame that players do not show; src/audio/mp3/id3-comment.ts fixes that.
    comment: tags.comment,
    // An MP3 has a frame for it (TLAN); an M4A stores it with the track.
    language: format === 'mp3' ? language : undefined,
  };
  const options = optionsOf(fields);
  return format === 'm4a' ? [...options, '-metadata:s:a:0', `language=${language}`] : options;
}

/** ffmpeg's options for the tags of an M4B. Pure. */
export function bookMetadataOptions(tags: BookTags): string[] {
  const { title, artist } = tags;
  const fields = { title, album: title, artist, album_artist: artist, composer: tags.performer };
  // Media type 2 is an audiobook (`stik`): players then remember the position.
  const more = { genre: tags.genre ?? 'Audiobook', date: tags.year?.toString() };
  const options = optionsOf({ ...fields, ...more, comment: tags.comment, media_type: '2' });
  return [...options, '-metadata:s:a:0', `language=${threeLetterLanguage(tags.language)}`];
}

function optionsOf(fields: Record<string, string | undefined>): string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : ['-metadata', `${name}=${clean(value)}`],
  );
}

/** Removes zero bytes, which arguments cannot contain; other control characters stay, since a title may have a line break. */
function clean(value: string): string {
  return value.replaceAll('\0', '');
}

// ISO 639-1 → 639-2/T, for the languages that the service speaks.
const THREE_LETTERS: Record<string, string> = {
  zh: 'zho',
  en: 'eng',
  de: 'deu',
  it: 'ita',
  pt: 'por',
  es: 'spa',
  ja: 'jpn',
  ko: 'kor',
  fr: 'fra',
  ru: 'rus',
  id: 'ind',
};

/** ISO 639-2 code of a language by its ISO 639-1 code, `und` for one that the service does not speak. */
export function threeLetterLanguage(language: string): string {
  return THREE_LETTERS[language.slice(0, 2).toLowerCase()] ?? 'und';
}
